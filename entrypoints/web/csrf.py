"""CSRF protection: one token for each session (OWASP's synchronizer token), and the headers that name the origin."""

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, request, session
from werkzeug.local import LocalProxy

from entrypoints.web.cookies import cookie_name
from entrypoints.web.viewer import viewer


class StaleForm(Exception):
    """The CSRF token is missing or belongs to another session, or another site sent the request."""


def check_csrf() -> None:
    """Raises StaleForm. It compares the token, and the origin where the browser sends it."""
    if not is_our_own_form():
        raise StaleForm
    sent = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token") or ""
    expected = _expected_token()
    if expected is None or not hmac.compare_digest(sent.encode(errors="replace"), expected.encode()):
        raise StaleForm


def is_our_own_form() -> bool:
    """False if the browser names another site as the origin. An error page shows typed text again only if this is
    true."""
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
    # If the storage did not answer, nobody looked up the cookie. It may work again when the form is sent.
    unknown = "viewer" not in g and cookie_name(current_app) in request.cookies
    if viewer() is not None or unknown:
        return _member_token()
    g.holds_visitor_form = True
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


# The proxy calls `_token` only when a template writes the token into a form. Other pages set no cookie.
csrf_token: Any = LocalProxy(_token)
