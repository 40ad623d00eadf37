"""Fragments of pages, each kept by what it was made of.

The facts of a fragment are its key: a frozen record, and what it shows of its reader. A template renders it from them
and the language alone. So a fragment can neither be stale nor show a reader what another one may see.
"""

from collections.abc import Hashable
from threading import Lock

from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from flask import Flask, current_app
from markupsafe import Markup, escape

from application.ports.sessions import Viewer
from domain.roles import Reader
from entrypoints.web.csrf import csrf_token
from entrypoints.web.display import language
from entrypoints.web.redirects import back_path

# In characters of HTML, for each process. The keys take as much again.
_CHARACTERS_AT_MOST = 6_000_000
_KEY = "fragments"
# They stand for what differs from request to request. No text of the site has this character.
_CSRF, _HERE = "\0csrf\0", "\0here\0"


def install(app: Flask) -> None:
    @cached(
        LRUCache(_CHARACTERS_AT_MOST, getsizeof=len),
        key=lambda template, facts: hashkey(template, *facts.values()),
        lock=Lock(),
    )
    def rendered(template: str, facts: dict[str, Hashable]) -> str:
        return app.jinja_env.get_template(template).render(facts, csrf_token=_CSRF, here=_HERE)

    app.extensions[_KEY] = rendered


class Fragments:
    """The fragments of the page that this request shows. Each may return to it: `here` is its path and query."""

    def __init__(self, viewer: Viewer | None) -> None:
        self._rendered = current_app.extensions[_KEY]
        self._language = language().value
        self._viewer = viewer
        self._own = None if viewer is None else _as_reader(viewer, id=viewer.id)
        self._others = None if viewer is None else _as_reader(viewer, id=0)
        self._token = "" if viewer is None else str(csrf_token)
        self._here = str(escape(back_path()))

    def html(self, template: str, *, author_id: int, **facts: Hashable) -> Markup:
        """The fragment of this template. It sees the facts, the `language`, and as `viewer` what the viewer may do with
        something of this author. The names of the facts are the same each time."""
        is_own = self._viewer is not None and self._viewer.id == author_id
        facts = {"language": self._language, "viewer": self._own if is_own else self._others, **facts}
        html: str = self._rendered(template, facts)
        if "\0" in html:
            html = html.replace(_CSRF, self._token).replace(_HERE, self._here)
        return Markup(html)  # noqa: S704 - the template has escaped it


def _as_reader(viewer: Viewer, *, id: int) -> Reader:
    """What counts in a fragment: role and standing, which many members share, and whether the author looks."""
    return Reader(
        id=id,
        role=viewer.role,
        confirmed=viewer.confirmed,
        waits=viewer.waits,
        silenced_until=viewer.silenced_until,
        suspended_until=viewer.suspended_until,
    )
