"""Likes: the buttons, and the page with who likes a post."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from application.liking import Liking
from application.ports.liking import LikeFeeds
from application.ports.posts import PostFeeds
from domain.liking import is_offered_liking
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import window
from entrypoints.web.redirects import back_path, wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response


def blueprint(liking: Liking, like_feeds: LikeFeeds, post_feeds: PostFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("liking", __name__)
    provide(views, is_offered_liking=is_offered_liking, back_path=back_path)

    @views.get("/posts/<id:post_id>/likes")
    def likes(post_id: int) -> Answer:
        post = post_feeds.post(viewer(), post_id)
        page = like_feeds.of_post(viewer(), post_id, window(settings.followers_per_page))
        return render_template("liking/likes.html", post=post, page=page)

    @views.post("/posts/<id:post_id>/like")
    @signed_in("/posts/{post_id}")
    def like_post(post_id: int) -> Answer:
        liking.like_post(actor_id=member().id, post_id=post_id)
        flash(N_("You like this post."), "success")
        return redirect(wanted_path() or f"/posts/{post_id}", 303)

    @views.post("/posts/<id:post_id>/unlike")
    @signed_in("/posts/{post_id}")
    def unlike_post(post_id: int) -> Answer:
        liking.unlike_post(actor_id=member().id, post_id=post_id)
        flash(N_("You no longer like this post."), "success")
        return redirect(wanted_path() or f"/posts/{post_id}", 303)

    @views.post("/comments/<id:comment_id>/like")
    @signed_in("/comments/{comment_id}")
    def like_comment(comment_id: int) -> Answer:
        liking.like_comment(actor_id=member().id, comment_id=comment_id)
        flash(N_("You like this comment."), "success")
        return redirect(wanted_path() or f"/comments/{comment_id}", 303)

    @views.post("/comments/<id:comment_id>/unlike")
    @signed_in("/comments/{comment_id}")
    def unlike_comment(comment_id: int) -> Answer:
        liking.unlike_comment(actor_id=member().id, comment_id=comment_id)
        flash(N_("You no longer like this comment."), "success")
        return redirect(wanted_path() or f"/comments/{comment_id}", 303)

    return views
