"""A whole site on one storage, with adapters that leave nothing to chance, so that several sites do the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from adapters.markdown import InlineRenderer
from application.access import Access
from application.addresses import Addresses
from application.comments import Comments
from application.following import Following
from application.joining import Joining
from application.leaving import Leaving
from application.members import Members
from application.moderation import Moderation
from application.once import MakeOnce
from application.outbox import Outbox
from application.passwords import Passwords
from application.ports import Claims, Letter, MailNotSent
from application.posts import Posts
from application.profiles import Profiles
from application.repeating import Repeat
from application.sessions import Sessions
from domain.accounts import Email
from domain.display import Language
from domain.errors import LinkExpired
from domain.ids import make_id
from domain.links import Purpose
from domain.outbox import Kind
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
        self, kind: Kind, *, to: str, mail_id: int, language: Language, username: str, token: str | None
    ) -> Letter:
        subject = f"{kind.value} {username} {language.value}"
        return Letter(to=to, subject=subject, text=token or "", html="", message_id=str(mail_id))


class Postbox:
    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.away = False

    def send(self, letter: Letter) -> None:
        if self.away:
            raise MailNotSent("the post office is closed")
        self.letters.append(letter)


RENDERER = InlineRenderer()
ADMINISTRATOR = Email("root@example.com")


class Site:
    """The capabilities by the names that the container gives them."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        numbers = count(1)
        repeat, hasher, tokens, secrets = (
            Repeat(storage.unit_of_work),
            PlainHasher(),
            NumberedTokens(),
            NumberedSecrets(),
        )
        limits, common = storage.limits, frozenset(["password"])

        def new_id() -> int:
            return make_id(clock(), next(numbers))

        make_once = MakeOnce(repeat=repeat, now=clock, new_id=new_id, limits=limits)
        self.storage = storage
        self.postbox = Postbox()
        self.joining = Joining(
            repeat=repeat,
            now=clock,
            new_id=new_id,
            passwords=hasher,
            common_passwords=common,
            tokens=tokens,
            limits=limits,
            is_open=True,
            administrator=ADMINISTRATOR,
        )
        self.sessions = Sessions(
            repeat=repeat, now=clock, new_id=new_id, passwords=hasher, secrets=secrets, limits=limits
        )
        self.access = Access(
            repeat=repeat, now=clock, passwords=hasher, tokens=tokens, limits=limits, readers=storage.sessions
        )
        self.passwords = Passwords(
            repeat=repeat,
            now=clock,
            new_id=new_id,
            passwords=hasher,
            common_passwords=common,
            tokens=tokens,
            secrets=secrets,
            limits=limits,
            administrator=ADMINISTRATOR,
        )
        self.addresses = Addresses(
            repeat=repeat,
            now=clock,
            new_id=new_id,
            passwords=hasher,
            tokens=tokens,
            limits=limits,
            administrator=ADMINISTRATOR,
        )
        self.profiles = Profiles(repeat=repeat)
        self.members = Members(
            repeat=repeat, new_id=new_id, passwords=hasher, common_passwords=common, members=storage.members
        )
        self.leaving = Leaving(repeat=repeat, now=clock, new_id=new_id, passwords=hasher, limits=limits)
        self.following = Following(repeat=repeat, new_id=new_id, people=storage.people, catalogue=storage.catalogue)
        self.posts = Posts(
            repeat=repeat, make_once=make_once, now=clock, renderer=RENDERER, limits=limits, readers=storage.sessions
        )
        self.comments = Comments(
            repeat=repeat,
            make_once=make_once,
            now=clock,
            renderer=RENDERER,
            limits=limits,
            readers=storage.sessions,
            posts=storage.posts,
        )
        self.moderation = Moderation(
            repeat=repeat, new_id=new_id, feeds=storage.moderation, catalogue=storage.catalogue
        )
        self.outbox = Outbox(
            repeat=repeat,
            now=clock,
            new_id=new_id,
            tokens=tokens,
            letters=PlainLetters(),
            mailer=self.postbox,
            limits=limits,
            feeds=storage.outbox,
        )
