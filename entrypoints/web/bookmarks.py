"""Bookmarks: the buttons, and the list of one's own."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from application.bookmarks import Bookmarks
from application.ports.bookmarks import BookmarkFeeds
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import window
from entrypoints.web.redirects import wanted_path
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response


def blueprint(bookmarks: Bookmarks, bookmark_feeds: BookmarkFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("bookmarks", __name__)

    @views.get("/bookmarks")
    @signed_in()
    def own() -> Answer:
        page = bookmark_feeds.posts(member(), window(settings.posts_per_page))
        return render_template("bookmarks/list.html", page=page)

    @views.post("/posts/<id:post_id>/bookmark")
    @signed_in("/posts/{post_id}")
    def add(post_id: int) -> Answer:
        bookmarks.add(actor_id=member().id, post_id=post_id)
        flash(N_("This post is in your bookmarks."), "success")
        return redirect(wanted_path() or f"/posts/{post_id}", 303)

    @views.post("/posts/<id:post_id>/unbookmark")
    @signed_in("/posts/{post_id}")
    def remove(post_id: int) -> Answer:
        bookmarks.remove(actor_id=member().id, post_id=post_id)
        flash(N_("This post is no longer in your bookmarks."), "success")
        return redirect(wanted_path() or f"/posts/{post_id}", 303)

    return views
