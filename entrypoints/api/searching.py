"""The search."""

from functools import partial

from flask import Response, request

from application.ports.limits import Limits
from application.ports.paging import Page
from application.ports.searching import SearchFeeds
from application.ports.work import Now
from domain import limits as rules
from domain.searching.queries import Query
from domain.searching.words import Kind
from entrypoints.api.auth import reader
from entrypoints.api.errors import BadRequest
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.comments import comment_of
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.posts import post_of
from entrypoints.api.schemas.searching import SearchList
from entrypoints.api.shape import listed_uncounted, single, window
from entrypoints.settings import Settings


def add_to(
    api: Operations, *, urls: Urls, search_feeds: SearchFeeds, limits: Limits, now: Now, settings: Settings
) -> None:
    api.describe("Search", "What is found by its words, newest first.")

    @api.add(
        "GET",
        "/search/",
        "Search posts or comments, newest first; a page may have few items, or none, and still have a next one",
        tag="Search",
        gives=SearchList,
        refuses=(422,),
        listed=True,
        asks=("q", "in"),
    )
    def search() -> Response:
        typed, kind = single("q"), single("in")
        if kind not in (None, *(each.value for each in Kind)):
            raise BadRequest("in must be posts or comments")
        query = Query.parse(typed or "")
        wanted = window(settings.posts_per_page if kind != Kind.COMMENTS.value else settings.comments_per_page)
        if request.args.get("cursor") is not None and wanted.before is None:
            raise BadRequest("cursor is none of a search")
        limits.take(rules.search(reader().id), now())
        answer = partial(listed_uncounted, asked=("q", "in"))
        if kind == Kind.COMMENTS.value:
            comments = search_feeds.comments(reader(), query, wanted)
            page = Page(comments.page.items, before=comments.before)
            return answer("comments", SearchList, page, partial(comment_of, urls))
        posts = search_feeds.posts(reader(), query, wanted)
        return answer("posts", SearchList, Page(posts.page.items, before=posts.before), partial(post_of, urls))
