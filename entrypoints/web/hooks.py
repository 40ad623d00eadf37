"""What every request passes before its view, in the order of refusals, and every answer on its way out."""

import hashlib
import re
from collections.abc import Callable

from flask import Flask, g, redirect, request, session
from werkzeug.exceptions import RequestEntityTooLarge, SecurityError
from werkzeug.wrappers import Response

from application.ports.limits import Limits
from application.ports.work import Now
from entrypoints.web.compression import compress
from entrypoints.web.decorators import is_without_viewer, limits_of_view
from entrypoints.web.display import language
from entrypoints.web.session import asked_for, check_csrf, viewer

_NEVER_STORED = re.compile(r"/(?:settings|admin|moderation|confirm|reset)(?:/|$)")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def install(app: Flask, *, find_viewer: Callable[[], None], limits: Limits, now: Now) -> None:
    """Unknown host 400 (Flask's TRUSTED_HOSTS), too large 413, no such page 404 or 405, too often 429, CSRF 403. Being
    signed in is for views to ask, and all further permission for the core."""
    secure = bool(app.config["SESSION_COOKIE_SECURE"])

    @app.before_request
    def enter() -> Response | None:
        if isinstance(request.routing_exception, SecurityError):
            raise request.routing_exception
        too_large = (request.content_length or 0) > app.config["MAX_CONTENT_LENGTH"]
        refusal = RequestEntityTooLarge() if too_large else request.routing_exception
        if refusal is not None:
            if not request.path.startswith("/api/"):
                _find_viewer_quietly(find_viewer)
            raise refusal
        if is_without_viewer():
            return None
        if secure and not request.is_secure and request.method in ("GET", "HEAD"):
            return redirect(app.config["BASE_URL"] + asked_for(), 308)
        if request.blueprint == "api":
            return None
        find_viewer()
        if request.method not in _SAFE:
            limits.check(limits_of_view(), now())
            check_csrf()
        return None

    @app.after_request
    def leave(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if response.mimetype == "text/html":
            response.headers["Content-Language"] = language().value
        if "Cache-Control" not in response.headers:
            _set_caching(response)
        return compress(response)


def _find_viewer_quietly(find_viewer: Callable[[], None]) -> None:
    """An error page greets its reader by name, but the error is the same if they cannot be found."""
    try:
        find_viewer()
    except Exception:  # noqa: BLE001 - whatever is the matter, the page that is not there is the answer
        g.viewer = None


def _set_caching(response: Response) -> None:
    """Private pages never land in a shared cache; whoever comes back asks whether anything changed."""
    response.vary.update(["Cookie", "Accept-Language"])
    never = (
        request.method not in ("GET", "HEAD")
        or _NEVER_STORED.match(request.path)
        or g.get("holds_visitor_form")
        or (viewer() is None and (session.modified or "Set-Cookie" in response.headers))
    )
    if never:
        response.headers["Cache-Control"] = "no-store"
        return
    response.headers["Cache-Control"] = "public, no-cache" if viewer() is None else "private, no-cache"
    if response.status_code == 200 and not session.modified and not response.is_streamed:
        body = response.get_data()
        # A key against doubles is new each time; a page that differs in nothing else is the same page.
        for key in g.get("once_keys", ()):
            body = body.replace(key.encode(), b"")
        response.set_etag(hashlib.sha256(body).hexdigest()[:32], weak=True)
        response.make_conditional(request)
