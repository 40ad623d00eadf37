"""What machines ask for: files, avatars, and whether the site is well. No cookie is read or set here."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, g, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from entrypoints.web.decorators import without_viewer

_FILES = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"


def blueprint(avatar: Callable[[int | None], str], ping: Callable[[], None]) -> Blueprint:
    """`ping` raises a DomainError when the storage does not answer."""
    views = Blueprint("machines", __name__)

    @views.get("/healthz")
    @without_viewer
    def healthz() -> Response:
        return _plain("ok")

    @views.get("/readyz")
    @without_viewer
    def readyz() -> Response:
        ping()
        return _plain("ready")

    @views.get("/static/<path:name>")
    @without_viewer
    def static(name: str) -> AnyResponse:
        answer = send_from_directory(_FILES, name)
        g.is_file = True
        del answer.headers["Content-Disposition"]
        if request.args.get("v") != _fingerprint(name):
            answer.headers["Cache-Control"] = "public, no-cache"
            return answer
        answer.headers["Cache-Control"] = _FOREVER
        for header in ("Last-Modified", "ETag", "Accept-Ranges"):  # nobody asks for it again, or for a part
            del answer.headers[header]
        return answer

    @views.get("/favicon.ico")
    @views.get("/apple-touch-icon.png")
    @without_viewer
    def icon() -> AnyResponse:
        """Where programs look that read no page: feed readers, link previews. They go by the bytes, not by the name."""
        answer = send_from_directory(_FILES, "touch-icon.png")
        del answer.headers["Content-Disposition"]
        answer.headers["Cache-Control"] = _A_DAY
        return answer

    @views.get("/avatars/<int:account_id>.svg")
    @without_viewer
    def avatar_of(account_id: int) -> Response:
        if account_id >= 2**63:
            abort(404)
        return Response(avatar(account_id or None), content_type="image/svg+xml", headers={"Cache-Control": _FOREVER})

    return views


def static_url(name: str) -> str:
    """The file's URL; it changes with the file, so that a browser may keep it for good."""
    return f"/static/{name}?v={_fingerprint(name)}"


@cache
def _fingerprint(name: str) -> str:
    try:
        return hashlib.sha256((_FILES / name).read_bytes()).hexdigest()[:12]
    except OSError:
        return ""


def _plain(text: str) -> Response:
    return Response(text + "\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})
