"""One's own profile."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.feeds import PeopleFeeds
from application.profiles import Profiles
from domain.errors import Invalid
from entrypoints.web.decorators import button, signed_in
from entrypoints.web.forms import Form
from entrypoints.web.session import flash, member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(profiles: Profiles, feeds: PeopleFeeds) -> Blueprint:
    views = Blueprint("profiles", __name__)

    @views.route("/settings/profile", methods=["GET", "POST"])
    @signed_in()
    @button(N_("Save"))
    def edit() -> Answer:
        if request.method != "POST":
            mine = feeds.profile(member().username, member())
            form = Form(
                {
                    "name": mine.name,
                    "location": mine.location,
                    "about_me": mine.about_me,
                    "language": member().language.value,
                    "theme": member().theme.value,
                }
            )
            return render_template("settings/profile.html", form=form)
        form = Form.sent()
        try:
            profiles.edit(
                actor_id=member().id,
                name=form.values["name"],
                location=form.values["location"],
                about_me=form.values["about_me"],
                language=form.values["language"] or None,
                theme=form.values["theme"] or None,
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("settings/profile.html", form=form), 422
        flash(N_("Your profile is saved."), "success")
        return redirect(f"/@{member().username}", 303)

    return views
