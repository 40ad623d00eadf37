"""The Flask application: its configuration and its blueprints."""

from pathlib import Path

from flask import Flask
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from entrypoints.api import appeals as appeals_api
from entrypoints.api import blueprint as api
from entrypoints.api import bookmarks as bookmarks_api
from entrypoints.api import cases as cases_api
from entrypoints.api import comments as comments_api
from entrypoints.api import credentials as credentials_api
from entrypoints.api import errors as api_errors
from entrypoints.api import following as following_api
from entrypoints.api import joining as joining_api
from entrypoints.api import liking as liking_api
from entrypoints.api import members as members_api
from entrypoints.api import moderation as moderation_api
from entrypoints.api import muting as muting_api
from entrypoints.api import notifications as notifications_api
from entrypoints.api import people as people_api
from entrypoints.api import pictures as pictures_api
from entrypoints.api import posts as posts_api
from entrypoints.api import preferences as preferences_api
from entrypoints.api import sanctions as sanctions_api
from entrypoints.api import searching as searching_api
from entrypoints.api import tags as tags_api
from entrypoints.api import watching as watching_api
from entrypoints.bodies import FIELDS_AT_MOST, TEXT_BYTES_AT_MOST
from entrypoints.container import Container, filled
from entrypoints.former_names import path_ahead_of
from entrypoints.observing import AT_END, ObservingMiddleware, at_end
from entrypoints.settings import Settings
from entrypoints.web import (
    admitting,
    appeals,
    assisting,
    avatars,
    bookmarks,
    cases,
    comments,
    credentials,
    current_site,
    deleting,
    display,
    errors,
    flasky,
    following,
    fragments,
    guide,
    health,
    hiding_all,
    hooks,
    invitations,
    joining,
    leaving,
    liking,
    manifest,
    members,
    metrics,
    moderation,
    muting,
    notifications,
    outbox,
    overview,
    pages,
    people,
    persons,
    picture_files,
    pictures,
    posts,
    preferences,
    reporting,
    sanctions,
    searching,
    sessions,
    site,
    sitemaps,
    static_files,
    structured_data,
    syndication,
    tags,
    templating,
    watching,
    welcoming,
    well_known,
)
from entrypoints.web.converters import IdConverter, MailedConverter, UsernameConverter
from entrypoints.web.environment import Environment
from entrypoints.web.requests import ReadableRequest
from entrypoints.web.viewer import viewer_finder
from entrypoints.web.visitor_cookie import VisitorCookie

_TRANSLATIONS = Path(__file__).parent / "translations"


# One blueprint of pages for each capability, and those that belong to none.
_BLUEPRINTS = (
    posts,
    pictures,
    tags,
    comments,
    liking,
    bookmarks,
    watching,
    searching,
    moderation,
    reporting,
    cases,
    persons,
    sanctions,
    hiding_all,
    appeals,
    deleting,
    people,
    following,
    muting,
    preferences,
    joining,
    admitting,
    invitations,
    welcoming,
    sessions,
    credentials,
    display,
    leaving,
    members,
    assisting,
    notifications,
    overview,
    outbox,
    guide,
    site,
    sitemaps,
    syndication,
    avatars,
    picture_files,
    static_files,
    manifest,
    structured_data,
    health,
    metrics,
    well_known,
    flasky,
)
# The operations of each capability, in the order of the API's description.
_OPERATIONS = (
    credentials_api,
    joining_api,
    members_api,
    people_api,
    following_api,
    posts_api,
    pictures_api,
    tags_api,
    comments_api,
    liking_api,
    bookmarks_api,
    watching_api,
    searching_api,
    moderation_api,
    sanctions_api,
    appeals_api,
    muting_api,
    preferences_api,
    cases_api,
    notifications_api,
)


def create_app(container: Container) -> Flask:
    settings = container.settings()
    app = Flask("chapbook", static_folder=None, template_folder=str(Path(__file__).parent / "web" / "templates"))
    app.request_class = ReadableRequest
    app.session_interface = VisitorCookie()
    app.jinja_environment = Environment  # type: ignore[assignment]
    _configure(app, settings)
    app.url_map.converters.update(id=IdConverter, username=UsernameConverter, mailed=MailedConverter)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    # Without compiled catalogues every page is in English.
    Babel(
        app,
        default_translation_directories=str(_TRANSLATIONS),
        locale_selector=display.locale,
        configure_jinja=False,
    )
    current_site.install(app, container.current_site())
    templating.install(app, settings)
    fragments.install(app)
    pages.install(app)
    errors.install(app, below_api=api_errors.answer, path_ahead=filled(path_ahead_of, container))
    find_viewer = filled(viewer_finder, container)
    hooks.install(
        app,
        find_viewer=find_viewer,
        limits=container.limits(),
        now=container.now(),
        trusted_proxies=settings.trusted_proxies,
        has_foot_line=settings.has_foot_line,
    )
    for module in _BLUEPRINTS:
        app.register_blueprint(filled(module.blueprint, container))
    app.register_blueprint(api.blueprint(container, _OPERATIONS))
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.extensions[AT_END] = end = at_end(container.meter())
    app.wsgi_app = ObservingMiddleware(app.wsgi_app, end, lists=settings.has_foot_line)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.is_https else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        BASE_URL=settings.base_url,
        ALLOWED_HOSTS=settings.allowed_hosts,
        MAX_CONTENT_LENGTH=TEXT_BYTES_AT_MOST,
        MAX_FORM_MEMORY_SIZE=TEXT_BYTES_AT_MOST,
        MAX_FORM_PARTS=FIELDS_AT_MOST,
        SESSION_COOKIE_NAME=f"{prefix}visitor",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_PATH="/",
        PROVIDE_AUTOMATIC_OPTIONS=True,
    )
