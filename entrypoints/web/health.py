"""Health checks: whether the process lives, and whether the storage answers. No cookie is read or set here."""

from collections.abc import Callable

from flask import Blueprint
from werkzeug.wrappers import Response

from application.ports.tokens import Tokens
from application.ports.work import Now
from entrypoints.web.decorators import for_any_host, without_viewer
from entrypoints.web.diagnosis import diagnosis


def blueprint(ping: Callable[[], None], tokens: Tokens, now: Now) -> Blueprint:
    """`ping` raises a DomainError when the storage does not answer."""
    views = Blueprint("health", __name__)

    @views.get("/healthz")
    @for_any_host
    @without_viewer
    def healthz() -> Response:
        return diagnosis(tokens, now()) or _plain("ok")

    @views.get("/readyz")
    @for_any_host
    @without_viewer
    def readyz() -> Response:
        ping()
        return _plain("ready")

    return views


def _plain(text: str) -> Response:
    return Response(text + "\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})
