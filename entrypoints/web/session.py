"""Who is looking, and that it is really their browser that asks: the session cookie, the visitor's cookie, CSRF.

A member's cookie holds a secret whose hash is in the store. A visitor has no row: Flask's signed cookie keeps a CSRF
secret and flash messages, and is set only where a form or a message needs it.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, get_flashed_messages, request, session
from flask_babel import gettext
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response as AnyResponse

from application.ports.sessions import SessionFeeds, SessionSecrets, Viewer
from application.ports.work import Now
from application.sessions import Sessions
from domain.errors import DomainError
from domain.sessions import LONGEST, is_worth_noting

_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)


_FLASHES = 5


class StaleForm(Exception):
    """The CSRF token is missing, from another session, or this is not our own page asking."""


class SignedOut(Exception):
    """This is for members. `wanted` is the path to come back to, percent-encoded for a query."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def viewer_finder(
    sessions: Sessions, session_feeds: SessionFeeds, session_secrets: SessionSecrets, now: Now
) -> Callable[[], None]:
    """What finds the viewer before a request: one statement where there is a cookie, none where there is not."""

    def find() -> None:
        cookie = request.cookies.get(cookie_name(current_app), "")
        if not cookie or len(cookie) > 100 or not cookie.isascii() or not cookie.isprintable():
            g.viewer = None
            return
        found = g.viewer = session_feeds.viewer(session_secrets.hash(cookie), now())
        if found is not None and is_worth_noting(seen_at=found.seen_at, at=now()):
            try:
                sessions.note_visit(session_id=found.session_id)
            except DomainError:
                current_app.logger.info("a visit was not noted")

    return find


def cookie_name(app: Flask) -> str:
    """`__Host-` (RFC 6265bis section 4.1.3.2) wherever the site is reached by https."""
    return "__Host-session" if app.config["SESSION_COOKIE_SECURE"] else "session"


def viewer() -> Viewer | None:
    found: Viewer | None = g.get("viewer")
    return found


def member() -> Viewer:
    """The viewer of a page that asks to be signed in."""
    found = viewer()
    assert found is not None
    return found


def remember(response: Response, secret: str, *, persistent: bool) -> Response:
    """Signed in from now on. What the visitor's cookie held is gone: a new CSRF secret for a new session. Being idle
    for too long is for the store to notice; the cookie only has to live as long as a session can."""
    session.clear()
    response.set_cookie(
        cookie_name(current_app),
        secret,
        max_age=int(LONGEST.total_seconds()) if persistent else None,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def forget(response: AnyResponse, *, drafts: bool = False) -> AnyResponse:
    """Signed out; what the browser kept of private pages goes as well, and the `drafts` of who leaves for good."""
    response.delete_cookie(
        cookie_name(current_app),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"' if drafts else '"cache"'
    return response


def flash(text: str, category: str, **values: str) -> None:
    """A message for the next page, which says it in its own language: `text` is marked for the catalogues. It travels
    in a cookie: the same twice is said once, of many the newest count."""
    message = [category, [text, values]]
    waiting = [list(earlier) for earlier in session.get("_flashes", [])]
    if message not in waiting:
        session["_flashes"] = [*waiting, message][-_FLASHES:]


def flashes() -> list[tuple[str, str]]:
    """What was left for this page: category and text."""
    waiting: Any = get_flashed_messages(with_categories=True)
    return [(category, gettext(text, **values)) for category, (text, values) in waiting]


def own_path(wanted: str | None) -> str:
    """`wanted` if it is a path on this site, else the first page. `//host`, `/\\host` and `/<TAB>/host` are not."""
    if wanted and _OWN_PATH.fullmatch(wanted) and not urlsplit(wanted).netloc:
        return wanted
    return "/"


def asked_for() -> str:
    """Path and query of this request, percent-encoded, ready for a link."""
    query = request.query_string.decode("ascii")
    return quote(request.path, safe="/@") + (f"?{query}" if query else "")


def page_path() -> str:
    """Of the page that this request belongs to: some paths take a form only, and the page with the form is above."""
    rule = request.url_rule
    if rule is not None and "GET" in (rule.methods or ()):
        return request.path
    routes = current_app.create_url_adapter(request)
    above = request.path
    while routes is not None and above.strip("/"):
        if routes.test(above, "GET"):
            return above
        above = above.rpartition("/")[0]
    return "/"


def check_csrf() -> None:
    """Raises StaleForm. The token is one value a session (OWASP's synchronizer token); the browser's own word on
    where the request comes from is checked as well, where it gives it."""
    if not is_our_own_form():
        raise StaleForm
    sent = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token") or ""
    expected = _expected_token()
    if expected is None or not hmac.compare_digest(sent.encode(errors="replace"), expected.encode()):
        raise StaleForm


def is_our_own_form() -> bool:
    """Whether the browser does not say that another site sent this: only then is what was typed shown again."""
    if request.headers.get("Sec-Fetch-Site") not in (None, "same-origin", "none"):
        return False
    source = request.headers.get("Origin", request.headers.get("Referer"))
    return source is None or _origin_of(source) in _own_origins()


def _origin_of(address: str) -> str:
    try:
        url = urlsplit(address)
    except ValueError:
        return ""
    return f"{url.scheme}://{url.netloc}".lower()


def _own_origins() -> set[str]:
    return {f"{request.scheme}://{request.host}".lower(), current_app.config["BASE_URL"]}


def _expected_token() -> str | None:
    if viewer() is not None:
        return _member_token()
    token: str | None = session.get("csrf")
    return token


def _member_token() -> str:
    cookie = request.cookies[cookie_name(current_app)]
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"csrf:" + cookie.encode(), hashlib.sha256).hexdigest()


def _token() -> str:
    # Whoever could not be looked up at the moment may be by the time they send the form.
    unknown = "viewer" not in g and cookie_name(current_app) in request.cookies
    if viewer() is not None or unknown:
        return _member_token()
    g.holds_visitor_form = True
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


# Asked for only when a template really writes it into a form, so that other pages set no cookie.
csrf_token: Any = LocalProxy(_token)
