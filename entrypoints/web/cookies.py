"""The session cookie of a signed-in member. It holds a secret. The storage has only the hash of the secret.

A visitor has no such cookie. Flask's own signed cookie (`visitor`) holds a visitor's CSRF token and flash messages. It
is set only when a form or a message needs it.
"""

from flask import Flask, Response, current_app, session
from werkzeug.wrappers import Response as AnyResponse

from domain.sessions import LONGEST


def cookie_name(app: Flask) -> str:
    """With the prefix `__Host-` (RFC 6265bis section 4.1.3.2) where the site is served by https."""
    return "__Host-session" if app.config["SESSION_COOKIE_SECURE"] else "session"


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


def forget(response: AnyResponse, *, drafts: bool = False) -> AnyResponse:
    """Signs the browser out, and makes it delete its copies of private pages. `drafts` also deletes unpublished drafts,
    for a member who deletes the account."""
    response.delete_cookie(
        cookie_name(current_app),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"' if drafts else '"cache"'
    return response
