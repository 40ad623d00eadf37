"""Addresses of the site that a community moved here from. They lead on for good."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from application.ports.flasky import FlaskyFeeds
from domain.errors import NotFound
from domain.flasky import is_old_username
from entrypoints.web.decorators import leads_on
from entrypoints.web.viewer import viewer


def blueprint(flasky_feeds: FlaskyFeeds) -> Blueprint:
    views = Blueprint("flasky", __name__)

    def profile_of(old_username: str, rest: str = "") -> Response:
        if not is_old_username(old_username):
            raise NotFound()
        return redirect(f"/@{flasky_feeds.username(viewer(), old_username)}{rest}", 308)

    @views.get("/user/<old_username>")
    @leads_on
    def user(old_username: str) -> Response:
        return profile_of(old_username)

    @views.get("/followers/<old_username>")
    @leads_on
    def followers(old_username: str) -> Response:
        return profile_of(old_username, "/followers")

    @views.get("/followed_by/<old_username>")
    @leads_on
    def followed_by(old_username: str) -> Response:
        return profile_of(old_username, "/following")

    @views.get("/post/<id:number>")
    @leads_on
    def post(number: int) -> Response:
        """A page of its comments does not lead on, because lists have no page numbers here. The fragment does."""
        return redirect(f"/posts/{flasky_feeds.post_id(viewer(), number)}", 308)

    return views
