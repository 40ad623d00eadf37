"""Everything of a community in memory, as records. The one open unit of work sees one moment: it keeps writers out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from adapters.memory.moving import conversing, pictures
from adapters.memory.moving.posts import add_post_tag, add_tag, count_tags, post_of, post_tags_of, posts_of, tags_of
from adapters.memory.moving.site import add_site, site_of
from adapters.memory.overview import days_counted
from adapters.memory.store import AccountRow, PostRow, Store
from application.ports.flasky import Brought
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
from application.ports.moving.shapes import place_of
from application.ports.moving.site import SiteRecord
from application.ports.moving.storing import Misfit, NotEmpty
from application.ports.moving.tags import PostTagRecord, TagRecord
from application.ports.tallies import Tally, Total
from domain.appeals import Appeal
from domain.cases import Report
from domain.comments import Comment
from domain.errors import AlreadyTaken, NotFound
from domain.following import Follow
from domain.invitations import Invitation
from domain.moderation import LogEntry
from domain.muting import Mute
from domain.outbox import State
from domain.sanctions import Sanction

T = TypeVar("T")

_UNFINISHED = frozenset(each.value for each in Unfinished)


class MemoryRecords:
    def __init__(self, store: Store) -> None:
        self.store = store
        self._emails: set[str] = set()

    def hold(self) -> None:
        pass

    def count(self, kind: type[Record]) -> int:
        return len(self._found(kind))

    def read(self, kind: type[R]) -> Iterator[R]:
        return iter(self._found(kind))

    def begin(self) -> None:
        if any(True for _ in self.store.accounts.rows()):
            raise NotEmpty()

    def add(self, records: Sequence[Record]) -> None:
        for position, record in enumerate(records):
            try:
                _MOVES[type(record)].add(self, record)
            except NotFound:
                raise Misfit(position, "reference") from None
            except AlreadyTaken as error:
                raise Misfit(position, "taken", error.problems[0].field) from None

    def finish(self) -> None:
        store = self.store
        posts = Counter(row.post.author_id for row in store.posts.rows())
        comments = Counter(comment.author_id for comment in store.comments.rows())
        of_post = Counter(comment.post_id for comment in store.comments.rows())
        likes_of_post = Counter(like.thing_id for like in store.post_likes.rows())
        likes_of_comment = Counter(like.thing_id for like in store.comment_likes.rows())
        followers = Counter(follow.followed_id for follow in store.follows.rows())
        following = Counter(follow.follower_id for follow in store.follows.rows())
        picture_bytes = pictures.bytes_of_pictures(store)
        for row in list(store.accounts.rows()):
            id = row.account.id
            tally = Tally(posts[id], comments[id], followers[id], following[id], picture_bytes[id])
            store.accounts.put(id, replace(row, tally=tally))
        for post in list(store.posts.rows()):
            id = post.post.id
            store.posts.put(id, PostRow(post.post, comment_count=of_post[id], like_count=likes_of_post[id]))
        for comment_id, count in likes_of_comment.items():
            store.comment_like_counts.put(comment_id, count)
        count_tags(store)
        store.totals.put(Total.POSTS, posts.total())
        store.totals.put(Total.COMMENTS, comments.total())
        store.totals.put(Total.LOG_ENTRIES, sum(1 for _ in store.log.rows()))
        store.totals.put(Total.MEMBERS, sum(not row.account.deleted for row in store.accounts.rows()))
        for day, number in days_counted(store).items():
            store.totals.put(day, number)

    def _found(self, kind: type[Record]) -> list[Any]:
        found = _jobs(self.store) if kind is JobRecord else _MOVES[kind].read(self.store)
        return sorted(found, key=place_of)

    def add_account(self, record: AccountRecord) -> None:
        account = record.account
        self.keep_name(account.username.key, account.id)
        if account.email.key in self._emails:
            raise AlreadyTaken("email")
        self._emails.add(account.email.key)
        self.store.accounts.put(account.id, AccountRow(account, record.last_seen_at, Tally()))

    def keep_name(self, key: str, account_id: int) -> None:
        """Raises AlreadyTaken."""
        if self.store.names.find(key) is not None:
            raise AlreadyTaken("username")
        self.store.names.put(key, account_id)

    def require_accounts(self, *ids: int) -> None:
        """Raises NotFound."""
        if any(self.store.accounts.find(id) is None for id in ids):
            raise NotFound()

    def require_entry(self, id: int) -> None:
        """Raises NotFound."""
        if self.store.log.find(id) is None:
            raise NotFound()

    def require_case(self, id: int) -> None:
        """Raises NotFound."""
        if self.store.cases.find(id) is None:
            raise NotFound()

    def require_post(self, id: int) -> None:
        """Raises NotFound."""
        if self.store.posts.find(id) is None:
            raise NotFound()


@dataclass(frozen=True, slots=True)
class Way:
    """How the rows of a kind are read, and how one is added. `add` raises NotFound and AlreadyTaken."""

    read: Callable[[Store], Iterable[Record]]
    add: Callable[[MemoryRecords, Any], None]


def _accounts(store: Store) -> Iterator[AccountRecord]:
    for row in store.accounts.rows():
        spelled = {"username": row.account.username.text, "email": row.account.email.text}
        yield AccountRecord(**(_values(row.account) | spelled), last_seen_at=row.last_seen_at)


def _names(store: Store) -> Iterator[NameRecord]:
    present = {row.account.username.key for row in store.accounts.rows()}
    # A table yields rows without their keys.
    for key in {*store.names.committed} - present:
        owner = store.names.find(key)
        assert owner is not None
        yield NameRecord(key=key, account_id=owner)


def _add_name(records: MemoryRecords, record: NameRecord) -> None:
    records.require_accounts(record.account_id)
    records.keep_name(record.key, record.account_id)


def _invite(records: MemoryRecords, record: InvitationRecord) -> None:
    records.require_accounts(record.owner_id)
    if any(row.code == record.code for row in records.store.invitations.rows()):
        raise AlreadyTaken("code")
    records.store.invitations.put(record.id, _to(Invitation, record))


def _add_follow(records: MemoryRecords, record: FollowRecord) -> None:
    records.require_accounts(record.follower_id, record.followed_id)
    records.store.follows.put((record.follower_id, record.followed_id), _to(Follow, record))


def _add_mute(records: MemoryRecords, record: MuteRecord) -> None:
    records.require_accounts(record.owner_id, record.other_id)
    records.store.mutes.put((record.owner_id, record.other_id), _to(Mute, record))


def _add_post(records: MemoryRecords, record: PostRecord) -> None:
    records.require_accounts(record.author_id)
    records.store.posts.put(record.id, PostRow(post_of(record)))


def _add_comment(records: MemoryRecords, record: CommentRecord) -> None:
    records.require_post(record.post_id)
    records.require_accounts(record.author_id)
    records.store.comments.put(record.id, _to(Comment, record))


def _add_log_entry(records: MemoryRecords, record: LogRecord) -> None:
    records.require_accounts(*(id for id in (record.about_id, record.actor_id) if id))
    records.store.log.put(record.id, LogEntry(**(_values(record) | {"about_id": record.about_id or 0})))


def _add_sanction(records: MemoryRecords, record: SanctionRecord) -> None:
    records.require_accounts(record.account_id)
    records.require_entry(record.id)
    records.store.sanctions.put(record.id, _to(Sanction, record))


def _add_appeal(records: MemoryRecords, record: AppealRecord) -> None:
    records.require_accounts(record.account_id)
    records.require_entry(record.entry_id)
    records.store.appeals.put(record.entry_id, _to(Appeal, record))


def _add_case(records: MemoryRecords, record: CaseRecord) -> None:
    records.require_accounts(record.about_id)
    if record.entry_id is not None:
        records.require_entry(record.entry_id)
    records.store.cases.put(record.id, record.case)


def _add_report(records: MemoryRecords, record: ReportRecord) -> None:
    records.require_accounts(*([] if record.reporter_id is None else [record.reporter_id]))
    records.require_case(record.case_id)
    records.store.reports.put(record.id, _to(Report, record))


def _add_brought(records: MemoryRecords, record: FlaskyRecord) -> None:
    records.store.flasky.put((record.kind, record.number, record.followed), _to(Brought, record))


def _log(store: Store) -> Iterator[LogRecord]:
    return (LogRecord(**(_values(row) | {"about_id": row.about_id or None})) for row in store.log.rows())


def _jobs(store: Store) -> Iterator[JobRecord]:
    waiting = (job for job in store.outbox.rows() if job.state is State.WAITING and job.kind.value in _UNFINISHED)
    return iter({JobRecord.of(job.kind.value, job.account_id, job.subject_id) for job in waiting})


def _into(add: Callable[[Store, Any], None]) -> Callable[[MemoryRecords, Any], None]:
    return lambda records, record: add(records.store, record)


_MOVES: Mapping[type[Record], Way] = {
    AccountRecord: Way(_accounts, MemoryRecords.add_account),
    NameRecord: Way(_names, _add_name),
    InvitationRecord: Way(lambda store: (_to(InvitationRecord, row) for row in store.invitations.rows()), _invite),
    FollowRecord: Way(lambda store: (_to(FollowRecord, row) for row in store.follows.rows()), _add_follow),
    MuteRecord: Way(lambda store: (_to(MuteRecord, row) for row in store.mutes.rows()), _add_mute),
    PreferenceRecord: Way(conversing.preferences_of, _into(conversing.add_preference)),
    PictureRecord: Way(pictures.pictures_of, _into(pictures.add_picture)),
    PostRecord: Way(posts_of, _add_post),
    TagRecord: Way(tags_of, _into(add_tag)),
    PostTagRecord: Way(post_tags_of, _into(add_post_tag)),
    CommentRecord: Way(lambda store: (_to(CommentRecord, row) for row in store.comments.rows()), _add_comment),
    PostLikeRecord: Way(conversing.post_likes_of, _into(conversing.add_post_like)),
    CommentLikeRecord: Way(conversing.comment_likes_of, _into(conversing.add_comment_like)),
    BookmarkRecord: Way(conversing.bookmarks_of, _into(conversing.add_bookmark)),
    WatchRecord: Way(conversing.watches_of, _into(conversing.add_watch)),
    LogRecord: Way(_log, _add_log_entry),
    SanctionRecord: Way(lambda store: (_to(SanctionRecord, row) for row in store.sanctions.rows()), _add_sanction),
    AppealRecord: Way(lambda store: (_to(AppealRecord, row) for row in store.appeals.rows()), _add_appeal),
    CaseRecord: Way(lambda store: (_to(CaseRecord, row) for row in store.cases.rows()), _add_case),
    ReportRecord: Way(lambda store: (_to(ReportRecord, row) for row in store.reports.rows()), _add_report),
    NotificationRecord: Way(conversing.notifications_of, _into(conversing.add_notification)),
    FlaskyRecord: Way(lambda store: (_to(FlaskyRecord, row) for row in store.flasky.rows()), _add_brought),
    SiteRecord: Way(site_of, _into(add_site)),
    PictureUseRecord: Way(pictures.picture_uses_of, _into(pictures.add_picture_use)),
}


def _to(kind: Callable[..., T], same: Any) -> T:
    """Another object with the same fields."""
    return kind(**_values(same))


def _values(of: Any) -> dict[str, Any]:
    return {each.name: getattr(of, each.name) for each in fields(of)}
