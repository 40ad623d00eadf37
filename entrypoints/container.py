"""The wiring: settings, one storage, adapters, and one line for each capability.

Constructors are filled by the names of their parameters. A use case with a field `post_feeds` gets the container's
`post_feeds`, or else the storage's.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from dependency_injector import containers, providers

from adapters.avatars import avatar_svg
from adapters.common_passwords import CommonPasswords
from adapters.letters import TemplateLetters
from adapters.pictures.paths import stored_path
from adapters.session_secrets import RandomSecrets
from adapters.tokens import JoseTokens
from application.admitting import Admitting
from application.appeals import Appeals
from application.assisting import Assisting
from application.bookmarks import Bookmarks
from application.bundling import Bundling
from application.cases.judging import Cases
from application.cases.reporting import Reporting
from application.cases.telling import Telling
from application.comments import Comments
from application.credentials.addresses import Addresses
from application.credentials.checking import Credentials
from application.credentials.passwords import Passwords
from application.current_site import CurrentSite
from application.deleting import Deleting
from application.flasky.bringing import Flasky
from application.following import Following
from application.hiding_all import HidingAll
from application.incidents import Incidents
from application.invitations import Invitations
from application.jobs import Jobs
from application.joining import Joining
from application.leaving import Leaving
from application.liking import Liking
from application.mailing import Mailing
from application.members import Members
from application.mending import Mending
from application.moderation import Moderation
from application.moving.sites import Moving
from application.muting import Muting
from application.newcomers import Newcomers
from application.notices import Notices
from application.notifications import ReadingNotifications
from application.notifying import Notifying
from application.once import MakeOnce
from application.outbox import Outbox
from application.overview import Overseeing, WorkerPulse
from application.persons import Persons
from application.pictures.pictures import Pictures
from application.pictures.removing import TidyingPictures
from application.posts import Posts
from application.preferences import ChangingPreferences
from application.rendering import Rendering
from application.repeating import Repeat
from application.rerendering import Rerendering
from application.sanctions import Sanctions
from application.searching import Searching
from application.sessions import Sessions
from application.site import ChangingSite
from application.tags import Tags
from application.watching import Watching
from application.welcoming import Welcoming
from entrypoints import choices
from entrypoints.settings import Settings

T = TypeVar("T")


def filled(make: Callable[..., T], container: Any, **given: Any) -> T:
    """Calls `make`. Each parameter gets the value in `given`, or else the container's, or else the storage's."""

    def held(name: str) -> Any:
        if name in given:
            return given[name]
        provider = getattr(container, name, None)
        return getattr(container.storage(), name) if provider is None else provider()

    return make(**{name: held(name) for name in inspect.signature(make).parameters})


class Container(containers.DeclarativeContainer):
    """Made as `Container(settings=...)`. Tests override `storage`, `now`, `new_id`, `hasher`, `renderer`, `mailer`,
    `picture_maker`."""

    __self__ = providers.Self()
    settings = providers.Dependency(instance_of=Settings)
    meter = providers.Singleton(choices.meter_for)
    storage = providers.Singleton(choices.storage_for, settings, meter)

    # The other adapters.
    now = providers.Object(choices.utc_now)
    new_id = providers.Singleton(choices.ids_of, now)
    hasher = providers.Singleton(choices.hasher_for, settings, meter)
    common_passwords = providers.Singleton(CommonPasswords)
    session_secrets = providers.Singleton(RandomSecrets)
    tokens = providers.Singleton(
        JoseTokens, settings.provided.secret_key, fallbacks=settings.provided.secret_key_fallbacks
    )
    renderer = providers.Singleton(choices.renderer_for, settings, meter)
    picture_maker = providers.Singleton(choices.picture_maker_for, meter)
    first_site = providers.Callable(choices.site_in, settings)
    current_site = providers.Singleton(filled, CurrentSite, __self__)
    letters = providers.Singleton(
        TemplateLetters,
        site_name=current_site.provided.name,
        base_url=settings.provided.base_url,
        rule_count=current_site.provided.rule_count,
    )
    mailer = providers.Singleton(choices.mailer_for, settings, now, current_site.provided.name)
    data_folder = providers.Callable(choices.data_folder_of, settings)
    machine = providers.Singleton(choices.machine_for, settings)
    avatar = providers.Object(avatar_svg)
    picture_files = providers.Singleton(choices.pictures_for, settings)
    stored_path = providers.Object(stored_path)
    picture_accel = providers.Callable(choices.picture_accel_of, settings)
    limits = providers.Singleton(choices.limits_for, settings, storage)
    picture_room = providers.Callable(choices.picture_room_of, settings)
    error_mail_to = settings.provided.error_mail_to
    administrator = providers.Callable(choices.administrator_in, settings)

    # Objects that use cases share.
    repeat = providers.Singleton(filled, Repeat, __self__)
    make_once = providers.Singleton(filled, MakeOnce, __self__)
    rendering = providers.Singleton(filled, Rendering, __self__)
    mailing = providers.Singleton(filled, Mailing, __self__)
    notifying = providers.Singleton(filled, Notifying, __self__)
    newcomers = providers.Singleton(filled, Newcomers, __self__)

    # The use cases.
    credentials = providers.Singleton(filled, Credentials, __self__)
    passwords = providers.Singleton(filled, Passwords, __self__)
    addresses = providers.Singleton(filled, Addresses, __self__)
    joining = providers.Singleton(filled, Joining, __self__)
    admitting = providers.Singleton(filled, Admitting, __self__)
    site = providers.Singleton(filled, ChangingSite, __self__)
    invitations = providers.Singleton(filled, Invitations, __self__)
    sessions = providers.Singleton(filled, Sessions, __self__)
    welcoming = providers.Singleton(filled, Welcoming, __self__)
    members = providers.Singleton(filled, Members, __self__)
    assisting = providers.Singleton(filled, Assisting, __self__)
    leaving = providers.Singleton(filled, Leaving, __self__)
    following = providers.Singleton(filled, Following, __self__)
    muting = providers.Singleton(filled, Muting, __self__)
    preferences = providers.Singleton(filled, ChangingPreferences, __self__)
    posts = providers.Singleton(filled, Posts, __self__)
    tags = providers.Singleton(filled, Tags, __self__)
    pictures = providers.Singleton(filled, Pictures, __self__)
    tidying_pictures = providers.Singleton(filled, TidyingPictures, __self__)
    comments = providers.Singleton(filled, Comments, __self__)
    liking = providers.Singleton(filled, Liking, __self__)
    bookmarks = providers.Singleton(filled, Bookmarks, __self__)
    watching = providers.Singleton(filled, Watching, __self__)
    moderation = providers.Singleton(filled, Moderation, __self__)
    sanctions = providers.Singleton(filled, Sanctions, __self__)
    persons = providers.Singleton(filled, Persons, __self__)
    hiding_all = providers.Singleton(filled, HidingAll, __self__)
    appeals = providers.Singleton(filled, Appeals, __self__)
    reporting = providers.Singleton(filled, Reporting, __self__)
    cases = providers.Singleton(filled, Cases, __self__)
    telling = providers.Singleton(filled, Telling, __self__)
    notices = providers.Singleton(filled, Notices, __self__)
    notifications = providers.Singleton(filled, ReadingNotifications, __self__)
    bundling = providers.Singleton(filled, Bundling, __self__)
    deleting = providers.Singleton(filled, Deleting, __self__)
    outbox = providers.Singleton(filled, Outbox, __self__)
    overseeing = providers.Singleton(filled, Overseeing, __self__)
    rerendering = providers.Singleton(filled, Rerendering, __self__)
    searching = providers.Singleton(filled, Searching, __self__)
    mending = providers.Singleton(filled, Mending, __self__)
    moving = providers.Singleton(filled, Moving, __self__)
    incidents = providers.Singleton(filled, Incidents, __self__)
    flasky = providers.Singleton(filled, Flasky, __self__)

    # The worker and its handlers.
    job_handlers = providers.Singleton(
        choices.handlers_of,
        *(joining, admitting, passwords, addresses, leaving, deleting, hiding_all, tags, notices, telling),
        *(notifications, bundling, rerendering, tidying_pictures, searching, outbox, incidents),
    )
    jobs = providers.Singleton(filled, Jobs, __self__)
    hourly = providers.Callable(
        choices.hourly_of, jobs, sessions, rerendering, deleting, admitting, sanctions, tidying_pictures
    )
    minutely = providers.Callable(choices.looks_of, bundling, searching)
    worker_pulse = providers.Singleton(filled, WorkerPulse, __self__)
