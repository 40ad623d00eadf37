"""Comments: write below a post, edit and delete one's own, find one again, and close them below a post."""

from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.comments import Comments
from application.ports.comments import CommentCard, CommentFeeds, Thread
from application.posts import Posts
from domain import limits
from domain.comments import BODY_LIMIT, may_delete, may_edit, not_answerable
from domain.errors import Changed, Invalid, NotFound
from entrypoints.bodies import takes_text
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, limited, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.fragments import fragments, reader_of, rules_for
from entrypoints.web.moderation import reason_form
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(comments: Comments, posts: Posts, comment_feeds: CommentFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("comments", __name__)
    provide(
        views,
        comment_entries=_entries,
        may_edit_comment=may_edit,
        may_delete_comment=may_delete,
        comment_body_limit=BODY_LIMIT,
    )

    def page_of_comment(comment_id: int) -> Response:
        """The page of the post that shows this comment, with the comments before it."""
        place = comment_feeds.position(viewer(), comment_id)
        query = f"?before={comment_id + 1}" if place.comment_count > settings.comments_per_page else ""
        return redirect(f"/posts/{place.post_id}{query}#comment-{comment_id}", 303)

    @views.get("/comments/<id:comment_id>")
    def comment(comment_id: int) -> Answer:
        return page_of_comment(comment_id)

    @views.post("/posts/<id:post_id>/comments")
    @takes_text
    @signed_in("/posts/{post_id}")
    @limited(limits.comment, preview=limits.preview)
    @button(N_("Publish"))
    def write(post_id: int) -> Answer:
        form = Form.sent()
        try:
            if form.values["preview"]:
                html = comments.preview(reader=member(), body=form.values["body"])
                return thread(post_id, form, 200, html)
            comment_id = comments.write(
                actor_id=member().id,
                post_id=post_id,
                body=form.values["body"],
                reply_to=form.reply_to(),
                once=form.once(),
                reader=member(),
            )
        except Invalid as error:
            form.refuse(error)
            return thread(post_id, form, 422)
        flash(N_("Your comment is published."), "success")
        return page_of_comment(comment_id)

    def thread(post_id: int, form: Form, status: int, preview: str | None = None) -> Answer:
        found = comment_feeds.thread(viewer(), post_id, window(settings.comments_per_page))
        more = {"answered": _answered_by(form, comment_feeds, post_id), "preview_html": preview}
        return render_template("posts/thread.html", thread=found, form=form, **more), status

    @views.route("/comments/<id:comment_id>/edit", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @limited(limits.edit, preview=limits.preview)
    @button(N_("Save"))
    def edit(comment_id: int) -> Answer:
        if request.method != "POST":
            stored = comments.editable(actor_id=member().id, comment_id=comment_id)
            return edit_form(comment_id, Form({"body": stored.body, "version": str(stored.version)}))
        form = Form.sent()
        try:
            if form.values["preview"]:
                comments.editable(actor_id=member().id, comment_id=comment_id)
                html = comments.preview(reader=member(), body=form.values["body"])
                return edit_form(comment_id, form, preview=html)
            comments.edit(actor_id=member().id, comment_id=comment_id, body=form.values["body"], version=form.version())
        except Invalid as error:
            form.refuse(error)
            return edit_form(comment_id, form, 422)
        except Changed:
            return edit_form(comment_id, form, 409, conflict=True)
        flash(N_("The comment is saved."), "success")
        return page_of_comment(comment_id)

    def edit_form(
        comment_id: int, form: Form, status: int = 200, *, preview: str | None = None, conflict: bool = False
    ) -> Answer:
        stored = comment_feeds.comment(viewer(), comment_id)
        if conflict:
            form.values["version"] = str(stored.version)
        body = render_template(
            "comments/edit.html",
            comment=stored,
            form=form,
            preview_html=preview,
            theirs=stored if conflict else None,
        )
        return body, status

    @views.post("/comments/<id:comment_id>/delete")
    @signed_in("/comments/{comment_id}")
    def delete(comment_id: int) -> Answer:
        reason = request.form.get("reason", "")
        try:
            post_id = comments.delete(actor_id=member().id, comment_id=comment_id, reason=reason)
        except Invalid as error:
            return reason_form(comment_feeds.comment(viewer(), comment_id), error)
        flash(N_("The comment is deleted. For 30 days it can be brought back."), "success")
        return redirect(f"/posts/{post_id}#comments", 303)

    @views.post("/posts/<id:post_id>/<any(close, reopen):act>")
    @signed_in("/posts/{post_id}")
    def close(post_id: int, act: str) -> Answer:
        posts.close(actor_id=member().id, post_id=post_id, closed=act == "close")
        if act == "close":
            flash(N_("The comments are closed."), "success")
        else:
            flash(N_("Everybody can comment again."), "success")
        return redirect(f"/posts/{post_id}#comments", 303)

    return views


def answered_below(comment_feeds: CommentFeeds, post_id: int, reply_to: int | None) -> CommentCard | None:
    """The comment below this post that a form answers. Raises NotFound, also for a hidden one."""
    if reply_to is None:
        return None
    comment = comment_feeds.comment(viewer(), reply_to)
    if comment.post_id != post_id or comment.hidden:
        raise NotFound()
    return comment


def _answered_by(form: Form, comment_feeds: CommentFeeds, post_id: int) -> CommentCard | None:
    """The comment that a form answers that was sent. It may be gone meanwhile, and then the form says so."""
    try:
        return answered_below(comment_feeds, post_id, form.reply_to())
    except NotFound:
        form.refuse(not_answerable())
    except Invalid as error:
        form.refuse(error)
    return None


def _entries(thread: Thread, *, answerable: bool) -> Markup:
    """The comments of a thread. `answerable` says that the viewer may answer them."""
    post, someone = thread.post, viewer()
    reader = reader_of(someone)
    of_all = {
        "post_hidden": post.hidden,
        "answerable": answerable,
        "at_home": request.path == f"/posts/{post.id}",
        "rules": rules_for(someone),
    }
    return fragments(
        "comments/_comment.html",
        (
            {
                "comment": comment,
                "is_author": comment.author_id == post.author_id,
                "viewer": reader(comment.author_id),
                **of_all,
            }
            for comment in thread.comments.items
        ),
    )
