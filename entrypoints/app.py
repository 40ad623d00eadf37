"""The Flask application: settings, converters and the blueprints."""

from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from flask import Blueprint, Flask, Request, has_request_context
from flask_babel import Babel
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from domain.accounts import USERNAME_PATTERN
from domain.ids import ID_PATTERN, LARGEST
from entrypoints.api import blueprint as api
from entrypoints.api import errors as api_errors
from entrypoints.container import Container
from entrypoints.settings import Settings
from entrypoints.web import (
    addresses,
    comments,
    display,
    errors,
    gate,
    joining,
    leaving,
    machines,
    members,
    moderation,
    outbox,
    passwords,
    people,
    posts,
    profiles,
    session,
    sessions,
    syndication,
    templating,
)

_TRANSLATIONS = Path(__file__).parent / "translations"
# A post of 50,000 characters, each of four bytes and percent-encoded, is 600 kB.
BODY_AT_MOST = 1_000_000


class WholeStream(LimitedStream):
    """A body that says no length, in chunks. Werkzeug's own stream ends at the limit as if that were all of it."""

    def readall(self) -> bytes:
        """Raises RequestEntityTooLarge where anything follows after the limit."""
        found = super().readall()
        if self.is_exhausted and self._stream.read(1):
            raise RequestEntityTooLarge
        return found


class ReadableRequest(Request):
    """Its query is ASCII whatever the client sent: raw bytes that are no text would stop whoever reads `args`. Its body
    is all that was sent, or too large."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.query_string = quote(self.query_string, safe="%=&+/?:;,@!$'()*~[]").encode()

    @cached_property
    def stream(self) -> IO[bytes]:
        limit = self.max_content_length
        if limit is None or self.content_length is not None or "wsgi.input_terminated" not in self.environ:
            return super().stream
        return cast("IO[bytes]", WholeStream(self.input_stream, limit, is_max=True))


class IdConverter(IntegerConverter):
    """An id in a path: ASCII digits below 2^63, without leading zeros. Anything else is no page."""

    regex = ID_PATTERN

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST:
            raise ValidationError
        return number


class UsernameConverter(BaseConverter):
    """Anything in the shape of a username, whether somebody has it or not."""

    regex = USERNAME_PATTERN
    part_isolating = True


def create_app(container: Container) -> Flask:
    settings = container.settings()
    app = Flask("chapbook", static_folder=None, template_folder=str(Path(__file__).parent / "web" / "templates"))
    app.request_class = ReadableRequest
    _configure(app, settings)
    app.url_map.converters.update(id=IdConverter, username=UsernameConverter)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    # Without compiled catalogues it speaks English.
    Babel(app, default_translation_directories=str(_TRANSLATIONS), locale_selector=_locale)
    templating.install(app, settings)
    errors.install(app, below_api=api_errors.answer)
    finder = session.viewer_finder(
        sessions=container.sessions(),
        feeds=container.session_feeds(),
        hashing=container.session_secrets(),
        now=container.clock(),
    )
    gate.install(app, find_viewer=finder, limits=container.limits(), now=container.clock())
    for blueprint in _blueprints(container, settings):
        app.register_blueprint(blueprint)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    return app


def _blueprints(container: Container, settings: Settings) -> tuple[Blueprint, ...]:
    per_page = settings.posts_per_page
    return (
        posts.blueprint(
            container.posts(),
            container.post_feeds(),
            container.people_feeds(),
            per_page=per_page,
            comments_per_page=settings.comments_per_page,
        ),
        comments.blueprint(
            container.comments(),
            container.comment_feeds(),
            container.post_feeds(),
            per_page=settings.comments_per_page,
        ),
        moderation.blueprint(container.moderation(), container.comment_feeds(), per_page=settings.comments_per_page),
        people.blueprint(
            container.following(),
            container.people_feeds(),
            per_page=per_page,
            followers_per_page=settings.followers_per_page,
        ),
        joining.blueprint(container.joining()),
        sessions.blueprint(container.sessions(), container.session_feeds(), container.clock()),
        passwords.blueprint(container.passwords()),
        profiles.blueprint(container.profiles(), container.people_feeds()),
        display.blueprint(container.renderer(), secure=settings.is_https, development=settings.env == "development"),
        addresses.blueprint(container.addresses()),
        leaving.blueprint(container.leaving(), container.archive_feeds(), container.people_feeds()),
        members.blueprint(container.members(), per_page=settings.followers_per_page),
        outbox.blueprint(container.outbox(), per_page=settings.followers_per_page),
        syndication.blueprint(
            container.post_feeds(),
            container.catalogue_feeds(),
            container.people_feeds(),
            site_name=settings.site_name,
            base_url=settings.base_url,
            now=container.clock(),
        ),
        api.blueprint(container),
        machines.blueprint(container.avatar(), container.member_feeds().is_empty),
    )


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.is_https else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        BASE_URL=settings.base_url,
        TRUSTED_HOSTS=list(settings.allowed_hosts),
        MAX_CONTENT_LENGTH=BODY_AT_MOST,
        MAX_FORM_MEMORY_SIZE=BODY_AT_MOST,
        SESSION_COOKIE_NAME=f"{prefix}visitor",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_PATH="/",
        PROVIDE_AUTOMATIC_OPTIONS=True,
    )


def _locale() -> str | None:
    """As gettext and CLDR spell it."""
    return display.language().value.replace("-", "_") if has_request_context() else None
