"""The moderation log and the list of all comments, in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from adapters.memory.comments import card_of
from adapters.memory.members import member_name_of
from adapters.memory.paging import cut
from adapters.memory.store import Store
from adapters.memory.tallies import total_of
from adapters.memory.visibility import listed_comments
from application.ports.comments import CommentCard
from application.ports.moderation import LogCard
from application.ports.paging import Counted, Page, Window
from application.ports.tallies import Total
from domain.errors import NotFound, TryAgain
from domain.identifiers import username_key
from domain.moderation import UNDOING, Act, LogEntry, SubjectKind
from domain.roles import Reader


class MemoryModerationLog:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, entry: LogEntry) -> None:
        if self._store.log.find(entry.id) is not None:
            raise TryAgain()
        if any(self._store.accounts.find(id) is None for id in (entry.actor_id, entry.about_id) if id):
            raise NotFound()
        self._store.log.put(entry.id, replace(entry))

    def newest_about(self, account_id: int, act: Act) -> LogEntry | None:
        found = (entry for entry in self._store.log.rows() if entry.about_id == account_id and entry.act is act)
        newest = max(found, key=lambda entry: entry.id, default=None)
        return None if newest is None else replace(newest)

    def get(self, entry_id: int) -> LogEntry:
        entry = self._store.log.find(entry_id)
        if entry is None:
            raise NotFound()
        return replace(entry)

    def find_hiding_all(self, account_id: int) -> LogEntry | None:
        standing = standing_hiding_all(self._store.log.rows(), account_id)
        return None if standing is None else replace(standing)

    def is_undone(self, entry: LogEntry) -> bool:
        return str(entry.id) in undone(self._store.log.rows(), entry.about_id)

    def old_texts(self, before: int, limit: int) -> list[int]:
        old = (row for row in self._store.log.rows() if row.id < before and row.text)
        return sorted(row.id for row in old if row.act is Act.DECLINE or _is_of_a_text(row))[:limit]

    def texts_of(self, account_id: int, limit: int, *, published: bool) -> list[int]:
        about = (row for row in self._store.log.rows() if row.about_id == account_id and row.text)
        return sorted(row.id for row in about if row.act is Act.NOTE or (published and _is_of_a_text(row)))[:limit]

    def forget_texts(self, entry_ids: Sequence[int]) -> None:
        for id in entry_ids:
            entry = self._store.log.find(id)
            if entry is not None:
                self._store.log.put(id, replace(entry, text=""))


def undone(entries: Iterable[LogEntry], account_id: int) -> set[str]:
    """The ids of acts on this member that are undone."""
    return {entry.text for entry in entries if entry.act in UNDOING and entry.about_id == account_id}


def standing_hiding_all(entries: Iterable[LogEntry], account_id: int) -> LogEntry | None:
    about = [entry for entry in entries if entry.about_id == account_id]
    ended = undone(about, account_id)
    standing = (entry for entry in about if entry.act is Act.HIDE_ALL and str(entry.id) not in ended)
    return max(standing, key=lambda entry: entry.id, default=None)


def _is_of_a_text(entry: LogEntry) -> bool:
    """What was changed of the site stays known."""
    return entry.subject_kind not in (SubjectKind.PERSON, SubjectKind.SITE)


class MemoryModerationFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def comments(self, reader: Reader | None, window: Window) -> Page[CommentCard]:
        with self._store.lock:
            rows = listed_comments(self._store, None)
            return cut(rows, window, lambda pair: pair[0].id, lambda pair: card_of(self._store, *pair, reader))

    def log(self, reader: Reader | None, window: Window) -> Counted[LogCard]:
        with self._store.lock:
            page = cut(
                self._store.log.committed.values(),
                window,
                lambda row: row.id,
                lambda row: log_card_of(self._store, row),
            )
            return Counted(page, total_of(self._store, Total.LOG_ENTRIES))

    def log_by(self, reader: Reader | None, username: str, window: Window) -> Page[LogCard]:
        with self._store.lock:
            owner = self._store.names.committed.get(username_key(username))
            if owner is None or self._store.accounts.committed[owner].account.deleted:
                raise NotFound()
            theirs = [row for row in self._store.log.committed.values() if row.actor_id == owner]
            return cut(theirs, window, lambda row: row.id, lambda row: log_card_of(self._store, row))


def log_card_of(store: Store, entry: LogEntry) -> LogCard:
    """The caller holds the store's lock."""
    return LogCard(
        id=entry.id,
        actor_id=entry.actor_id,
        actor=None if entry.actor_id is None else member_name_of(store, entry.actor_id),
        act=entry.act,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        about=member_name_of(store, entry.about_id) if entry.about_id else None,
        post_id=entry.post_id,
        text=entry.text,
        reason=entry.reason,
        rule=entry.rule,
    )
