"""Sanctions: warn, silence, suspend, lift."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from application.persons import Persons
from application.sanctions import Sanctions
from domain.errors import Invalid
from domain.moderation import REASON_LIMIT
from domain.sanctions import DAYS_AT_MOST, SANCTIONS, may_sanction
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.persons import PATH, person_page
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]

# The acts of a form that decides about a member, and what each means.
SANCTION_ACTS = {
    "warn": (N_("Warn"), N_("Nothing changes but the record.")),
    "silence": (N_("Silence"), N_("Reads, deletes, appeals and leaves, and writes nothing.")),
    "suspend": (N_("Suspend"), N_("Is signed out everywhere. Appeals, takes the data and leaves, and nothing else.")),
}


def blueprint(sanctions: Sanctions, persons: Persons, settings: Settings) -> Blueprint:
    views = Blueprint("sanctions", __name__)
    assert set(SANCTION_ACTS) == {act.value for act in SANCTIONS}
    provide(
        views,
        may_sanction=may_sanction,
        sanction_acts=SANCTION_ACTS,
        days_at_most=DAYS_AT_MOST,
        reason_limit=REASON_LIMIT,
    )

    @views.post("/moderation/people/<username:username>/sanction")
    @signed_in(PATH)
    @button(N_("Decide"))
    def sanction(username: str) -> Answer:
        form = Form.sent()
        try:
            sanctions.sanction(
                actor_id=member().id,
                username=username,
                act=form.values["act"],
                days=form.values["days"],
                rule=form.values["rule"],
                reason=form.values["reason"],
            )
        except Invalid as error:
            form.refuse(error)
            return person_page(persons, settings, username, form=form), 422
        flash(N_("It is decided, on the record, and a mail tells them."), "success")
        return redirect(PATH.format(username=username), 303)

    @views.post("/moderation/people/<username:username>/lift")
    @signed_in(PATH)
    @button(N_("Lift"))
    def lift(username: str) -> Answer:
        form = Form.sent()
        try:
            sanctions.lift(actor_id=member().id, username=username, reason=form.values["reason"])
        except Invalid as error:
            form.refuse(error)
            return person_page(persons, settings, username, lifting=form), 422
        flash(N_("The sanctions are lifted, and a mail tells them."), "success")
        return redirect(PATH.format(username=username), 303)

    return views
