"""A community in memory, with a clock and ids that the test owns. Tests act through use cases and read back."""

import dataclasses
import itertools
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.common_passwords import CommonPasswords
from adapters.letters import TemplateLetters
from adapters.markdown import InlineRenderer
from adapters.memory import feeds
from adapters.memory.catalogue import MemoryCatalogueFeeds
from adapters.memory.limits import MemoryLimits
from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.passwords import Argon2Hasher
from adapters.session_secrets import RandomSecrets
from adapters.tokens import JoseTokens
from application.access import Access
from application.addresses import Addresses
from application.comments import Comments
from application.feeds import MailCard, Viewer, Window
from application.following import Following
from application.joining import Joining
from application.leaving import Leaving
from application.members import Members
from application.moderation import Moderation
from application.once import MakeOnce
from application.outbox import Outbox
from application.passwords import Passwords
from application.ports import Letter, MailNotSent
from application.posts import Posts
from application.profiles import Profiles
from application.repeating import Repeat
from application.sessions import Sessions
from domain.accounts import Email
from domain.ids import make_id
from domain.roles import Reader, Role

PASSWORD = "a horse, a battery"
ALL = Window(100)
# Without a state of their own, and dear to make.
LETTERS = TemplateLetters(site_name="Chapbook", base_url="https://chapbook.example")
RENDERER = InlineRenderer()


class Postbox:
    """A mailer that keeps what it is given, and is away when told so."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.away = False

    def send(self, letter: Letter) -> None:
        if self.away:
            raise MailNotSent("the post office is closed")
        self.letters.append(letter)

    def newest_to(self, address: str) -> Letter:
        return [letter for letter in self.letters if letter.to == address][-1]


class CountingHasher(Argon2Hasher):
    """A real hasher, cheap, that also says how often it was asked."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, time=1)
        self.hashes = 0

    def hash(self, password: str) -> str:
        self.hashes += 1
        return super().hash(password)

    def verify(self, password: str, hashed: str | None) -> bool:
        self.hashes += 1
        return super().verify(password, hashed)


class Community:
    """Everything that the container wires, on one store."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.store = Store()
        self.postbox = Postbox()
        self.renderer = SimpleNamespace(post=RENDERER.post, comment=RENDERER.comment)
        self.hasher = CountingHasher()
        self.units_of_work = 0
        tokens = JoseTokens("a key for tests: 5f1c3b7e9d2a4860b1c8")
        counter = itertools.count()
        self.limits = MemoryLimits()
        shared: dict[str, Any] = {
            "repeat": Repeat(self._open_work),
            "now": lambda: self.time,
            "new_id": lambda: make_id(self.time, next(counter)),
            "passwords": self.hasher,
            "common_passwords": CommonPasswords(),
            "tokens": tokens,
            "secrets": RandomSecrets(),
            "limits": self.limits,
            "administrator": Email("admin@example.com"),
            "is_open": True,
            "renderer": self.renderer,
            "readers": feeds.MemorySessionFeeds(self.store),
            "members": feeds.MemoryMemberFeeds(self.store),
            "letters": LETTERS,
            "mailer": self.postbox,
        }

        def made(use_cases: Any, **more: object) -> Any:
            wanted = (field.name for field in dataclasses.fields(use_cases))
            return use_cases(**{name: (shared | more)[name] for name in wanted})

        shared["make_once"] = made(MakeOnce)
        post_feeds = feeds.MemoryPostFeeds(self.store)
        self.joining = made(Joining)
        self.sessions = made(Sessions)
        self.passwords = made(Passwords)
        self.addresses = made(Addresses)
        self.profiles = made(Profiles)
        self.members = made(Members)
        self.leaving = made(Leaving)
        self.following = made(
            Following, people=feeds.MemoryPeopleFeeds(self.store), catalogue=MemoryCatalogueFeeds(self.store)
        )
        self.posts = made(Posts)
        self.comments = made(Comments, posts=post_feeds)
        self.moderation = made(
            Moderation,
            feeds=feeds.MemoryModerationFeeds(self.store),
            catalogue=MemoryCatalogueFeeds(self.store),
        )
        self.access = made(Access)
        self.outbox = made(Outbox, feeds=feeds.MemoryOutboxFeeds(self.store))
        self.post_feeds = post_feeds
        self.comment_feeds = feeds.MemoryCommentFeeds(self.store)
        self.people = feeds.MemoryPeopleFeeds(self.store)
        self.session_feeds = feeds.MemorySessionFeeds(self.store)
        self.member_feeds = feeds.MemoryMemberFeeds(self.store)
        self.tokens = tokens

    def _open_work(self) -> MemoryUnitOfWork:
        self.units_of_work += 1
        return self.open_work()

    def open_work(self) -> MemoryUnitOfWork:
        """Tests may put another one in its place."""
        return MemoryUnitOfWork(self.store)

    def outbox_rows(self) -> tuple[MailCard, ...]:
        return self.outbox.feeds.latest(ALL).items

    def pass_time(self, **parts: float) -> None:
        self.time += timedelta(**parts)

    def register(self, name: str, *, password: str = PASSWORD) -> None:
        """An account that is not confirmed yet; its mail is delivered."""
        self.joining.register(
            client=f"the house of {name}", email=f"{name}@example.com", username=name, password=password
        )
        self.deliver()

    def join(self, name: str, role: Role = Role.USER) -> int:
        """A confirmed member's id."""
        self.register(name)
        self.joining.confirm(token=self.token_to(f"{name}@example.com"))
        self.deliver()
        if role is not Role.USER:
            self.members.set_standing(username=name, role=role)
        return self.people.profile(name, None).id

    def deliver(self) -> None:
        while self.outbox.deliver_next():
            pass

    def token_to(self, address: str) -> str:
        """The token in the link that was mailed last to this address."""
        found = re.search(r"/(?:confirm|reset|settings/email)/(\S+)", self.postbox.newest_to(address).text)
        assert found, "there is no link in that mail"
        return found[1]

    def sign_in(self, name: str, *, password: str = PASSWORD, remember: bool = False) -> str:
        """The secret of a new session."""
        return self.sessions.sign_in(
            client=f"the house of {name}", email=f"{name}@example.com", password=password, remember=remember
        )

    def viewer(self, secret: str) -> Viewer | None:
        return self.session_feeds.viewer(RandomSecrets().hash(secret), self.time)

    def reader(self, name: str) -> Reader:
        return self.session_feeds.reader(self.people.profile(name, None).id)


@pytest.fixture
def community() -> Community:
    return Community()
