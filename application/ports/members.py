"""Accounts in the storage, members in administration, and the names of members beside what they wrote."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.paging import Page, Window
from domain.accounts import Account
from domain.ids import time_of
from domain.members import MemberState, fingerprint
from domain.roles import Reader, Role


class Accounts(Protocol):
    """All accounts, also deleted ones: their addresses stay reserved. So do all usernames that an account ever had."""

    def get(self, account_id: int) -> Account: ...
    def actor(self, account_id: int) -> Account:
        """As `get`, for a member who acts. Until the end of this unit of work nobody can end or change the member's
        standing. Others may act for the same member at the same time. A unit of work with two actors takes the smaller
        id first."""

    def lock(self, account_id: int) -> Account:
        """As `get`, for whoever changes the standing. Waits until nobody acts for this member, and keeps them waiting
        until the end of this unit of work. They then see what was stored."""

    def find_by_username(self, key: str) -> Account | None:
        """The account that has this username, or had it before. `key` is `Username.key`."""

    def find_by_email(self, key: str) -> Account | None:
        """`key` is `Email.key`."""

    def add(self, account: Account) -> bool:
        """Answers False and adds nothing when another account has the address. Both cases take the same time. Raises
        AlreadyTaken("username"), also when another account had the username before."""

    def save(self, account: Account) -> None:
        """Raises AlreadyTaken as `add`, also for the address, and TryAgain when another version was saved in the
        meantime. Does not change counters."""

    def free_names(self, account_id: int) -> None:
        """Nobody's are all usernames that this account had. Somebody else can take them."""

    def lock_administrators(self) -> list[int]:
        """The ids of all administrators who are confirmed and enabled. The next unit of work that asks waits until this
        one has ended. Whoever may make or end an administrator asks first, before any other lock."""


@dataclass(frozen=True, slots=True)
class MemberName:
    """How a member is named beside what they wrote. `name` may be empty. A field of this type is None for a deleted
    member."""

    id: int
    username: str
    name: str
    role: Role
    picture_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """A member in administration."""

    id: int
    username: str
    email: str
    name: str
    location: str
    about_me: str
    role: Role
    confirmed: bool
    disabled: bool
    last_seen_at: datetime
    waits: bool = False

    @property
    def member_since(self) -> datetime:
        return time_of(self.id)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of what an administrator's form shows."""
        return fingerprint(
            email=self.email,
            username=self.username,
            confirmed=self.confirmed,
            role=self.role,
            disabled=self.disabled,
            name=self.name,
            location=self.location,
            about_me=self.about_me,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCounts:
    """How many members there are. Only `members` is a counter. The others end at COUNTED_AT_MOST."""

    members: int
    unconfirmed: int
    disabled: int
    moderators: int
    administrators: int


class MemberFeeds(Protocol):
    """For administrators only. The use case checks that."""

    def search(
        self,
        reader: Reader | None,
        pattern: str,
        window: Window,
        *,
        role: Role | None = None,
        state: MemberState | None = None,
    ) -> Page[MemberCard]:
        """Newest member first: those whose `search_text` contains the pattern, with this role and in this state. An
        empty pattern finds all."""

    def counts(self) -> MemberCounts: ...

    def member(self, reader: Reader | None, username: str) -> MemberCard:
        """Raises NotFound."""

    def is_empty(self) -> bool:
        """Whether the storage has no account."""
