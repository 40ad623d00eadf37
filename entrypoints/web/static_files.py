"""Static files: the stylesheet, scripts, fonts and icons. No cookie is read or set here."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, g, request, send_from_directory
from werkzeug.wrappers import Response

from entrypoints.web.decorators import without_viewer

_FILES = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"


def blueprint() -> Blueprint:
    views = Blueprint("static_files", __name__)

    @views.get("/static/<path:name>")
    @without_viewer
    def static(name: str) -> Response:
        answer = send_from_directory(_FILES, name)
        g.is_file = True
        del answer.headers["Content-Disposition"]
        if request.args.get("v") != _fingerprint(name):
            answer.headers["Cache-Control"] = "public, no-cache"
            return answer
        answer.headers["Cache-Control"] = _FOREVER
        # A browser that keeps the file for good asks neither whether it changed nor for a part of it.
        for header in ("Last-Modified", "ETag", "Accept-Ranges"):
            del answer.headers[header]
        return answer

    @views.get("/favicon.ico")
    @views.get("/apple-touch-icon.png")
    @without_viewer
    def icon() -> Response:
        """Feed readers and link previews ask for these paths without reading a page. Both paths answer with the same
        PNG: a reader looks at the bytes, not at the name."""
        answer = send_from_directory(_FILES, "touch-icon.png")
        del answer.headers["Content-Disposition"]
        answer.headers["Cache-Control"] = _A_DAY
        return answer

    return views


def static_url(name: str) -> str:
    """The URL of a file. It changes with the file, so a browser may keep the file for good."""
    return f"/static/{name}?v={_fingerprint(name)}"


@cache
def _fingerprint(name: str) -> str:
    try:
        return hashlib.sha256((_FILES / name).read_bytes()).hexdigest()[:12]
    except OSError:
        return ""
