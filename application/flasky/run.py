"""What all parts of one import share: the other site, what was found out so far, and the lines of the report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from application.ports.flasky import Brought, OldComment, OldPost, OldSite, OldUser
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.errors import NotFound
from domain.flasky import ID_STEP, Kind, Note, dated

# By number: when it was made, and a code if that is not what was stored.
Times = Mapping[int, tuple[datetime, str]]
Report = Callable[[Sequence[Note]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One commit: of the `rows` that were read, how many came now, how many are here already, and the lines of the
    report about them. The rest was left out, or is not needed (`needless`)."""

    kind: Kind
    rows: int
    brought: int
    known: int
    needless: int = 0
    notes: tuple[Note, ...] = ()


@dataclass(slots=True)
class Run:
    """`trial` stores nothing. Then what would have been stored is kept here, and later parts find it."""

    old: OldSite
    trial: bool
    now: datetime
    report: Report
    beginning: datetime
    would: dict[tuple[Kind, int], Brought] = field(default_factory=dict)
    usernames: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def dates(self) -> "Dates":
        return Dates(beginning=self.beginning, now=self.now)

    def found(self, work: UnitOfWork, kind: Kind, numbers: Iterable[int | None]) -> dict[int, Brought]:
        """Of these numbers, what was brought."""
        wanted = sorted({number for number in numbers if number is not None})
        would = {number: self.would[kind, number] for number in wanted if (kind, number) in self.would}
        return work.flasky.find(kind, wanted) | would

    def store(self, work: UnitOfWork, things: Sequence[Brought], notes: Sequence[Note]) -> None:
        """Ends the unit of work. The report has the lines before the commit: after a crash in between they are told
        twice, and never not at all."""
        if not self.trial:
            work.flasky.add(things)
        elif things and things[0].kind in (Kind.USER, Kind.POST):
            self.would |= {(thing.kind, thing.number): thing for thing in things}
        self.report(notes)
        if not self.trial:
            work.commit()

    def actors(self, work: UnitOfWork, ids: Iterable[int]) -> dict[int, Account]:
        """The accounts that can have something new: all but those that were deleted here. Nobody can end their standing
        until the end of the unit of work. A trial has only those that are stored."""
        found = {}
        for id in sorted(set(ids)):
            try:
                account = work.accounts.get(id) if self.trial else work.accounts.actor(id)
            except NotFound:
                assert self.trial, "an account is never removed"
                continue
            if not account.deleted:
                found[id] = account
        return found

    def is_gone(self, account: Brought, actors: Mapping[int, Account]) -> bool:
        """Whether a member deleted their account here."""
        return account.made_id not in actors and (account.kind, account.number) not in self.would


class Dates:
    """Dates in the order of the numbers: a thing without one gets that of the one before."""

    def __init__(self, *, beginning: datetime, now: datetime) -> None:
        self._previous = beginning
        self._now = now

    def of(self, at: datetime | None) -> tuple[datetime, str]:
        """As `domain.flasky.dated`."""
        self._previous, code = dated(at, previous=self._previous, now=self._now)
        return self._previous, code

    def of_rows(self, rows: Iterable[OldUser | OldPost | OldComment]) -> Times:
        return {row.number: self.of(row.at) for row in rows}


def free_ids(work: UnitOfWork, kind: Kind, wanted: Mapping[int, int]) -> dict[int, int]:
    """By number, an id that nothing of this kind has: the wanted one, or else one just above it."""
    taken = work.flasky.taken(kind, list(wanted.values()))
    found: dict[int, int] = {}
    used: set[int] = set()
    for number, id in wanted.items():
        free = id
        while free in used or free in taken:
            free += ID_STEP
            taken |= work.flasky.taken(kind, [free])
        used.add(free)
        found[number] = free
    return found


def shortened(text: str, limit: int = 500) -> str:
    """For the report."""
    return text if len(text) <= limit else f"{text[:limit]}\u2026"


def date_text(at: datetime | None) -> str:
    """For the report."""
    return "" if at is None else at.isoformat()
