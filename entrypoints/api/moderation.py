"""The operations of moderation: hide and restore posts and comments, and the log."""

from functools import partial

from flask import Response

from application.moderation import Moderation
from domain.identifiers import is_username
from entrypoints.api.auth import reader
from entrypoints.api.errors import BadRequest
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.moderation import Hiding, LogList, log_entry_of
from entrypoints.api.shape import listed, parsed, single, window

LOG_PER_PAGE = 30


def add_to(api: Operations, urls: Urls, moderation: Moderation) -> None:
    api.describe("Moderation", "For moderators.")
    add_act = partial(api.add, tag="Moderation", status=204, refuses=(403, 404))

    @add_act("PUT", "/comments/<id:comment_id>/hiding", "Hide a comment, or give another reason", takes=Hiding)
    def hide(comment_id: int) -> Response:
        hiding = parsed(Hiding)
        moderation.hide(actor_id=reader().id, comment_id=comment_id, reason=hiding.reason, rule=hiding.rule)
        return Response(status=204)

    @add_act("DELETE", "/comments/<id:comment_id>/hiding", "Show a hidden comment again")
    def restore(comment_id: int) -> Response:
        moderation.restore(actor_id=reader().id, comment_id=comment_id)
        return Response(status=204)

    @add_act("PUT", "/posts/<id:post_id>/hiding", "Hide a post, or give another reason", takes=Hiding)
    def hide_post(post_id: int) -> Response:
        hiding = parsed(Hiding)
        moderation.hide_post(actor_id=reader().id, post_id=post_id, reason=hiding.reason, rule=hiding.rule)
        return Response(status=204)

    @add_act("DELETE", "/posts/<id:post_id>/hiding", "Show a hidden post again")
    def restore_post(post_id: int) -> Response:
        moderation.restore_post(actor_id=reader().id, post_id=post_id)
        return Response(status=204)

    @api.add(
        "GET",
        "/moderation/log/",
        "The moderation log, or what one member did, newest first",
        tag="Moderation",
        gives=LogList,
        refuses=(403, 404),
        listed=True,
        asks=("by",),
    )
    def moderation_log() -> Response:
        by = single("by")
        if by is not None and not is_username(by):
            raise BadRequest("by must be a username")
        found = moderation.log(reader=reader(), window=window(LOG_PER_PAGE), by=by or "")
        return listed("entries", LogList, found.page, found.count, partial(log_entry_of, urls), asked=("by",))
