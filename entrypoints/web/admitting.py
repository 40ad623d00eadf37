"""Admitting: the list of those who wait, admit and decline."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.admitting import Admitting
from domain.errors import Invalid
from domain.ids import LARGEST
from domain.moderation import REASON_LIMIT
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]

LIST = "/moderation/waiting"


def blueprint(admitting: Admitting, settings: Settings) -> Blueprint:
    views = Blueprint("admitting", __name__)
    provide(views, reason_limit=REASON_LIMIT)

    @views.get(LIST)
    @signed_in()
    def waiting() -> Answer:
        page = admitting.waiting(reader=member(), window=window(settings.comments_per_page))
        return render_template("admitting/waiting.html", page=page)

    @views.post("/moderation/people/<username:username>/admit")
    @signed_in(LIST)
    def admit(username: str) -> Answer:
        admitting.admit(actor_id=member().id, username=username, account_id=shown_member())
        flash(N_("%(name)s is a member now."), "success", name=f"@{username}")
        return redirect(LIST, 303)

    @views.post("/moderation/people/<username:username>/decline")
    @signed_in(LIST)
    def decline(username: str) -> Answer:
        reason = request.form.get("reason", "")
        try:
            admitting.decline(actor_id=member().id, username=username, reason=reason, account_id=shown_member())
        except Invalid as error:
            form = Form.sent()
            form.refuse(error)
            return render_template("admitting/decline.html", username=username, form=form), 422
        flash(N_("%(name)s is declined, and gets a mail."), "success", name=f"@{username}")
        return redirect(LIST, 303)

    return views


def shown_member() -> int | None:
    """The account that the form was about. None if it does not say so."""
    text = request.form.get("member", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST else None
