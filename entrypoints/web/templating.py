"""The names that every template can use."""

from datetime import datetime

from flask import Blueprint, Flask, request
from flask_babel import format_datetime, gettext
from markupsafe import Markup

from domain.roles import Permission
from domain.site import Site
from entrypoints.links import elsewhere
from entrypoints.picture_paths import avatar_path
from entrypoints.settings import Settings
from entrypoints.web import display, static_files, syndication
from entrypoints.web.csrf import csrf_token
from entrypoints.web.current_site import site
from entrypoints.web.devices import device
from entrypoints.web.flashes import flashes
from entrypoints.web.languages import language_of
from entrypoints.web.once import new_once_key
from entrypoints.web.redirects import page_path
from entrypoints.web.script_words import picture_words, script_words
from entrypoints.web.viewer import viewer
from entrypoints.words import ROLES, alerts_named


def install(app: Flask, settings: Settings) -> None:
    sends_no_mail = settings.env == "development" and settings.mail_url.scheme == "file"
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        Permission=Permission,
        static=static_files.static_url,
        utc=utc,
        words=words,
        prose=_prose,
        day_words=_day_words,
        once=new_once_key,
        opening=syndication.opening,
        description_of=_description_of,
        title_of=syndication.title_of,
        elsewhere=elsewhere,
        avatar_path=avatar_path,
        language_of=language_of,
        device=device,
        script_words=script_words,
        picture_words=picture_words,
        roles=ROLES,
        languages=display.LANGUAGES,
        themes=display.THEMES,
        base_url=settings.base_url,
        csrf_token=csrf_token,
        flashes=flashes,
        mail_folder=str(settings.mail_url.path) if sends_no_mail else None,
    )

    @app.context_processor
    def about_this_request() -> dict[str, object]:
        return {
            "viewer": viewer(),
            "site": site(),
            "site_name": site().text.name,
            "registration": site().text.registration,
            "request_path": request.path if request.url_rule is None else page_path(),
            "by_cursor": "before" in request.args or "after" in request.args,
            "language": display.language().value,
            "theme": display.theme().value,
        }


def provide(views: Blueprint, **names: object) -> None:
    """Adds the rules and limits of a capability to the names that every template can use."""
    views.record_once(lambda state: state.app.jinja_env.globals.update(names))


def _prose(html: str) -> Markup:
    """What a member wrote, as its renderer left it: sanitized."""
    return Markup(alerts_named(html, display.language().value, gettext))  # noqa: S704


def _description_of(site: Site) -> str:
    """What the site is, for search engines and link previews."""
    greeting = site.text.tagline or syndication.opening(site.html.greeting, 200)
    return greeting or gettext("What the members of %(site_name)s write, newest first.", site_name=site.text.name)


def utc(at: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def words(at: datetime) -> str:
    """The date and the time, in the language of the page."""
    # Translators: a pattern of CLDR (Unicode TR 35); the order of the parts and what stands between them.
    return str(format_datetime(at, gettext("d MMMM y, HH:mm 'UTC'"), rebase=False))


def _day_words(at: datetime) -> str:
    # Translators: the same without the time of day.
    return str(format_datetime(at, gettext("d MMMM y"), rebase=False))
