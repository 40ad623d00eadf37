"""What the core drives. Repositories speak like collections; `get` raises NotFound, `find` answers None.

A repository lives inside one unit of work and hands out copies: what is changed and not saved is lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import TracebackType
from typing import Protocol, Self

from domain.accounts import Account
from domain.comments import Comment
from domain.display import Language
from domain.following import Follow
from domain.limits import RateLimit
from domain.links import Link, Purpose
from domain.moderation import LogEntry
from domain.once import Once
from domain.outbox import Kind, Mail
from domain.posts import Post
from domain.sessions import Session

Now = Callable[[], datetime]
NewId = Callable[[], int]


class Accounts(Protocol):
    """Members, the deleted ones included (their names and addresses stay reserved)."""

    def get(self, account_id: int) -> Account: ...
    def find_by_username(self, key: str) -> Account | None:
        """`key` is `Username.key`."""

    def find_by_email(self, key: str) -> Account | None:
        """`key` is `Email.key`."""

    def add(self, account: Account) -> bool:
        """False, and nothing added, when the address is another's already: both ways cost the same.
        Raises AlreadyTaken("username")."""

    def save(self, account: Account) -> None:
        """Raises AlreadyTaken, and TryAgain when somebody saved it in the meantime. Counters are not touched."""

    def lock_administrators(self) -> list[int]:
        """Ids of all who can administer now (role, confirmed, enabled), held until the end of this unit of work."""


class Follows(Protocol):
    """Who reads whom; a pair is there once."""

    def add(self, follow: Follow) -> bool:
        """False when the pair is there already. Raises NotFound when one of the two is not."""

    def remove(self, follower_id: int, followed_id: int) -> bool:
        """False when there was no such pair."""

    def some_of(self, account_id: int, limit: int) -> list[Follow]:
        """Any follows in which the account takes part, on either side."""


class Posts(Protocol):
    def get(self, post_id: int) -> Post: ...
    def lock(self, post_id: int) -> Post:
        """Like `get`, and nobody else changes it or comments below it until the end of this unit of work."""

    def add(self, post: Post) -> None: ...
    def save(self, post: Post) -> None:
        """Stores the next version and puts its number on `post`. Raises Changed when another one was stored first."""

    def remove(self, post_id: int) -> None:
        """Its comments go with it."""

    def some_of(self, author_id: int, limit: int) -> list[int]:
        """Ids of any posts of this author."""


class Comments(Protocol):
    def get(self, comment_id: int) -> Comment: ...
    def add(self, comment: Comment) -> None:
        """Raises NotFound when the post is gone."""

    def save(self, comment: Comment) -> None:
        """As `Posts.save`."""

    def remove(self, comment_id: int) -> bool:
        """False when it was gone already."""

    def some_of(self, author_id: int, limit: int) -> list[Comment]:
        """Any comments of this author."""

    def count_by_author(self, post_id: int) -> dict[int, int]:
        """Author ids, each with how many comments below this post are theirs."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What to add to an account's counters; all may be negative."""

    posts: int = 0
    comments: int = 0
    followers: int = 0
    following: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            posts=self.posts + other.posts,
            comments=self.comments + other.comments,
            followers=self.followers + other.followers,
            following=self.following + other.following,
        )


class Total(Enum):
    """What the whole site counts."""

    POSTS = "posts"
    COMMENTS = "comments"
    LOG_ENTRIES = "log_entries"


class Tallies(Protocol):
    """Counters kept in the commit of the write (`n = n + 1`); touch them last, so that their locks are short."""

    def add(self, changes: Mapping[int, Tally]) -> None:
        """By account id; applied in the order of ids, so that two units of work cannot deadlock."""

    def add_comments(self, post_id: int, count: int) -> None:
        """To the counter of a post."""

    def add_to_site(self, changes: Mapping[Total, int], *, shard_of: int) -> None:
        """To the site's totals. Each is a few counters, so that writers do not wait for one another; `shard_of` is an
        id, any, that picks which of them."""


class Sessions(Protocol):
    def get(self, session_id: int) -> Session: ...
    def add(self, session: Session) -> None: ...
    def note_visit(self, session_id: int, at: datetime) -> None:
        """Stores when the session and its account were last seen. Does nothing when the session is gone."""

    def remove(self, session_id: int) -> None:
        """Does nothing when it is gone already."""

    def remove_all_of(self, account_id: int) -> None:
        """Ends every session of this account."""

    def remove_idle(self, before: datetime) -> None:
        """Ends those not seen since."""


