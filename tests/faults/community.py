"""A running site with members who write, and the question whether it has kept everything."""

import contextlib
import os
import signal
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.api.running import Running, running
from tests.faults.client import Reply, ask
from tests.faults.extent import PATIENCE
from tests.faults.ledger import by_mark
from tests.faults.state import faults_in
from tests.faults.writers import ROOT, Member, Writers

PASSWORD = "a horse, a battery"
WRITERS = 8


@dataclass(slots=True)
class Community:
    server: Running
    database: str
    members: list[Member] = field(default_factory=list)
    anchor: str = ""

    @property
    def url(self) -> str:
        return self.server.environment["CHAPBOOK_DATABASE_URL"]

    def writers(self) -> Writers:
        return Writers(self.server.port, self.members, self.anchor)

    def get(self, path: str, member: Member | None = None) -> Any:
        reply = ask(self.server.port, "GET", ROOT + path, headers=(member or self.members[0]).headers)
        assert reply.status == 200, (path, reply)
        return reply.json

    def look(self, path: str) -> Reply:
        return ask(self.server.port, "GET", path)

    def texts(self) -> Iterator[str]:
        for path, name in (("/posts/?limit=100", "posts"), ("/comments/?limit=100", "comments")):
            page: str | None = path
            while page is not None:
                told = self.get(page)
                yield from (thing["body"] for thing in told[name])
                page = told["next"] and told["next"].partition(ROOT)[2]

    def faults(self, writers: Writers) -> list[str]:
        """What is lost, doubled or wrong, after the writers have ended."""
        texts = by_mark(text for text in self.texts() if text.startswith(writers.mark))
        known = {thing.mark for writer in writers.all for thing in writer.ledger.things}
        found = [f"nobody wrote {mark}" for mark in texts.keys() - known]
        for writer in writers.all:
            name = writer.ledger.follower
            followed = [user["username"] for user in self.get(f"/users/{name}/following/?limit=100")["users"]]
            found += writer.ledger.faults(texts, followed)
        return found + writers.wrong + faults_in(self.url)

    def publish(self, member: Member) -> str:
        """The path of a new post. It may have to wait for its turn."""
        told: list[Reply] = []

        def is_there() -> bool:
            told.append(ask(self.server.port, "POST", f"{ROOT}/posts/", {"body": "Soup."}, headers=member.headers))
            return told[-1].status == 201

        happens(is_there)
        return str(told[-1].json["url"]).partition(ROOT)[2]

    def join(self, name: str) -> Member:
        """In this process: a command takes half a second to start."""
        with self.container() as container:
            container.members().create(email=f"{name}@example.com", username=name, password=PASSWORD, confirmed=True)
        proof = b64encode(f"{name}@example.com:{PASSWORD}".encode()).decode()
        told = ask(self.server.port, "POST", f"{ROOT}/tokens/", headers={"Authorization": f"Basic {proof}"})
        return Member(name, told.json["token"])

    @contextlib.contextmanager
    def container(self) -> Iterator[Container]:
        container = Container(settings=load_settings(self.server.environment, None))
        try:
            yield container
        finally:
            container.storage().close()

    def processes(self, word: str) -> list[int]:
        """The children of the server: `web` or `mail`."""
        wanted = word == "mail"
        return [pid for pid, told in _children(self.server.process.pid) if ("worker" in told.split("\0")) == wanted]

    def kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def await_another(self, word: str, killed: int) -> float:
        """The seconds until another process has taken the place of the killed one."""

        def is_replaced() -> bool:
            found = self.processes(word)
            return killed not in found and len(found) == (1 if word == "mail" else 2)

        return happens(is_replaced)

    def await_answer(self, path: str = "/readyz") -> float:
        """The seconds until this is answered with 200."""
        return happens(lambda: self.look(path).status == 200)


def _children(pid: int) -> Iterator[tuple[int, str]]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                yield int(status.parent.name), (status.parent / "cmdline").read_text()


def happens(is_true: Callable[[], object]) -> float:
    """The seconds until it is true."""
    began_at = time.monotonic()
    while not is_true():
        assert time.monotonic() - began_at < PATIENCE, "this never happens"
        time.sleep(0.01)
    return time.monotonic() - began_at


@contextlib.contextmanager
def community_on(
    database: str, folder: Path, url: str, writers: int = WRITERS, before: tuple[str, ...] = (), /, **settings: str
) -> Iterator[Community]:
    settings = {
        "CHAPBOOK_DATABASE_URL": url,
        "CHAPBOOK_WORKERS": "2",
        "CHAPBOOK_THREADS": "8",
        "CHAPBOOK_RATE_LIMITS": "off",
        **settings,
    }
    with running(folder, before, **settings) as server:
        found = Community(server, database)
        found.members = [found.join(f"writer{number}") for number in range(writers)]
        if writers:
            found.anchor = found.publish(found.members[0])
        yield found
