"""Sessions: sign in, sign out, and the list of one's sessions."""

from flask import Blueprint, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from application.credentials.checking import Credentials
from application.ports.sessions import SessionFeeds
from application.ports.work import Now
from application.sessions import Sessions
from domain import limits
from domain.errors import BadCredentials, Problem
from domain.limits import RateLimit
from entrypoints.clients import client_key
from entrypoints.web.cookies import drop_onward, forget, know_browser, known_browser, onward, remember
from entrypoints.web.decorators import for_visitors, limited_by_client, open_to_suspended, signed_in, way_out
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.redirects import own_path, wanted_path
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(sessions: Sessions, credentials: Credentials, session_feeds: SessionFeeds, now: Now) -> Blueprint:
    views = Blueprint("sessions", __name__)

    def account_of(email: str) -> str:
        """The key of the account that the form names by its address or its username. A request looks it up once."""
        if "sign_in_account" not in g:
            g.sign_in_account = credentials.failures_key(email)
        found: str = g.sign_in_account
        return found

    def limits_of_sign_in(client: str, account: str) -> dict[str, RateLimit]:
        return limits.sign_in(client, account, known_browser(account, at=now()))

    @views.route("/login", methods=["GET", "POST"])
    @way_out("/reset", N_("I have forgotten my password"))
    @limited_by_client(limits_of_sign_in, account_of)
    @for_visitors
    def login() -> Answer:
        form = Form.sent()
        waiting = onward(at=now())
        # The form posts to /login, so a field has the path to return to. A script may leave that path in the URL.
        form.values["next"] = wanted_path() or waiting.path
        if request.method != "POST":
            form.values["email"] = waiting.email
            return redirect(own_path(form.values["next"]), 303) if viewer() else login_form(form, waiting.email)
        someone = viewer()
        persistent = bool(form.values["remember_me"])
        account = account_of(form.trimmed("email"))
        try:
            opened = sessions.sign_in(
                client=client_key(request.remote_addr),
                email=form.trimmed("email"),
                password=form.values["password"],
                remember=persistent,
                device=request.user_agent.string,
                browser=known_browser(account, at=now()),
                replaces=someone.session_id if someone else None,
                time_zone=form.values["time_zone"],
            )
        except BadCredentials:
            form.add(Problem("password", "bad_credentials"))
            return login_form(form, waiting.email), 422
        wanted = form.values["next"] or ("/welcome" if opened.is_newcomer else "/")
        answer = make_response(redirect(own_path(wanted), 303))
        know_browser(answer, account, at=now())
        # Without an address the mail is still to come. Its link leads on to the same path.
        if waiting.email:
            drop_onward(answer)
        return remember(answer, opened.secret, persistent=persistent)

    def login_form(form: Form, proved: str) -> str:
        """`proved` is the address that a mailed link has just proved in this browser, if any."""
        return render_template("sessions/login.html", form=form, proved=proved)

    @views.post("/logout")
    @open_to_suspended
    def logout() -> Answer:
        someone = viewer()
        if someone is not None:
            sessions.sign_out(session_id=someone.session_id)
            flash(N_("You are signed out."), "success")
        return forget(redirect("/", 303))

    @views.get("/settings/sessions")
    @signed_in()
    def listed() -> Answer:
        return render_template("sessions/list.html", sessions=session_feeds.of_account(member().id, now()))

    @views.post("/settings/sessions/<id:session_id>/end")
    @signed_in("/settings/sessions")
    def end(session_id: int) -> Answer:
        sessions.end(actor_id=member().id, session_id=session_id)
        if session_id == member().session_id:
            return forget(redirect("/login", 303))
        flash(N_("That session is ended."), "success")
        return redirect("/settings/sessions", 303)

    @views.post("/settings/sessions/end-all")
    @signed_in("/settings/sessions")
    def end_all() -> Answer:
        sessions.end_all(actor_id=member().id)
        flash(N_("You are signed out everywhere."), "success")
        return forget(redirect("/login", 303))

    return views