class Links(Protocol):
    """The newest mailed link of each account and purpose."""

    def put(self, link: Link) -> None:
        """Replaces an older link of the same account and purpose."""

    def find(self, account_id: int, purpose: Purpose) -> Link | None: ...
    def spend(self, link: Link) -> None:
        """Raises LinkExpired unless exactly this link was still there: of two who spend it, one wins."""

    def remove_all_of(self, account_id: int, purpose: Purpose | None = None) -> None:
        """With a purpose, only those that serve it."""


class ModerationLog(Protocol):
    def add(self, entry: LogEntry) -> None: ...


class Outbox(Protocol):
    def add(self, mail: Mail) -> None: ...
    def get(self, mail_id: int) -> Mail: ...
    def claim(self, at: datetime) -> Mail | None:
        """A mail that waits, is due and that no worker holds, the longest due first; locked until the end of this
        unit of work, in which the caller leases and saves it. Two workers are never given the same."""

    def save(self, mail: Mail) -> None: ...
    def remove_done(self, before: int) -> None:
        """Those sent, dropped or given up, with an id below `before`."""


class OnceKeys(Protocol):
    """What was made under a key that its client chose, so that asking twice makes one."""

    def find(self, owner_id: int, key: str) -> Once | None: ...
    def add(self, once: Once) -> None:
        """Raises TryAgain when another unit of work was first: the next try finds what it made."""

    def remove_older(self, before: datetime) -> None: ...


class UnitOfWork(Protocol):
    """All or nothing: `commit` stores everything, leaving without it stores nothing. Good for one `with` only."""

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
        """Raises TryAgain (serialization, deadlock), AlreadyTaken or NotFound where the storage finds out only now."""


OpenWork = Callable[[], UnitOfWork]


class Limits(Protocol):
    """Rate limits that hold across processes where they guard a password or a mailbox."""

    def check(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        """Raises TooOften if one of these keys is used up. Counts nothing."""

    def take(self, wanted: Mapping[str, RateLimit], at: datetime) -> int:
        """Counts one under each key, or none and raises TooOften, in one step of its own. Answers how many more there
        may be right now."""

    def give_back(self, wanted: Mapping[str, RateLimit], at: datetime) -> None:
        """Takes back what `take` counted at the same moment: it was no failure after all."""

    def forget_stale(self, at: datetime) -> None:
        """Drops what no rule counts any more."""


class PasswordHasher(Protocol):
    """Slow on purpose: call it outside a unit of work. At most as many at once as there are cores."""

    def hash(self, password: str) -> str:
        """`password` is in NFC, of 8 to 128 characters."""

    def verify(self, password: str, hashed: str | None) -> bool:
        """Never raises, whatever the two hold; without a hash it takes as long and answers False."""

    def is_outdated(self, hashed: str) -> bool:
        """Whether a new hash of the same password would be better."""


class CommonPasswords(Protocol):
    def __contains__(self, password: object) -> bool: ...


class SessionSecrets(Protocol):
    """What a browser holds, and what the store holds of it."""

    def new(self) -> str:
        """At least 128 bits of randomness, safe in a cookie."""

    def hash(self, secret: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine, unexpired token says. `subject` is an account id."""

    subject: int
    purpose: Purpose
    token_id: str


class Tokens(Protocol):
    """Signed tokens that serve one purpose each."""

    def new_id(self) -> str:
        """128 random bits as text."""

    def issue(self, claims: Claims, *, at: datetime) -> str:
        """Valid from `at` for `Purpose.lifetime`."""

    def read(self, token: str, purpose: Purpose, *, at: datetime) -> Claims:
        """Raises LinkExpired for anything but a genuine token of this purpose, in its own spelling, in its time."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitized HTML; `excerpt_html` is its opening, shortened, and `cut` says that more follows."""

    html: str
    excerpt_html: str
    cut: bool


class Renderer(Protocol):
    """The one way from Markdown to HTML. Slow and bounded: call it outside a unit of work."""

    def post(self, body: str) -> Rendered:
        """Raises Invalid("body", "too_complex") for a text that takes too long."""

    def comment(self, body: str) -> str:
        """Sanitized HTML without headings, tables or footnotes. Raises as `post`."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to send: subject without line breaks, the same words as text and as HTML."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str


class Letters(Protocol):
    """Words for each kind of mail."""

    def write(
        self, kind: Kind, *, to: str, mail_id: int, language: Language, username: str, token: str | None
    ) -> Letter:
        """`username` is that of the account it is about; `token` goes into the link, where there is one.
        The same `mail_id` always gives the same Message-ID."""


class MailNotSent(Exception):
    """The mail did not leave; its text is one line for the administrator, without secrets."""


class Mailer(Protocol):
    def send(self, letter: Letter) -> None:
        """Returns when the next hop took it. Raises MailNotSent; never waits longer than a lease."""
