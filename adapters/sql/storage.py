"""A database as one storage object."""

from functools import partial

from sqlalchemy import column, func, select, table
from sqlalchemy.exc import ProgrammingError

from adapters.sql.admitting import SqlAdmittingFeeds
from adapters.sql.appeals import SqlAppealFeeds
from adapters.sql.bookmarks import SqlBookmarkFeeds
from adapters.sql.cases.feeds import SqlCaseFeeds
from adapters.sql.comments.feeds import SqlCommentFeeds
from adapters.sql.credentials import SqlCredentialFeeds
from adapters.sql.deleting import SqlDeletedFeeds
from adapters.sql.engine import Database
from adapters.sql.flasky import SqlFlaskyFeeds
from adapters.sql.following import SqlFollowFeeds
from adapters.sql.invitations import SqlInvitationFeeds
from adapters.sql.leaving import SqlArchiveFeeds
from adapters.sql.liking import SqlLikeFeeds
from adapters.sql.limits import SqlLimits
from adapters.sql.members import SqlMemberFeeds
from adapters.sql.mentions import SqlMentionFeeds
from adapters.sql.migrate import newest_revision
from adapters.sql.moderation import SqlModerationFeeds
from adapters.sql.muting import SqlMuteFeeds
from adapters.sql.notifications.feeds import SqlNotificationFeeds
from adapters.sql.outbox import SqlOutboxFeeds, oldest_due
from adapters.sql.overview import SqlOverviewFeeds
from adapters.sql.people import SqlPeopleFeeds
from adapters.sql.persons import SqlPersonFeeds
from adapters.sql.pictures import SqlPictureFeeds
from adapters.sql.posts.feeds import SqlPostFeeds
from adapters.sql.preferences import SqlPreferenceFeeds
from adapters.sql.sanctions import SqlSanctionFeeds
from adapters.sql.searching.feeds import SqlSearchFeeds
from adapters.sql.sessions import SqlSessionFeeds
from adapters.sql.site import SqlSiteFeeds
from adapters.sql.tags import SqlTagFeeds
from adapters.sql.unit_of_work import SqlUnitOfWork
from application.storage import Pulse, Schema, Storage

_REVISIONS = table("alembic_version", column("version_num"))
_PULSE = select(
    select(func.max(_REVISIONS.c.version_num)).scalar_subquery().label("revision"), oldest_due().label("oldest_due_at")
)


def sql_storage(database: Database) -> Storage:
    return Storage(
        unit_of_work=partial(SqlUnitOfWork, database),
        post_feeds=SqlPostFeeds(database),
        tag_feeds=SqlTagFeeds(database),
        picture_feeds=SqlPictureFeeds(database),
        comment_feeds=SqlCommentFeeds(database),
        like_feeds=SqlLikeFeeds(database),
        bookmark_feeds=SqlBookmarkFeeds(database),
        people_feeds=SqlPeopleFeeds(database),
        follow_feeds=SqlFollowFeeds(database),
        mute_feeds=SqlMuteFeeds(database),
        preference_feeds=SqlPreferenceFeeds(database),
        mention_feeds=SqlMentionFeeds(database),
        member_feeds=SqlMemberFeeds(database),
        admitting_feeds=SqlAdmittingFeeds(database),
        invitation_feeds=SqlInvitationFeeds(database),
        moderation_feeds=SqlModerationFeeds(database),
        sanction_feeds=SqlSanctionFeeds(database),
        person_feeds=SqlPersonFeeds(database),
        appeal_feeds=SqlAppealFeeds(database),
        case_feeds=SqlCaseFeeds(database),
        deleted_feeds=SqlDeletedFeeds(database),
        notification_feeds=SqlNotificationFeeds(database),
        search_feeds=SqlSearchFeeds(database),
        session_feeds=SqlSessionFeeds(database),
        credential_feeds=SqlCredentialFeeds(database),
        archive_feeds=SqlArchiveFeeds(database),
        outbox_feeds=SqlOutboxFeeds(database),
        flasky_feeds=SqlFlaskyFeeds(database),
        site_feeds=SqlSiteFeeds(database),
        overview_feeds=SqlOverviewFeeds(database),
        limits=SqlLimits(database),
        ping=partial(_ping, database, newest_revision()),
        close=database.close,
    )


def _ping(database: Database, newest: str) -> Pulse:
    try:
        row = database.row(_PULSE)
    except ProgrammingError:  # PostgreSQL has no such table
        return Pulse(Schema.OTHER)
    revision = row.revision or ""
    if revision == newest:
        return Pulse(Schema.CURRENT, row.oldest_due_at, revision)
    # Revisions are numbers with leading zeros.
    return Pulse(Schema.NEWER if revision > newest else Schema.OTHER, row.oldest_due_at, revision)
