"""The site that a community moves away from, and what was brought here from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.flasky import Kind
from domain.roles import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class OldUser:
    """A row of `users` with its role. What is missing there is empty here, or None. `permissions` are None without a
    role."""

    number: int
    username: str
    email: str
    password_hash: str
    confirmed: bool
    permissions: int | None
    role: str
    name: str
    location: str
    about_me: str
    at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldPost:
    """`author` is the number of a user who may not exist."""

    number: int
    author: int | None
    body: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldComment:
    number: int
    author: int | None
    post: int | None
    body: str
    disabled: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class OldFollow:
    follower: int
    followed: int
    at: datetime | None


class OldSite(Protocol):
    """Another site, which is only read. Rows come in the order of their numbers, after a number or from the first
    one."""

    def counts(self) -> Mapping[Kind, int]: ...
    def beginning(self) -> datetime | None:
        """The first date that is stored there."""

    def users(self, after: int | None, limit: int) -> Sequence[OldUser]: ...
    def has_username(self, key: str) -> bool:
        """`key` is in lower case."""

    def posts(self, after: int | None, limit: int) -> Sequence[OldPost]: ...
    def comments(self, after: int | None, limit: int) -> Sequence[OldComment]: ...
    def follows(self, after: tuple[int, int] | None, limit: int) -> Sequence[OldFollow]: ...


class OldSiteFault(Exception):
    """The other site cannot be read. Codes: `bad_url`, `no_driver`, `missing`, `not_flasky`, `unreadable`. `cause` is
    what the system said."""

    def __init__(self, code: str, where: str, cause: str = "") -> None:
        super().__init__(code, where, cause)
        self.code = code
        self.where = where
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Brought:
    """A thing that was brought here. `number` is its number there, of a follow that of the follower. `made_id` is its
    id here, also after it was deleted. `name` is the exact username there."""

    kind: Kind
    number: int
    made_id: int
    followed: int = 0
    name: str = ""


class BroughtThings(Protocol):
    """What was brought here before. It outlives what it names, so that nothing comes back that was deleted here."""

    def find(self, kind: Kind, numbers: Sequence[int]) -> dict[int, Brought]:
        """By number. Not for follows."""

    def find_follows(self, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        """Those of the pairs of old numbers that were brought."""

    def add(self, things: Sequence[Brought]) -> None:
        """Raises TryAgain when another unit of work has brought one of them."""

    def is_old_user(self, account_id: int) -> bool:
        """Whether this account was brought, or was joined with one that was there."""

    def taken(self, kind: Kind, ids: Sequence[int]) -> set[int]:
        """Those of the ids that a thing of this kind has here now, whoever made it. Not for follows."""

    def note_visit(self, account_id: int, at: datetime) -> None:
        """When the member was seen last, before they came here."""


class FlaskyFeeds(Protocol):
    """Where the addresses of the old site lead on to."""

    def username(self, reader: Reader | None, old_username: str) -> str:
        """The present username of the member who had exactly this one there, or else one that differs in case. Raises
        NotFound, also for a deleted member."""

    def post_id(self, reader: Reader | None, number: int) -> int:
        """Raises NotFound, also for a post that was deleted here."""
