"""Profiles."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.ports.people import PeopleFeeds
from entrypoints.settings import Settings
from entrypoints.web.forms import window
from entrypoints.web.viewer import viewer


def blueprint(people_feeds: PeopleFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("people", __name__)

    @views.get("/@<username:username>")
    def profile(username: str) -> str | Response:
        found = people_feeds.page(viewer(), username, window(settings.posts_per_page))
        if found.profile.username != username:
            return right_spelling(found.profile.username)
        return render_template("people/profile.html", profile=found.profile, page=found.posts)

    return views


def right_spelling(username: str, rest: str = "") -> Response:
    """Redirects to the profile when the username was spelled in another case. `rest` follows the username in the
    path."""
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return redirect(f"/@{username}{rest}{query}", 308)
