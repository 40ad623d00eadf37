"""Profiles, and how all pages name a member."""

from functools import lru_cache

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.ports.people import PeopleFeeds
from domain.roles import Role
from entrypoints.settings import Settings
from entrypoints.web.forms import window
from entrypoints.web.templating import provide
from entrypoints.web.viewer import viewer
from entrypoints.words import Named, full_name, marks


def blueprint(people_feeds: PeopleFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("people", __name__)
    provide(views, named=named, full_name=full_name, marks_of=_marks)

    @views.get("/@<username:username>")
    def profile(username: str) -> str | Response:
        found = people_feeds.page(viewer(), username, window(settings.posts_per_page))
        if found.profile.username != username:
            return right_spelling(found.profile.username)
        return render_template("people/profile.html", profile=found.profile, page=found.posts)

    return views


@pass_context
def named(context: Context, member: Named, *, is_author: bool = False) -> Markup:
    """The HTML that names a member. `is_author` marks who also wrote the post."""
    return _named(member.name, member.username, member.role, is_author, context["language"])


# A page names twenty or thirty members, and most of them often.
@lru_cache(maxsize=4_096)
def _named(name: str, username: str, role: Role, is_author: bool, _language: str) -> Markup:
    html = render_template("people/_name.html", name=name, username=username, marks=_marks(role, is_author=is_author))
    return Markup(html.strip())  # noqa: S704 - the template has escaped it


def _marks(role: Role, *, is_author: bool = False) -> tuple[str, ...]:
    return marks(role, is_author=is_author, translate=gettext)


def right_spelling(username: str, rest: str = "") -> Response:
    """Redirects to the profile when the username was spelled in another case. `rest` follows the username in the
    path."""
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return redirect(f"/@{username}{rest}{query}", 308)
