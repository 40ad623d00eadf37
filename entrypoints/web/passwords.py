"""Passwords: changing one, and resetting a forgotten one by a mailed link."""

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from application.passwords import Passwords
from domain import limits
from domain.errors import Invalid, LinkExpired
from domain.passwords import SHORTEST
from entrypoints.clients import client_key
from entrypoints.web.decorators import for_visitors, limited, limited_by_client, signed_in
from entrypoints.web.display import language
from entrypoints.web.errors import link_expired
from entrypoints.web.forms import Form
from entrypoints.web.session import flash, member, remember
from entrypoints.web.templating import provide
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(passwords: Passwords) -> Blueprint:
    views = Blueprint("passwords", __name__)
    provide(views, shortest_password=SHORTEST)

    @views.route("/settings/password", methods=["GET", "POST"])
    @signed_in()
    @limited(limits.password_check)
    def change() -> Answer:
        form = Form.sent()
        if request.method != "POST":
            return render_template("settings/password.html", form=form)
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
            return render_template("settings/password.html", form=form), 422
        answer = make_response(redirect("/settings/password", 303))
        remember(answer, changed.secret, persistent=changed.remember)
        flash(N_("Your password is changed. Everywhere else you are signed out."), "success")
        return answer

    @views.route("/reset", methods=["GET", "POST"])
    @limited_by_client(limits.reset)
    @for_visitors
    def request_reset() -> Answer:
        form = Form.sent()
        if request.method != "POST":
            return render_template("passwords/reset_request.html", form=form)
        try:
            passwords.request_reset(
                client=client_key(request.remote_addr), email=form.values["email"], language=language()
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("passwords/reset_request.html", form=form), 422
        flash(N_("If an account has this address, a mail with a link is on its way to it."), "success")
        return redirect("/login", 303)

    @views.route("/reset/<token>", methods=["GET", "POST"])
    def reset(token: str) -> Answer:
        form = Form.sent()
        try:
            username = passwords.whose(token=token)
            if request.method != "POST":
                return render_template("passwords/reset.html", form=form, username=username)
            passwords.reset(token=token, password=form.values["password"], again=form.values["password2"])
        except Invalid as error:
            form.refuse(error)
            return render_template("passwords/reset.html", form=form, username=username), 422
        except LinkExpired:
            return link_expired(("/reset", gettext("Get a new link")))
        flash(N_("Your password is changed. You can sign in with it now."), "success")
        return redirect("/login", 303)

    return views
