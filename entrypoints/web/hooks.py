"""The request hooks: the checks before every view, in a fixed order, and the headers of every response."""

import logging
from collections.abc import Callable

from flask import Flask, g, redirect, request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from application.ports.limits import Limits
from application.ports.work import Now
from domain.errors import DomainError, Overloaded
from entrypoints.bodies import require_plain_form, require_size
from entrypoints.fair_queue import REFUSED
from entrypoints.observing import note_route
from entrypoints.web.caching import set_caching
from entrypoints.web.compression import compress
from entrypoints.web.csrf import check_csrf
from entrypoints.web.decorators import (
    is_for_any_host,
    is_hidden,
    is_open_to_suspended,
    is_proved_by_path,
    is_without_viewer,
    limits_of_view,
)
from entrypoints.web.display import language
from entrypoints.web.foot_line import add_foot_line
from entrypoints.web.headers import set_security_headers
from entrypoints.web.hosts import is_allowed, warn_of
from entrypoints.web.proxies import DistrustedProxy, is_distrusted, look_at_proxies
from entrypoints.web.redirects import requested_path
from entrypoints.web.viewer import viewer

log = logging.getLogger(__name__)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(
    app: Flask, *, find_viewer: Callable[[], None], limits: Limits, now: Now, trusted_proxies: int, has_foot_line: bool
) -> None:
    """The order of refusals: unknown host 400, too large 413, no such page 404 or 405, a coded body 415, too many
    requests of one member at once 503, too often 429, CSRF 403, a suspended member 403. A view checks whether the
    viewer is signed in. The core checks every other permission."""
    secure = bool(app.config["SESSION_COOKIE_SECURE"])

    @app.before_request
    def enter() -> Response | None:
        note_route(request.url_rule.rule if request.url_rule else "")
        hidden = is_hidden()
        if (hidden or not is_for_any_host()) and not is_allowed(request.host, app.config["ALLOWED_HOSTS"]):
            warn_of(request.host)
            raise SecurityError
        try:
            require_size()
            if request.routing_exception is not None:
                raise request.routing_exception
            if hidden:
                raise NoSuchPage
            if request.method not in _SAFE:
                require_plain_form()
        except HTTPException:
            if not request.path.startswith("/api/"):
                _find_viewer_quietly(find_viewer)
            raise
        if is_without_viewer():
            return None
        look_at_proxies(trusted_proxies, secure=secure)
        if secure and not request.is_secure and request.method in ("GET", "HEAD"):
            return _to_https(app.config["BASE_URL"])
        is_api = request.blueprint == "api"
        if not is_api:
            find_viewer()
        if REFUSED in request.environ:
            raise Overloaded
        if is_api:
            return None
        if request.method not in _SAFE:
            limits.check(limits_of_view(), now())
            _check_form()
        _require_access()
        return None

    @app.after_request
    def leave(response: Response) -> Response:
        set_security_headers(response, secure=secure)
        if has_foot_line and response.mimetype == "text/html":
            add_foot_line(response)
        if response.mimetype == "text/html":
            response.headers["Content-Language"] = language().value
        if "Cache-Control" not in response.headers:
            set_caching(response)
        if "X-Tell-Location" in request.headers and response.status_code == 303:
            _tell_location(response)
        return compress(response)


def _check_form() -> None:
    if not is_proved_by_path():
        check_csrf()


def _require_access() -> None:
    """Raises Forbidden where a suspended member may not go."""
    someone = viewer()
    if someone is not None and not is_open_to_suspended():
        someone.require_access()


def _to_https(base_url: str) -> Response:
    if is_distrusted():
        g.viewer = None
        raise DistrustedProxy
    return redirect(base_url + requested_path(), 308)


def _tell_location(response: Response) -> None:
    """A script cannot read where a redirect leads. Ours ask with a header, so that they may stay on the page of a text
    until it is taken."""
    response.status_code = 204
    response.headers["X-Location"] = response.headers.pop("Location")
    response.set_data(b"")


def _find_viewer_quietly(find_viewer: Callable[[], None]) -> None:
    """Finds the viewer for an error page, which shows the name. After any error here the page has no viewer."""
    g.viewer = None
    try:
        find_viewer()
    except DomainError:
        pass  # the storage does not answer, and has said so
    except Exception:
        log.exception("an error page shows no viewer")
