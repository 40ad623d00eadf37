"""The Flask application: settings, converters and the blueprints."""

from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from flask import Flask, Request, has_request_context
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
from entrypoints.container import Container, filled
from entrypoints.settings import Settings
from entrypoints.web import (
    comments,
    credentials,
    display,
    errors,
    following,
    hooks,
    joining,
    leaving,
    machines,
    members,
    moderation,
    outbox,
    people,
    posts,
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


# Each capability's pages, and what is nobody's in particular.
_BLUEPRINTS = (
    posts,
    comments,
    moderation,
    people,
    following,
    joining,
    sessions,
    credentials,
    display,
    leaving,
    members,
    outbox,
    syndication,
    machines,
)


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
    find_viewer = filled(session.viewer_finder, container)
    hooks.install(app, find_viewer=find_viewer, limits=container.limits(), now=container.now())
    for module in _BLUEPRINTS:
        app.register_blueprint(filled(module.blueprint, container))
    app.register_blueprint(api.blueprint(container))
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    return app


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
