"""A community in memory, with a clock and ids that the test owns. Tests act through use cases and read back."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.letters import TemplateLetters
from adapters.memory.storage import memory_storage
from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.session_secrets import RandomSecrets
from application.ports.outbox import JobCard
from application.ports.paging import Window
from application.ports.sessions import Viewer
from domain.joining import Registration
from domain.roles import Reader, Role
from domain.site import Site, SiteText
from tests.doubles import (
    BEGINNING,
    RENDERER,
    CountingHasher,
    NotedMeter,
    PaintedPictures,
    Postbox,
    QuietMachine,
    rising_ids,
    settings_with,
    wired,
)

PASSWORD = "a horse, a battery"
ALL = Window(100)
# Without a state of their own, and dear to make.
LETTERS = TemplateLetters(site_name=lambda: "Chapbook", base_url="https://chapbook.example")
SETTINGS = settings_with(
    admin_email="admin@example.com", error_mail_to="oncall@example.com", base_url="https://chapbook.example"
)


class Community:
    """The capabilities and the feeds as the container wires them, by their names there, on one store in memory."""

    def __init__(self) -> None:
        self.time: datetime = BEGINNING
        self.store = Store()
        self.postbox = Postbox()
        self.machine = QuietMachine()
        self.renderer = SimpleNamespace(post=RENDERER.post, comment=RENDERER.comment, version=RENDERER.version)
        self.hasher = CountingHasher()
        self.picture_maker = PaintedPictures()
        self.meter = NotedMeter()
        self.units_of_work = 0
        self._container = wired(
            SETTINGS,
            storage=replace(memory_storage(self.store), unit_of_work=self._open_work),
            now=lambda: self.time,
            new_id=rising_ids(lambda: self.time),
            hasher=self.hasher,
            picture_maker=self.picture_maker,
            meter=self.meter,
            renderer=self.renderer,
            letters=LETTERS,
            mailer=self.postbox,
            machine=self.machine,
        )

    def __getattr__(self, name: str) -> Any:
        storage = self._container.storage()
        return getattr(storage, name) if name.endswith("_feeds") else getattr(self._container, name)()

    def _open_work(self, **_: bool) -> MemoryUnitOfWork:
        self.units_of_work += 1
        return self.open_work()

    def open_work(self) -> MemoryUnitOfWork:
        """Tests may put another one in its place."""
        return MemoryUnitOfWork(self.store)

    def outbox_rows(self) -> tuple[JobCard, ...]:
        return self.outbox_feeds.latest(ALL).items

    def pass_time(self, **parts: float) -> None:
        self.time += timedelta(**parts)

    def stands_in(self, mode: Registration) -> None:
        """From now on the site has this mode, as after a restart."""
        self._container.first_site.override(Site(text=SiteText(name="Chapbook", registration=mode)))
        self._container.reset_singletons()

    def give_room(self, size: int) -> None:
        """From now on a member may store so many bytes of pictures. What was stored stays."""
        files = self.picture_files
        self._container.picture_room.override(size)
        self._container.picture_files.override(files)
        self._container.pictures.reset()

    def register(self, name: str, *, password: str = PASSWORD, **more: str) -> None:
        """An account that is not confirmed yet; its mail is delivered."""
        self.joining.register(
            client=f"the house of {name}", email=f"{name}@example.com", username=name, password=password, **more
        )
        self.deliver()

    def join_as_member(self, name: str, role: Role = Role.USER) -> int:
        """A confirmed member's id, whatever the mode is."""
        made: int = self.members.create(
            email=f"{name}@example.com", username=name, password=PASSWORD, role=role, confirmed=True
        )
        return made

    def join(self, name: str, role: Role = Role.USER) -> int:
        """A confirmed member's id."""
        self.register(name)
        self.joining.confirm(token=self.token_to(f"{name}@example.com"))
        self.deliver()
        if role is not Role.USER:
            self.members.set_standing(username=name, role=role)
            self.deliver()
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
        ).secret

    def viewer(self, secret: str) -> Viewer | None:
        return self.session_feeds.viewer(RandomSecrets().hash(secret), self.time)

    def reader(self, name: str) -> Reader:
        return self.session_feeds.reader(self.people_feeds.profile(None, name).id, self.time)


@pytest.fixture
def community() -> Community:
    return Community()
