"""Everything of a community in SQL, as records. A test holds `MOVES` and `STAYS` to the tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)

from adapters.sql.members import searched_columns
from adapters.sql.mending import count_everything
from adapters.sql.tables import (
    accounts,
    appeals,
    bookmarks,
    cases,
    comment_likes,
    comments,
    flasky,
    follows,
    invitations,
    moderation_log,
    mutes,
    names,
    notification_settings,
    notifications,
    outbox,
    picture_uses,
    pictures,
    post_likes,
    post_tags,
    posts,
    reports,
    sanctions,
    site,
    site_totals,
    tags,
    watches,
)
from application.ports.moving.conversing import (
    BookmarkRecord,
    CommentLikeRecord,
    NotificationRecord,
    PostLikeRecord,
    PreferenceRecord,
    WatchRecord,
)
from application.ports.moving.fields import R, Record
from application.ports.moving.moderating import AppealRecord, CaseRecord, LogRecord, ReportRecord, SanctionRecord
from application.ports.moving.pictures import PictureRecord, PictureUseRecord
from application.ports.moving.records import (
    AccountRecord,
    CommentRecord,
    FlaskyRecord,
    FollowRecord,
    InvitationRecord,
    JobRecord,
    MuteRecord,
    NameRecord,
    PostRecord,
    Unfinished,
)
from application.ports.moving.shapes import Shape, place_of, shapes_of
from application.ports.moving.site import SiteRecord
from application.ports.moving.storing import Misfit, NotEmpty
from application.ports.moving.tags import PostTagRecord, TagRecord
from domain.errors import AlreadyTaken, NotFound
from domain.outbox import State

# Rows that are read in one statement, which is then as short as those of the site.
_PART = 100
# The files of pictures are copied between statements, and the database has nothing to do meanwhile.
_MAY_IDLE = "SET LOCAL idle_in_transaction_session_timeout = 0"


def _nothing(_: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Source:
    """The table of a kind of record. Its columns are the fields, and `beside` gives all others. `condition` leaves
    rows out that another kind stands for."""

    table: Table
    beside: Callable[[Any], dict[str, Any]] = _nothing
    condition: ColumnElement[bool] | None = None


def _beside_account(record: AccountRecord) -> dict[str, Any]:
    counters = dict.fromkeys(("post_count", "comment_count", "follower_count", "following_count", "picture_bytes"), 0)
    return searched_columns(record.account) | counters


# A job makes the index of the search.
_NOT_IN_THE_INDEX = {"search_text": "", "search_segment": 0}

# By kind. Jobs are none of the rows that move: they are asked for anew.
MOVES: Mapping[type[Record], Source] = {
    AccountRecord: Source(accounts, _beside_account),
    # A present name may have no row: a process of an older version made the account.
    NameRecord: Source(names, condition=~exists().where(accounts.c.username_key == names.c.key)),
    InvitationRecord: Source(invitations),
    FollowRecord: Source(follows),
    MuteRecord: Source(mutes),
    PreferenceRecord: Source(notification_settings),
    PictureRecord: Source(pictures),
    PostRecord: Source(posts, lambda _: {"comment_count": 0, "like_count": 0, **_NOT_IN_THE_INDEX}),
    TagRecord: Source(tags, lambda _: {"post_count": 0}),
    PostTagRecord: Source(post_tags),
    # `finish` says which are absent.
    CommentRecord: Source(comments, lambda _: {"absent": False, "like_count": 0, **_NOT_IN_THE_INDEX}),
    PostLikeRecord: Source(post_likes),
    CommentLikeRecord: Source(comment_likes),
    BookmarkRecord: Source(bookmarks),
    WatchRecord: Source(watches),
    LogRecord: Source(moderation_log),
    SanctionRecord: Source(sanctions),
    AppealRecord: Source(appeals),
    CaseRecord: Source(cases, lambda record: {"place": record.case.place}),
    ReportRecord: Source(reports),
    NotificationRecord: Source(notifications, lambda _: {"mail_id": None}),
    FlaskyRecord: Source(flasky),
    SiteRecord: Source(site),
    PictureUseRecord: Source(picture_uses),
}
# By table: why it stays.
STAYS = {
    "sessions": "Cookies belong to one site. Members sign in again.",
    "links": "A mailed link leads to the old site, and its token is known to nobody else. Members ask for a new one.",
    "outbox": "Leases and attempts belong to the workers of one site. Jobs that must not be lost are asked for anew.",
    "correspondence": "It says when the old site sent a mail last. The mail server of the new one answers for itself.",
    "rate_limits": "They count the requests of the last hours.",
    "once_keys": "They say what the requests of the last day have made. Clients do not send those to another site.",
    "incidents": "They tell how the program failed there.",
    "site_totals": "They are counted anew, and so are the days as far as what was written then is still there.",
    "heartbeat": "It says when a worker of the old site ran.",
    "search_segments": "They are parts of the index of the search, which is made anew.",
}


class SqlRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self) -> None:
        # SQLite sees one moment from the first statement of a transaction on.
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            self._connection.execute(text(_MAY_IDLE))

    def count(self, kind: type[Record]) -> int:
        if kind is JobRecord:
            return len(self._jobs())
        source = MOVES[kind]
        counting = select(func.count()).select_from(source.table)
        if source.condition is not None:
            counting = counting.where(source.condition)
        return int(self._connection.execute(counting).scalar_one())

    def read(self, kind: type[R]) -> Iterator[R]:
        if kind is JobRecord:
            yield from self._jobs()  # type: ignore[misc]
            return
        source = MOVES[kind]
        order = tuple(source.table.c[name] for name in kind.sorted_by)
        some = select(*(source.table.c[name] for name in shapes_of(kind))).order_by(*order).limit(_PART)
        if source.condition is not None:
            some = some.where(source.condition)
        following = some
        while rows := self._connection.execute(following).all():
            for row in rows:
                record = _record_of(kind, row)
                yield record
            following = some.where(tuple_(*order) > tuple_(*place_of(record)))

    def begin(self) -> None:
        # SQLite has one writer. Here, who adds an account waits until its lock timeout, and readers do not wait.
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE"))
            self._connection.execute(text(_MAY_IDLE))
        if self._connection.execute(select(exists(select(accounts.c.id)))).scalar_one():
            raise NotEmpty()

    def add(self, records: Sequence[Record]) -> None:
        part = self._connection.begin_nested()
        try:
            self._insert(records)
        except _REFUSALS:
            part.rollback()
        else:
            part.commit()
            return
        # One by one, to find which it is.
        for position, record in enumerate(records):
            try:
                self._insert([record])
            except NotFound:
                raise Misfit(position, "reference") from None
            except AlreadyTaken as error:
                raise Misfit(position, "taken", error.problems[0].field) from None

    def finish(self) -> None:
        if self._connection.dialect.name == "postgresql":
            # There are no statistics yet, so it takes each of many short statements for a long one and compiles it.
            self._connection.execute(text("SET LOCAL jit = off"))
        self._connection.execute(delete(site_totals))
        unlisted = select(posts.c.id).where(or_(posts.c.hidden_by.is_not(None), posts.c.deleted_at.is_not(None)))
        self._connection.execute(update(comments).where(comments.c.post_id.in_(unlisted)).values(absent=True))
        count_everything(self._connection)

    def _insert(self, records: Sequence[Record]) -> None:
        source = MOVES[type(records[0])]
        if isinstance(records[0], SiteRecord):
            # The site may have been saved before it has members.
            self._connection.execute(delete(site))
        self._connection.execute(insert(source.table), [_values(record) | source.beside(record) for record in records])
        present = [record.account for record in records if isinstance(record, AccountRecord)]
        if present:
            kept = [{"key": account.username.key, "account_id": account.id} for account in present]
            self._connection.execute(insert(names), kept)

    def _jobs(self) -> list[JobRecord]:
        """Those are few: what was asked for just now."""
        unfinished = [each.value for each in Unfinished]
        rows = self._connection.execute(
            select(outbox.c.kind, outbox.c.account_id, outbox.c.subject_id).where(
                outbox.c.state == State.WAITING.value, outbox.c.kind.in_(unfinished)
            )
        )
        return sorted({JobRecord.of(row.kind, row.account_id, row.subject_id) for row in rows}, key=place_of)


_REFUSALS = (NotFound, AlreadyTaken)


def _record_of(kind: type[R], row: Any) -> R:
    make: Callable[..., R] = kind
    return make(**{name: _made(shape, getattr(row, name)) for name, shape in shapes_of(kind).items()})


def _made(shape: Shape, value: Any) -> Any:
    if shape.is_set:
        return frozenset(map(shape.type, value.split()))
    return shape.type(value) if value is not None and issubclass(shape.type, Enum) else value


def _values(record: Record) -> dict[str, Any]:
    return {name: _stored(shape, getattr(record, name)) for name, shape in shapes_of(type(record)).items()}


def _stored(shape: Shape, value: Any) -> Any:
    if shape.is_set:
        choices: Iterable[Any] = shape.type  # type: ignore[assignment]
        return " ".join(each.value for each in choices if each in value)
    return value.value if isinstance(value, Enum) else value
