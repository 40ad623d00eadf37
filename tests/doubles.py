"""The one set of doubles: adapters that keep what they are given, count, stand still, or fail when a test says so.

`wired` makes a container with some of them in it. Nothing else in the tests fills or overrides a container.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from secrets import token_hex
from typing import Any

from dependency_injector import providers

from adapters.markdown.rendering import InlineRenderer
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.passwords import Argon2Hasher
from application.ports.flasky import OldComment, OldFollow, OldPost, OldUser
from application.ports.mailing import Bundle, CaseNews, Letter, LetterKind, MailNotSent, MailServerFailed, Notice
from application.ports.metrics import Count, Level, Measure
from application.ports.overview import MachineState
from application.ports.pictures.making import MadePicture
from application.ports.rendering import Rendered
from application.ports.sessions import SessionFeeds, Viewer
from application.ports.tokens import Claims
from application.ports.work import NewId, OpenWork, UnitOfWork
from domain.credentials import Purpose
from domain.display import Language
from domain.errors import Invalid, LinkExpired, Overloaded, TryAgain
from domain.flasky import Kind
from domain.ids import make_id
from domain.incidents import Incident
from domain.pictures import TYPES, sizes
from entrypoints.container import Container
from entrypoints.settings import Settings, load_settings

BEGINNING = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
# Without a state of its own, and dear to make.
RENDERER = InlineRenderer()

# Rendering it would take most of a minute: the lexer of this language takes quadratic time for a row of blanks.
SLOW_TEXT = f"```systemd\n{' ' * 19_000}x\n```"


# Wiring.


def settings_with(**given: str) -> Settings:
    """Settings by their field's name; what is not given suits a test: memory, a new key, hashes that cost nothing."""
    usual = {
        "env": "development",
        "foot_line": "off",
        "storage": "memory",
        "secret_key": token_hex(32),
        "base_url": "http://chapbook.example",
        "password_memory_kib": "8",
        "password_rounds": "1",
    }
    environ = {f"CHAPBOOK_{name.upper()}": value for name, value in (usual | given).items()}
    return load_settings(environ=environ, dotenv=None)


def wired(settings: Settings, **parts: Any) -> Container:
    """A container that holds these parts under their names in place of its own."""
    container = Container(settings=settings)
    put_in(container, **parts)
    return container


def put_in(container: Container, **parts: Any) -> None:
    for name, part in parts.items():
        getattr(container, name).override(providers.Object(part))


def put_into_storage(container: Container, **parts: Any) -> None:
    """Other feeds, or another unit of work, in place of the storage's own."""
    put_in(container, storage=replace(container.storage(), **parts))


