"""Appeals in memory, and what was decided about a member."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.moderation import log_card_of
from adapters.memory.paging import cut
from adapters.memory.store import Store
from adapters.memory.visibility import visible_comments
from application.ports.appeals import AppealCard, HiddenComment, RecordCard
from application.ports.mailing import ReportedThing
from application.ports.paging import Page, Window
from domain.appeals import Appeal, concerns, may_know_actor
from domain.comments import Comment
from domain.errors import NotFound, TryAgain
from domain.moderation import VERDICTS, LogEntry
from domain.roles import Permission, Reader, Role


class MemoryAppeals:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, entry_id: int) -> Appeal | None:
        appeal = self._store.appeals.find(entry_id)
        return None if appeal is None else replace(appeal)

    def add(self, appeal: Appeal) -> bool:
        if self._store.log.find(appeal.entry_id) is None or self._store.accounts.find(appeal.account_id) is None:
            raise NotFound()
        if self._store.appeals.find(appeal.entry_id) is not None:
            return False
        if any(row.id == appeal.id for row in self._store.appeals.rows()):
            raise TryAgain()
        self._store.appeals.put(appeal.entry_id, replace(appeal))
        return True

    def save(self, appeal: Appeal) -> None:
        self._store.appeals.put(appeal.entry_id, replace(appeal))

    def has_judge(self, roles: Sequence[Role], *, besides: Sequence[int], at: datetime) -> bool:
        accounts = (row.account for row in self._store.accounts.rows())
        others = (account for account in accounts if account.active and account.id not in besides)
        return any(account.role in roles and account.reader_at(at).can(Permission.MODERATE) for account in others)

    def empty(self, account_id: int) -> None:
        for appeal in list(self._store.appeals.rows()):
            if appeal.account_id == account_id:
                self._store.appeals.put(appeal.entry_id, replace(appeal, text=""))


class MemoryAppealFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, reader: Reader, window: Window) -> Page[RecordCard]:
        with self._store.lock:
            entries = (
                entry
                for entry in self._store.log.committed.values()
                if concerns(entry, reader.id) and entry.act not in VERDICTS
            )
            return cut(
                entries, window, lambda entry: entry.id, lambda entry: record_card_of(self._store, entry, reader)
            )

    def entry(self, reader: Reader, entry_id: int) -> RecordCard:
        with self._store.lock:
            entry = self._store.log.committed.get(entry_id)
            if entry is None or not (concerns(entry, reader.id) or may_know_actor(reader)):
                raise NotFound()
            if not entry.about_id:  # what concerns nobody is on no record
                raise NotFound()
            return record_card_of(self._store, entry, reader)

    def hidden_comments(self, reader: Reader, entry_id: int, window: Window) -> Page[HiddenComment]:
        with self._store.lock:
            return cut(
                (comment for comment in self._comments_for(reader, entry_id) if comment.hidden_by == entry_id),
                window,
                lambda comment: comment.id,
                lambda comment: HiddenComment(id=comment.id, body=comment.body),
            )

    def waiting(self, reader: Reader | None, window: Window) -> Page[RecordCard]:
        with self._store.lock:
            waiting = [appeal for appeal in self._store.appeals.committed.values() if appeal.verdict is None]
            log = self._store.log.committed
            return cut(
                waiting,
                window,
                lambda appeal: appeal.id,
                lambda appeal: record_card_of(self._store, log[appeal.entry_id], reader),
                newest_first=False,
            )

    def _comments_for(self, reader: Reader, entry_id: int) -> Iterable[Comment]:
        """Whose texts the reader may read, if this act hides them."""
        if may_know_actor(reader):
            return (comment for comment, _ in visible_comments(self._store, reader))
        entry = self._store.log.committed.get(entry_id)
        if entry is None or not concerns(entry, reader.id):
            return ()
        return (comment for comment in self._store.comments.committed.values() if comment.deleted_at is None)


def record_card_of(store: Store, entry: LogEntry, reader: Reader | None) -> RecordCard:
    """The caller holds the store's lock."""
    sanction, appeal = store.sanctions.committed.get(entry.id), store.appeals.committed.get(entry.id)
    card = log_card_of(store, entry)
    case = next((case for case in store.cases.committed.values() if case.entry_id == entry.id), None)
    return RecordCard(
        entry=card if may_know_actor(reader) else replace(card, actor=None),
        about_id=entry.about_id,
        role=store.accounts.committed[entry.about_id].account.role,
        until=sanction.until if sanction else None,
        lifted_at=sanction.lifted_at if sanction else None,
        reversed=sanction.reversed if sanction else False,
        appeal=None
        if appeal is None
        else AppealCard(
            id=appeal.id,
            text=appeal.text,
            verdict=appeal.verdict,
            reason=appeal.reason,
            decided_at=appeal.decided_at,
        ),
        case_id=None if case is None else case.id,
        reported=None if case is None else ReportedThing(case.subject_kind, case.text),
    )
