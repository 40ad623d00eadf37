"""The viewer of a request: the member behind the session cookie, or None for a visitor."""

import logging
from collections.abc import Callable

from flask import current_app, g, request

from application.ports.sessions import SessionFeeds, SessionSecrets, Viewer
from application.ports.work import Now
from application.sessions import Sessions
from domain.errors import DomainError
from domain.sessions import is_worth_noting
from entrypoints.observing import note_account
from entrypoints.web.cookies import cookie_name

log = logging.getLogger(__name__)


class SignedOut(Exception):
    """The page is for members, and the viewer is a visitor. `wanted` is the path to return to after signing in,
    percent-encoded for a query."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def viewer_finder(
    sessions: Sessions, session_feeds: SessionFeeds, session_secrets: SessionSecrets, now: Now
) -> Callable[[], None]:
    """Returns the function that finds the viewer before a request. It takes one statement where there is a cookie and
    none where there is not."""

    def find() -> None:
        cookie = request.cookies.get(cookie_name(current_app), "")
        if not cookie or len(cookie) > 100 or not cookie.isascii() or not cookie.isprintable():
            g.viewer = None
            return
        found = g.viewer = session_feeds.viewer(session_secrets.hash(cookie), now())
        if found is None:
            return
        note_account(found.id)
        if is_worth_noting(seen_at=found.seen_at, at=now()):
            try:
                sessions.note_visit(session_id=found.session_id)
            except DomainError:
                log.info("a visit was not noted")

    return find


def viewer() -> Viewer | None:
    found: Viewer | None = g.get("viewer")
    return found


def member() -> Viewer:
    """The viewer of a page that is for members."""
    found = viewer()
    assert found is not None
    return found