class PaintedPictures:
    """A maker that decodes nothing. It takes what says how wide and how high a picture is: `1600x900`."""

    def __init__(self) -> None:
        self.made = 0

    def picture(self, sent: bytes, *, account_id: int) -> MadePicture:
        width, height = self._size(sent)
        largest = sizes(width)[-1].width
        return self._made(largest, max(1, height * largest // width), portrait=False)

    def portrait(self, sent: bytes, *, account_id: int) -> MadePicture:
        side = sizes(min(self._size(sent)), portrait=True)[-1].width
        return self._made(side, side, portrait=True)

    def _size(self, sent: bytes) -> tuple[int, int]:
        found = re.fullmatch(rb"(\d+)x(\d+)", sent)
        if found is None:
            raise Invalid("file", "not_a_picture")
        return int(found[1]), int(found[2])

    def _made(self, width: int, height: int, *, portrait: bool) -> MadePicture:
        self.made += 1
        files = {
            f"{size.name}.{kind}": b"%d pixels as %s" % (size.width, kind.encode())
            for size in sizes(width, portrait=portrait)
            for kind in TYPES
        }
        return MadePicture(width, height, files)


# Time and ids.


@dataclass
class Clock:
    """It stands still until a test moves it."""

    time: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


def rising_ids(now: Callable[[], datetime]) -> NewId:
    """Each id is greater than the one before, whatever the clock does not do."""
    numbers = count()
    return lambda: make_id(now(), next(numbers))


# Mail.


class QuietMachine:
    """A machine that says what a test lets it say."""

    def __init__(self) -> None:
        self.state = MachineState()

    def look(self) -> MachineState:
        return self.state


class Postbox:
    """A mailer that keeps what it is given. When a test says so, it is away, or refuses."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.away = False
        self.refusal: MailNotSent | None = None
        self.tries = 0

    def send(self, letter: Letter) -> None:
        self.tries += 1
        if self.away:
            raise MailServerFailed("the post office is closed")
        if self.refusal:
            raise self.refusal
        self.letters.append(letter)

    def to(self, address: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.to == address]

    def newest_to(self, address: str) -> Letter:
        return self.to(address)[-1]


class PlainLetters:
    """The whole text of a letter is its token."""

    def write(
        self,
        kind: LetterKind,
        *,
        to: str,
        job_id: int,
        language: Language,
        username: str,
        token: str | None,
        reason: str = "",
        notice: Notice | None = None,
        case: CaseNews | None = None,
        bundle: Bundle | None = None,
    ) -> Letter:
        more = f"{reason}{notice or ''}{case or ''}{bundle or ''}"
        subject = f"{kind.value} {username} {language.value} {more}".rstrip()
        return Letter(to=to, subject=subject, text=token or "", html="", message_id=str(job_id))

    def about_incident(self, incident: Incident, *, to: str, last_mail_at: datetime | None, at: datetime) -> Letter:
        return Letter(to=to, subject=incident.fingerprint, text=str(incident.unmailed), html="", message_id="1")


# Passwords, secrets and tokens.


class CountingHasher(Argon2Hasher):
    """A real hasher that costs nothing and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, time=1)
        self.hashes = 0
        self._lock = threading.Lock()

    def hash(self, password: str) -> str:
        self._count()
        return super().hash(password)

    def verify(self, password: str, hashed: str | None) -> bool:
        self._count()
        return super().verify(password, hashed)

    def _count(self) -> None:
        with self._lock:
            self.hashes += 1


class PlainHasher:
    """Two sites hash one password to the same text."""

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, password: str, hashed: str | None) -> bool:
        return hashed == self.hash(password)

    def recognizes(self, hashed: str) -> bool:
        return hashed.startswith("hash of ")

    def is_outdated(self, hashed: str) -> bool:
        return False


class NumberedSecrets:
    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        return f"secret {next(self._numbers)}"

    def hash(self, secret: str) -> str:
        return f"hash of {secret}"


class NumberedTokens:
    def __init__(self) -> None:
        self._numbers = count(1)

    def new_id(self) -> str:
        return str(next(self._numbers))

    def issue(self, claims: Claims, *, at: datetime) -> str:
        return f"{claims.purpose.value}/{claims.subject}/{claims.token_id}/{at.isoformat()}"

    def read(self, token: str, purpose: Purpose, *, at: datetime) -> Claims:
        served, subject, token_id, issued_at = token.split("/")
        if served != purpose.value or at >= datetime.fromisoformat(issued_at) + purpose.lifetime:
            raise LinkExpired()
        return Claims(int(subject), purpose, token_id)

    def subject_of(self, token: str, purpose: Purpose) -> int:
        served, subject, *_ = token.split("/")
        if served != purpose.value:
            raise LinkExpired()
        return int(subject)


# Numbers.


