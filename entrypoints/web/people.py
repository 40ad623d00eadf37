"""People: their pages, who follows whom, following and no longer."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.feeds import PeopleFeeds
from application.following import Following
from entrypoints.web.decorators import signed_in
from entrypoints.web.forms import window
from entrypoints.web.session import flash, member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(following: Following, feeds: PeopleFeeds, *, per_page: int, followers_per_page: int) -> Blueprint:
    views = Blueprint("people", __name__)

    @views.get("/@<username:username>")
    def profile(username: str) -> Answer:
        found = feeds.page(username, window(per_page), viewer())
        if found.profile.username != username:
            return right_spelling(found.profile.username)
        return render_template("people/profile.html", profile=found.profile, page=found.posts)

    @views.get("/@<username:username>/<any(followers, following):direction>")
    def follows(username: str, direction: str) -> Answer:
        found = feeds.profile(username, viewer())
        if found.username != username:
            return right_spelling(found.username, f"/{direction}")
        listed = feeds.followers if direction == "followers" else feeds.following
        page = listed(found.id, window(followers_per_page))
        return render_template("people/followers.html", profile=found, page=page, direction=direction)

    @views.post("/@<username:username>/follow")
    @signed_in("/@{username}")
    def follow(username: str) -> Answer:
        following.follow(actor_id=member().id, username=username)
        flash(N_("You now follow %(username)s."), "success", username=username)
        return redirect(f"/@{username}", 303)

    @views.post("/@<username:username>/unfollow")
    @signed_in("/@{username}")
    def unfollow(username: str) -> Answer:
        following.unfollow(actor_id=member().id, username=username)
        flash(N_("You no longer follow %(username)s."), "success", username=username)
        return redirect(f"/@{username}", 303)

    def right_spelling(username: str, rest: str = "") -> Response:
        query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
        return redirect(f"/@{username}{rest}{query}", 308)

    return views
