"""What moves when a community changes its storage: records that belong to no storage.

The fields of a record, in their order, are those of a line in the file. A field with a default may be missing there,
because an older version did not know it. A new kind of record is a class here, a line in `KINDS`, and an entry in
`adapters/memory/moving/records.py` and `adapters/sql/moving.py`. Two kinds are no rows: jobs, and the files of
pictures, which are in a store of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import ClassVar, Self

from application.ports.moving.conversing import (
    BookmarkRecord,
    CommentLikeRecord,
    NotificationRecord,
    PostLikeRecord,
    PreferenceRecord,
    WatchRecord,
)
from application.ports.moving.fields import (
    EmailText,
    Id,
    IdOrNone,
    LocationText,
    NameText,
    Number,
    OldNumber,
    Record,
    TagsText,
    TimeZoneText,
    TitleText,
    UsernameText,
)
from application.ports.moving.moderating import AppealRecord, CaseRecord, LogRecord, ReportRecord, SanctionRecord
from application.ports.moving.pictures import PictureFileRecord, PictureRecord, PictureUseRecord
from application.ports.moving.site import SiteRecord
from application.ports.moving.tags import PostTagRecord, TagRecord
from domain.accounts import Account
from domain.display import Language, Theme
from domain.flasky import Kind
from domain.identifiers import Email, Username
from domain.job_kinds import JobKind
from domain.joining import Admission
from domain.roles import Role
from domain.welcoming import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord(Record):
    """Rules for what is typed today do not hold for it: rows from before a rule move too."""

    record: ClassVar = "accounts"
    sorted_by: ClassVar = ("id",)

    id: Id
    username: UsernameText
    email: EmailText
    password_hash: str | None
    role: Role
    confirmed: bool
    disabled: bool
    deleted: bool
    name: NameText
    location: LocationText
    about_me: str
    language: Language
    theme: Theme
    renamed_at: datetime | None
    silenced_until: datetime | None = None
    suspended_until: datetime | None = None
    token_generation: Number
    version: Number
    last_seen_at: datetime
    admission: Admission = Admission.ADMITTED
    why: str = ""
    invitation_id: IdOrNone = 0
    time_zone: TimeZoneText = ""
    dismissed: Number = 0
    steps: Number = 0
    picture_id: Id | None = None

    @property
    def keys(self) -> Mapping[str, str]:
        return {"username": self.account.username.key, "email": self.account.email.key}

    @property
    def account(self) -> Account:
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "last_seen_at"}
        values |= {"username": Username(self.username), "email": Email(self.email), "steps": Step(self.steps)}
        return Account(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRecord(Record):
    """A username that is no member's present one any more, by its key. It stays reserved."""

    record: ClassVar = "former_names"
    sorted_by: ClassVar = ("key",)

    key: UsernameText
    account_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRecord(Record):
    """Who came by it stays known."""

    record: ClassVar = "invitations"
    sorted_by: ClassVar = ("id",)

    id: Id
    owner_id: Id
    code: UsernameText
    people: Number
    taken: Number
    until: datetime
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRecord(Record):
    record: ClassVar = "follows"
    sorted_by: ClassVar = ("follower_id", "followed_id")

    id: Id
    follower_id: Id
    followed_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteRecord(Record):
    record: ClassVar = "mutes"
    sorted_by: ClassVar = ("owner_id", "other_id")

    id: Id
    owner_id: Id
    other_id: Id
    muted: bool
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord(Record):
    """The HTML moves, because no renderer of today may take the text any more."""

    record: ClassVar = "posts"
    sorted_by: ClassVar = ("id",)

    id: Id
    author_id: Id
    title: TitleText
    body: str
    body_html: str
    excerpt_html: str
    cut: bool
    html_version: Number
    edited_at: datetime | None
    version: Number
    hidden_by: Id | None
    hidden_reason: str
    closed: bool
    deleted_at: datetime | None
    deleted_by: Id | None
    # With a blank between each two. An export of an older version has none.
    tags: TagsText = ""
    picture_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRecord(Record):
    record: ClassVar = "comments"
    sorted_by: ClassVar = ("id",)

    id: Id
    post_id: Id
    author_id: Id
    body: str
    body_html: str
    html_version: Number
    edited_at: datetime | None
    version: Number
    hidden: bool
    hidden_reason: str
    hidden_by: Id | None
    deleted_at: datetime | None
    deleted_by: Id | None
    # An export of an older version has no answers.
    reply_to: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaskyRecord(Record):
    """What was brought from another site. It outlives what it names."""

    record: ClassVar = "flasky"
    sorted_by: ClassVar = ("kind", "number", "followed")

    kind: Kind
    number: OldNumber
    followed: OldNumber
    made_id: Id
    name: UsernameText


class Unfinished(Enum):
    """The jobs whose loss nobody would notice. What a mail would have said can be asked for again."""

    UNFOLLOW_ALL = JobKind.UNFOLLOW_ALL.value
    ERASE_ALL = JobKind.ERASE_ALL.value
    DECLINED = JobKind.DECLINED.value
    RERENDER_ALL = JobKind.RERENDER_ALL.value
    TELL_REPORTERS = JobKind.TELL_REPORTERS.value
    HIDE_ALL = JobKind.HIDE_ALL.value
    RESTORE_ALL = JobKind.RESTORE_ALL.value
    TELL_OF_CASE = JobKind.TELL_OF_CASE.value
    TELL_WATCHERS = JobKind.TELL_WATCHERS.value
    RENAME_TAG = JobKind.RENAME_TAG.value
    REMOVE_PICTURE = JobKind.REMOVE_PICTURE.value

    @property
    def has_subject(self) -> bool:
        return self in (
            Unfinished.HIDE_ALL,
            Unfinished.RESTORE_ALL,
            Unfinished.TELL_OF_CASE,
            Unfinished.TELL_WATCHERS,
            Unfinished.RENAME_TAG,
            Unfinished.REMOVE_PICTURE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord(Record):
    """A job that waits, to be asked for on the other side. `account_id` is 0 where it is about no account, and
    `subject_id` where it is about no thing."""

    record: ClassVar = "jobs"
    sorted_by: ClassVar = ("job", "account_id", "subject_id")

    job: Unfinished
    account_id: IdOrNone
    subject_id: IdOrNone = 0

    @classmethod
    def of(cls, kind: str, account_id: int | None, subject_id: int | None) -> Self:
        """The same for jobs that differ only in what does not move."""
        job = Unfinished(kind)
        return cls(job=job, account_id=account_id or 0, subject_id=(subject_id or 0) if job.has_subject else 0)


# In the order of the file. A record refers only to what stands before it.
KINDS: tuple[type[Record], ...] = (
    AccountRecord,
    NameRecord,
    InvitationRecord,
    FollowRecord,
    MuteRecord,
    PreferenceRecord,
    PictureRecord,
    PostRecord,
    TagRecord,
    PostTagRecord,
    CommentRecord,
    PostLikeRecord,
    CommentLikeRecord,
    BookmarkRecord,
    WatchRecord,
    LogRecord,
    SanctionRecord,
    AppealRecord,
    CaseRecord,
    ReportRecord,
    NotificationRecord,
    FlaskyRecord,
    SiteRecord,
    PictureUseRecord,
    JobRecord,
    PictureFileRecord,
)
