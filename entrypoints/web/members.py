"""Members: each edits their own profile, and administrators edit all members."""

from collections.abc import Iterable, Mapping

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.members import Members
from application.ports.members import MemberCard
from application.ports.people import PeopleFeeds, Profile
from domain import limits
from domain.accounts import ABOUT_ME_LIMIT
from domain.errors import Changed, Invalid, NotFound, Problem, TooSoon
from entrypoints.bodies import takes_text
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, limited, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.templating import provide, words
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(members: Members, people_feeds: PeopleFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("members", __name__)
    provide(views, about_me_limit=ABOUT_ME_LIMIT)

    @views.get("/admin/users")
    @signed_in()
    def search() -> Answer:
        prefix = request.args.get("q", "")
        page = members.search(reader=member(), prefix=prefix, window=window(settings.followers_per_page))
        return render_template("members/list.html", q=prefix, page=page)

    @views.route("/admin/users/<username:username>", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @button(N_("Save"))
    def edit(username: str) -> Answer:
        card = members.member(reader=member(), username=username)
        if request.method != "POST":
            if card.username != username:
                return redirect(f"/admin/users/{card.username}", 308)
            form = Form(_fields(card) | {"shown": card.fingerprint})
            return render_template("members/edit.html", member=card, form=form)
        form = Form.sent()
        try:
            renamed = members.administer(
                actor_id=member().id,
                member=username,
                email=form.values["email"],
                username=form.values["username"],
                confirmed=bool(form.values["confirmed"]),
                role=form.values["role"],
                disabled=bool(form.values["disabled"]),
                name=form.values["name"],
                location=form.values["location"],
                about_me=form.values["about_me"],
                shown=form.values["shown"] or None,
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("members/edit.html", member=card, form=form), 422
        except Changed:
            return conflict(username, form)
        flash(N_("The member is saved."), "success")
        return redirect(f"/admin/users/{renamed}", 303)

    @views.route("/settings/profile", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @limited(limits.password_check, unless=lambda _: not request.form.get("password"))
    @button(N_("Save"))
    def edit_own() -> Answer:
        if request.method != "POST":
            return own_form({})
        # A field that was not sent keeps its value.
        form = Form.sent()
        try:
            username = members.edit_profile(
                actor_id=member().id,
                name=form.values.get("name"),
                location=form.values.get("location"),
                about_me=form.values.get("about_me"),
                language=form.values.get("language") or None,
                theme=form.values.get("theme") or None,
                username=form.trimmed("username") if "username" in form.values else None,
                password=form.values["password"],
            )
        except Invalid as error:
            return own_form(form.values, error.problems), 422
        except TooSoon as error:
            return own_form(form.values, [Problem("username", "too_soon", {"time": words(error.possible_at)})]), 409
        if username == member().username:
            flash(N_("Your profile is saved."), "success")
        else:
            flash(N_("You are @%(username)s now. Links with your old name lead to it."), "success", username=username)
        return redirect(f"/@{username}", 303)

    def own_form(sent: Mapping[str, str], problems: Iterable[Problem] = ()) -> str:
        mine = own_profile()
        stored = {
            "name": mine.name,
            "location": mine.location,
            "about_me": mine.about_me,
            "language": member().language.value,
            "theme": member().theme.value,
            "username": mine.username,
        }
        form = Form({**stored, **sent})
        for problem in problems:
            form.add(problem)
        return render_template("members/profile.html", form=form)

    def own_profile() -> Profile:
        username = member().username
        try:
            return people_feeds.profile(member(), username)
        except NotFound:
            # Another request of this member has just changed the username.
            return people_feeds.profile(member(), people_feeds.present_username(member(), username))

    def conflict(username: str, form: Form) -> Answer:
        """Shows what is stored now, and the form as it was sent. The administrator has now seen the stored fields and
        may replace them."""
        card = members.member(reader=member(), username=username)
        form.values["shown"] = card.fingerprint
        # Browsers send the line breaks of a textarea as CRLF.
        sent = {name: value.replace("\r\n", "\n") for name, value in form.values.items()}
        theirs = {name: value for name, value in _fields(card).items() if value != sent.get(name, "")}
        return render_template("members/edit.html", member=card, form=form, theirs=theirs), 409

    return views


def _fields(card: MemberCard) -> dict[str, str]:
    """The fields of the form, as they are stored."""
    return {
        "email": card.email,
        "username": card.username,
        "role": card.role.value,
        "confirmed": "1" if card.confirmed else "",
        "disabled": "1" if card.disabled else "",
        "name": card.name,
        "location": card.location,
        "about_me": card.about_me,
    }
