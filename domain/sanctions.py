"""Sanctions: a moderator warns, silences or suspends a member, and lifts that again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from domain.accounts import Account
from domain.errors import Forbidden, Invalid
from domain.moderation import Act, LogEntry
from domain.roles import UNTIL_LIFTED, Permission, Reader, Role

DAYS_AT_MOST = 365
SANCTIONS = (Act.WARN, Act.SILENCE, Act.SUSPEND)


@dataclass(kw_only=True, slots=True)
class Sanction:
    """`id` is that of its log entry, which says who, why and by which rule. A warning has no `until`. `told` is whether
    nobody has to be told any more that it ended."""

    id: int
    account_id: int
    act: Act
    until: datetime | None
    lifted_at: datetime | None = None
    reversed: bool = False
    told: bool = False

    @classmethod
    def impose(cls, entry: LogEntry, *, days: int | None, at: datetime) -> Self:
        """A sanction of so many days, or until it is lifted."""
        until = None if entry.act is Act.WARN else at + timedelta(days=days) if days else UNTIL_LIFTED
        return cls(id=entry.id, account_id=entry.about_id, act=entry.act, until=until, told=until is None)

    def holds(self, at: datetime) -> bool:
        return holds(until=self.until, lifted_at=self.lifted_at, at=at)

    def lift(self, *, at: datetime) -> None:
        self.lifted_at, self.told = at, True

    def reverse(self, *, at: datetime) -> None:
        """Ends it as if it had not been."""
        if self.lifted_at is None:
            self.lift(at=at)
        self.reversed = True


def holds(*, until: datetime | None, lifted_at: datetime | None, at: datetime) -> bool:
    """Whether a sanction restricts the member at this time. A warning never does."""
    return until is not None and lifted_at is None and at < until


def restrict(account: Account, sanctions: Iterable[Sanction], *, at: datetime) -> bool:
    """Sets on the account what all its sanctions come to. Answers whether a suspension begins."""
    ends: dict[Act, datetime] = {}
    for sanction in sanctions:
        if sanction.until is not None and sanction.holds(at):
            ends[sanction.act] = max(sanction.until, ends.get(sanction.act, sanction.until))
    return account.sanction(silenced_until=ends.get(Act.SILENCE), suspended_until=ends.get(Act.SUSPEND), at=at)


def may_sanction(reader: Reader | None, *, account_id: int, role: Role) -> bool:
    """Moderators sanction users, administrators also moderators, and nobody themselves. Whoever wants to sanction an
    administrator takes that role away first, so that the last one is never suspended."""
    if reader is None or reader.id == account_id or not reader.can(Permission.MODERATE):
        return False
    return role is Role.USER or (role is Role.MODERATOR and reader.can(Permission.ADMINISTER))


def require_sanctioner(actor: Account | None, member: Account, *, at: datetime) -> None:
    """None is the command line. Raises Forbidden, also for whoever may sanction others and not this member."""
    if actor is not None:
        actor.require(Permission.MODERATE, at=at)
    is_above = member.role is not Role.ADMINISTRATOR
    if actor is not None:
        is_above = may_sanction(actor.reader, account_id=member.id, role=member.role)
    if not is_above:
        raise Forbidden("not_above")


def days_of(typed: str, act: Act) -> int | None:
    """For how many days a sanction holds. None for one that holds until it is lifted, and for any other act. Raises
    Invalid("days", "days") (limit)."""
    typed = typed.strip()
    if act not in (Act.SILENCE, Act.SUSPEND) or not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3 and 1 <= int(typed) <= DAYS_AT_MOST):
        raise Invalid("days", "days", limit=DAYS_AT_MOST)
    return int(typed)
