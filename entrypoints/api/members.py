"""The operations of the member who asks."""

from flask import Response

from application.members import Members
from application.ports.people import PeopleFeeds
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.members import ProfileChange
from entrypoints.api.schemas.people import User, user_of
from entrypoints.api.shape import answered, parsed, require_match


def add_to(api: Operations, urls: Urls, members: Members, people_feeds: PeopleFeeds) -> None:
    def myself() -> Response:
        return answered(user_of(urls, people_feeds.profile(reader(), reader().username)))

    @api.add("GET", "/me", "Myself", tag="People", gives=User)
    def me() -> Response:
        return myself()

    @api.add(
        "PATCH",
        "/me",
        "Change what I say about myself",
        tag="People",
        takes=ProfileChange,
        gives=User,
        versioned=True,
    )
    def change_me() -> Response:
        change = parsed(ProfileChange)
        require_match(myself())
        members.edit_profile(actor_id=reader().id, **change.model_dump(exclude_unset=True))
        return myself()
