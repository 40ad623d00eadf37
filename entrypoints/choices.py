"""What depends on a setting (storage, hasher, limits, mailer), the lengths of queues, the clock, the source of ids, and
the handlers of jobs."""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from adapters.email_message import Letterhead
from adapters.mail_files import ConsoleMailer, FileMailer
from adapters.memory.limits import MemoryLimits, NoLimits, SharedLimits
from adapters.memory.picture_files import MemoryPictures
from adapters.memory.storage import memory_storage
from adapters.memory.store import Store
from adapters.no_meter import NO_METER
from adapters.passwords import Argon2Hasher
from adapters.pictures.file_store import FilePictures
from adapters.pictures.process import ProcessPictureMaker
from adapters.render_process import ProcessRenderer
from adapters.shared_metrics import reserve
from adapters.smtp import Security, SmtpMailer, trusting
from adapters.sql.diagnosis import file_of, is_sqlite
from adapters.sql.engine import Database
from adapters.sql.storage import sql_storage
from adapters.turns import Turns
from application.jobs import Handler, Handlers, Jobs
from application.ports.limits import Limits
from application.ports.mailing import Mailer
from application.ports.metrics import Meter, SiteMeter
from application.ports.overview import Machine
from application.ports.pictures.files import PictureFiles
from application.ports.work import ONE_TRY, NewId, Now
from application.sessions import Sessions
from application.storage import Storage, StorageFault
from domain.identifiers import Email
from domain.ids import RANDOM_BITS, make_id
from domain.job_kinds import JobKind
from domain.joining import Registration
from domain.site import Site, SiteText
from entrypoints.machine import ThisMachine
from entrypoints.observing import statement_observer
from entrypoints.settings import Settings, forget_shared_metrics, mail_from_of, shared_metrics, variable
from entrypoints.storage_faults import FaultLog

_SECURITY: dict[str, Security] = {"smtp": "none", "smtps": "tls", "smtp+starttls": "starttls"}


# How many requests of one process may wait for the rendering child, for that of pictures, for a thread that hashes, or
# for their turn to write. Those in work count too. One more gets 503 at once. Each process has as many threads as
# THREADS and these together, so that no request that waits takes the thread of another. One flow has eight
# (`entrypoints/fair_queue.py`).
RENDER_PLACES = 12
RENDER_PLACES_EACH = 8
# Each may hold a file of ten megabytes. A member's second picture waits for the first.
PICTURE_PLACES = 4
PICTURE_PLACES_EACH = 2
HASH_PLACES = 12
WRITE_PLACES = 16
# A worker renders texts that nobody waits for. They leave the processor to all others, and so get more time.
UNHURRIED: dict[str, Any] = {"nice": 19, "seconds": 10.0}


def meter_for() -> SiteMeter:
    """It tells the numbers of all processes of this run, if a master process gave them a directory."""
    directory = shared_metrics()
    if directory is not None and not reserve(directory):
        forget_shared_metrics()
        directory = None
    from adapters.metrics import PrometheusMeter  # noqa: PLC0415 - commands do without this slow import

    return PrometheusMeter(directory)


def storage_for(settings: Settings, meter: Meter = NO_METER) -> Storage:
    if settings.storage == "memory":
        turns = Turns(at_once=1, places=WRITE_PLACES, seconds=ONE_TRY, queue="writing", meter=meter)
        return memory_storage(Store(turns=turns))
    faults = FaultLog()
    database = Database(
        settings.database_url,
        pool_size=pool_size_of(settings),
        write_places=WRITE_PLACES,
        complain=faults.complain,
        observers=[faults.observe, statement_observer(slow_ms=settings.slow_query_ms)],
        meter=meter,
    )
    return sql_storage(database)


def pool_size_of(settings: Settings) -> int:
    """The connections to the database that readers of one process have."""
    return settings.threads + 2


