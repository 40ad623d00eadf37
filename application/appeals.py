"""Appeals: what was decided about a member, and asking that somebody else looks at it again."""

from dataclasses import dataclass

from application.notifying import Notifying
from application.ports.appeals import AppealFeeds, RecordCard
from application.ports.paging import Page, Window
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from application.undoing import undo
from domain.accounts import Account
from domain.appeals import Appeal, Verdict, appeal_text, judges
from domain.errors import Conflict, Forbidden, NotFound, Problems
from domain.moderation import Act, LogEntry, reason_text
from domain.notifications import NotificationKind
from domain.roles import Permission, Reader


@dataclass(frozen=True, slots=True)
class Case:
    """An entry of the log, and whether the reader may decide the appeal against it. `alone` says that the reader acted,
    and decides only because there is nobody else."""

    card: RecordCard
    may_decide: bool
    alone: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Appeals:
    repeat: Repeat
    now: Now
    new_id: NewId
    notifying: Notifying
    appeal_feeds: AppealFeeds

    def waiting(self, *, reader: Reader, window: Window) -> Page[RecordCard]:
        """The oldest first. Raises Forbidden."""
        reader.require(Permission.MODERATE)
        return self.appeal_feeds.waiting(reader, window)

    def look(self, *, reader: Reader, entry_id: int) -> Case:
        """Raises NotFound unless it concerns the reader, or the reader moderates."""
        card = self.appeal_feeds.entry(reader, entry_id)
        if card.appeal is None or card.appeal.verdict is not None or not reader.can(Permission.MODERATE):
            return Case(card, may_decide=False, alone=False)
        return self.repeat.reading(self._case, reader.id, card)

    def _case(self, work: UnitOfWork, reader_id: int, card: RecordCard) -> Case:
        entry = work.moderation_log.get(card.id)
        may_decide = self._may_decide(work, work.accounts.get(reader_id), entry, work.accounts.get(entry.about_id))
        return Case(card, may_decide, alone=may_decide and entry.actor_id == reader_id)

    def appeal(self, *, actor_id: int, entry_id: int, text: str) -> None:
        """Whom the entry concerns, once, within six months, also while suspended. Raises NotFound, Forbidden, Conflict,
        Invalid."""
        self.repeat(self._appeal, actor_id, entry_id, text)

    def _appeal(self, work: UnitOfWork, actor_id: int, entry_id: int, text: str) -> None:
        member, entry = work.accounts.actor(actor_id), work.moderation_log.get(entry_id)
        appeal = Appeal.make(id=self.new_id(), entry=entry, member=member, text=text, at=self.now())
        if work.appeals.find(entry_id) is not None:
            raise Conflict("appealed")
        appeal.text = appeal_text(text)
        if not work.appeals.add(appeal):
            raise Conflict("appealed")
        self.notifying.of_appeal(work, entry.id, appeal_id=appeal.id, besides={member.id})
        work.commit()

    def decide(self, *, actor_id: int, entry_id: int, outcome: str, reason: str) -> None:
        """Whoever did not act decides, where there is such a one. Reversing undoes exactly what the act did. Raises
        Forbidden, NotFound, Conflict, Invalid."""
        self.repeat(self._decide, actor_id, entry_id, outcome, reason)

    def _decide(self, work: UnitOfWork, actor_id: int, entry_id: int, outcome: str, reason: str) -> None:
        # Forbidden comes before NotFound, so that the answer does not reveal whether there is such an entry.
        work.accounts.get(actor_id).require(Permission.MODERATE, at=self.now())
        entry = work.moderation_log.get(entry_id)
        found = {
            id: work.accounts.lock(id) if id == entry.about_id else work.accounts.actor(id)
            for id in sorted({actor_id, entry.about_id})
        }
        judge, member = found[actor_id], found[entry.about_id]
        appeal = work.appeals.find(entry_id)
        if appeal is None:
            raise NotFound()
        if not self._may_decide(work, judge, entry, member):
            raise Forbidden("not_the_judge")
        appeal.require_open()
        problems = Problems()
        with problems:
            verdict = Verdict.named(outcome)
        with problems:
            reason = reason_text(reason, required=True)
        problems.stop()
        appeal.decide(verdict, reason=reason, at=self.now())
        work.appeals.save(appeal)
        work.notifications.read_about(NotificationKind.APPEAL, entry.id, work.waiting_members.moderators())
        act = Act.REVERSE if verdict is Verdict.REVERSED else Act.UPHOLD
        record(
            work,
            LogEntry.on_person(member.id, act, id=self.new_id(), actor_id=actor_id, text=str(entry.id), reason=reason),
        )
        if verdict is Verdict.REVERSED:
            undo(work, entry, new_id=self.new_id, at=self.now())
        work.commit()

    def _may_decide(self, work: UnitOfWork, judge: Account, entry: LogEntry, member: Account) -> bool:
        roles = judges(entry, role=member.role)
        if judge.id == member.id or judge.role not in roles:
            return False
        if not judge.reader_at(self.now()).can(Permission.MODERATE):
            return False
        besides = (judge.id, member.id)
        return judge.id != entry.actor_id or not work.appeals.has_judge(roles, besides=besides, at=self.now())
