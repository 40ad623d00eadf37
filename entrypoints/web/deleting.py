"""What a member deleted, and how it is brought back."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from application.deleting import Deleting
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import window
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response


def blueprint(deleting: Deleting, settings: Settings) -> Blueprint:
    views = Blueprint("deleting", __name__)

    @views.get("/settings/deleted")
    @signed_in()
    def listed() -> Answer:
        page = deleting.own(reader=member(), window=window(settings.posts_per_page))
        return render_template("deleting/list.html", page=page)

    @views.post("/posts/<id:post_id>/undelete")
    @signed_in("/settings/deleted")
    def undelete_post(post_id: int) -> Answer:
        deleting.undelete_post(actor_id=member().id, post_id=post_id)
        flash(N_("The post is there again."), "success")
        return redirect(f"/posts/{post_id}", 303)

    @views.post("/comments/<id:comment_id>/undelete")
    @signed_in("/settings/deleted")
    def undelete_comment(comment_id: int) -> Answer:
        deleting.undelete_comment(actor_id=member().id, comment_id=comment_id)
        flash(N_("The comment is there again."), "success")
        return redirect(f"/comments/{comment_id}", 303)

    return views
