"""One transaction. It begins when the `with` is entered. Leaving the `with` without `commit` rolls it back."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from adapters.sql.admitting import SqlWaitingMembers
from adapters.sql.appeals import SqlAppeals
from adapters.sql.bookmarks import SqlBookmarks
from adapters.sql.cases.storing import SqlCases, SqlReportedTexts, SqlReports
from adapters.sql.comments.storing import SqlComments
from adapters.sql.credentials import SqlLinks
from adapters.sql.deleting import SqlDeletedThings
from adapters.sql.engine import Database
from adapters.sql.flasky import SqlBroughtThings
from adapters.sql.following import SqlFollows
from adapters.sql.incidents import SqlIncidents
from adapters.sql.invitations import SqlInvitations
from adapters.sql.liking import SqlLikes
from adapters.sql.members import SqlAccounts
from adapters.sql.mending import SqlCounters, SqlSearchTexts
from adapters.sql.moderation import SqlModerationLog
from adapters.sql.moving import SqlRecords
from adapters.sql.muting import SqlMutes
from adapters.sql.notifications.storing import SqlCorrespondences, SqlNotifications
from adapters.sql.once import SqlOnceKeys
from adapters.sql.outbox import SqlOutbox
from adapters.sql.overview import SqlHeartbeat
from adapters.sql.pictures import SqlPictures
from adapters.sql.posts.storing import SqlPosts
from adapters.sql.preferences import SqlPreferences
from adapters.sql.rerendering import SqlRenderedTexts
from adapters.sql.sanctions import SqlSanctions
from adapters.sql.searching.indexing import SqlSearchIndex
from adapters.sql.sessions import SqlSessions
from adapters.sql.site import SqlSite
from adapters.sql.tables import comment_likes, post_likes
from adapters.sql.tags import SqlTags
from adapters.sql.tallies import SqlTallies
from adapters.sql.watching import SqlWatches
from application.ports.admitting import WaitingMembers
from application.ports.appeals import Appeals
from application.ports.bookmarks import Bookmarks
from application.ports.cases import Cases, ReportedTexts, Reports
from application.ports.comments import Comments
from application.ports.credentials import Links
from application.ports.deleting import DeletedThings
from application.ports.flasky import BroughtThings
from application.ports.following import Follows
from application.ports.incidents import Incidents
from application.ports.invitations import Invitations
from application.ports.liking import Likes
from application.ports.members import Accounts
from application.ports.mending import Counters, SearchTexts
from application.ports.moderation import ModerationLog
from application.ports.moving.storing import Records
from application.ports.muting import Mutes
from application.ports.notifications import Correspondences, Notifications
from application.ports.once import OnceKeys
from application.ports.outbox import Outbox
from application.ports.overview import Heartbeat
from application.ports.pictures.storing import Pictures
from application.ports.posts import Posts
from application.ports.preferences import StoredPreferences
from application.ports.rerendering import RenderedTexts
from application.ports.sanctions import Sanctions
from application.ports.searching import SearchIndex
from application.ports.sessions import Sessions
from application.ports.site import StoredSite
from application.ports.tags import Tags
from application.ports.tallies import Tallies
from application.ports.watching import Watches


class SqlUnitOfWork:
    accounts: Accounts
    waiting_members: WaitingMembers
    invitations: Invitations
    follows: Follows
    mutes: Mutes
    preferences: StoredPreferences
    posts: Posts
    tags: Tags
    pictures: Pictures
    comments: Comments
    post_likes: Likes
    comment_likes: Likes
    bookmarks: Bookmarks
    watches: Watches
    tallies: Tallies
    sessions: Sessions
    links: Links
    moderation_log: ModerationLog
    sanctions: Sanctions
    appeals: Appeals
    cases: Cases
    reports: Reports
    reported_texts: ReportedTexts
    deleted: DeletedThings
    notifications: Notifications
    correspondence: Correspondences
    outbox: Outbox
    once: OnceKeys
    rendered_texts: RenderedTexts
    counters: Counters
    search_texts: SearchTexts
    search_index: SearchIndex
    incidents: Incidents
    flasky: BroughtThings
    records: Records
    site: StoredSite
    heartbeat: Heartbeat

    def __init__(self, database: Database, *, reading: bool = False, patient: bool = True) -> None:
        self._transaction: AbstractContextManager[Connection] = (
            database.reading() if reading else database.writing(patient=patient)
        )
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        connection = self._connection = self._transaction.__enter__()
        self.accounts = SqlAccounts(connection)
        self.waiting_members = SqlWaitingMembers(connection)
        self.invitations = SqlInvitations(connection)
        self.follows = SqlFollows(connection)
        self.mutes = SqlMutes(connection)
        self.preferences = SqlPreferences(connection)
        self.posts = SqlPosts(connection)
        self.tags = SqlTags(connection)
        self.pictures = SqlPictures(connection)
        self.comments = SqlComments(connection)
        self.post_likes = SqlLikes(connection, post_likes)
        self.comment_likes = SqlLikes(connection, comment_likes)
        self.bookmarks = SqlBookmarks(connection)
        self.watches = SqlWatches(connection)
        self.tallies = SqlTallies(connection)
        self.sessions = SqlSessions(connection)
        self.links = SqlLinks(connection)
        self.moderation_log = SqlModerationLog(connection)
        self.sanctions = SqlSanctions(connection)
        self.appeals = SqlAppeals(connection)
        self.cases = SqlCases(connection)
        self.reports = SqlReports(connection)
        self.reported_texts = SqlReportedTexts(connection)
        self.deleted = SqlDeletedThings(connection)
        self.notifications = SqlNotifications(connection)
        self.correspondence = SqlCorrespondences(connection)
        self.outbox = SqlOutbox(connection)
        self.once = SqlOnceKeys(connection)
        self.rendered_texts = SqlRenderedTexts(connection)
        self.counters = SqlCounters(connection)
        self.search_texts = SqlSearchTexts(connection)
        self.search_index = SqlSearchIndex(connection)
        self.incidents = SqlIncidents(connection)
        self.flasky = SqlBroughtThings(connection)
        self.records = SqlRecords(connection)
        self.site = SqlSite(connection)
        self.heartbeat = SqlHeartbeat(connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, error, trace)

    def commit(self) -> None:
        assert self._connection is not None
        self._connection.commit()
