"""The operations of comments."""

from functools import partial

from flask import Response, g

from application.comments import Comments
from application.ports.comments import CommentFeeds
from domain.comments import not_answerable
from domain.ids import LARGEST
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.comments import Comment, CommentChange, CommentList, NewComment, comment_of
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.shape import answered, listed, once_key, parsed, wanted_version, window
from entrypoints.bodies import takes_text
from entrypoints.settings import Settings


def add_to(api: Operations, urls: Urls, comments: Comments, comment_feeds: CommentFeeds, settings: Settings) -> None:
    api.describe("Comments", "What members say below a post.")

    @api.add("GET", "/comments/", "All comments, newest first", tag="Comments", gives=CommentList, listed=True)
    def comment_list() -> Response:
        found = comment_feeds.latest(reader(), window(settings.comments_per_page))
        return listed("comments", CommentList, found.page, found.count, partial(comment_of, urls))

    @api.add(
        "GET",
        "/posts/<id:post_id>/comments/",
        "A post's comments, oldest first",
        tag="Comments",
        gives=CommentList,
        refuses=(404,),
        listed=True,
    )
    def post_comments(post_id: int) -> Response:
        thread = comment_feeds.thread(reader(), post_id, window(settings.comments_per_page))
        return listed(
            "comments",
            CommentList,
            thread.comments,
            thread.post.comment_count,
            partial(comment_of, urls),
            newest_first=False,
        )

    @api.add(
        "POST",
        "/posts/<id:post_id>/comments/",
        "Write a comment",
        tag="Comments",
        takes=NewComment,
        gives=Comment,
        status=201,
        refuses=(403, 404),
        once=True,
    )
    @takes_text
    def write(post_id: int) -> Response:
        g.kind = "comment"
        wanted = parsed(NewComment)
        comment_id = comments.write(
            actor_id=reader().id,
            post_id=post_id,
            body=wanted.body,
            reply_to=answered_id(wanted),
            once=once_key(wanted),
            reader=reader(),
        )
        return one(comment_id, 201)

    @api.add("GET", "/comments/<id:comment_id>", "A comment", tag="Comments", gives=Comment, refuses=(404,))
    def comment(comment_id: int) -> Response:
        return one(comment_id)

    @api.add(
        "PUT",
        "/comments/<id:comment_id>",
        "Replace a comment's body",
        tag="Comments",
        takes=CommentChange,
        gives=Comment,
        refuses=(403, 404),
        versioned=True,
    )
    @takes_text
    def edit(comment_id: int) -> Response:
        g.kind = "comment"
        wanted = parsed(CommentChange)
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

    def present(comment_id: int) -> int:
        return comment_feeds.comment(reader(), comment_id).version

    def one(comment_id: int, status: int = 200) -> Response:
        made = comment_of(urls, comment_feeds.comment(reader(), comment_id))
        return answered(made, status, version=made.version, location=made.url if status == 201 else None)


def answered_id(wanted: NewComment) -> int | None:
    """Raises Invalid for an id that no comment has."""
    if wanted.reply_to is None:
        return None
    id = int(wanted.reply_to)
    if id > LARGEST:
        raise not_answerable()
    return id
