"""A community in memory, with a clock and ids that the test owns. Tests act through use cases and read back."""

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import pytest
from dependency_injector import providers

from adapters.letters import TemplateLetters
from adapters.markdown import InlineRenderer
from adapters.memory.storage import memory_storage
from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.passwords import Argon2Hasher
from adapters.session_secrets import RandomSecrets
from application.ports.mailing import Letter, MailNotSent
from application.ports.outbox import JobCard
from application.ports.paging import Window
from application.ports.sessions import Viewer
from domain.ids import make_id
from domain.roles import Reader, Role
from entrypoints.container import Container
from entrypoints.settings import load_settings

PASSWORD = "a horse, a battery"
ALL = Window(100)
# Without a state of their own, and dear to make.
LETTERS = TemplateLetters(site_name="Chapbook", base_url="https://chapbook.example")
RENDERER = InlineRenderer()
SETTINGS = load_settings(
    environ={
        "CHAPBOOK_ENV": "development",
        "CHAPBOOK_STORAGE": "memory",
        "CHAPBOOK_SECRET_KEY": token_hex(32),
        "CHAPBOOK_ADMIN_EMAIL": "admin@example.com",
        "CHAPBOOK_BASE_URL": "https://chapbook.example",
    },
    dotenv=None,
)


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
    """The capabilities and the feeds as the container wires them, by their names there, on one store in memory."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.store = Store()
        self.postbox = Postbox()
        self.renderer = SimpleNamespace(post=RENDERER.post, comment=RENDERER.comment)
        self.hasher = CountingHasher()
        self.units_of_work = 0
        counter = itertools.count()
        self._container = Container(settings=SETTINGS)
        for name, adapter in {
            "storage": replace(memory_storage(self.store), unit_of_work=self._open_work),
            "now": lambda: self.time,
            "new_id": lambda: make_id(self.time, next(counter)),
            "hasher": self.hasher,
            "renderer": self.renderer,
            "letters": LETTERS,
            "mailer": self.postbox,
        }.items():
            getattr(self._container, name).override(providers.Object(adapter))

    def __getattr__(self, name: str) -> Any:
        storage = self._container.storage()
        return getattr(storage, name) if name.endswith("_feeds") else getattr(self._container, name)()

    def _open_work(self) -> MemoryUnitOfWork:
        self.units_of_work += 1
        return self.open_work()

    def open_work(self) -> MemoryUnitOfWork:
        """Tests may put another one in its place."""
        return MemoryUnitOfWork(self.store)

    def outbox_rows(self) -> tuple[JobCard, ...]:
        return self.outbox_feeds.latest(ALL).items

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
        return self.people_feeds.profile(None, name).id

    def deliver(self) -> None:
        while self.jobs.run_next():
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
        return self.session_feeds.reader(self.people_feeds.profile(None, name).id)


@pytest.fixture
def community() -> Community:
    return Community()
