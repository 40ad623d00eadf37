"""One unit of work at a time. The next one waits, as writers do on SQLite. One that only reads waits too, because the
staged rows of the other one are in the same tables."""

from types import TracebackType
from typing import Self

from adapters.memory.admitting import MemoryWaitingMembers
from adapters.memory.appeals import MemoryAppeals
from adapters.memory.bookmarks import MemoryBookmarks
from adapters.memory.cases import MemoryCases, MemoryReportedTexts, MemoryReports
from adapters.memory.comments import MemoryComments
from adapters.memory.credentials import MemoryLinks
from adapters.memory.deleting import MemoryDeletedThings
from adapters.memory.flasky import MemoryBroughtThings
from adapters.memory.following import MemoryFollows
from adapters.memory.incidents import MemoryIncidents
from adapters.memory.invitations import MemoryInvitations
from adapters.memory.liking import MemoryLikes
from adapters.memory.members import MemoryAccounts
from adapters.memory.mending import MemoryCounters, MemorySearchTexts
from adapters.memory.moderation import MemoryModerationLog
from adapters.memory.moving.records import MemoryRecords
from adapters.memory.muting import MemoryMutes
from adapters.memory.notifications.storing import MemoryCorrespondences, MemoryNotifications
from adapters.memory.once import MemoryOnceKeys
from adapters.memory.outbox import MemoryOutbox
from adapters.memory.overview import MemoryHeartbeat
from adapters.memory.pictures import MemoryPictures
from adapters.memory.posts import MemoryPosts
from adapters.memory.preferences import MemoryPreferences
from adapters.memory.rerendering import MemoryRenderedTexts
from adapters.memory.sanctions import MemorySanctions
from adapters.memory.searching import MemorySearchIndex
from adapters.memory.sessions import MemorySessions
from adapters.memory.site import MemorySite
from adapters.memory.store import Store
from adapters.memory.tags import MemoryTags
from adapters.memory.tallies import MemoryTallies
from adapters.memory.watching import MemoryWatches
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


class MemoryUnitOfWork:
    def __init__(self, store: Store, *, seconds: float | None = None) -> None:
        """Waits for its turn at most `seconds`. None waits as long as the store's turns say."""
        self._store = store
        self._turn = store.turns.turn(seconds=seconds)
        self.accounts: Accounts = MemoryAccounts(store)
        self.waiting_members: WaitingMembers = MemoryWaitingMembers(store)
        self.invitations: Invitations = MemoryInvitations(store)
        self.follows: Follows = MemoryFollows(store)
        self.mutes: Mutes = MemoryMutes(store)
        self.preferences: StoredPreferences = MemoryPreferences(store)
        self.posts: Posts = MemoryPosts(store)
        self.tags: Tags = MemoryTags(store)
        self.pictures: Pictures = MemoryPictures(store)
        self.comments: Comments = MemoryComments(store)
        self.post_likes: Likes = MemoryLikes(store, store.post_likes, store.posts)
        self.comment_likes: Likes = MemoryLikes(store, store.comment_likes, store.comments)
        self.bookmarks: Bookmarks = MemoryBookmarks(store)
        self.watches: Watches = MemoryWatches(store)
        self.tallies: Tallies = MemoryTallies(store)
        self.sessions: Sessions = MemorySessions(store)
        self.links: Links = MemoryLinks(store)
        self.moderation_log: ModerationLog = MemoryModerationLog(store)
        self.sanctions: Sanctions = MemorySanctions(store)
        self.appeals: Appeals = MemoryAppeals(store)
        self.cases: Cases = MemoryCases(store)
        self.reports: Reports = MemoryReports(store)
        self.reported_texts: ReportedTexts = MemoryReportedTexts(store)
        self.deleted: DeletedThings = MemoryDeletedThings(store)
        self.notifications: Notifications = MemoryNotifications(store)
        self.correspondence: Correspondences = MemoryCorrespondences(store)
        self.outbox: Outbox = MemoryOutbox(store)
        self.once: OnceKeys = MemoryOnceKeys(store)
        self.rendered_texts: RenderedTexts = MemoryRenderedTexts(store)
        self.counters: Counters = MemoryCounters(store)
        self.search_texts: SearchTexts = MemorySearchTexts(store)
        self.search_index: SearchIndex = MemorySearchIndex()
        self.incidents: Incidents = MemoryIncidents(store)
        self.flasky: BroughtThings = MemoryBroughtThings(store)
        self.records: Records = MemoryRecords(store)
        self.site: StoredSite = MemorySite(store)
        self.heartbeat: Heartbeat = MemoryHeartbeat(store)

    def __enter__(self) -> Self:
        self._turn.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.discard()
        self._turn.__exit__(None, None, None)

    def commit(self) -> None:
        self._store.commit()
