"""A storage as one object: all that the core and the edges need of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from application.ports.admitting import AdmittingFeeds
from application.ports.appeals import AppealFeeds
from application.ports.bookmarks import BookmarkFeeds
from application.ports.cases import CaseFeeds
from application.ports.comments import CommentFeeds
from application.ports.credentials import CredentialFeeds
from application.ports.deleting import DeletedFeeds
from application.ports.flasky import FlaskyFeeds
from application.ports.following import FollowFeeds
from application.ports.invitations import InvitationFeeds
from application.ports.leaving import ArchiveFeeds
from application.ports.liking import LikeFeeds
from application.ports.limits import Limits
from application.ports.members import MemberFeeds
from application.ports.mentions import MentionFeeds
from application.ports.moderation import ModerationFeeds
from application.ports.muting import MuteFeeds
from application.ports.notifications import NotificationFeeds
from application.ports.outbox import OutboxFeeds
from application.ports.overview import OverviewFeeds
from application.ports.people import PeopleFeeds
from application.ports.persons import PersonFeeds
from application.ports.pictures.storing import PictureFeeds
from application.ports.posts import PostFeeds
from application.ports.preferences import PreferenceFeeds
from application.ports.sanctions import SanctionFeeds
from application.ports.searching import SearchFeeds
from application.ports.sessions import SessionFeeds
from application.ports.site import SiteFeeds
from application.ports.tags import TagFeeds
from application.ports.work import OpenWork


class Schema(Enum):
    """The schema of the storage, compared with that of this version."""

    CURRENT = "current"
    NEWER = "newer"  # a newer version was deployed, and this process was not restarted yet
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Pulse:
    """`oldest_due_at` is of the job that is due longest. `revision` is that of the schema, empty without one."""

    schema: Schema = Schema.CURRENT
    oldest_due_at: datetime | None = None
    revision: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Storage:
    """Exact `limits` count for all processes that share the storage. `ping` raises TryAgain when the storage does not
    answer. `close` closes connections."""

    unit_of_work: OpenWork
    post_feeds: PostFeeds
    tag_feeds: TagFeeds
    picture_feeds: PictureFeeds
    comment_feeds: CommentFeeds
    like_feeds: LikeFeeds
    bookmark_feeds: BookmarkFeeds
    people_feeds: PeopleFeeds
    follow_feeds: FollowFeeds
    mute_feeds: MuteFeeds
    preference_feeds: PreferenceFeeds
    mention_feeds: MentionFeeds
    member_feeds: MemberFeeds
    admitting_feeds: AdmittingFeeds
    invitation_feeds: InvitationFeeds
    moderation_feeds: ModerationFeeds
    sanction_feeds: SanctionFeeds
    person_feeds: PersonFeeds
    appeal_feeds: AppealFeeds
    case_feeds: CaseFeeds
    deleted_feeds: DeletedFeeds
    notification_feeds: NotificationFeeds
    search_feeds: SearchFeeds
    session_feeds: SessionFeeds
    credential_feeds: CredentialFeeds
    archive_feeds: ArchiveFeeds
    outbox_feeds: OutboxFeeds
    flasky_feeds: FlaskyFeeds
    site_feeds: SiteFeeds
    overview_feeds: OverviewFeeds
    limits: Limits
    ping: Callable[[], Pulse]
    close: Callable[[], None]


class StorageFault(Exception):
    """The storage cannot be used. `code` names what is wrong, `where` the file or the server, and `cause` what the
    system said of it.

    Codes: `missing`, `not_deployed`, `older`, `newer`, `not_a_database`, `damaged`, `unreadable`, `read_only`,
    `unwritable`, `full`, `away`, `refused`, `busy`, `no_trigrams`; while the site runs `locked`,
    `locked_file`, `no_connection`, `slow`; for a backup `no_program`, `no_dump`; and for what is restored `in_use`,
    `inhabited`, `foreign_tables`, `not_restored`. Of the pictures' store: `pictures_unusable`, `pictures_full`,
    `pictures_away`, `pictures_refused`, `pictures_no_bucket`.
    """

    def __init__(self, code: str, where: str, cause: str = "") -> None:
        super().__init__(code, where, cause)
        self.code = code
        self.where = where
        self.cause = cause
