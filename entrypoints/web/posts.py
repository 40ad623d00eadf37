"""Posts: the list of all posts, one post with its comments, publish and edit."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.ports.comments import CommentFeeds
from application.ports.paging import Window
from application.ports.posts import PostCard, PostDetail, PostFeeds
from application.posts import Posts
from domain import limits
from domain.errors import Changed, DomainError, Invalid
from domain.posts import BODY_LIMIT, TITLE_LIMIT, may_close, may_delete, may_edit, takes_comments
from domain.roles import Permission
from domain.tags import words_in
from entrypoints.bodies import takes_text
from entrypoints.settings import Settings
from entrypoints.web.comments import answered_below
from entrypoints.web.decorators import button, leads_on, limited, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, id_in_url, window
from entrypoints.web.fragments import fragment, fragments, reader_of, rules_for
from entrypoints.web.moderation import reason_form
from entrypoints.web.pages import page
from entrypoints.web.redirects import query, wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

_NEWEST = 3

Answer = str | Response | tuple[str, int]


def blueprint(posts: Posts, post_feeds: PostFeeds, comment_feeds: CommentFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("posts", __name__)
    provide(
        views,
        may_edit_post=may_edit,
        may_delete_post=may_delete,
        may_close_post=may_close,
        takes_comments=takes_comments,
        entries=_entries,
        whole_post=_whole_post,
        newest_posts=partial(_newest_of_some, post_feeds, settings.posts_per_page),
        post_title_limit=TITLE_LIMIT,
        post_body_limit=BODY_LIMIT,
    )

    @views.get("/")
    def home() -> Answer:
        listed = post_feeds.latest(viewer(), window(settings.posts_per_page))
        return page("posts/index.html", page=listed)

    @views.get("/write")
    @signed_in()
    def write() -> Answer:
        member().require(Permission.WRITE)
        return write_form(Form())

    def write_form(form: Form, status: int = 200, preview: str | None = None) -> Answer:
        return render_template("posts/write.html", form=form, preview_html=preview), status

    @views.get("/posts")
    @leads_on
    def all_posts() -> Answer:
        return redirect(f"/{query()}", 308)

    @views.post("/posts")
    @takes_text
    @signed_in("/")
    @limited(limits.publish, preview=limits.preview)
    @button(N_("Publish"))
    def publish() -> Answer:
        form = Form.sent()
        try:
            if form.values["preview"]:
                return write_form(form, preview=preview_of(form))
            post_id = posts.publish(
                actor_id=member().id,
                title=form.values["title"],
                body=form.values["body"],
                tags=words_in(form.values["tags"]),
                once=form.once(),
                reader=member(),
            )
        except Invalid as error:
            form.refuse(error)
            return write_form(form, 422)
        flash(N_("Your post is published."), "success")
        return redirect(wanted_path() or f"/posts/{post_id}", 303)

    @views.get("/posts/<id:post_id>")
    def post(post_id: int) -> Answer:
        thread = comment_feeds.thread(viewer(), post_id, window(settings.comments_per_page))
        answered = answered_below(comment_feeds, post_id, id_in_url("reply_to"))
        return page("posts/thread.html", thread=thread, answered=answered, preview_html=None)

    @views.route("/posts/<id:post_id>/edit", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @limited(limits.edit, preview=limits.preview)
    @button(N_("Save"))
    def edit(post_id: int) -> Answer:
        if request.method != "POST":
            stored = posts.editable(actor_id=member().id, post_id=post_id)
            typed = {
                "title": stored.text.title,
                "body": stored.text.body,
                "tags": " ".join(stored.tags),
                "version": str(stored.version),
            }
            return edit_form(post_id, Form(typed))
        form = Form.sent()
        try:
            if form.values["preview"]:
                return edit_form(post_id, form, preview=preview_of(form, post_id))
            posts.edit(
                actor_id=member().id,
                post_id=post_id,
                title=form.values["title"],
                body=form.values["body"],
                # A field that was not sent keeps its value.
                tags=words_in(form.values["tags"]) if "tags" in form.values else None,
                version=form.version(),
            )
        except Invalid as error:
            form.refuse(error)
            return edit_form(post_id, form, 422)
        except Changed:
            return edit_form(post_id, form, 409, conflict=True)
        flash(N_("The post is saved."), "success")
        return redirect(f"/posts/{post_id}", 303)

    def edit_form(
        post_id: int, form: Form, status: int = 200, *, preview: str | None = None, conflict: bool = False
    ) -> Answer:
        stored = post_feeds.post(viewer(), post_id)
        if conflict:
            # The author has now seen the other version, so the form may replace it.
            form.values["version"] = str(stored.version)
        body = render_template(
            "posts/edit.html", post=stored, form=form, preview_html=preview, theirs=stored if conflict else None
        )
        return body, status

    @views.post("/posts/<id:post_id>/delete")
    @signed_in("/posts/{post_id}")
    def delete(post_id: int) -> Answer:
        try:
            posts.delete(actor_id=member().id, post_id=post_id, reason=request.form.get("reason", ""))
        except Invalid as error:
            return reason_form(post_feeds.post(viewer(), post_id), error)
        flash(N_("The post is deleted. For 30 days it can be brought back."), "success")
        return redirect("/", 303)

    @views.post("/preview")
    @takes_text
    @signed_in("/")
    @limited(limits.preview)
    def preview() -> Answer:
        form = Form.sent()
        try:
            html = preview_of(form, id_in_url("post"))
        except Invalid as error:
            form.refuse(error)
            return " ".join(sentence for _, sentence in form.problems), 422
        return render_template("posts/preview.html", preview_html=html, preview_title=form.values["title"].strip())

    def preview_of(form: Form, post_id: int | None = None) -> str:
        return posts.preview(reader=member(), title=form.values["title"], body=form.values["body"], post_id=post_id)

    return views


def _entries(posts: Iterable[PostCard], *, one_author: bool = False, with_forms: bool = True) -> Markup:
    """A list of posts. `one_author` says that all are by one. Without forms everybody sees what a visitor sees."""
    reader = reader_of(viewer() if with_forms else None)
    return fragments(
        "posts/_entry.html",
        ({"post": post, "one_author": one_author, "viewer": reader(post.author_id)} for post in posts),
    )


def _whole_post(post: PostDetail) -> Markup:
    return fragment(
        "posts/_post.html",
        post=post,
        at_home=request.path == f"/posts/{post.id}",
        viewer=reader_of(viewer())(post.author_id),
        rules=rules_for(viewer()),
    )


def _newest_of_some(post_feeds: PostFeeds, size: int) -> list[PostCard]:
    """One post each of a few authors, to lead on from a page that is missing. None when the storage does not answer."""
    with suppress(DomainError):
        page = post_feeds.latest(viewer(), Window(size))
        newest_of_each = {post.author_id: post for post in reversed(page.items)}
        return sorted(newest_of_each.values(), key=lambda post: post.id, reverse=True)[:_NEWEST]
    return []
