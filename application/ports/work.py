"""The unit of work, the clock, and the source of ids."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

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

Now = Callable[[], datetime]
NewId = Callable[[], int]

# In seconds. All tries of a unit of work together take at most IN_ALL, all waiting in one of them at most ONE_TRY.
IN_ALL = 5.0
ONE_TRY = 3.5


class UnitOfWork(Protocol):
    """A transaction. `commit` stores all changes. Leaving the `with` without `commit` stores none. Use each object for
    one `with` only."""

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

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def commit(self) -> None:
        """Raises TryAgain (serialization failure, deadlock). Raises AlreadyTaken or NotFound when the storage checks
        only now."""


class OpenWork(Protocol):
    def __call__(self, *, reading: bool = False, patient: bool = True) -> UnitOfWork:
        """A unit of work waits for others when it is entered, at most `ONE_TRY` seconds. It raises TryAgain past them,
        and Overloaded at once when too many wait already. One for `reading` only does not wait for writers, unless the
        storage has one lock for all. One that is not `patient` raises TryAgain instead of waiting at all."""
