"""Passwords and addresses: change them, and reset a forgotten password by a mailed link."""

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from application.credentials.addresses import Addresses
from application.credentials.passwords import Passwords
from application.ports.work import Now
from domain import limits
from domain.credentials import SHORTEST_PASSWORD
from domain.errors import Invalid, LinkExpired
from domain.identifiers import key_of
from entrypoints.clients import client_key
from entrypoints.web.cookies import keep_onward, know_browser, remember
from entrypoints.web.decorators import for_visitors, limited, limited_by_client, signed_in
from entrypoints.web.display import language
from entrypoints.web.error_pages import link_expired
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.redirects import wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(passwords: Passwords, addresses: Addresses, now: Now) -> Blueprint:
    views = Blueprint("credentials", __name__)
    provide(views, shortest_password=SHORTEST_PASSWORD)

    @views.route("/settings/password", methods=["GET", "POST"])
    @signed_in()
    @limited(limits.password_check)
    def change_password() -> Answer:
        form = Form.sent()
        if request.method != "POST":
            return render_template("credentials/password.html", form=form)
        try:
            changed = passwords.change(
                actor_id=member().id,
                session_id=member().session_id,
                old_password=form.values["old_password"],
                password=form.values["password"],
                again=form.values["password2"],
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("credentials/password.html", form=form), 422
        answer = make_response(redirect("/settings/password", 303))
        remember(answer, changed.secret, persistent=changed.remember)
        flash(N_("Your password is changed. Everywhere else you are signed out."), "success")
        return answer

    @views.route("/reset", methods=["GET", "POST"])
    @limited_by_client(limits.reset)
    @for_visitors
    def request_reset() -> Answer:
        form = Form.sent()
        form.values["next"] = wanted_path()
        if request.method != "POST":
            return render_template("credentials/reset_request.html", form=form)
        try:
            passwords.request_reset(
                client=client_key(request.remote_addr), email=form.trimmed("email"), language=language()
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("credentials/reset_request.html", form=form), 422
        flash(N_("If an account has this address, a mail with a link is on its way to it."), "success")
        return keep_onward(redirect("/login", 303), path=form.values["next"], at=now())

    @views.route("/reset/<mailed:token>", methods=["GET", "POST"])
    def reset_password(token: str) -> Answer:
        form = Form.sent()
        try:
            username = passwords.whose(token=token)
            if request.method != "POST":
                return render_template("credentials/reset.html", form=form, username=username)
            address = passwords.reset(token=token, password=form.values["password"], again=form.values["password2"])
        except Invalid as error:
            form.refuse(error)
            return render_template("credentials/reset.html", form=form, username=username), 422
        except LinkExpired:
            return link_expired(("/reset", gettext("Get a new link")))
        flash(N_("Your password is changed. You can sign in with it now."), "success")
        # Whoever made the guesses may share the client address. The link proves more than a former sign-in.
        answer = keep_onward(make_response(redirect("/login", 303)), email=address, at=now())
        return know_browser(answer, key_of(address), at=now())

    @views.route("/settings/email", methods=["GET", "POST"])
    @signed_in()
    @limited(limits.password_check, limits.address_change)
    def request_address() -> Answer:
        form = Form.sent()
        if request.method != "POST":
            return render_template("credentials/email.html", form=form)
        try:
            addresses.request_change(
                actor_id=member().id, email=form.trimmed("email"), password=form.values["password"]
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("credentials/email.html", form=form), 422
        flash(N_("A mail with a link is on its way to the new address. It counts once you open that link."), "success")
        return redirect("/settings/email", 303)

    @views.route("/settings/email/<mailed:token>", methods=["GET", "POST"])
    @signed_in()
    def change_address(token: str) -> Answer:
        try:
            if request.method != "POST":
                address = addresses.pending(actor_id=member().id, token=token)
                return render_template("credentials/email_confirm.html", address=address)
            address = addresses.change(actor_id=member().id, token=token)
        except LinkExpired:
            return link_expired(("/settings/email", gettext("Ask for a new link")))
        flash(N_("Your address is changed."), "success")
        return know_browser(make_response(redirect("/settings/email", 303)), key_of(address), at=now())

    return views
