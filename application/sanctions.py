"""Sanctions: warn, silence and suspend members, and lift that. All of it is in the moderation log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from application.closing import close_case_about
from application.finding import find_member
from application.ports.appeals import RecordCard
from application.ports.paging import CountedUpTo, Window
from application.ports.people import PeopleFeeds
from application.ports.sanctions import SanctionFeeds
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from application.undoing import apply_sanctions
from domain.accounts import Account
from domain.decisions import Decision
from domain.errors import Conflict, NotFound
from domain.job_kinds import JobKind
from domain.moderation import Act, LogEntry, reason_text
from domain.outbox import Job
from domain.roles import Permission, Reader, in_force, known_end
from domain.sanctions import SANCTIONS, Sanction, require_sanctioner

# How many ended ones are looked at in one unit of work.
BATCH = 100
_CHOICES = {act.value: act for act in SANCTIONS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sanctions:
    repeat: Repeat
    now: Now
    new_id: NewId
    people_feeds: PeopleFeeds
    sanction_feeds: SanctionFeeds

    def of_person(self, *, reader: Reader, username: str, window: Window) -> CountedUpTo[RecordCard]:
        """Raises Forbidden, NotFound."""
        reader.require(Permission.MODERATE)
        return self.sanction_feeds.of_person(reader, self.people_feeds.profile(reader, username).id, window)

    def sanction(
        self, *, actor_id: int | None, username: str, act: str, days: str = "", reason: str, rule: str = ""
    ) -> int:
        """The id of the sanction. `actor_id` is None for the command line. Without `days` it holds until it is lifted.
        A suspension ends every session and API token. Raises Forbidden, NotFound, Invalid."""

        def store(work: UnitOfWork) -> int:
            member = lock_judged(work, actor_id, username, at=self.now())
            decision = Decision.parse(act=act, among=_CHOICES, days=days, rule=rule, reason=reason)
            entry = impose(work, member, decision, id=self.new_id(), actor_id=actor_id, at=self.now())
            close_case_about(work, entry, job_id=self.new_id())
            work.commit()
            return entry.id

        return self.repeat(store)

    def lift(self, *, actor_id: int | None, username: str, reason: str) -> None:
        """Ends all sanctions of a member that hold. Raises Forbidden, NotFound, Invalid, and Conflict when none
        does."""
        self.repeat(self._lift, actor_id, username, reason)

    def _lift(self, work: UnitOfWork, actor_id: int | None, username: str, reason: str) -> None:
        member = lock_judged(work, actor_id, username, at=self.now())
        reason = reason_text(reason, required=True)
        holding = work.sanctions.holding(member.id, self.now())
        if not holding:
            raise Conflict("not_sanctioned")
        self._end(work, member, holding, actor_id, reason)

    def lift_one(self, *, actor_id: int, sanction_id: int, reason: str = "") -> None:
        """Ends this sanction. Does nothing to one that has ended, and to a warning. Raises Forbidden, NotFound,
        Invalid."""
        self.repeat(self._lift_one, actor_id, sanction_id, reason)

    def _lift_one(self, work: UnitOfWork, actor_id: int, sanction_id: int, reason: str) -> None:
        work.accounts.get(actor_id).require(Permission.MODERATE, at=self.now())
        member = lock_below(work, actor_id, work.sanctions.get(sanction_id).account_id, at=self.now())
        reason = reason_text(reason, required=False)
        sanction = work.sanctions.get(sanction_id)
        if sanction.holds(self.now()):
            self._end(work, member, [sanction], actor_id, reason)

    def _end(
        self, work: UnitOfWork, member: Account, sanctions: Iterable[Sanction], actor_id: int | None, reason: str
    ) -> None:
        at, acts = self.now(), set[Act]()
        for sanction in sanctions:
            sanction.lift(at=at)
            work.sanctions.save(sanction)
            acts.add(sanction.act)
        text = " ".join(act.value for act in SANCTIONS if act in acts)
        entry = LogEntry.on_person(member.id, Act.LIFT, id=self.new_id(), actor_id=actor_id, text=text, reason=reason)
        record(work, entry)
        apply_sanctions(work, member, at=at)
        work.commit()

    def look(self) -> None:
        """Asks for a mail to everybody whose sanction has ended by itself since the last time. Nothing else depends on
        it."""
        while self.repeat.reading(lambda work: bool(work.sanctions.some_ended(self.now(), 1))):
            self.repeat(self._tell_some)

    def _tell_some(self, work: UnitOfWork) -> None:
        ended = work.sanctions.some_ended(self.now(), BATCH)
        members = {id: work.accounts.lock(id) for id in sorted({each.account_id for each in ended})}
        for sanction in (work.sanctions.get(each.id) for each in ended):
            # Another worker was faster, or an appeal has just reversed it.
            if sanction.told:
                continue
            sanction.told = True
            work.sanctions.save(sanction)
            member = members[sanction.account_id]
            ends = member.silenced_until if sanction.act is Act.SILENCE else member.suspended_until
            goes_on = in_force(ends, self.now()) is not None
            if member.confirmed and not member.deleted and not goes_on:
                job = Job.to_owner(member, id=self.new_id(), kind=JobKind.SANCTION_ENDED, due_at=self.now())
                job.subject_id = sanction.id
                work.outbox.add(job)
        work.commit()


def lock_judged(work: UnitOfWork, actor_id: int | None, username: str, *, at: datetime) -> Account:
    """The member, locked, for whoever may sanction them. Raises Forbidden, NotFound."""
    if actor_id is not None:
        # Forbidden comes before NotFound, so that the answer does not reveal whether the member exists.
        work.accounts.get(actor_id).require(Permission.MODERATE, at=at)
    return lock_below(work, actor_id, find_member(work, username).id, at=at)


def impose(
    work: UnitOfWork, member: Account, decision: Decision, *, id: int, actor_id: int | None, at: datetime
) -> LogEntry:
    """Sanctions a locked member, and records it. `id` is that of the sanction and of its entry."""
    entry = LogEntry.on_person(
        member.id, decision.act, id=id, actor_id=actor_id, reason=decision.reason, rule=decision.rule
    )
    sanction = Sanction.impose(entry, days=decision.days, at=at)
    entry.text = _end_of(sanction)
    record(work, entry)
    work.sanctions.add(sanction)
    apply_sanctions(work, member, at=at)
    return entry


def lock_below(work: UnitOfWork, actor_id: int | None, member_id: int, *, at: datetime) -> Account:
    """As `lock_judged`, by the id. The smaller id comes first, so that two who sanction each other cannot deadlock."""
    ids = {member_id} if actor_id is None else {member_id, actor_id}
    found = {id: work.accounts.lock(id) if id == member_id else work.accounts.actor(id) for id in sorted(ids)}
    member = found[member_id]
    if member.deleted:
        raise NotFound()
    require_sanctioner(None if actor_id is None else found[actor_id], member, at=at)
    return member


def _end_of(sanction: Sanction) -> str:
    until: datetime | None = known_end(sanction.until)
    return f"{until:%Y-%m-%dT%H:%M:%SZ}" if until else ""
