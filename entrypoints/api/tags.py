"""The operations of tags."""

from functools import partial

from flask import Response

from application.ports.paging import Page
from application.ports.tags import LISTED_AT_MOST, TagFeeds
from domain.tags import sought_tag
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.posts import PostList, post_of
from entrypoints.api.schemas.tags import TagList, tag_of
from entrypoints.api.shape import listed, window
from entrypoints.settings import Settings


def add_to(api: Operations, urls: Urls, tag_feeds: TagFeeds, settings: Settings) -> None:
    @api.add(
        "GET",
        "/tags/",
        f"The tags in use, most used first; at most {LISTED_AT_MOST}, on one page",
        tag="Posts",
        gives=TagList,
    )
    def tag_list() -> Response:
        found = tag_feeds.used(reader())
        return listed("tags", TagList, Page(found), len(found), partial(tag_of, urls))

    @api.add(
        "GET",
        "/tags/<string:tag>/posts/",
        "The posts of a tag, newest first; a former name of the tag does as well",
        tag="Posts",
        gives=PostList,
        refuses=(404,),
        listed=True,
    )
    def tagged_posts(tag: str) -> Response:
        name, part = sought_tag(tag), window(settings.posts_per_page)
        found = tag_feeds.whole_posts(reader(), name, part)
        if found.tag.name != name:
            found = tag_feeds.whole_posts(reader(), found.tag.name, part)
        return listed("posts", PostList, found.page, found.tag.post_count, partial(post_of, urls))
