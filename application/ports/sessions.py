"""Sessions in the store, who is behind a cookie, and where a member is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.display import Language, Theme
from domain.ids import time_of
from domain.roles import Reader
from domain.sessions import Session


class Sessions(Protocol):
    def get(self, session_id: int) -> Session: ...
    def add(self, session: Session) -> None: ...
    def note_visit(self, session_id: int, at: datetime) -> None:
        """Stores when the session and its account were last seen. Does nothing when the session is gone."""

    def remove(self, session_id: int) -> None:
        """Does nothing when it is gone already."""

    def remove_all_of(self, account_id: int) -> None:
        """Ends every session of this account."""

    def remove_idle(self, before: datetime) -> None:
        """Ends those not seen since."""


class SessionSecrets(Protocol):
    """What a browser holds, and what the store holds of it."""

    def new(self) -> str:
        """At least 128 bits of randomness, safe in a cookie."""

    def hash(self, secret: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer(Reader):
    """Who is signed in: reader, name, session and mailbox in one row."""

    username: str
    name: str
    email: str
    language: Language
    theme: Theme
    session_id: int
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """One place where a member is signed in. `device` is what the browser called itself."""

    id: int
    device: str
    remember: bool
    seen_at: datetime

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class SessionFeeds(Protocol):
    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        """None when the session is unknown or over, or the account is disabled or deleted."""

    def reader(self, account_id: int) -> Reader:
        """What an actor may do, for a cheap look before slow work. Raises NotFound when disabled or deleted."""

    def of_account(self, account_id: int, at: datetime) -> tuple[SessionCard, ...]:
        """Newest first, without those that are over."""
