"""The operations of bookmarks."""

from functools import partial

from flask import Response

from application.bookmarks import Bookmarks
from application.ports.bookmarks import BookmarkFeeds
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.posts import BookmarkList, post_of
from entrypoints.api.shape import listed_uncounted, window
from entrypoints.settings import Settings


def add_to(
    api: Operations, urls: Urls, bookmarks: Bookmarks, bookmark_feeds: BookmarkFeeds, settings: Settings
) -> None:
    @api.add(
        "GET",
        "/me/bookmarks/",
        "My bookmarks, the newest first; posts that are hidden or deleted meanwhile are left out",
        tag="Posts",
        gives=BookmarkList,
        listed=True,
    )
    def my_bookmarks() -> Response:
        page = bookmark_feeds.whole_posts(reader(), window(settings.posts_per_page))
        return listed_uncounted("posts", BookmarkList, page, partial(post_of, urls))

    @api.add(
        "PUT",
        "/posts/<id:post_id>/bookmark",
        "Bookmark a post: nobody else learns of it; idempotent",
        tag="Posts",
        status=204,
        refuses=(403, 404),
    )
    def bookmark(post_id: int) -> Response:
        bookmarks.add(actor_id=reader().id, post_id=post_id)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/posts/<id:post_id>/bookmark",
        "Bookmark a post no longer; idempotent",
        tag="Posts",
        status=204,
        refuses=(403, 404),
    )
    def remove_bookmark(post_id: int) -> Response:
        bookmarks.remove(actor_id=reader().id, post_id=post_id)
        return Response(status=204)
