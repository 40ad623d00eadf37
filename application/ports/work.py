"""The unit of work, the clock, and the source of ids."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from application.ports.comments import Comments
from application.ports.credentials import Links
from application.ports.following import Follows
from application.ports.members import Accounts
from application.ports.moderation import ModerationLog
from application.ports.once import OnceKeys
from application.ports.outbox import Outbox
from application.ports.posts import Posts
from application.ports.sessions import Sessions
from application.ports.tallies import Tallies

Now = Callable[[], datetime]
NewId = Callable[[], int]


class UnitOfWork(Protocol):
    """A transaction. `commit` stores all changes. Leaving the `with` without `commit` stores none. Use each object for
    one `with` only."""

    accounts: Accounts
    follows: Follows
    posts: Posts
    comments: Comments
    tallies: Tallies
    sessions: Sessions
    links: Links
    moderation_log: ModerationLog
    outbox: Outbox
    once: OnceKeys

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def commit(self) -> None:
        """Raises TryAgain (serialization failure, deadlock). Raises AlreadyTaken or NotFound when the storage checks
        only now."""


OpenWork = Callable[[], UnitOfWork]
