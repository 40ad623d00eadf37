"""Joining: register, and confirm the address."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from application.joining import Joining
from application.ports.work import Now
from domain import limits
from domain.errors import AlreadyConfirmed, Invalid, LinkExpired
from domain.joining import WHY_LIMIT
from domain.welcoming import Step
from entrypoints.clients import client_key
from entrypoints.web.cookies import drop_onward, keep_onward, onward
from entrypoints.web.decorators import for_visitors, limited, limited_by_client, open_to_suspended, signed_in
from entrypoints.web.display import language
from entrypoints.web.error_pages import link_expired
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.redirects import own_path, wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(joining: Joining, now: Now) -> Blueprint:
    views = Blueprint("joining", __name__)
    provide(views, why_limit=WHY_LIMIT)

    @views.route("/register", methods=["GET", "POST"])
    @limited_by_client(limits.register)
    @for_visitors
    def register() -> Answer:
        form = Form.sent()
        form.values["next"] = wanted_path()
        if request.method != "POST":
            form.values["invitation"] = request.args.get("invitation", "")
        inviter = joining.require_welcome(invitation=form.values["invitation"])
        if request.method != "POST":
            return render_template("joining/register.html", form=form, inviter=inviter)
        try:
            joining.register(
                client=client_key(request.remote_addr),
                email=form.trimmed("email"),
                username=form.trimmed("username"),
                password=form.values["password"],
                again=form.values["password2"],
                once=form.once(),
                language=language(),
                why=form.values["why"],
                invitation=form.values["invitation"],
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("joining/register.html", form=form, inviter=inviter), 422
        flash(N_("Welcome! Open the link in the mail that is on its way to you."), "success")
        return keep_onward(redirect("/login", 303), path=form.values["next"], at=now())

    @views.route("/confirm", methods=["GET", "POST"])
    @signed_in()
    @limited(limits.confirmation_mail, unless=lambda viewer: viewer.confirmed)
    @open_to_suspended
    def unconfirmed() -> Answer:
        if request.method != "POST":
            return render_template("joining/unconfirmed.html")
        if joining.resend(actor_id=member().id):
            flash(N_("A new link is on its way to you. The older ones no longer work."), "success")
        else:
            flash(N_("Your address is confirmed already."), "info")
        return redirect("/confirm", 303)

    @views.route("/confirm/<mailed:token>", methods=["GET", "POST"])
    @open_to_suspended
    def confirm(token: str) -> Answer:
        try:
            if request.method != "POST":
                username, address = joining.whose(token=token)
                return render_template("joining/confirm.html", username=username, address=address)
            username, address = joining.confirm(token=token)
        except AlreadyConfirmed:
            return render_template("joining/already_confirmed.html", next=own_path(onward(at=now()).path)), 404
        except LinkExpired:
            return link_expired(("/confirm", gettext("Get a new link")))
        someone = viewer()
        if someone is None:
            flash(N_("Your address is confirmed. Sign in, and begin."), "success")
            return keep_onward(redirect("/login", 303), email=address, at=now())
        if someone.username != username:
            flash(
                N_("The address of %(owner)s is confirmed. You are still signed in as %(name)s."),
                "success",
                owner=f"@{username}",
                name=f"@{someone.username}",
            )
            return redirect("/", 303)
        flash(N_("Your address is confirmed. Thank you, and welcome!"), "success")
        # Two of the first steps are only offered to confirmed members.
        first = "/welcome" if someone.steps & (Step.FOLLOW | Step.WRITE) and not someone.waits else "/"
        return drop_onward(redirect(own_path(onward(at=now()).path or first), 303))

    return views
