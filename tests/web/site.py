"""A site to visit: the real application on some storage, with a clock, ids and a mailbox that the test owns."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, select

from adapters.memory.storage import memory_storage
from adapters.memory.store import Store
from adapters.sql.engine import Database
from adapters.sql.storage import sql_storage
from adapters.sql.tables import metadata
from application.ports.overview import MachineState
from application.preferences import unsubscribe_token
from domain.joining import Admission
from domain.roles import Role
from entrypoints.app import create_app
from entrypoints.container import Container
from entrypoints.observing import statement_observer
from entrypoints.storage_faults import FaultLog
from tests.doubles import (
    BEGINNING,
    RENDERER,
    CountingHasher,
    PaintedPictures,
    Postbox,
    QuietMachine,
    rising_ids,
    settings_with,
    wired,
)
from tests.executed import unprepared
from tests.web.browser import Browser, Page

BASE_URL = "http://chapbook.example"
PASSWORD = "a horse, a battery"
ADMIN_EMAIL = "ada@example.com"
# Written by a limiter that counts also what is refused, so no sign of a change.
_NOT_STORED = frozenset({"rate_limits", "alembic_version"})


class Site:
    """`given` are settings by their field's name; `prepare` may put other adapters in. Ids rise with every one that is
    made, whatever the clock does."""

    def __init__(self, prepare: Callable[[Container], object] | None = None, **given: str) -> None:
        self.settings = settings_with(**{"base_url": BASE_URL, "admin_email": ADMIN_EMAIL} | given)
        self.store = Store()
        self.database: Database | None = None
        if self.settings.storage == "sql":
            self.database = Database(
                self.settings.database_url,
                pool_size=self.settings.threads + 2,
                complain=FaultLog().complain,
                observers=[statement_observer(slow_ms=self.settings.slow_query_ms)],
            )
        self.hasher = CountingHasher()
        self.postbox = Postbox()
        self.machine = QuietMachine()
        self.container = wired(
            self.settings,
            storage=memory_storage(self.store) if self.database is None else sql_storage(self.database),
            now=lambda: self.time,
            new_id=self.new_id,
            hasher=self.hasher,
            picture_maker=PaintedPictures(),
            renderer=RENDERER,
            mailer=self.postbox,
            machine=self.machine,
        )
        if prepare is not None:
            prepare(self.container)
        self._begin()
        self.app = create_app(self.container)

    def _begin(self) -> None:
        self.time: datetime = BEGINNING
        self.postbox.letters.clear()
        self.postbox.away, self.postbox.refusal = False, None
        self.machine.state = MachineState()
        self.container.jobs.reset()
        self.container.current_site().forget()
        self._ids = rising_ids(lambda: self.time)
        self.members: dict[str, int] = {}

    def new_id(self) -> int:
        return self._ids()

    def reset(self) -> None:
        """Back to the beginning: an empty storage and unused rate limits."""
        self._begin()
        if self.settings.rate_limits == "on":
            self.container.limits().forget_stale(BEGINNING + timedelta(days=36_500))
        if self.database is None:
            for table in self.store.tables():
                table.committed.clear()
            return
        with self.database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
            connection.commit()

    def close(self) -> None:
        self.container.storage().close()

    def pass_time(self, **parts: float) -> None:
        self.time += timedelta(**parts)

    def browser(self, name: str | None = None, **options: Any) -> Browser:
        """A browser, signed in if a member is named."""
        found = Browser(self.app, base_url=options.pop("base_url", self.settings.base_url), **options)
        if name is not None:
            page = found.sign_in(f"{name}@example.com", PASSWORD)
            assert page.status == 303, f"{name} cannot sign in: {page.status}"
        return found

    def join(self, name: str, role: Role = Role.USER, *, confirmed: bool = True) -> int:
        self.members[name] = self.container.members().create(
            email=f"{name}@example.com", username=name, password=PASSWORD, role=role, confirmed=confirmed
        )
        return self.members[name]

    def let_wait(self, name: str, why: str = "I like soup.") -> None:
        """As somebody does who has confirmed the address where a moderator admits the members."""
        with self.container.storage().unit_of_work() as work:
            account = work.accounts.lock(self.members[name])
            account.admission, account.why = Admission.APPROVAL, why
            work.accounts.save(account)
            work.commit()

    def invite(self, name: str, people: int = 1) -> int:
        invitation_id: int = self.container.invitations().make(actor_id=self.members[name], people=people)
        return invitation_id

    def post(
        self, name: str, body: str = "Soup is a kind of hope.", title: str = "", *, tags: Sequence[str] = ()
    ) -> int:
        """A minute later, so that no rate limit is reached."""
        self.pass_time(minutes=1)
        author_id = self.members[name]
        post_id: int = self.container.posts().publish(actor_id=author_id, title=title, body=body, tags=tags)
        return post_id

    def comment(self, name: str, post_id: int, body: str = "With *leeks*, I hope.") -> int:
        self.pass_time(seconds=21)
        comment_id: int = self.container.comments().write(actor_id=self.members[name], post_id=post_id, body=body)
        return comment_id

    def picture(self, name: str, size: str = "1600x900", alt: str = "") -> int:
        """For posts."""
        sent: int = self.container.pictures().send(actor_id=self.members[name], sent=size.encode(), alt=alt)
        return sent

    def portray(self, name: str, size: str = "600x800") -> int:
        shown: int = self.container.pictures().portray(actor_id=self.members[name], sent=size.encode())
        return shown

    def hide(self, name: str, comment_id: int, reason: str = "Not about soup.") -> None:
        self.container.moderation().hide(actor_id=self.members[name], comment_id=comment_id, reason=reason)

    def follow(self, name: str, followed: str) -> None:
        self.container.following().follow(actor_id=self.members[name], username=followed)

    def like(self, name: str, post_id: int) -> None:
        self.container.liking().like_post(actor_id=self.members[name], post_id=post_id)

    def like_comment(self, name: str, comment_id: int) -> None:
        self.container.liking().like_comment(actor_id=self.members[name], comment_id=comment_id)

    def bookmark(self, name: str, post_id: int) -> None:
        self.container.bookmarks().add(actor_id=self.members[name], post_id=post_id)

    def watch(self, name: str, post_id: int) -> None:
        self.container.watching().watch(actor_id=self.members[name], post_id=post_id)

    def mute(self, name: str, other: str) -> None:
        self.container.muting().mute(actor_id=self.members[name], username=other)

    def block(self, name: str, other: str) -> None:
        self.container.muting().block(actor_id=self.members[name], username=other)

    def deliver(self) -> None:
        while self.container.jobs().run_next():
            pass

    def unsubscribe_link_of(self, name: str) -> str:
        """The path of the link in every mail that this member can switch off."""
        with self.container.storage().unit_of_work(reading=True) as work:
            account = work.accounts.get(self.members[name])
        return f"/unsubscribe/{unsubscribe_token(self.container.tokens(), account, at=self.time)}"

    def link_to(self, address: str) -> str:
        """The path of the link that was mailed last to this address."""
        self.deliver()
        found = re.search(r"(/(?:confirm|reset|settings/email)/\S+)", self.postbox.to(address)[-1].text)
        assert found, "there is no link in that mail"
        return found[1]

    def dump(self) -> dict[str, object]:
        """All that is stored, to be compared."""
        if self.database is None:
            return {str(number): dict(table.committed) for number, table in enumerate(self.store.tables())}
        with self.database.engine.connect() as connection:
            return {
                name: sorted(map(tuple, connection.execute(select(table))), key=repr)
                for name, table in metadata.tables.items()
                if name not in _NOT_STORED
            }

    @contextmanager
    def unchanged(self, what: str = "") -> Iterator[None]:
        before = self.dump()
        yield
        assert self.dump() == before, f"something was stored: {what}"

    @contextmanager
    def counting_statements(self, *, also_of_site: bool = False) -> Iterator[list[str]]:
        """The statements that the database is asked in between, without the one in five seconds that a process asks for
        the words of the site, unless that is wanted."""
        asked: list[str] = []
        assert self.database is not None
        if not also_of_site:
            self.container.current_site()()
        engine = self.database.engine

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            with unprepared(self.database):
                yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)


def profile_of(page: Page) -> dict[str, str]:
    """The counts on a person's page, by their word."""
    facts = page.only(".//p[@class='facts counts']")
    return {words[-1].rstrip("s"): words[0] for part in facts for words in [page.text_of(part).split()]}
