"""An incident: one kind of program error, how often it happened, and what the mails about it have reported.

A kind is a fingerprint. Each kind gets at most one mail in `MAIL_EVERY`, with the number of times.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

MAIL_EVERY = timedelta(minutes=10)
# Counted from when it happened last.
KEEP = timedelta(days=90)
WHAT_AT_MOST = 4_000
REQUEST_ID_AT_MOST = 128

# What one line about an error has between its parts (entrypoints/tracebacks.py).
_LINK = re.compile("; (?=because of |while handling )")


@dataclass(kw_only=True, slots=True)
class Incident:
    """`what` is one line about the newest error, without values: class, text, places. `request_id` is of the newest
    request in which it happened, if any. `mailed_count` is how many of `count` the mails have reported, and `mailed_at`
    when the last attempt to send one began that may have succeeded."""

    fingerprint: str
    what: str
    count: int
    first_at: datetime
    last_at: datetime
    request_id: str = ""
    mailed_at: datetime | None = None
    mailed_count: int = 0

    @classmethod
    def new(cls, fingerprint: str, *, at: datetime) -> Self:
        """One that is still to be noted."""
        return cls(fingerprint=fingerprint, what="", count=0, first_at=at, last_at=at)

    @property
    def unmailed(self) -> int:
        """How often it happened since the last mail."""
        return self.count - self.mailed_count

    @property
    def kind(self) -> str:
        """The class of the error."""
        return re.split("[:; ]", self.what, maxsplit=1)[0]

    @property
    def chain(self) -> list[tuple[str, list[str]]]:
        """The error and what led to it, each with the places where it was raised, innermost first."""
        return [_with_places(raised) for raised in _LINK.split(self.what)]

    @property
    def place(self) -> str:
        """Where it was raised. Empty when nobody knows."""
        _, places = self.chain[0]
        return places[0] if places else ""

    def note(self, *, what: str, times: int, last_at: datetime, request_id: str = "") -> None:
        """It happened so many times more."""
        self.what = what[:WHAT_AT_MOST]
        self.count += times
        self.last_at = last_at
        self.request_id = request_id[:REQUEST_ID_AT_MOST] or self.request_id

    def mail_due_at(self, *, at: datetime) -> datetime:
        """When the next mail may be sent. A last mail that is in the future was sent by a clock that was wrong, and
        counts as sent now."""
        if self.mailed_at is None:
            return at
        self.mailed_at = min(self.mailed_at, at)
        return max(at, self.mailed_at + MAIL_EVERY)

    def begin_mail(self, *, at: datetime) -> None:
        """Before a mail is sent: if the worker dies, nobody knows whether it was, and the next one waits its time."""
        self.mailed_at = at

    def mail_failed(self, *, began_at: datetime, before: datetime | None) -> None:
        """The mail that began then was not sent. The last one was sent `before`."""
        if self.mailed_at == began_at:
            self.mailed_at = before

    def was_mailed(self, count: int) -> None:
        """A mail was sent when it had happened so often."""
        self.mailed_count = max(self.mailed_count, count)


def _with_places(raised: str) -> tuple[str, list[str]]:
    error, at, places = raised.rpartition(" at ")
    return (error, places.split(" < ")) if at else (raised, [])
