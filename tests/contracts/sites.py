"""A whole site on one storage, with adapters that leave nothing to chance, so that several sites do the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from secrets import token_hex
from typing import Any

from dependency_injector import providers

from adapters.markdown import InlineRenderer
from application.ports.mailing import Letter, LetterKind, MailNotSent
from application.ports.tokens import Claims
from domain.credentials import Purpose
from domain.display import Language
from domain.errors import LinkExpired
from domain.ids import make_id
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.contracts.community import BEGINNING
from tests.contracts.storages import Storage


@dataclass
class Clock:
    """One for all sites; it stands still until a test moves it."""

    time: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


class PlainHasher:
    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, password: str, hashed: str | None) -> bool:
        return hashed == self.hash(password)

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


class PlainLetters:
    def write(
        self, kind: LetterKind, *, to: str, job_id: int, language: Language, username: str, token: str | None
    ) -> Letter:
        subject = f"{kind.value} {username} {language.value}"
        return Letter(to=to, subject=subject, text=token or "", html="", message_id=str(job_id))


class Postbox:
    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.away = False

    def send(self, letter: Letter) -> None:
        if self.away:
            raise MailNotSent("the post office is closed")
        self.letters.append(letter)


RENDERER = InlineRenderer()
SETTINGS = load_settings(
    environ={
        "CHAPBOOK_ENV": "development",
        "CHAPBOOK_STORAGE": "memory",
        "CHAPBOOK_SECRET_KEY": token_hex(32),
        "CHAPBOOK_ADMIN_EMAIL": "root@example.com",
    },
    dotenv=None,
)


class Site:
    """The capabilities as the container wires them, by their names there."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        numbers = count(1)
        self.storage = storage
        self.postbox = Postbox()
        self._container = Container(settings=SETTINGS)
        for name, adapter in {
            "storage": storage,
            "now": clock,
            "new_id": lambda: make_id(clock(), next(numbers)),
            "hasher": PlainHasher(),
            "common_passwords": frozenset(["password"]),
            "tokens": NumberedTokens(),
            "session_secrets": NumberedSecrets(),
            "renderer": RENDERER,
            "letters": PlainLetters(),
            "mailer": self.postbox,
            "limits": storage.limits,
        }.items():
            getattr(self._container, name).override(providers.Object(adapter))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)()
