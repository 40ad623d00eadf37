"""Comments, and the moderation of them."""

from flask import Response, g

from application.comments import Comments
from application.feeds import CatalogueFeeds, CommentFeeds, PostFeeds
from application.moderation import Moderation
from entrypoints.api import schemas
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.shape import answered, listed, once_key, parsed, wanted_version, window

LOG_PER_PAGE = 30


def add_to(
    api: Operations,
    objects: schemas.Objects,
    *,
    comments: Comments,
    moderation: Moderation,
    feeds: CommentFeeds,
    posts: PostFeeds,
    catalogue: CatalogueFeeds,
    per_page: int,
) -> None:
    @api.add("GET", "/comments/", "All comments, newest first", tag="Comments", gives=schemas.CommentList, listed=True)
    def comment_list() -> Response:
        found = catalogue.comments(window(per_page), reader())
        return listed("comments", schemas.CommentList, found.page, found.count, objects.comment)

    @api.add(
        "GET",
        "/posts/<id:post_id>/comments/",
        "A post's comments, oldest first",
        tag="Comments",
        gives=schemas.CommentList,
        refuses=(404,),
        listed=True,
    )
    def post_comments(post_id: int) -> Response:
        thread = posts.thread(post_id, window(per_page), reader())
        return listed(
            "comments",
            schemas.CommentList,
            thread.comments,
            thread.post.comment_count,
            objects.comment,
            newest_first=False,
        )

    @api.add(
        "POST",
        "/posts/<id:post_id>/comments/",
        "Write a comment",
        tag="Comments",
        takes=schemas.NewComment,
        gives=schemas.Comment,
        status=201,
        refuses=(403, 404),
        once=True,
    )
    def write(post_id: int) -> Response:
        g.kind = "comment"
        wanted = parsed(schemas.NewComment)
        comment_id = comments.write(actor_id=reader().id, post_id=post_id, body=wanted.body, once=once_key(wanted))
        return one(comment_id, 201)

    @api.add("GET", "/comments/<id:comment_id>", "A comment", tag="Comments", gives=schemas.Comment, refuses=(404,))
    def comment(comment_id: int) -> Response:
        return one(comment_id)

    @api.add(
        "PUT",
        "/comments/<id:comment_id>",
        "Replace a comment's body",
        tag="Comments",
        takes=schemas.NewComment,
        gives=schemas.Comment,
        refuses=(403, 404),
        versioned=True,
    )
    def edit(comment_id: int) -> Response:
        g.kind = "comment"
        wanted = parsed(schemas.NewComment)
        version = wanted_version(lambda: present(comment_id))
        comments.edit(actor_id=reader().id, comment_id=comment_id, body=wanted.body, version=version)
        return one(comment_id)

    @api.add(
        "DELETE",
        "/comments/<id:comment_id>",
        "Delete a comment",
        tag="Comments",
        status=204,
        refuses=(403, 404),
        versioned=True,
    )
    def delete_comment(comment_id: int) -> Response:
        version = wanted_version(lambda: present(comment_id))
        comments.delete(actor_id=reader().id, comment_id=comment_id, version=version)
        return Response(status=204)

    @api.add(
        "PUT",
        "/comments/<id:comment_id>/hiding",
        "Hide a comment, or give another reason",
        tag="Moderation",
        takes=schemas.Hiding,
        status=204,
        refuses=(403, 404),
    )
    def hide(comment_id: int) -> Response:
        moderation.hide(actor_id=reader().id, comment_id=comment_id, reason=parsed(schemas.Hiding).reason)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/comments/<id:comment_id>/hiding",
        "Show a hidden comment again",
        tag="Moderation",
        status=204,
        refuses=(403, 404),
    )
    def restore(comment_id: int) -> Response:
        moderation.restore(actor_id=reader().id, comment_id=comment_id)
        return Response(status=204)

    @api.add(
        "GET",
        "/moderation/log/",
        "What moderators did, newest first",
        tag="Moderation",
        gives=schemas.LogList,
        refuses=(403,),
        listed=True,
    )
    def moderation_log() -> Response:
        found = moderation.counted_log(reader=reader(), window=window(LOG_PER_PAGE))
        return listed("entries", schemas.LogList, found.page, found.count, objects.log_entry)

    def present(comment_id: int) -> int:
        return feeds.comment(comment_id, reader()).version

    def one(comment_id: int, status: int = 200) -> Response:
        made = objects.comment(feeds.comment(comment_id, reader()))
        return answered(made, status, version=made.version, location=made.url if status == 201 else None)
