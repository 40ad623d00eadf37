"""The operations of profiles."""

from flask import Response

from application.ports.people import PeopleFeeds
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.people import User, user_of
from entrypoints.api.shape import answered


def add_to(api: Operations, urls: Urls, people_feeds: PeopleFeeds) -> None:
    api.describe("People", "Who is here, what they write, and who follows whom.")

    @api.add("GET", "/users/<username:username>", "A person", tag="People", gives=User, refuses=(404,))
    def user(username: str) -> Response:
        return answered(user_of(urls, people_feeds.profile(reader(), username)))
