"""The wiring, top to bottom: settings, storage, adapters, one line a capability. Nothing else knows what is behind a
port."""

import secrets
from datetime import UTC, datetime
from typing import Any

from dependency_injector import containers, providers

from adapters.avatars import avatar_svg
from adapters.common_passwords import CommonPasswords
from adapters.email_message import Letterhead
from adapters.letters import TemplateLetters
from adapters.mail_files import ConsoleMailer, FileMailer
from adapters.memory import feeds as memory_feeds
from adapters.memory.catalogue import MemoryCatalogueFeeds
from adapters.memory.limits import MemoryLimits, NoLimits, SharedLimits
from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.passwords import Argon2Hasher
from adapters.render_process import ProcessRenderer
from adapters.session_secrets import RandomSecrets
from adapters.smtp import Security, SmtpMailer
from adapters.sql import feeds as sql_feeds
from adapters.sql import restricted_feeds as sql_restricted
from adapters.sql.catalogue import SqlCatalogueFeeds
from adapters.sql.engine import Database
from adapters.sql.limits import SqlLimits
from adapters.sql.unit_of_work import SqlUnitOfWork
from adapters.tokens import JoseTokens
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
from application.ports import Limits, Mailer, NewId, Now
from application.posts import Posts
from application.profiles import Profiles
from application.repeating import Repeat
from application.sessions import Sessions
from domain.accounts import Email
from domain.ids import RANDOM_BITS, make_id
from entrypoints.settings import Settings


def _stored(settings: Any, sql: Any, memory: Any) -> Any:
    return providers.Selector(settings.provided.storage, sql=sql, memory=memory)


def _feed(settings: Any, database: Any, store: Any, sql: type, memory: type) -> Any:
    return _stored(settings, providers.Singleton(sql, database), providers.Singleton(memory, store))


def _capability(use_cases: type, **ports: Any) -> Any:
    return providers.Singleton(use_cases, **ports)


def _database(settings: Settings) -> Database:
    return Database(settings.database_url, pool_size=settings.threads + 2)


def _now() -> datetime:
    return datetime.now(UTC)


def _ids_of(now: Now) -> NewId:
    return lambda: make_id(now(), secrets.randbits(RANDOM_BITS))


def _administrator(settings: Settings) -> Email | None:
    return Email(settings.admin_email) if settings.admin_email else None


def _registration_is_open(settings: Settings) -> bool:
    return settings.registration == "open"


def _limits(settings: Settings, exact: Limits) -> Limits:
    """Those that guard a password or a mailbox are counted in the store, the others in each process."""
    return NoLimits() if settings.rate_limits == "off" else SharedLimits(exact, MemoryLimits())


def _mailer(settings: Settings, now: Now) -> Mailer:
    letterhead = Letterhead(sender=settings.mail_from, site_name=settings.site_name, now=now)
    url = settings.mail_url
    match url.scheme:
        case "file":
            return FileMailer(letterhead, url.path)
        case "console":
            return ConsoleMailer(letterhead)
        case scheme:
            security: Security = {"smtp": "none", "smtps": "tls", "smtp+starttls": "starttls"}[scheme]  # type: ignore[assignment]
            return SmtpMailer(
                letterhead, host=url.host, port=url.port, security=security, user=url.user, password=url.password
            )


