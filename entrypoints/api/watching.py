"""The operations of watching."""

from flask import Response

from application.watching import Watching
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations


def add_to(api: Operations, watching: Watching) -> None:
    @api.add(
        "PUT",
        "/posts/<id:post_id>/watch",
        "Watch a post, to be told of new comments below it; idempotent",
        tag="Posts",
        status=204,
        refuses=(403, 404),
    )
    def watch(post_id: int) -> Response:
        watching.watch(actor_id=reader().id, post_id=post_id)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/posts/<id:post_id>/watch",
        "Watch a post no longer; idempotent",
        tag="Posts",
        status=204,
        refuses=(403, 404),
    )
    def unwatch(post_id: int) -> Response:
        watching.unwatch(actor_id=reader().id, post_id=post_id)
        return Response(status=204)