class NotedMeter:
    """Keeps what it is told, by the name of the metric and the labels."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.levels: Counter[tuple[str, ...]] = Counter()
        self.values: dict[tuple[str, ...], list[float]] = {}

    def count(self, what: Count, *labels: str) -> None:
        assert len(labels) == len(what.labels)
        self.counts[what.name, *labels] += 1

    def observe(self, what: Measure, value: float, *labels: str) -> None:
        assert len(labels) == len(what.labels)
        self.values.setdefault((what.name, *labels), []).append(value)

    def change(self, what: Level, by: int, *labels: str) -> None:
        assert len(labels) == len(what.labels)
        self.levels[what.name, *labels] += by


# Another site.


class OldRows:
    """An old site of Flasky that has these rows, in the order of their numbers."""

    def __init__(self) -> None:
        self.of_users: list[OldUser] = []
        self.of_posts: list[OldPost] = []
        self.of_comments: list[OldComment] = []
        self.of_follows: list[OldFollow] = []

    def counts(self) -> dict[Kind, int]:
        return {
            Kind.USER: len(self.of_users),
            Kind.POST: len(self.of_posts),
            Kind.COMMENT: len(self.of_comments),
            Kind.FOLLOW: len(self.of_follows),
        }

    def beginning(self) -> datetime | None:
        dates = [row.at for row in self.of_users] + [row.at for row in self.of_posts]
        return min((date for date in dates if date is not None), default=None)

    def users(self, after: int | None, limit: int) -> list[OldUser]:
        return [row for row in self.of_users if after is None or row.number > after][:limit]

    def has_username(self, key: str) -> bool:
        return any(row.username.lower() == key for row in self.of_users)

    def posts(self, after: int | None, limit: int) -> list[OldPost]:
        return [row for row in self.of_posts if after is None or row.number > after][:limit]

    def comments(self, after: int | None, limit: int) -> list[OldComment]:
        return [row for row in self.of_comments if after is None or row.number > after][:limit]

    def follows(self, after: tuple[int, int] | None, limit: int) -> list[OldFollow]:
        return [row for row in self.of_follows if after is None or (row.follower, row.followed) > after][:limit]


# What is away or broken.


class BusyOnce(MemoryUnitOfWork):
    """Its commit is refused, once everything in it is done."""

    def commit(self) -> None:
        raise TryAgain


class Moody:
    """A storage that is away when a test says so: it opens no unit of work then."""

    def __init__(self) -> None:
        self.away = False
        self._open_work: OpenWork | None = None

    def __call__(self, *, reading: bool = False, patient: bool = True) -> UnitOfWork:
        if self.away or self._open_work is None:
            raise TryAgain
        return self._open_work(reading=reading, patient=patient)

    def install(self, container: Container) -> None:
        self._open_work = container.storage().unit_of_work
        put_into_storage(container, unit_of_work=self)


class MoodySessions:
    """Sessions that nobody can look up when a test says so."""

    def __init__(self, feeds: SessionFeeds) -> None:
        self.away = False
        self._feeds = feeds

    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        if self.away:
            raise TryAgain
        return self._feeds.viewer(secret_hash, at)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._feeds, name)


class Broken:
    """Whatever it is asked, it fails."""

    error: Exception = RuntimeError("the secret plan of the cellar")

    def __getattr__(self, name: str) -> Any:
        raise self.error


class Away(Broken):
    """Whatever it is asked, it is busy."""

    error = TryAgain()


class BusyRenderer(InlineRenderer):
    """Its queue is full when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.busy = False

    def post(self, body: str, **more: Any) -> Rendered:
        if self.busy:
            raise Overloaded
        return super().post(body, **more)

    def comment(self, body: str, **more: Any) -> Rendered:
        if self.busy:
            raise Overloaded
        return super().comment(body, **more)


class OftenBroken(InlineRenderer):
    """Renders every post but one."""

    def post(self, body: str, **more: Any) -> Rendered:
        if body == "it breaks":
            raise RuntimeError(body)
        return super().post(body, **more)


class VersionedRenderer(InlineRenderer):
    """A renderer of any version: its HTML begins with the version. It refuses the text "refuse", renders "nothing" to
    nothing, and is busy when a test says so. `meanwhile` runs after each text."""

    version = 1

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version
        self.busy = False
        self.rendered: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def post(self, body: str, **more: Any) -> Rendered:
        more.pop("pictures", None)
        rendered = self.comment(body, **more)
        return replace(rendered, excerpt_html=rendered.html)

    def comment(self, body: str, **more: Any) -> Rendered:
        if self.busy:
            raise Overloaded
        self.rendered.append(body)
        if body == "refuse" and self.version > 1:
            raise Invalid("body", "too_complex")
        rendered = super().comment(body, **more)
        is_empty = body == "nothing" and self.version > 1
        self.meanwhile()
        return replace(rendered, html="" if is_empty else f"<p>{self.version}: {rendered.html}</p>")
