"""Watching: the button."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from application.watching import Watching
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.redirects import wanted_path
from entrypoints.web.viewer import member
from entrypoints.words import N_


def blueprint(watching: Watching) -> Blueprint:
    views = Blueprint("watching", __name__)

    @views.post("/posts/<id:post_id>/watch")
    @signed_in("/posts/{post_id}")
    def watch(post_id: int) -> Response:
        watching.watch(actor_id=member().id, post_id=post_id)
        flash(N_("You watch this post: you are told of new comments below it."), "success")
        return redirect(wanted_path() or f"/posts/{post_id}", 303)

    @views.post("/posts/<id:post_id>/unwatch")
    @signed_in("/posts/{post_id}")
    def unwatch(post_id: int) -> Response:
        watching.unwatch(actor_id=member().id, post_id=post_id)
        flash(N_("You no longer watch this post."), "success")
        return redirect(wanted_path() or f"/posts/{post_id}", 303)

    return views
