"""CSRF protection: one token for each session (OWASP's synchronizer token), and the headers that name the origin."""

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, request, session
from werkzeug.local import LocalProxy

from entrypoints.web.cookies import cookie_name, signing_keys
from entrypoints.web.viewer import viewer


class StaleForm(Exception):
    """The CSRF token is missing or belongs to another session, or another site sent the request."""


def check_csrf() -> None:
    """Raises StaleForm. It compares the token, and the origin where the browser sends it."""
    if not is_our_own_form():
        raise StaleForm
    sent = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token") or ""
    if not any(hmac.compare_digest(sent.encode(errors="replace"), good.encode()) for good in _good_tokens()):
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


def _good_tokens() -> list[str]:
    if viewer() is not None:
        return _member_tokens()
    return [session["csrf"]] if "csrf" in session else []


def _member_tokens() -> list[str]:
    """The first one is for new forms. Those of former keys keep open forms valid during a planned change of the key."""
    cookie = request.cookies[cookie_name(current_app)]
    return [hmac.new(key, b"csrf:" + cookie.encode(), hashlib.sha256).hexdigest() for key in signing_keys()]


def _token() -> str:
    # If the storage did not answer, nobody looked up the cookie. It may work again when the form is sent.
    unknown = "viewer" not in g and cookie_name(current_app) in request.cookies
    if viewer() is not None or unknown:
        found: str | None = g.get("csrf_of_member")
        if found is None:
            found = g.csrf_of_member = _member_tokens()[0]
        return found
    g.holds_visitor_form = True
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


# The proxy calls `_token` only when a template writes the token into a form. Other pages set no cookie.
csrf_token: Any = LocalProxy(_token)
