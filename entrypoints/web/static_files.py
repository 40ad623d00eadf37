"""Static files: the stylesheet, scripts, fonts and icons. No cookie is read or set here."""

import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path

from flask import Blueprint, g, request, send_from_directory
from werkzeug.wrappers import Response

from entrypoints.web.decorators import without_viewer

_FILES = Path(__file__).parent / "static"
_SCRIPTS = "scripts"
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
# By the ending of a file: its comments, each with its line. No string in our stylesheets has the two characters that
# begin one, and none in our scripts has a line that begins with them.
_COMMENTS = {
    ".css": re.compile(rb"[ \t]*/\*.*?\*/\n?", re.DOTALL),
    ".js": re.compile(rb"^[ \t]*//.*\n", re.MULTILINE),
}


def blueprint() -> Blueprint:
    views = Blueprint("static_files", __name__)

    @views.get("/static/<path:name>")
    @without_viewer
    def static(name: str) -> Response:
        return _file(name, request.args.get("v"))

    @views.get("/static/scripts/<version>/<name>")
    @without_viewer
    def script(version: str, name: str) -> Response:
        """Scripts import each other by relative URLs. Such a URL keeps the path of its base and drops the query
        (RFC 3986, section 5.2), so the version is in the path. All scripts have one version: an import then names the
        same URL as the page that loads the file."""
        return _file(f"{_SCRIPTS}/{name}", version)

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
    folder, _, script = name.rpartition("/")
    if folder == _SCRIPTS:
        return f"/static/{_SCRIPTS}/{_version(name)}/{script}"
    return f"/static/{name}?v={_version(name)}"


def _file(name: str, version: str | None) -> Response:
    ending = Path(name).suffix
    # A part of a source would be cut from the file, whose comments are not sent.
    answer = send_from_directory(_FILES, name, conditional=ending not in _COMMENTS)
    g.is_file = True
    if ending in _COMMENTS:
        answer.direct_passthrough = False
        answer.set_data(_without_comments(answer.get_data(), ending))
    del answer.headers["Content-Disposition"]
    if version != _version(name):
        answer.headers["Cache-Control"] = "public, no-cache"
        return answer.make_conditional(request)
    answer.headers["Cache-Control"] = _FOREVER
    # A browser that keeps the file for good asks neither whether it changed nor for a part of it.
    for header in ("Last-Modified", "ETag", "Accept-Ranges"):
        del answer.headers[header]
    return answer


@lru_cache(maxsize=16)
def _without_comments(source: bytes, ending: str) -> bytes:
    """Comments are for who reads the source. They are a sixth of what a file weighs, also when compressed."""
    return _COMMENTS[ending].sub(b"", source)


@cache
def _version(name: str) -> str:
    """A digest of the file. Scripts have one of all scripts."""
    folder, _, _ = name.rpartition("/")
    files = sorted((_FILES / _SCRIPTS).iterdir()) if folder == _SCRIPTS else [_FILES / name]
    try:
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    except OSError:
        return ""
