"""A database as one storage object."""

from functools import partial

from adapters.sql.comments import SqlCommentFeeds
from adapters.sql.credentials import SqlCredentialFeeds
from adapters.sql.engine import Database
from adapters.sql.following import SqlFollowFeeds
from adapters.sql.leaving import SqlArchiveFeeds
from adapters.sql.limits import SqlLimits
from adapters.sql.members import SqlMemberFeeds
from adapters.sql.moderation import SqlModerationFeeds
from adapters.sql.outbox import SqlOutboxFeeds
from adapters.sql.people import SqlPeopleFeeds
from adapters.sql.posts import SqlPostFeeds
from adapters.sql.sessions import SqlSessionFeeds
from adapters.sql.unit_of_work import SqlUnitOfWork
from application.storage import Storage


def sql_storage(database: Database) -> Storage:
    return Storage(
        unit_of_work=partial(SqlUnitOfWork, database),
        post_feeds=SqlPostFeeds(database),
        comment_feeds=SqlCommentFeeds(database),
        people_feeds=SqlPeopleFeeds(database),
        follow_feeds=SqlFollowFeeds(database),
        member_feeds=SqlMemberFeeds(database),
        moderation_feeds=SqlModerationFeeds(database),
        session_feeds=SqlSessionFeeds(database),
        credential_feeds=SqlCredentialFeeds(database),
        archive_feeds=SqlArchiveFeeds(database),
        outbox_feeds=SqlOutboxFeeds(database),
        limits=SqlLimits(database),
        ping=database.ping,
        close=database.close,
    )