class Container(containers.DeclarativeContainer):
    """Made as `Container(settings=...)`. Tests override `clock`, `new_id`, `hasher` or `mailer`."""

    settings = providers.Dependency(instance_of=Settings)

    # Storage: a database, or the memory of this process.
    database = providers.Singleton(_database, settings)
    store = providers.Singleton(Store)
    unit_of_work = _stored(
        settings, providers.Factory(SqlUnitOfWork, database), providers.Factory(MemoryUnitOfWork, store)
    )
    exact_limits = _stored(settings, providers.Singleton(SqlLimits, database), providers.Singleton(MemoryLimits))

    post_feeds = _feed(settings, database, store, sql_feeds.SqlPostFeeds, memory_feeds.MemoryPostFeeds)
    comment_feeds = _feed(settings, database, store, sql_feeds.SqlCommentFeeds, memory_feeds.MemoryCommentFeeds)
    people_feeds = _feed(settings, database, store, sql_feeds.SqlPeopleFeeds, memory_feeds.MemoryPeopleFeeds)
    session_feeds = _feed(settings, database, store, sql_feeds.SqlSessionFeeds, memory_feeds.MemorySessionFeeds)
    moderation_feeds = _feed(
        settings, database, store, sql_restricted.SqlModerationFeeds, memory_feeds.MemoryModerationFeeds
    )
    member_feeds = _feed(settings, database, store, sql_restricted.SqlMemberFeeds, memory_feeds.MemoryMemberFeeds)
    outbox_feeds = _feed(settings, database, store, sql_restricted.SqlOutboxFeeds, memory_feeds.MemoryOutboxFeeds)
    catalogue_feeds = _feed(settings, database, store, SqlCatalogueFeeds, MemoryCatalogueFeeds)
    archive_feeds = _feed(settings, database, store, sql_restricted.SqlArchiveFeeds, memory_feeds.MemoryArchiveFeeds)

    # The other adapters.
    clock = providers.Object(_now)
    new_id = providers.Singleton(_ids_of, clock)
    hasher = providers.Singleton(
        Argon2Hasher, memory_kib=settings.provided.password_memory_kib, time=settings.provided.password_rounds
    )
    common_passwords = providers.Singleton(CommonPasswords)
    session_secrets = providers.Singleton(RandomSecrets)
    tokens = providers.Singleton(
        JoseTokens, settings.provided.secret_key, fallbacks=settings.provided.secret_key_fallbacks
    )
    renderer = providers.Singleton(ProcessRenderer, settings.provided.sanitizer)
    letters = providers.Singleton(
        TemplateLetters, site_name=settings.provided.site_name, base_url=settings.provided.base_url
    )
    mailer = providers.Singleton(_mailer, settings, clock)
    avatar = providers.Object(avatar_svg)
    administrator = providers.Callable(_administrator, settings)
    limits = providers.Singleton(_limits, settings, exact_limits)

    # The use cases.
    repeat = providers.Singleton(Repeat, unit_of_work.provider)
    make_once = providers.Singleton(MakeOnce, repeat=repeat, now=clock, new_id=new_id, limits=limits)
    joining = _capability(
        Joining,
        repeat=repeat,
        now=clock,
        new_id=new_id,
        passwords=hasher,
        common_passwords=common_passwords,
        tokens=tokens,
        limits=limits,
        is_open=providers.Callable(_registration_is_open, settings),
        administrator=administrator,
    )
    sessions = _capability(
        Sessions,
        repeat=repeat,
        now=clock,
        new_id=new_id,
        passwords=hasher,
        secrets=session_secrets,
        limits=limits,
    )
    passwords = _capability(
        Passwords,
        repeat=repeat,
        now=clock,
        new_id=new_id,
        passwords=hasher,
        common_passwords=common_passwords,
        tokens=tokens,
        secrets=session_secrets,
        limits=limits,
        administrator=administrator,
    )
    addresses = _capability(
        Addresses,
        repeat=repeat,
        now=clock,
        new_id=new_id,
        passwords=hasher,
        tokens=tokens,
        limits=limits,
        administrator=administrator,
    )
    access = _capability(
        Access,
        repeat=repeat,
        now=clock,
        passwords=hasher,
        tokens=tokens,
        limits=limits,
        readers=session_feeds,
    )
    profiles = _capability(Profiles, repeat=repeat)
    members = _capability(
        Members,
        repeat=repeat,
        new_id=new_id,
        passwords=hasher,
        common_passwords=common_passwords,
        members=member_feeds,
    )
    leaving = _capability(Leaving, repeat=repeat, now=clock, new_id=new_id, passwords=hasher, limits=limits)
    following = _capability(
        Following,
        repeat=repeat,
        new_id=new_id,
        people=people_feeds,
        catalogue=catalogue_feeds,
    )
    posts = _capability(
        Posts,
        repeat=repeat,
        make_once=make_once,
        now=clock,
        renderer=renderer,
        limits=limits,
        readers=session_feeds,
    )
    comments = _capability(
        Comments,
        repeat=repeat,
        make_once=make_once,
        now=clock,
        renderer=renderer,
        limits=limits,
        readers=session_feeds,
        posts=post_feeds,
    )
    moderation = _capability(
        Moderation,
        repeat=repeat,
        new_id=new_id,
        feeds=moderation_feeds,
        catalogue=catalogue_feeds,
    )
    outbox = _capability(
        Outbox,
        repeat=repeat,
        now=clock,
        new_id=new_id,
        tokens=tokens,
        letters=letters,
        mailer=mailer,
        limits=limits,
        feeds=outbox_feeds,
    )
