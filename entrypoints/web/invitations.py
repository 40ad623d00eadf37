"""Invitations: the list of one's own, make one, end one."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.invitations import Invitations
from application.ports.invitations import InvitationCard
from application.ports.work import Now
from domain.errors import Invalid
from domain.invitations import LIFETIME, PEOPLE_AT_MOST
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]

LIST = "/settings/invitations"


def blueprint(invitations: Invitations, now: Now, settings: Settings) -> Blueprint:
    views = Blueprint("invitations", __name__)

    @views.route(LIST, methods=["GET", "POST"])
    @signed_in()
    def listed() -> Answer:
        if request.method != "POST":
            return page(Form({"people": "1"}))
        form = Form.sent()
        try:
            invitations.make(actor_id=member().id, people=number(form.trimmed("people")))
        except Invalid as error:
            form.refuse(error)
            return page(form), 422
        flash(N_("Here is your link. Send it to those whom you invite."), "success")
        return redirect(LIST, 303)

    def page(form: Form) -> str:
        return render_template(
            "invitations/list.html",
            invitations=invitations.own(reader=member()),
            form=form,
            at=now(),
            link_of=link_of,
            lifetime_days=LIFETIME.days,
            people_limit=PEOPLE_AT_MOST,
        )

    def link_of(invitation: InvitationCard) -> str:
        return f"{settings.base_url}/register?invitation={invitation.code}"

    @views.post(f"{LIST}/<id:invitation_id>/end")
    @signed_in(LIST)
    def end(invitation_id: int) -> Answer:
        invitations.end(actor_id=member().id, invitation_id=invitation_id)
        flash(N_("The invitation is over: its link no longer works."), "success")
        return redirect(LIST, 303)

    return views


def number(text: str) -> int:
    """0 for what is no number. Nobody can be invited then."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
