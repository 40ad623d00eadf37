"""The operations of likes."""

from flask import Response

from application.liking import Liking
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations


def add_to(api: Operations, liking: Liking) -> None:
    @api.add(
        "PUT",
        "/posts/<id:post_id>/like",
        "Like a post: everybody can read who does; idempotent",
        tag="Posts",
        status=204,
        refuses=(403, 404, 422),
    )
    def like_post(post_id: int) -> Response:
        liking.like_post(actor_id=reader().id, post_id=post_id)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/posts/<id:post_id>/like",
        "Like a post no longer; idempotent",
        tag="Posts",
        status=204,
        refuses=(403, 404),
    )
    def unlike_post(post_id: int) -> Response:
        liking.unlike_post(actor_id=reader().id, post_id=post_id)
        return Response(status=204)

    @api.add(
        "PUT",
        "/comments/<id:comment_id>/like",
        "Like a comment; idempotent",
        tag="Comments",
        status=204,
        refuses=(403, 404, 422),
    )
    def like_comment(comment_id: int) -> Response:
        liking.like_comment(actor_id=reader().id, comment_id=comment_id)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/comments/<id:comment_id>/like",
        "Like a comment no longer; idempotent",
        tag="Comments",
        status=204,
        refuses=(403, 404),
    )
    def unlike_comment(comment_id: int) -> Response:
        liking.unlike_comment(actor_id=reader().id, comment_id=comment_id)
        return Response(status=204)
