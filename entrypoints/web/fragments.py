"""Fragments of pages, each kept by what it was made of.

The facts of a fragment are its key: a frozen record, and what it shows of its reader. A template renders it from them
and the language alone. So a fragment can neither be stale nor show a reader what another one may see.
"""

from collections.abc import Callable, Hashable, Iterable
from threading import Lock

from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from flask import Flask, current_app
from markupsafe import Markup, escape

from application.ports.sessions import Viewer
from domain.roles import Permission, Reader
from entrypoints.web.csrf import csrf_token
from entrypoints.web.current_site import rules
from entrypoints.web.display import language
from entrypoints.web.forms import Form
from entrypoints.web.once import new_once_key
from entrypoints.web.redirects import back_path

# In characters of HTML, for each process. The keys take as much again.
_CHARACTERS_AT_MOST = 1_500_000
_KEY = "fragments"
# They stand for what differs from request to request. No text of the site has this character.
_MARK = "\0"
_CSRF, _ONCE, _HERE = (f"{_MARK}{name}{_MARK}" for name in ("csrf", "once", "here"))


def install(app: Flask) -> None:
    @cached(
        LRUCache(_CHARACTERS_AT_MOST, getsizeof=len),
        key=lambda template, facts: hashkey(template, *facts.values()),
        lock=Lock(),
    )
    def rendered(template: str, facts: dict[str, Hashable]) -> str:
        marks = {"csrf_token": _CSRF, "here": _HERE, "once": lambda: _ONCE}
        return app.jinja_env.get_template(template).render(facts, form=Form(), **marks)

    app.extensions[_KEY] = rendered
    app.jinja_env.globals["fragment"] = fragment


def fragment(template: str, **facts: Hashable) -> Markup:
    """The fragment of this template. It sees the facts, the `language`, and an empty `form`. The names of the facts are
    the same each time."""
    return fragments(template, [facts])


def fragments(template: str, facts_of_each: Iterable[dict[str, Hashable]]) -> Markup:
    """Several of one template, one after another."""
    rendered, shown_in = current_app.extensions[_KEY], {"language": language().value}
    html = "".join([rendered(template, shown_in | facts) for facts in facts_of_each])
    if _MARK in html:
        html = html.replace(_CSRF, str(csrf_token)).replace(_HERE, str(escape(back_path())))
    while _ONCE in html:
        html = html.replace(_ONCE, new_once_key(), 1)
    return Markup(html)  # noqa: S704 - the template has escaped it


def reader_of(viewer: Viewer | None) -> Callable[[int], Reader | None]:
    """What a fragment sees of its reader, by the author of the thing that it shows: role and standing, which many
    members share, and whether they are the author."""
    if viewer is None:
        return lambda _: None
    own, others = (
        Reader(
            id=id,
            role=viewer.role,
            confirmed=viewer.confirmed,
            waits=viewer.waits,
            silenced_until=viewer.silenced_until,
            suspended_until=viewer.suspended_until,
        )
        for id in (viewer.id, 0)
    )
    return lambda author_id: own if author_id == own.id else others


def rules_for(viewer: Viewer | None) -> tuple[str, ...]:
    """The rules of the site, as a fact of what a moderator may hide: the form offers them."""
    return rules() if viewer is not None and viewer.can(Permission.MODERATE) else ()
