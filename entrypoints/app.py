"""The Flask application: settings, what every template may use, and the blueprints."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from flask import Blueprint, Flask, Request, g, has_request_context, request
from flask_babel import Babel, format_datetime, gettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from domain.ids import LARGEST
from domain.roles import Permission
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
)
from entrypoints.web.devices import device
from entrypoints.web.script_words import script_words
from entrypoints.web.tongues import tongue
from entrypoints.words import ROLES

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

    regex = r"[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST:
            raise ValidationError
        return number


class UsernameConverter(BaseConverter):
    """Anything in the shape of a username, whether somebody has it or not."""

    regex = r"[A-Za-z][A-Za-z0-9_.]{0,63}"
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
    _prepare_templates(app, settings)
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


def _prepare_templates(app: Flask, settings: Settings) -> None:
    sends_no_mail = settings.env == "development" and settings.mail_url.scheme == "file"
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        Permission=Permission,
        site_name=settings.site_name,
        static=machines.static_url,
        utc=_utc,
        words=_words,
        day_words=_day_words,
        once=_once,
        opening=syndication.opening,
        title_of=syndication.title_of,
        tongue=tongue,
        device=device,
        script_words=script_words,
        roles=ROLES,
        base_url=settings.base_url,
        csrf_token=session.csrf_token,
        flashes=session.flashes,
        registration_is_open=settings.registration == "open",
        mail_folder=str(settings.mail_url.path) if sends_no_mail else None,
    )

    @app.context_processor
    def about_this_request() -> dict[str, object]:
        return {
            "viewer": session.viewer(),
            "request_path": request.path if request.url_rule is None else session.page_path(),
            "by_cursor": "before" in request.args or "after" in request.args,
            "language": display.language().value,
            "theme": display.theme().value,
        }


def _once() -> str:
    key = secrets.token_urlsafe(16)
    g.setdefault("once_keys", []).append(key)
    return key


def _utc(at: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _words(at: datetime) -> str:
    # Translators: a pattern of CLDR (Unicode TR 35); the order of the parts and what stands between them.
    return str(format_datetime(at, gettext("d MMMM y, HH:mm 'UTC'"), rebase=False))


def _day_words(at: datetime) -> str:
    # Translators: the same without the time of day.
    return str(format_datetime(at, gettext("d MMMM y"), rebase=False))


def _locale() -> str | None:
    """As gettext and CLDR spell it."""
    return display.language().value.replace("-", "_") if has_request_context() else None
