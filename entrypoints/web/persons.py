"""The page of a person for moderators, which other capabilities show with their forms, and notes."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from application.persons import COUNTED_AT_MOST, Persons
from domain.errors import Invalid
from domain.moderation import NOTE_LIMIT
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]

PATH = "/moderation/people/{username}"


def blueprint(persons: Persons, settings: Settings) -> Blueprint:
    views = Blueprint("persons", __name__)
    provide(views, note_limit=NOTE_LIMIT, counted_at_most=COUNTED_AT_MOST)

    @views.get("/moderation/people/<username:username>")
    @signed_in()
    def person(username: str) -> Answer:
        return person_page(persons, settings, username)

    @views.post("/moderation/people/<username:username>/note")
    @signed_in(PATH)
    @button(N_("Keep the note"))
    def note(username: str) -> Answer:
        form = Form.sent()
        try:
            persons.note(actor_id=member().id, username=username, text=form.values["text"])
        except Invalid as error:
            form.refuse(error)
            return person_page(persons, settings, username, noting=form), 422
        flash(N_("Noted. Only moderators read it."), "success")
        return redirect(PATH.format(username=username), 303)

    return views


def person_page(persons: Persons, settings: Settings, username: str, **sent: Form) -> str:
    """`sent` is a form that is shown again: `form` (a sanction), `lifting`, `hiding`, `restoring` or `noting`."""
    found = persons.look(reader=member(), username=username, window=window(settings.comments_per_page))
    forms = {"form": Form({"act": "warn"})} | {name: Form() for name in ("lifting", "hiding", "restoring", "noting")}
    return render_template("sanctions/person.html", found=found, **(forms | sent))
