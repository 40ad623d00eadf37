"""Pictures in the storage, and in lists."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from application.ports.paging import Page, Window
from domain.ids import time_of
from domain.pictures import Picture, Shape
from domain.roles import Reader


class Pictures(Protocol):
    """A text is a post or the site itself, by id. Lock a text before its pictures, and pictures in the order of their
    ids, so that two units of work cannot deadlock."""

    def get(self, picture_id: int) -> Picture:
        """Raises NotFound."""

    def lock(self, picture_id: int) -> Picture:
        """Until the end of this unit of work no text begins or ceases to show it. Raises NotFound."""

    def add(self, picture: Picture) -> None: ...
    def remove(self, picture_id: int) -> None:
        """Removes its row, and what is known of the texts that show it. Its files stay."""

    def show(self, text_id: int, picture_ids: Sequence[int], at: datetime) -> None:
        """This text shows these pictures from now on, and no others. One that nothing shows any more is unused since
        `at`. Raises TryAgain when one of them is gone."""

    def shown_by(self, text_id: int) -> list[int]:
        """The pictures that this text shows, by id."""

    def render_anew(self, picture_id: int) -> None:
        """Marks the texts that show it as older than any version of the renderer, and locks those that were not."""

    def unused(self, before: datetime, limit: int) -> list[int]:
        """Some that nothing has shown since then, by id."""

    def unshown_of(self, owner_id: int, limit: int) -> list[int]:
        """Some pictures of this member that no text shows, by id. Those that they show of themselves are among
        them."""

    def strays(self, after: int, limit: int) -> tuple[list[int], int | None]:
        """Looks at so many pictures by id, after this one. Those of them that only texts show that are gone, or that
        their owner shows no more; and the last one that was looked at, None at the end."""

    def release(self, picture_id: int, at: datetime) -> None:
        """Nothing shows it since `at`, unless something does by now."""

    def there(self, picture_ids: Collection[int]) -> set[int]:
        """Those of them that have a row."""

    def bytes_of(self, owner_id: int) -> int:
        """The bytes of all pictures of this member. Lock the account before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCard:
    """A picture in a list. `owner` is None for a deleted member. `unused_since` is None while a text shows it."""

    id: int
    owner_id: int
    owner: MemberName | None
    alt: str
    width: int
    height: int
    portrait: bool
    unused_since: datetime | None

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


@dataclass(frozen=True, slots=True)
class ServedPicture:
    """What it takes to answer with a file. `shown` says whether everybody may see it."""

    width: int
    portrait: bool
    shown: bool


class PictureFeeds(Protocol):
    """A reader sees what `domain.pictures.may_see_picture` says."""

    def served(self, reader: Reader | None, picture_id: int) -> ServedPicture:
        """Raises NotFound."""

    def picture(self, reader: Reader | None, picture_id: int) -> PictureCard:
        """Raises NotFound."""

    def own(self, reader: Reader, window: Window) -> Page[PictureCard]:
        """What the reader has sent for posts, newest first."""

    def latest(self, reader: Reader | None, window: Window, username: str = "") -> Page[PictureCard]:
        """Of this member, or of everybody, pictures of themselves too; newest first. For moderators only. The use case
        checks that. Raises NotFound for an unknown username."""

    def shapes(self, picture_ids: Collection[int], *, owner_id: int, text_id: int | None) -> Mapping[int, Shape]:
        """Of these pictures for posts those that belong to the owner, or that this text shows already."""

    def bytes_of(self, owner_id: int) -> int:
        """The bytes of all pictures of this member."""
