"""The tables. They hold the committed rows, and the staged rows of the one open unit of work.

Rows are copied when they go in and when they come out, so no caller shares an object with the store.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Generic, TypeVar

from adapters.turns import Turns
from application.ports.flasky import Brought
from application.ports.tallies import Tally, Total
from application.ports.work import ONE_TRY
from domain.accounts import Account
from domain.appeals import Appeal
from domain.bookmarks import Bookmark
from domain.bundling import Correspondence
from domain.cases import Case, Report
from domain.comments import Comment
from domain.credentials import Link, Purpose
from domain.flasky import Kind
from domain.following import Follow
from domain.incidents import Incident
from domain.invitations import Invitation
from domain.liking import Like
from domain.moderation import LogEntry
from domain.muting import Mute
from domain.notifications import Notification
from domain.once import Once
from domain.outbox import Job
from domain.overview import Daily
from domain.pictures import Picture
from domain.posts import Post
from domain.preferences import Preferences
from domain.sanctions import Sanction
from domain.sessions import Session
from domain.site import Site
from domain.tags import Tag
from domain.watching import Watch

K = TypeVar("K")
V = TypeVar("V")

# The changes of one commit: the name of a table, then its new rows by key. None stands for a removed row.
Changes = Mapping[str, Mapping[Any, Any]]


class Table(Generic[K, V]):
    """Rows by key. A unit of work stages rows, and `apply` commits them. Readers use `committed`."""

    def __init__(self) -> None:
        self.committed: dict[K, V] = {}
        self._staged: dict[K, V | None] = {}

    def find(self, key: K) -> V | None:
        return self._staged[key] if key in self._staged else self.committed.get(key)

    def put(self, key: K, row: V) -> None:
        self._staged[key] = row

    def remove(self, key: K) -> None:
        self._staged[key] = None

    def rows(self) -> Iterator[V]:
        for key, row in self.committed.items():
            if key not in self._staged:
                yield row
        for staged in list(self._staged.values()):
            if staged is not None:
                yield staged

    def staged(self) -> dict[K, V | None]:
        return dict(self._staged)

    def apply(self, rows: Mapping[K, V | None]) -> None:
        for key, row in rows.items():
            if row is None:
                self.committed.pop(key, None)
            else:
                self.committed[key] = row

    def discard(self) -> None:
        self._staged.clear()


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account, and what the storage keeps beside it."""

    account: Account
    last_seen_at: datetime
    tally: Tally


@dataclass(frozen=True, slots=True)
class PostRow:
    post: Post
    comment_count: int = 0
    like_count: int = 0


@dataclass(frozen=True, slots=True)
class TagRow:
    tag: Tag
    post_count: int = 0


def _keep_no_record(_: Changes) -> None:
    """The memory storage records nothing outside of the process."""


@dataclass(slots=True)
class Store:
    """All tables. `turns` admits one unit of work at a time. `lock` keeps readers out while a commit is applied.

    `record` gets the changes of each commit before a reader can see them. If it raises an error, nothing is committed.
    """

    accounts: Table[int, AccountRow] = field(default_factory=Table)
    # The account of each username, by its key: present ones and former ones.
    names: Table[str, int] = field(default_factory=Table)
    invitations: Table[int, Invitation] = field(default_factory=Table)
    follows: Table[tuple[int, int], Follow] = field(default_factory=Table)
    mutes: Table[tuple[int, int], Mute] = field(default_factory=Table)
    # By account.
    preferences: Table[int, Preferences] = field(default_factory=Table)
    posts: Table[int, PostRow] = field(default_factory=Table)
    tags: Table[int, TagRow] = field(default_factory=Table)
    # By the tag and the post. A row is its own key.
    post_tags: Table[tuple[int, int], tuple[int, int]] = field(default_factory=Table)
    pictures: Table[int, Picture] = field(default_factory=Table)
    # By the text and the picture. A row is its own key.
    picture_uses: Table[tuple[int, int], tuple[int, int]] = field(default_factory=Table)
    comments: Table[int, Comment] = field(default_factory=Table)
    # By the thing and the member.
    post_likes: Table[tuple[int, int], Like] = field(default_factory=Table)
    comment_likes: Table[tuple[int, int], Like] = field(default_factory=Table)
    # By comment. One without likes may have none.
    comment_like_counts: Table[int, int] = field(default_factory=Table)
    # By the member and the post.
    bookmarks: Table[tuple[int, int], Bookmark] = field(default_factory=Table)
    # By the post and the member.
    watches: Table[tuple[int, int], Watch] = field(default_factory=Table)
    sessions: Table[int, Session] = field(default_factory=Table)
    links: Table[tuple[int, Purpose], Link] = field(default_factory=Table)
    log: Table[int, LogEntry] = field(default_factory=Table)
    sanctions: Table[int, Sanction] = field(default_factory=Table)
    # By the entry of the log.
    appeals: Table[int, Appeal] = field(default_factory=Table)
    cases: Table[int, Case] = field(default_factory=Table)
    reports: Table[int, Report] = field(default_factory=Table)
    # By the account and the id.
    notifications: Table[tuple[int, int], Notification] = field(default_factory=Table)
    correspondence: Table[int, Correspondence] = field(default_factory=Table)
    outbox: Table[int, Job] = field(default_factory=Table)
    once: Table[tuple[int, str], Once] = field(default_factory=Table)
    incidents: Table[str, Incident] = field(default_factory=Table)
    flasky: Table[tuple[Kind, int, int], Brought] = field(default_factory=Table)
    totals: Table[Total | Daily, int] = field(default_factory=Table)
    # There is one, or none: when a worker was seen last.
    heartbeat: Table[int, datetime] = field(default_factory=Table)
    # There is one, or none.
    site: Table[int, Site] = field(default_factory=Table)
    turns: Turns = field(default_factory=lambda: Turns(at_once=1, places=100, seconds=ONE_TRY))
    lock: threading.RLock = field(default_factory=threading.RLock)
    record: Callable[[Changes], None] = _keep_no_record

    def commit(self) -> None:
        changes = {name: rows for name, table in self._by_name().items() if (rows := table.staged())}
        if changes:
            self.record(changes)
        self.apply(changes)
        self.discard()

    def apply(self, changes: Changes) -> None:
        """Makes all changes visible at once."""
        tables = self._by_name()
        with self.lock:
            for name, rows in changes.items():
                tables[name].apply(rows)

    def discard(self) -> None:
        for table in self.tables():
            table.discard()

    def tables(self) -> tuple[Table[Any, Any], ...]:
        return tuple(self._by_name().values())

    def _by_name(self) -> dict[str, Table[Any, Any]]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Table)}
