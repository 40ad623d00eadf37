"""Sessions in the storage, the member behind a session cookie, and the sessions of a member."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.display import Language, Theme
from domain.ids import time_of
from domain.roles import Reader
from domain.sessions import Session
from domain.welcoming import Step


class Sessions(Protocol):
    def get(self, session_id: int) -> Session: ...
    def add(self, session: Session) -> None: ...
    def note_visit(self, session_id: int, at: datetime) -> None:
        """Stores the time of the visit on the session and its account. Does nothing when the session is gone."""

    def remove(self, session_id: int) -> None:
        """Does nothing when it is gone."""

    def remove_all_of(self, account_id: int) -> None:
        """Ends every session of this account."""

    def remove_idle(self, before: datetime) -> None:
        """Ends sessions without a visit since then."""


class SessionSecrets(Protocol):
    """Secrets of session cookies. The storage has only their hashes."""

    def new(self) -> str:
        """A secret with at least 128 random bits, in characters that a cookie may have."""

    def hash(self, secret: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer(Reader):
    """The member who is signed in: reader, name, session and address, from one row. `mail_fails` says whether the mail
    server failed at the last attempt. It is False for everybody but administrators. `time_zone` is empty for UTC.
    `dismissed` is the number of the last announcement that they dismissed. `steps` are the first steps that are left.
    `unread` is how many notifications are unread, COUNTED_AT_MOST for that many or more. `picture_id` is the picture
    that they show of themselves."""

    username: str
    name: str
    email: str
    language: Language
    theme: Theme
    time_zone: str = ""
    dismissed: int = 0
    steps: Step = Step.NONE
    session_id: int
    seen_at: datetime
    mail_fails: bool = False
    unread: int = 0
    picture_id: int | None = None

    @property
    def is_newcomer(self) -> bool:
        """Whether first steps are left that their page shows."""
        return bool(self.steps & Step.SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """One session of a member. `device` is the browser's User-Agent."""

    id: int
    device: str
    remember: bool
    seen_at: datetime

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)


class SessionFeeds(Protocol):
    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        """None when the session is unknown or over, or when the account is disabled or deleted."""

    def reader(self, account_id: int, at: datetime) -> Reader:
        """The actor's role and standing at this time, for a check before slow work. Raises NotFound when the account is
        disabled or deleted."""

    def of_account(self, account_id: int, at: datetime) -> tuple[SessionCard, ...]:
        """Newest first, without sessions that are over."""
