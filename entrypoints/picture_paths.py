"""Where the files of pictures are on the site, and those of avatars."""

from typing import Protocol

from domain.pictures import SIDES


class Portrayed(Protocol):
    """A member, in any record."""

    @property
    def id(self) -> int: ...
    @property
    def picture_id(self) -> int | None: ...


def picture_path(picture_id: int, width: int, kind: str = "webp") -> str:
    return f"/pictures/{picture_id}/{width}.{kind}"


def avatar_path(member: Portrayed, side: int) -> str:
    """What a member shows of themselves, or else their woodcut. `side` is in CSS pixels. Many screens have two pixels
    for each."""
    if member.picture_id is None:
        return f"/avatars/{member.id}.svg"
    return picture_path(member.picture_id, SIDES[0] if 2 * side <= SIDES[0] else SIDES[1])
