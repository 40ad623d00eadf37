"""The session cookie of a signed-in member. It holds a secret. The storage has only the hash of the secret.

Beside it stays a signed cookie that is no proof of who one is. It only says with which addresses this browser was
signed in before, without naming them, so that strangers who guess at an address cannot lock this browser out.

A visitor has neither. Flask's own signed cookie (`visitor`) holds a visitor's CSRF token and flash messages. It
is set only when a form or a message needs it.

Whoever joins leaves the site to read a mail, and may close the browser meanwhile. A third signed cookie (`onward`)
says for a day where that visitor was going.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Flask, Response, current_app, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from domain.accounts import key_of
from domain.sessions import LONGEST

# As many addresses as one browser is known by.
_ADDRESSES_AT_MOST = 4
_A_DAY = timedelta(days=1)
# A browser keeps cookies up to 4,096 bytes. A longer path is not worth a second cookie.
_LONGEST_PATH = 1_000

R = TypeVar("R", bound=AnyResponse)


@dataclass(frozen=True, slots=True)
class Onward:
    """`path` is where a visitor was going ('': nowhere). `email` is the address that a mailed link proved in this
    browser ('': none)."""

    path: str = ""
    email: str = ""


def cookie_name(app: Flask, name: str = "session") -> str:
    """With the prefix `__Host-` (RFC 6265bis section 4.1.3.2) where the site is served by https."""
    return f"__Host-{name}" if app.config["SESSION_COOKIE_SECURE"] else name


def signing_keys() -> list[bytes]:
    """The key that signs, then former keys, which are accepted during a planned change."""
    keys = [current_app.secret_key, *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [str(key).encode() for key in keys]


def remember(response: Response, secret: str, *, persistent: bool) -> Response:
    """Signs the browser in. Empties the visitor's cookie, so that the new session gets a new CSRF token.

    The storage ends a session that is idle for too long. The cookie only has to live as long as a session can.
    """
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


def forget(response: AnyResponse, *, for_good: bool = False) -> AnyResponse:
    """Signs the browser out, and makes it delete its copies of private pages. `for_good` is for a member who deletes
    the account: it also deletes unpublished drafts and the addresses that the browser is known by."""
    for name in ("session", "onward", "known") if for_good else ("session", "onward"):
        _delete(response, name)
    response.headers["Clear-Site-Data"] = '"cache", "storage"' if for_good else '"cache"'
    return response


def keep_onward(response: R, *, path: str = "", email: str = "", at: datetime) -> R:
    """Keeps for a day where the visitor was going. An empty path or address leaves the kept one."""
    kept = onward(at=at)
    path = path if path and len(path) <= _LONGEST_PATH else kept.path
    email = email or kept.email
    if path or email:
        response.set_cookie(
            cookie_name(current_app, "onward"),
            _onward_serializer().dumps([path, email, int(at.timestamp())]),
            max_age=int(_A_DAY.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def onward(*, at: datetime) -> Onward:
    try:
        path, email, kept_at = _onward_serializer().loads(request.cookies.get(cookie_name(current_app, "onward"), ""))
    except (BadSignature, ValueError):
        return Onward()
    is_recent = at.timestamp() - kept_at <= _A_DAY.total_seconds()
    return Onward(path, email) if is_recent else Onward()


def drop_onward(response: R) -> R:
    if cookie_name(current_app, "onward") in request.cookies:
        _delete(response, "onward")
    return response


def _onward_serializer() -> URLSafeSerializer:
    # The newest key is the last one here. It signs.
    return URLSafeSerializer(signing_keys()[::-1], salt="onward")


def know_browser(response: Response, email: str, *, at: datetime) -> Response:
    """Marks a browser that is signed in with this address, or that has reset its password. It stays known for 180 days,
    also when it signs out or the password changes."""
    entry = _entry(known_browser(email, at=at) or secrets.token_hex(8), str(int(at.timestamp())), email)
    others = [other for other in _entries() if not _is_about(other, email)]
    response.set_cookie(
        cookie_name(current_app, "known"),
        "_".join([entry, *others][:_ADDRESSES_AT_MOST]),
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def known_browser(email: str, *, at: datetime) -> str | None:
    """The id of this browser, if it was signed in with this address before."""
    for entry in _entries():
        if _is_about(entry, email):
            browser, known_since, _ = entry.split(".")
            if at.timestamp() - int(known_since) <= LONGEST.total_seconds():
                return browser
    return None


def _delete(response: AnyResponse, name: str) -> None:
    response.delete_cookie(
        cookie_name(current_app, name),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def _entries() -> list[str]:
    """One for each address: an id, a time, and their signature together with the address."""
    entries = request.cookies.get(cookie_name(current_app, "known"), "").split("_")
    return list(filter(None, entries))[:_ADDRESSES_AT_MOST]


def _is_about(entry: str, email: str) -> bool:
    browser, _, rest = entry.partition(".")
    known_since, _, _ = rest.partition(".")
    return any(
        hmac.compare_digest(entry.encode(errors="replace"), _entry(browser, known_since, email, key).encode())
        for key in signing_keys()
    )


def _entry(browser: str, known_since: str, email: str, key: bytes | None = None) -> str:
    signed = f"known:{browser}.{known_since}.{key_of(email)}"
    signature = hmac.new(key or signing_keys()[0], signed.encode(errors="replace"), hashlib.sha256).hexdigest()
    return f"{browser}.{known_since}.{signature}"
