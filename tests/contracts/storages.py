"""A storage as the contracts see it: units of work, feeds and limits, whatever is behind them."""

from dataclasses import dataclass

from adapters.memory import feeds as memory_feeds
from adapters.memory.catalogue import MemoryCatalogueFeeds
from adapters.memory.limits import MemoryLimits
from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.sql import feeds as sql_feeds
from adapters.sql import restricted_feeds as sql_restricted
from adapters.sql.catalogue import SqlCatalogueFeeds
from adapters.sql.engine import Database
from adapters.sql.limits import SqlLimits
from adapters.sql.tables import metadata
from adapters.sql.unit_of_work import SqlUnitOfWork
from application.feeds import (
    ArchiveFeeds,
    CatalogueFeeds,
    CommentFeeds,
    MemberFeeds,
    ModerationFeeds,
    OutboxFeeds,
    PeopleFeeds,
    PostFeeds,
    SessionFeeds,
)
from application.ports import Limits, OpenWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Storage:
    """`overlaps`: two units of work can be open at once; elsewhere the second waits until the first has ended."""

    unit_of_work: OpenWork
    overlaps: bool
    posts: PostFeeds
    comments: CommentFeeds
    people: PeopleFeeds
    sessions: SessionFeeds
    moderation: ModerationFeeds
    members: MemberFeeds
    outbox: OutboxFeeds
    archive: ArchiveFeeds
    catalogue: CatalogueFeeds
    limits: Limits


def memory_storage() -> Storage:
    store = Store()
    return Storage(
        unit_of_work=lambda: MemoryUnitOfWork(store),
        overlaps=False,
        posts=memory_feeds.MemoryPostFeeds(store),
        comments=memory_feeds.MemoryCommentFeeds(store),
        people=memory_feeds.MemoryPeopleFeeds(store),
        sessions=memory_feeds.MemorySessionFeeds(store),
        moderation=memory_feeds.MemoryModerationFeeds(store),
        members=memory_feeds.MemoryMemberFeeds(store),
        outbox=memory_feeds.MemoryOutboxFeeds(store),
        archive=memory_feeds.MemoryArchiveFeeds(store),
        catalogue=MemoryCatalogueFeeds(store),
        limits=MemoryLimits(),
    )


def sql_storage(database: Database) -> Storage:
    """Emptied first: that takes milliseconds, making and migrating another database a tenth of a second."""
    empty = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    with database.writing() as connection:
        # PostgreSQL takes them all in one round trip.
        for statement in empty if database.is_sqlite else [";".join(empty)]:
            connection.exec_driver_sql(statement)
        connection.commit()
    return Storage(
        unit_of_work=lambda: SqlUnitOfWork(database),
        overlaps=not database.is_sqlite,
        posts=sql_feeds.SqlPostFeeds(database),
        comments=sql_feeds.SqlCommentFeeds(database),
        people=sql_feeds.SqlPeopleFeeds(database),
        sessions=sql_feeds.SqlSessionFeeds(database),
        moderation=sql_restricted.SqlModerationFeeds(database),
        members=sql_restricted.SqlMemberFeeds(database),
        outbox=sql_restricted.SqlOutboxFeeds(database),
        archive=sql_restricted.SqlArchiveFeeds(database),
        catalogue=SqlCatalogueFeeds(database),
        limits=SqlLimits(database),
    )
