"""The outbox: what has to happen because of a commit. A row says what to do, never the text or the link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from domain.accounts import Account
from domain.display import Language
from domain.ids import time_of

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=2)
KEEP_DONE = timedelta(days=7)


class Kind(Enum):
    """What to do: mails, and two chores after somebody left."""

    WELCOME = "welcome"  # somebody registered this address; if it is known, this becomes the next one
    ALREADY_MEMBER = "already_member"
    CONFIRM = "confirm"
    RESET_PASSWORD = "reset_password"
    PASSWORD_CHANGED = "password_changed"
    CHANGE_EMAIL = "change_email"  # to the new address, with the link
    EMAIL_CHANGING = "email_changing"  # to the old address
    NEW_MEMBER = "new_member"
    UNFOLLOW_ALL = "unfollow_all"
    ERASE_ALL = "erase_all"

    @property
    def is_chore(self) -> bool:
        return self in (Kind.UNFOLLOW_ALL, Kind.ERASE_ALL)


class State(Enum):
    """Whether there is anything left to do; `sent` is also said of a chore that is done."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    GIVEN_UP = "given_up"


@dataclass(kw_only=True, slots=True)
class Mail:
    """One row. `leased_until` belongs to the worker that holds it; `account_id` is whom it is about, if anybody."""

    id: int
    kind: Kind
    address: str
    account_id: int | None = None
    language: Language = Language.ENGLISH
    state: State = State.WAITING
    attempts: int = 0
    due_at: datetime
    leased_until: datetime | None = None
    last_error: str = ""

    @classmethod
    def queue(
        cls,
        *,
        id: int,
        kind: Kind,
        address: str,
        at: datetime,
        account_id: int | None = None,
        language: Language = Language.ENGLISH,
    ) -> "Mail":
        return cls(id=id, kind=kind, address=address, account_id=account_id, language=language, due_at=at)

    @classmethod
    def to_owner(cls, account: Account, *, id: int, kind: Kind, at: datetime) -> "Mail":
        """To the address of the account that it is about, in the language of its owner."""
        return cls.queue(
            id=id, kind=kind, address=account.email.text, account_id=account.id, language=account.language, at=at
        )

    def lease(self, *, at: datetime) -> None:
        """Hold it for a while: nobody else sends it, unless its holder dies."""
        self.leased_until = at + LEASE
        self.attempts += 1

    def sent(self) -> None:
        self._end(State.SENT)

    def drop(self) -> None:
        """Nothing to send after all: the address is nobody's, or the account is gone."""
        self._end(State.DROPPED)

    def fail(self, *, error: str, at: datetime) -> None:
        """Wait twice as long each time, from ten seconds to an hour; after three days, give up where it can be seen."""
        self.last_error = error
        self.leased_until = None
        if at - time_of(self.id) >= GIVE_UP_AFTER:
            self._end(State.GIVEN_UP)
            return
        doublings = min(self.attempts - 1, 12)
        self.due_at = at + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)

    def continue_later(self, *, at: datetime) -> None:
        """A long job did a part; the rest is due at once."""
        self.leased_until = None
        self.due_at = at
        self.attempts = 0

    def retry(self, *, at: datetime) -> None:
        """Due now, also after giving up. What is sent stays sent."""
        if self.state in (State.WAITING, State.GIVEN_UP):
            self.state = State.WAITING
            self.due_at = at

    def _end(self, state: State) -> None:
        self.state = state
        self.leased_until = None
