"""Pages that are made of records, of the site's words and of who looks, and of nothing else.

The ETag of such a page comes from what it is made of, so a 304 renders nothing. Pages for visitors are kept: a visitor
is nobody in particular, and the next one gets the same bytes.
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache
from flask import Flask, current_app, g, render_template, request, session
from werkzeug.wrappers import Response

from application.ports.sessions import Viewer
from domain.ids import time_of
from entrypoints.web.csrf import csrf_token
from entrypoints.web.current_site import site
from entrypoints.web.display import language, theme
from entrypoints.web.forms import Form
from entrypoints.web.viewer import viewer

# For each process.
_BYTES_AT_MOST = 1_000_000
_KEY = "pages"
_ROOT = Path(__file__).parents[2]
_PACKAGES = ("domain", "application", "adapters", "entrypoints")
_OF_PAGES = frozenset({".html", ".mo", ".py", ".css", ".js", ".svg", ".png"})


class _Page(NamedTuple):
    made_of: Hashable
    etag: str
    body: bytes


class _Kept:
    """What visitors get, by address, language and colours, each with what it was made of. Safe to call from several
    threads."""

    def __init__(self) -> None:
        self._pages: LRUCache[Hashable, _Page] = LRUCache(_BYTES_AT_MOST, getsizeof=lambda page: len(page.body))
        self._lock = Lock()

    def get(self, address: Hashable, made_of: Hashable) -> _Page | None:
        with self._lock:
            try:
                found = self._pages[address]
            except KeyError:
                return None
        return found if found.made_of == made_of else None

    def put(self, address: Hashable, page: _Page) -> None:
        if len(page.body) <= _BYTES_AT_MOST // 4:
            with self._lock:
                self._pages[address] = page


def install(app: Flask) -> None:
    app.extensions[_KEY] = _Kept()


def page(template: str, **records: Hashable) -> Response:
    """The page of this template, or a 304 for who has it. The template may use the records, an empty `form`, the names
    of every page, and the path and the query of the request."""
    if "_flashes" in session:  # the message is shown once
        return Response(_rendered(template, records), mimetype="text/html")
    reader = viewer()
    if reader is None:
        return kept((template, *records.values()), lambda: _rendered(template, records), "text/html")
    etag = _digest(_address(), _site(), template, *records.values(), _as_shown(reader), str(csrf_token))
    return _unchanged(etag) or Response(_rendered(template, records), mimetype="text/html")


def kept(records: Hashable, make: Callable[[], bytes], mimetype: str) -> Response:
    """What is made of these records, of the site's words, the language and the colours, and is the same for everybody.
    Or a 304 for who has it."""
    pages: _Kept = current_app.extensions[_KEY]
    address, made_of = _address(), (_site(), records)
    found = pages.get(address, made_of)
    etag = _digest(address, made_of) if found is None else found.etag
    unchanged = _unchanged(etag)
    if unchanged is not None:
        return unchanged
    if found is None:
        found = _Page(made_of, etag, make())
        # A form for a visitor has the token of one browser.
        if not g.get("holds_visitor_form"):
            pages.put(address, found)
    g.is_kept = True
    return Response(found.body, mimetype=mimetype)


def _rendered(template: str, records: dict[str, Hashable]) -> bytes:
    return render_template(template, form=Form(), **records).encode()


def _unchanged(etag: str) -> Response | None:
    g.etag = etag
    return Response(status=304) if request.if_none_match.contains_weak(etag) else None


def _address() -> Hashable:
    return request.path, request.query_string, language(), theme()


def _site() -> Hashable:
    shown = site()
    return shown.version, shown.announced, shown.text, shown.html


def _as_shown(reader: Viewer) -> Viewer:
    """A visit is noted every five minutes, and no page shows it to the visitor."""
    return replace(reader, seen_at=time_of(0))


def _digest(*made_of: Hashable) -> str:
    return hashlib.blake2b(f"{_program()}{made_of!r}".encode(), digest_size=16).hexdigest()


@cache
def _program() -> str:
    """A digest of the files that pages depend on: templates, catalogues, code, and what a page links to by a digest of
    its own."""
    found = hashlib.blake2b(digest_size=16)
    files = (file for package in _PACKAGES for file in (_ROOT / package).rglob("*.*") if file.suffix in _OF_PAGES)
    for file in sorted(files):
        found.update(file.read_bytes())
    return found.hexdigest()
