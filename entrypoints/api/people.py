"""The operations of profiles."""

from functools import partial

from flask import Response

from application.ports.paging import Page
from application.ports.people import PeopleFeeds, Profile
from application.ports.work import Now
from domain.members import names_pattern
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.comments import CommentList, comment_of
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.people import PeopleList, User, user_of
from entrypoints.api.shape import answered, listed, listed_uncounted, single, window
from entrypoints.settings import Settings


def add_to(api: Operations, urls: Urls, people_feeds: PeopleFeeds, settings: Settings, now: Now) -> None:
    api.describe("People", "Who is here, what they write, and who follows whom.")

    @api.add(
        "GET",
        "/users/",
        "The people of the site, newest first; `q` finds them by either name",
        tag="People",
        gives=PeopleList,
        listed=True,
        asks=("name_part",),
    )
    def users() -> Response:
        pattern, part = names_pattern(single("q") or ""), window(settings.followers_per_page)
        page: Page[Profile] = Page(())
        if pattern is not None:
            page = people_feeds.people(reader(), pattern, part, now())
        return listed_uncounted("users", PeopleList, page, partial(user_of, urls), asked=("q",))

    @api.add("GET", "/users/<username:username>", "A person", tag="People", gives=User, refuses=(404,))
    def user(username: str) -> Response:
        return answered(user_of(urls, people_feeds.profile(reader(), username)))

    @api.add(
        "GET",
        "/users/<username:username>/comments/",
        "A person's comments, newest first",
        tag="People",
        gives=CommentList,
        refuses=(404,),
        listed=True,
    )
    def user_comments(username: str) -> Response:
        found = people_feeds.comments(reader(), username, window(settings.comments_per_page))
        count = found.profile.comment_count
        return listed("comments", CommentList, found.comments, count, partial(comment_of, urls))
