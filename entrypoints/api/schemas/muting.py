"""The model of the lists of mutes and blocks."""

from typing import Annotated

from pydantic import Field

from application.ports.paging import COUNTED_AT_MOST
from entrypoints.api.schemas.examples import ALONE
from entrypoints.api.schemas.fields import Answer, Count, Neighbour, Urls
from entrypoints.api.schemas.people import User


class MutedList(Answer):
    users: list[User]
    prev: Neighbour
    next: Neighbour
    count: Annotated[Count | None, Field(description=f"How many there are in all; null above {COUNTED_AT_MOST}.")]

    @classmethod
    def example(cls, urls: Urls) -> "MutedList":
        return cls(users=[User.example(urls)], **ALONE)
