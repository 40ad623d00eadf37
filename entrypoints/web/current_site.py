"""The site, as one request shows it."""

from flask import Flask, current_app, g, session

from application.current_site import CurrentSite
from domain.roles import Permission
from domain.rules import openings
from domain.site import Site
from entrypoints.web.viewer import viewer

_KEY = "current_site"
# The version that this browser has saved. The process that answers may not know it yet.
_SAVED = "site"


def install(app: Flask, current_site: CurrentSite) -> None:
    app.extensions[_KEY] = current_site


def site() -> Site:
    found: Site | None = g.get(_KEY)
    if found is None:
        known: CurrentSite = current_app.extensions[_KEY]
        saved = _saved_here()
        found = g.current_site = known.at_least(saved) if saved else known()
    return found


def note_saved(version: int) -> None:
    session[_SAVED] = version


def rules() -> tuple[str, ...]:
    """How each rule of the site begins."""
    return openings(site().html.rules)


def has_rule(named: str) -> bool:
    """Whether an act names a rule that is there. The rules may have changed since."""
    return named.isdigit() and 1 <= int(named) <= len(rules())


def _saved_here() -> int:
    someone = viewer()
    if someone is None or not someone.can(Permission.ADMINISTER):
        return 0
    version = session.get(_SAVED)
    return version if isinstance(version, int) else 0
