"""Members who publish, comment, edit, delete and follow over the API until told to stop, and keep a ledger of it."""

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, cycle
from types import TracebackType
from typing import Any, Self

from tests.faults.client import Reply, ask
from tests.faults.extent import PATIENCE
from tests.faults.ledger import Ledger, Thing

ROOT = "/api/v1"
# How often somebody whose answer was lost does not ask again.
_GIVES_UP = 0.2
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Writer:
    """One member in one thread. A write whose answer is lost or refused is sent again, with the same key."""

    def __init__(self, port: int, member: Member, others: Sequence[str], anchor: str, run: str) -> None:
        self.ledger = Ledger(member.name)
        self.replies: list[Reply] = []
        self.wrong: list[str] = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, name=member.name, daemon=True)
        self._port, self._member, self._others, self._anchor = port, member, cycle(others), anchor
        self._marks = (f"m-{run}-{member.name}-{number}" for number in count())

    def _run(self) -> None:
        try:
            while not self.stopped.is_set():
                post = self._make("post", "/posts/")
                for path in (f"{post.url}/comments/" if post.url else "", f"{self._anchor}/comments/"):
                    comment = self._make("comment", path) if path else post
                    self._edit(comment)
                self._delete(self._make("comment", f"{self._anchor}/comments/"))
                self._edit(post)
                self._follow(next(self._others))
                self._delete(self._make("post", "/posts/"))
        except Exception as error:  # noqa: BLE001 - the test fails with it, not only this thread
            self.wrong.append(repr(error))

    def _make(self, kind: str, path: str) -> Thing:
        thing = Thing(path, next(self._marks))
        self.ledger.things.append(thing)
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        reply = self._send(kind, "POST", path, {"body": thing.text()}, headers)
        if reply is not None:
            thing.url = reply.json["url"].partition(ROOT)[2]
            thing.acknowledged = 0
        return thing

    def _edit(self, thing: Thing) -> None:
        if thing.url and not thing.is_deletion_asked:
            thing.asked += 1
            if self._send("edit", "PUT", thing.url, {"body": thing.text()}) is not None:
                thing.acknowledged = thing.asked

    def _delete(self, thing: Thing) -> None:
        if thing.url:
            thing.is_deletion_asked = True
            thing.is_deleted = self._send("deletion", "DELETE", thing.url) is not None

    def _follow(self, name: str) -> None:
        state = self.ledger.follows[name]
        state.asked = not state.acknowledged
        if self._send("follow", "PUT" if state.asked else "DELETE", f"/users/{name}/follow") is not None:
            state.acknowledged = state.asked

    def _send(
        self, kind: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Reply | None:
        """The acknowledgement. None when the answer was lost, and nobody asked again."""
        end = time.monotonic() + 2 * PATIENCE
        may_be_done = False
        while time.monotonic() < end:
            reply = ask(self._port, method, ROOT + path, body, headers=self._member.headers | (headers or {}))
            self.replies.append(reply)
            if 200 <= reply.status < 300 or (method == "DELETE" and reply.status == 404 and may_be_done):
                self.ledger.counts[kind] += 1
                return reply
            if reply.status not in (503, 0, -1):
                self.wrong.append(f"{method} {path} {reply.status} {reply.content[:300]!r}")
                return None
            may_be_done = may_be_done or reply.status != -1
            if reply.status == 0 and random.random() < _GIVES_UP:
                return None
            time.sleep(_PAUSE)
        self.wrong.append(f"{method} {path} was not answered in {2 * PATIENCE:g} s")
        return None


class Writers:
    """One for each member. They write as long as the `with` lasts, and then bring what they have begun to its end."""

    def __init__(self, port: int, members: Sequence[Member], anchor: str) -> None:
        run = secrets.token_hex(4)
        names = [member.name for member in members]
        self.mark = f"m-{run}-"
        self.all = [
            Writer(port, member, [name for name in names if name != member.name], anchor, run) for member in members
        ]

    @property
    def acknowledged(self) -> int:
        return sum(sum(writer.ledger.counts.values()) for writer in self.all)

    @property
    def replies(self) -> list[Reply]:
        return [reply for writer in self.all for reply in writer.replies]

    @property
    def refusals(self) -> list[Reply]:
        return [reply for reply in self.replies if reply.is_refusal]

    @property
    def wrong(self) -> list[str]:
        """Answers that no fault may cause."""
        found = [line for writer in self.all for line in writer.wrong]
        return found + ["a 503 without Retry-After" for reply in self.refusals if "retry-after" not in reply.headers]

    def await_acknowledgements(self, number: int = 20) -> float:
        """Waits for as many from now on. The seconds until the first one."""
        began_at, before = time.monotonic(), self.acknowledged
        first = None
        while time.monotonic() - began_at < PATIENCE:
            if first is None and self.acknowledged > before:
                first = time.monotonic() - began_at
            if self.acknowledged >= before + number and first is not None:
                return first
            time.sleep(0.02)
        raise AssertionError(f"no {number} writes in {PATIENCE:g} s, only {self.acknowledged - before}: {self.wrong}")

    def summary(self) -> str:
        told = Counter(reply.status for reply in self.replies)
        slowest = max((reply.seconds for reply in self.refusals), default=0.0)
        parts = [f"{self.acknowledged} acknowledged", f"{told[0]} answers lost", f"{told[-1]} not connected"]
        if self.refusals:
            parts.append(f"{told[503]} refused, the slowest in {slowest:.1f} s")
        return ", ".join(parts)

    def __enter__(self) -> Self:
        for writer in self.all:
            writer.thread.start()
        try:
            self.await_acknowledgements()
        except AssertionError:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for writer in self.all:
            writer.stopped.set()
        for writer in self.all:
            writer.thread.join(3 * PATIENCE)
