"""Appeals: whom an act of moderation concerns asks, once, that somebody else looks at it again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Self

from domain.accounts import Account
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.ids import time_of
from domain.moderation import Act, LogEntry
from domain.roles import MODERATING, Permission, Reader, Role
from domain.sanctions import SANCTIONS
from domain.texts import prose

TEXT_LIMIT = 2_000
# Six months.
WITHIN = timedelta(days=183)


class Verdict(Enum):
    UPHELD = "upheld"
    REVERSED = "reversed"

    @classmethod
    def named(cls, name: str) -> Self:
        """Raises Invalid("outcome", "choice")."""
        try:
            return cls(name)
        except ValueError:
            raise Invalid("outcome", "choice") from None


@dataclass(kw_only=True, slots=True)
class Appeal:
    """One for an entry of the log. The time of `id` is when it was made. `reason` is that of the verdict."""

    id: int
    entry_id: int
    account_id: int
    text: str
    verdict: Verdict | None = None
    reason: str = ""
    decided_at: datetime | None = None

    @classmethod
    def make(cls, *, id: int, entry: LogEntry, member: Account, text: str, at: datetime) -> Self:
        """Raises NotFound for whom the entry does not concern, and Conflict when it is too late or never possible."""
        if not concerns(entry, member.id):
            raise NotFound()
        if not member.active:
            raise Forbidden()
        if not entry.act.may_be_appealed:
            raise Conflict("not_appealable")
        if not is_in_time(entry.id, at=at):
            raise Conflict("too_late_to_appeal")
        return cls(id=id, entry_id=entry.id, account_id=member.id, text=text)

    def require_open(self) -> None:
        """Raises Conflict when the appeal is decided."""
        if self.verdict is not None:
            raise Conflict(f"appeal_{self.verdict.value}")

    def decide(self, verdict: Verdict, *, reason: str, at: datetime) -> None:
        """Raises Conflict when somebody else was first."""
        self.require_open()
        self.verdict, self.reason, self.decided_at = verdict, reason, at


def concerns(entry: LogEntry, account_id: int) -> bool:
    """Whether the entry is about this member, not an act of their own, and not for moderators alone."""
    return entry.about_id == account_id and entry.actor_id != account_id and not entry.act.is_for_moderators


def is_in_time(entry_id: int, *, at: datetime) -> bool:
    return at < time_of(entry_id) + WITHIN


def appeal_text(text: str) -> str:
    """Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
    return prose("text", text, limit=TEXT_LIMIT, required=True)


def judges(entry: LogEntry, *, role: Role) -> tuple[Role, ...]:
    """Who decides an appeal. `role` is that of the member whom the entry concerns: who may not sanction that member
    does not decide about a sanction either."""
    if entry.act in (*SANCTIONS, Act.HIDE_ALL) and role is not Role.USER:
        return (Role.ADMINISTRATOR,)
    return MODERATING


def may_know_actor(reader: Reader | None) -> bool:
    """Moderators read who acted. The member whom it concerns reads that a moderator did."""
    return reader is not None and reader.can(Permission.MODERATE)
