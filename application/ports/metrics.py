"""What the program counts and measures, and how the core and the adapters say that it happened.

The names follow Prometheus' conventions, without the prefix of the site: base units, `_total` for counters. The values
of a label are few and known: never an address, a name, a path or an id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """How often something happened. The values in `known`, of the one label, count from 0 when the program starts: a
    counter that appears with its first event shows no increase."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """How much of something there was each time. `buckets` are the upper bounds of a histogram."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """How much of something there is now."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A level as it was found. `labels` are the values of its labels."""

    level: Level
    value: float
    labels: tuple[str, ...] = ()


# In seconds. A page takes 2 to 20 ms.
_PAGES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_STATEMENTS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25, 1.0, 5.0)
_TEXTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0)
_HASHES = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 1.0)
_WAITS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_PICTURES = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_JOBS = (0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0)

QUEUES = ("rendering", "pictures", "hashing", "writing")

REQUEST = Measure(
    "http_request_seconds",
    "Requests by route, method and status, and how long each took.",
    ("route", "method", "status"),
    _PAGES,
)
STATEMENTS = Measure(
    "http_request_statements",
    "Statements that a request asked of the database.",
    ("route",),
    (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0),
)
STATEMENT = Measure("database_statement_seconds", "Statements, and how long each took.", ("verb",), _STATEMENTS)
RENDERING = Measure("rendering_seconds", "Texts that were rendered, and how long each took.", ("text",), _TEXTS)
PICTURES = Measure("picture_seconds", "Pictures that were made, and how long each took.", ("picture",), _PICTURES)
HASHING = Measure("password_hash_seconds", "Password hashes, and how long each took.", (), _HASHES)
QUEUEING = Measure("queue_wait_seconds", "How long callers waited for their turn.", ("queue",), _WAITS)
JOB = Measure("job_seconds", "Parts of jobs, and how long each took.", ("kind",), _JOBS)
MEASURES = (REQUEST, STATEMENTS, STATEMENT, RENDERING, PICTURES, HASHING, QUEUEING, JOB)

ERRORS = Count("errors_total", "Errors that are faults of the program, by class.", ("kind",))
REFUSALS = Count("queue_refusals_total", "Callers who found a queue full, or waited too long.", ("queue",), QUEUES)
RENDERER_KILLS = Count(
    "renderer_kills_total", "Rendering processes that were killed or died.", ("reason",), ("slow_text", "died")
)
PICTURE_KILLS = Count(
    "picture_kills_total",
    "Processes of pictures that were killed, had too little memory, or died.",
    ("reason",),
    ("too_slow", "memory", "died"),
)
SESSIONS_OPENED = Count("sessions_opened_total", "Sessions that began with a sign-in.")
SIGN_UPS = Count(
    "sign_ups_total",
    "Accounts that were registered, and addresses that were confirmed.",
    ("step",),
    ("registered", "confirmed"),
)
JOBS = Count("jobs_total", "Parts of jobs, by what became of them.", ("kind", "outcome"))
MAILS = Count(
    "mails_total",
    "Attempts to send a mail, by what became of them.",
    ("outcome",),
    ("sent", "failed", "refused", "dropped"),
)
COUNTS = (ERRORS, REFUSALS, RENDERER_KILLS, PICTURE_KILLS, SESSIONS_OPENED, SIGN_UPS, JOBS, MAILS)

WAITING = Level("queue_waiting", "Callers who wait for their turn.", ("queue",))
CONNECTIONS = Level("database_connections", "Connections to the database, and those in use.", ("state",))
# Each process knows its own part of these. The others are read from the storage.
LEVELS = (WAITING, CONNECTIONS)


class Meter(Protocol):
    """Never raises an error, and never waits. `labels` are the values of the labels, in their order."""

    def count(self, what: Count, *labels: str) -> None: ...
    def observe(self, what: Measure, value: float, *labels: str) -> None: ...
    def change(self, what: Level, by: int, *labels: str) -> None:
        """Raises or lowers a level of this process."""


class SiteMeter(Meter, Protocol):
    """A meter as the edge of the site uses it."""

    def request(self, *, route: str | None, method: str, status: int, seconds: float, statements: int) -> None:
        """A request has ended. `route` is its rule, such as `/posts/<id:post_id>`, or None if there is none."""

    def exposition(self, accept: str, readings: Iterable[Reading] = ()) -> tuple[str, bytes]:
        """The media type and the text of everything that was counted, in the format that the header `Accept` asks for:
        Prometheus' own or OpenMetrics. `readings` are added to it."""
