"""Following: follow and unfollow, the lists of followers, and the timeline."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from application.following import Following
from application.ports.following import FollowFeeds
from application.ports.paging import Page, Window
from application.ports.people import PeopleFeeds
from application.ports.posts import PostCard, PostFeeds
from application.ports.work import Now
from domain.roles import Permission
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import window
from entrypoints.web.pages import page
from entrypoints.web.people import SUGGESTED, right_spelling
from entrypoints.web.redirects import requested_path, wanted_path
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(
    *,
    following: Following,
    follow_feeds: FollowFeeds,
    people_feeds: PeopleFeeds,
    post_feeds: PostFeeds,
    settings: Settings,
    now: Now,
) -> Blueprint:
    views = Blueprint("following", __name__)

    @views.get("/following")
    @signed_in()
    def timeline() -> Answer:
        reader, first = member(), Window(settings.posts_per_page)
        shown = window(settings.posts_per_page)
        listed = post_feeds.timeline(reader, shown)
        is_alone = shown == first and _holds_nobody_but(reader.id, listed)
        suggested = (
            follow_feeds.suggestions(reader, SUGGESTED, now()) if is_alone and reader.can(Permission.FOLLOW) else ()
        )
        return page("following/timeline.html", page=listed, suggested=suggested)

    @views.get("/@<username:username>/<any(followers, following):direction>")
    def follows(username: str, direction: str) -> Answer:
        found = people_feeds.profile(viewer(), username)
        if found.username != username:
            return right_spelling(found.username, f"/{direction}")
        listed = follow_feeds.followers if direction == "followers" else follow_feeds.following
        members = listed(viewer(), found.id, window(settings.followers_per_page))
        return page("following/followers.html", profile=found, page=members, direction=direction, here=requested_path())

    @views.post("/@<username:username>/follow")
    @signed_in("/@{username}")
    def follow(username: str) -> Answer:
        following.follow(actor_id=member().id, username=username)
        flash(N_("You now follow %(username)s."), "success", username=f"@{username}")
        return redirect(wanted_path() or f"/@{username}", 303)

    @views.post("/@<username:username>/unfollow")
    @signed_in("/@{username}")
    def unfollow(username: str) -> Answer:
        following.unfollow(actor_id=member().id, username=username)
        flash(N_("You no longer follow %(username)s."), "success", username=f"@{username}")
        return redirect(wanted_path() or f"/@{username}", 303)

    return views


def _holds_nobody_but(reader_id: int, page: Page[PostCard]) -> bool:
    return all(post.author is not None and post.author.id == reader_id for post in page.items)
