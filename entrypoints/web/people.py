"""Profiles, how members edit their own, and how all pages name a member."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.members import Members
from application.ports.following import FollowFeeds
from application.ports.paging import Page, Window
from application.ports.people import PeopleFeeds, Profile
from application.ports.work import Now
from domain import limits
from domain.errors import Invalid, NotFound, Problem, TooSoon
from domain.members import names_pattern
from domain.roles import Permission, Role
from domain.time_zones import time_zones
from entrypoints.bodies import takes_text
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, limited, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, trimmed, window
from entrypoints.web.pages import page
from entrypoints.web.redirects import requested_path
from entrypoints.web.templating import provide, words
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_, Named, full_name, marks

Answer = str | Response | tuple[str, int]

# So many members are suggested at once.
SUGGESTED = 5
_CONTINENTS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "UTC"}
)


def blueprint(
    *, members: Members, people_feeds: PeopleFeeds, follow_feeds: FollowFeeds, settings: Settings, now: Now
) -> Blueprint:
    views = Blueprint("people", __name__)
    provide(views, named=named, full_name=full_name, marks_of=_marks, time_zones=_time_zones)

    @views.get("/@<username:username>")
    def profile(username: str) -> Response:
        found = people_feeds.page(viewer(), username, window(settings.posts_per_page))
        if found.profile.username != username:
            return right_spelling(found.profile.username)
        return page("people/profile.html", profile=found.profile, page=found.posts)

    @views.get("/@<username:username>/comments")
    def comments(username: str) -> Response:
        found = people_feeds.comments(viewer(), username, window(settings.comments_per_page))
        if found.profile.username != username:
            return right_spelling(found.profile.username, "/comments")
        return page("people/comments.html", profile=found.profile, page=found.comments, here=requested_path())

    @views.get("/people")
    def people() -> Response:
        typed = trimmed(request.args.get("q", ""))
        pattern, part, reader = names_pattern(typed), window(settings.followers_per_page), viewer()
        found: Page[Profile] = Page(())
        if pattern is not None:
            found = people_feeds.people(reader, pattern, part, now())
        is_beginning = not typed and part == Window(settings.followers_per_page)
        suggested: tuple[Profile, ...] = ()
        if is_beginning and reader is not None and reader.can(Permission.FOLLOW):
            suggested = follow_feeds.suggestions(reader, SUGGESTED, now())
        return page("people/list.html", page=found, q=typed, suggested=suggested, here=requested_path())

    @views.route("/settings/profile", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @limited(limits.password_check, unless=lambda _: not request.form.get("password"))
    @button(N_("Save"))
    def edit_own() -> Answer:
        if request.method != "POST":
            return profile_form(people_feeds, {})
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
                time_zone=form.trimmed("time_zone") if "time_zone" in form.values else None,
                username=form.trimmed("username") if "username" in form.values else None,
                password=form.values["password"],
            )
        except Invalid as error:
            return profile_form(people_feeds, form.values, error.problems), 422
        except TooSoon as error:
            return profile_form(
                people_feeds, form.values, [Problem("username", "too_soon", {"time": words(error.possible_at)})]
            ), 409
        if username == member().username:
            flash(N_("Your profile is saved."), "success")
        else:
            flash(N_("You are @%(username)s now. Links with your old name lead to it."), "success", username=username)
        return redirect(f"/@{username}", 303)

    return views


def profile_form(people_feeds: PeopleFeeds, sent: Mapping[str, str], problems: Iterable[Problem] = ()) -> str:
    """The page with the viewer's own profile. Values that were not sent are those that are stored."""
    mine = own_profile(people_feeds)
    stored = {
        "name": mine.name,
        "location": mine.location,
        "about_me": mine.about_me,
        "time_zone": member().time_zone,
        "username": mine.username,
    }
    form = Form({**stored, **sent})
    for problem in problems:
        form.add(problem)
    return render_template("members/profile.html", form=form, profile=mine)


def own_profile(people_feeds: PeopleFeeds) -> Profile:
    """The profile of the viewer."""
    username = member().username
    try:
        return people_feeds.profile(member(), username)
    except NotFound:
        # Another request of this member has just changed the username.
        return people_feeds.profile(member(), people_feeds.present_username(member(), username))


@pass_context
def named(context: Context, member: Named, *, is_author: bool = False) -> Markup:
    """The HTML that names a member. `is_author` marks who also wrote the post."""
    return _named(member.name, member.username, member.role, is_author, context["language"])


# A page names twenty or thirty members, and most of them often.
@lru_cache(maxsize=1_024)
def _named(name: str, username: str, role: Role, is_author: bool, _language: str) -> Markup:
    html = render_template("people/_name.html", name=name, username=username, marks=_marks(role, is_author=is_author))
    return Markup(html.strip())  # noqa: S704 - the template has escaped it


def _marks(role: Role, *, is_author: bool = False) -> tuple[str, ...]:
    return marks(role, is_author=is_author, translate=gettext)


@cache
def _time_zones() -> Markup:
    """The options of a datalist: the zones that browsers name."""
    names = sorted(name for name in time_zones() if name.partition("/")[0] in _CONTINENTS)
    return Markup("").join(Markup("<option>{}</option>").format(name) for name in names)


def right_spelling(username: str, rest: str = "") -> Response:
    """Redirects to the profile when the username was spelled in another case. `rest` follows the username in the
    path."""
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return redirect(f"/@{username}{rest}{query}", 308)