def hasher_for(settings: Settings, meter: Meter = NO_METER) -> Argon2Hasher:
    """All processes together compute as many hashes at once as there are cores."""
    return Argon2Hasher(
        memory_kib=settings.password_memory_kib,
        time=settings.password_rounds,
        at_once=max(1, (os.cpu_count() or 1) // settings.workers),
        places=HASH_PLACES,
        meter=meter,
    )


def renderer_for(settings: Settings, meter: Meter = NO_METER, **hurry: Any) -> ProcessRenderer:
    """`hurry` is `UNHURRIED` where nobody waits."""
    return ProcessRenderer(
        settings.sanitizer, places=RENDER_PLACES, places_each=RENDER_PLACES_EACH, meter=meter, **hurry
    )


def picture_maker_for(meter: Meter = NO_METER) -> ProcessPictureMaker:
    return ProcessPictureMaker(places=PICTURE_PLACES, places_each=PICTURE_PLACES_EACH, meter=meter)


def limits_for(settings: Settings, storage: Storage) -> Limits:
    return NoLimits() if settings.rate_limits == "off" else SharedLimits(storage.limits, MemoryLimits())


def mailer_for(settings: Settings, now: Now, site_name: Callable[[], str]) -> Mailer:
    letterhead = Letterhead(sender=lambda: sender_of(settings, site_name()), site_name=site_name, now=now)
    url = settings.mail_url
    if url.scheme == "file":
        return FileMailer(letterhead, url.path)
    if url.scheme == "console":
        return ConsoleMailer(letterhead)
    return SmtpMailer(
        letterhead,
        host=url.host,
        port=url.port,
        security=_SECURITY[url.scheme],
        user=url.user,
        password=url.password,
        trusted=trusting(settings.mail_ca) if settings.mail_ca else None,
        login_remedy=f"correct the login in {variable('mail_url')}",
        reach_remedy=f"see that host and port in {variable('mail_url')} are right, that the server is running,"
        " and that its port is open from this machine",
    )


def pictures_for(settings: Settings, complain: Callable[[StorageFault], object] | None = None) -> PictureFiles:
    """`complain` is told what keeps the store from working. Without it the log says it."""
    url, complain = settings.pictures_url, complain or FaultLog().complain
    if settings.storage == "memory":
        return MemoryPictures()
    if url.scheme == "file":
        return FilePictures(url.path, complain)
    from adapters.pictures.object_store import ObjectPictures  # noqa: PLC0415 - only a site with a bucket needs obstore

    return ObjectPictures(
        url.endpoint,
        url.bucket,
        key=url.key,
        secret=url.secret,
        region=url.region,
        prefix=url.prefix,
        complain=complain,
    )


def picture_room_of(settings: Settings) -> int:
    """The bytes of pictures that a member may store."""
    return settings.pictures_per_member_mb * 1_000_000


def pictures_folder_of(settings: Settings) -> Path | None:
    """The folder of the pictures, if they are in one."""
    url = settings.pictures_url
    return url.path if settings.storage == "sql" and url.scheme == "file" else None


def picture_accel_of(settings: Settings) -> str:
    """What stands before the path of a picture's file in X-Accel-Redirect. Empty when the site sends files itself."""
    return "" if settings.storage == "memory" else settings.pictures_accel


def sender_of(settings: Settings, site_name: str) -> str:
    """The sender of all mails. One that is not set has the name of the site."""
    if "mail_from" in settings.model_fields_set:
        return settings.mail_from
    return mail_from_of(site_name, settings.base_url)


def administrator_in(settings: Settings) -> Email | None:
    return Email(settings.admin_email) if settings.admin_email else None


def data_folder_of(settings: Settings) -> Path:
    """The folder whose disk the site fills: that of the SQLite database, or else where the program runs."""
    if settings.storage == "sql" and is_sqlite(settings.database_url):
        return Path(file_of(settings.database_url)).parent
    return Path.cwd()


def machine_for(settings: Settings) -> Machine:
    return ThisMachine(settings)


def site_in(settings: Settings) -> Site:
    """The site as the settings have it, until it has been saved once."""
    return Site(text=SiteText(name=settings.site_name, registration=Registration(settings.registration)))


class Looks(Protocol):
    """Looks for what has become due."""

    def look(self) -> None: ...


class HasJobs(Protocol):
    def handlers(self) -> Handlers: ...


def handlers_of(*capabilities: HasJobs) -> Handlers:
    """The handlers of jobs by kind. Each kind has one handler, in one capability."""
    found: dict[JobKind, Handler] = {}
    for capability in capabilities:
        handlers = capability.handlers()
        assert not handlers.keys() & found.keys(), f"{type(capability).__name__} repeats a kind of job"
        found |= handlers
    return found


def hourly_of(jobs: Jobs, sessions: Sessions, *others: Looks) -> tuple[Callable[[], None], ...]:
    """What the worker does once an hour, besides the jobs."""
    return jobs.tidy, sessions.forget_idle, *(other.look for other in others)


def looks_of(*others: Looks) -> tuple[Callable[[], None], ...]:
    """What the worker does in one rhythm, besides the jobs."""
    return tuple(other.look for other in others)


def utc_now() -> datetime:
    return datetime.now(UTC)


def ids_of(now: Now) -> NewId:
    return lambda: make_id(now(), secrets.randbits(RANDOM_BITS))
