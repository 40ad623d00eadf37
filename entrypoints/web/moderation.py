"""Moderation: the list of all comments, hide and restore, and the log."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.moderation import Moderation
from application.ports.comments import CommentCard, CommentFeeds
from application.ports.moderation import LogCard
from application.ports.posts import PostDetail, PostFeeds
from application.ports.work import Now
from domain.comments import is_offered_restoring, may_hide
from domain.deleting import is_kept
from domain.errors import Invalid
from domain.moderation import Act, SubjectKind
from domain.posts import may_hide as may_hide_post
from domain.sanctions import SANCTIONS
from entrypoints import moderation_words as words
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.redirects import requested_path, wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.templating import words as words_of_time
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(
    moderation: Moderation, post_feeds: PostFeeds, comment_feeds: CommentFeeds, settings: Settings, now: Now
) -> Blueprint:
    views = Blueprint("moderation", __name__)

    def may_come_back(entry: LogCard) -> bool:
        return entry.act is Act.DELETE and is_kept(deleted_at=entry.created_at, at=now())

    provide(
        views,
        may_hide_post=may_hide_post,
        may_hide_comment=may_hide,
        is_offered_restoring=is_offered_restoring,
        act_in_words=_act_in_words,
        may_come_back=may_come_back,
    )

    @views.get("/moderation/comments")
    @signed_in()
    def comments() -> Answer:
        page = moderation.comments(reader=member(), window=window(settings.comments_per_page))
        return render_template("moderation/comments.html", page=page, here=requested_path())

    @views.get("/moderation/log")
    @signed_in()
    def log() -> Answer:
        by = request.args.get("by", "")
        found = moderation.log(reader=member(), window=window(settings.comments_per_page), by=by)
        return render_template("moderation/log.html", page=found.page, by=by)

    @views.post("/comments/<id:comment_id>/hide")
    @signed_in("/comments/{comment_id}")
    def hide(comment_id: int) -> Answer:
        try:
            moderation.hide(actor_id=member().id, comment_id=comment_id, reason=sent("reason"), rule=sent("rule"))
        except Invalid as error:
            return reason_form(comment_feeds.comment(viewer(), comment_id), error)
        flash(N_("The comment is hidden."), "success")
        return back()

    @views.post("/comments/<id:comment_id>/restore")
    @signed_in("/comments/{comment_id}")
    def restore(comment_id: int) -> Answer:
        try:
            moderation.restore(actor_id=member().id, comment_id=comment_id, reason=sent("reason"))
        except Invalid as error:
            return reason_form(comment_feeds.comment(viewer(), comment_id), error)
        flash(N_("The comment is shown again."), "success")
        return back()

    @views.post("/posts/<id:post_id>/hide")
    @signed_in("/posts/{post_id}")
    def hide_post(post_id: int) -> Answer:
        try:
            moderation.hide_post(actor_id=member().id, post_id=post_id, reason=sent("reason"), rule=sent("rule"))
        except Invalid as error:
            return reason_form(post_feeds.post(viewer(), post_id), error)
        flash(N_("The post is hidden."), "success")
        return back()

    @views.post("/posts/<id:post_id>/restore")
    @signed_in("/posts/{post_id}")
    def restore_post(post_id: int) -> Answer:
        try:
            moderation.restore_post(actor_id=member().id, post_id=post_id, reason=sent("reason"))
        except Invalid as error:
            return reason_form(post_feeds.post(viewer(), post_id), error)
        flash(N_("The post is shown again."), "success")
        return back()

    def sent(name: str) -> str:
        return request.form.get(name, "")

    def back() -> Response:
        """Redirects to the page that the form names, or else to what was acted on."""
        return redirect(wanted_path() or request.path.rpartition("/")[0], 303)

    return views


def reason_form(thing: PostDetail | CommentCard, error: Invalid) -> tuple[str, int]:
    """The form of an act on a text again: its reason was refused."""
    path, _, action = request.path.rpartition("/")
    form = Form.sent()
    form.refuse(error)
    return render_template("moderation/reason.html", thing=thing, path=path, action=action, form=form), 422


def _act_in_words(entry: LogCard, about: Markup) -> Markup:
    """What was done, with links to whom and to what."""
    paths = {SubjectKind.POST: "/posts/{}", SubjectKind.COMMENT: "/comments/{}"}
    thing: Markup | str = words.thing(entry.subject_kind, gettext)
    if entry.subject_kind in paths:
        thing = Markup('<a href="{}">{}</a>').format(paths[entry.subject_kind].format(entry.subject_id), thing)
    pattern = Markup(words.act_pattern(entry, gettext))  # noqa: S704 - one of our own sentences
    return pattern.format(about=about, thing=thing, text=_words_of(entry))


def _words_of(entry: LogCard) -> str:
    """The end of a sanction, a role, or the fields of the site."""
    if entry.act is Act.SITE:
        return words.changed_fields(entry.text, gettext)
    if entry.act in SANCTIONS and entry.text:
        return words_of_time(datetime.fromisoformat(entry.text))
    return gettext(entry.text) if entry.text else ""
