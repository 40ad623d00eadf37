"""Hides all that a member published, and restores it."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from application.hiding_all import HidingAll
from application.persons import Persons
from domain.errors import Invalid
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.persons import PATH, person_page
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(hiding_all: HidingAll, persons: Persons, settings: Settings) -> Blueprint:
    views = Blueprint("hiding_all", __name__)

    @views.post("/moderation/people/<username:username>/hide-all")
    @signed_in(PATH)
    @button(N_("Hide everything"))
    def hide_all(username: str) -> Answer:
        form = Form.sent()
        try:
            hiding_all.hide_all(
                actor_id=member().id, username=username, reason=form.values["reason"], rule=form.values["rule"]
            )
        except Invalid as error:
            form.refuse(error)
            return person_page(persons, settings, username, hiding=form), 422
        flash(N_("It is decided: all of it is being hidden, and a mail tells them."), "success")
        return redirect(PATH.format(username=username), 303)

    @views.post("/moderation/people/<username:username>/restore-all")
    @signed_in(PATH)
    @button(N_("Restore everything"))
    def restore_all(username: str) -> Answer:
        form = Form.sent()
        try:
            hiding_all.restore_all(actor_id=member().id, username=username, reason=form.values["reason"])
        except Invalid as error:
            form.refuse(error)
            return person_page(persons, settings, username, restoring=form), 422
        flash(N_("All of it is being restored, and a mail tells them."), "success")
        return redirect(PATH.format(username=username), 303)

    return views
