"""Decorators of views: sign-in, rate limits, the words of a form. All but `signed_in` only set an attribute on the
view, which the request hooks and the error pages read."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from flask import current_app, request

from application.ports.sessions import Viewer
from domain.identifiers import key_of
from domain.limits import RateLimit
from entrypoints.clients import client_key
from entrypoints.web.forms import trimmed
from entrypoints.web.redirects import requested_path
from entrypoints.web.viewer import SignedOut, viewer
from entrypoints.words import N_

P = ParamSpec("P")
R = TypeVar("R")
View = TypeVar("View", bound=Callable[..., Any])
Rules = Mapping[str, RateLimit]


def signed_in(page: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The view is for members. Raises SignedOut for a visitor, who signs in and then returns to this page. A view that
    takes a POST only names the `page` with its form, with the view's arguments in braces."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def check(*args: P.args, **values: P.kwargs) -> R:
            if viewer() is not None:
                return view(*args, **values)
            wanted = requested_path() if page is None else page.format(**values)
            if page is None and request.method not in ("GET", "HEAD"):
                wanted = quote(request.path, safe="/@")
            raise SignedOut(quote(wanted, safe="/@"))

        return check

    return decorate


def limited(
    *rules: Callable[[int], Rules],
    preview: Callable[[int], Rules] | None = None,
    unless: Callable[[Viewer], bool] = lambda _: False,
    visitors: Callable[[str], Rules] | None = None,
) -> Callable[[View], View]:
    """The rate limits that the use case counts for each account. `preview` is the limit of a request that only asks
    for a preview. No limit applies to members for whom `unless` is true. `visitors` is the limit of visitors, by
    client."""

    def wanted() -> Rules:
        someone = viewer()
        if someone is None:
            return {} if visitors is None else visitors(client_key(request.remote_addr))
        if unless(someone):
            return {}
        chosen = rules if preview is None or not is_preview() else (preview,)
        return {key: limit for rule in chosen for key, limit in rule(someone.id).items()}

    return _mark("limits", wanted)


def limited_by_client(
    rule: Callable[[str, str], Rules], key_of: Callable[[str], str] = key_of
) -> Callable[[View], View]:
    """The rate limits that the use case counts for the client and for the email address in the form. `key_of` makes
    the key of the address as it was typed."""

    def wanted() -> Rules:
        return rule(client_key(request.remote_addr), key_of(trimmed(request.form.get("email", ""))))

    return _mark("limits", wanted)


def button(words: str) -> Callable[[View], View]:
    """The words on the button of the view's form, as a msgid."""
    return _mark("button", words)


def labels(words: Mapping[str, str]) -> Callable[[View], View]:
    """The labels of the view's form, by field, where other forms call a field of this name something else. The words
    are msgids."""
    return _mark("labels", words)


def way_out(path: str, words: str) -> Callable[[View], View]:
    """A link that helps who has reached the limit of the view, or looks for what is not there. `words` are a msgid."""
    return _mark("way_out", (path, words))


def for_visitors(view: View) -> View:
    """The view's form is for visitors."""
    return _mark("for_visitors", True)(view)


def without_viewer(view: View) -> View:
    """The view reads and sets no cookie, and the request hook finds no viewer for it."""
    return _mark("without_viewer", True)(view)


def open_to_suspended(view: View) -> View:
    """A suspended member reaches the view: it says what was decided, takes an appeal, or lets them leave."""
    return _mark("open_to_suspended", True)(view)


def proved_by_path(view: View) -> View:
    """The token in the path proves enough. A POST needs neither a cookie nor a CSRF token, and may come from a program
    that has never seen the page."""
    return _mark("proved_by_path", True)(view)


def answers_scripts(view: View) -> View:
    """A script may ask for JSON. It then gets the sentence of an error too, and no page."""
    return _mark("answers_scripts", True)(view)


def leads_on(view: View) -> View:
    """The view shows no page. It only leads to another address."""
    return _mark("leads_on", True)(view)


def for_any_host(view: View) -> View:
    """The view answers whatever the Host header says, because those who ask know the machine by its address."""
    return _mark("for_any_host", True)(view)


def hidden_unless(condition: Callable[[], bool]) -> Callable[[View], View]:
    """There is no such page for a request for which `condition` is false."""
    return _mark("shown", condition)


def limits_of_view() -> Rules:
    """The limits that this request counts against."""
    wanted: Callable[[], Rules] = _marked("limits", dict)
    return wanted()


def button_of_view() -> str:
    """The words on the button of the form behind this request, as a msgid."""
    words: str = N_("Preview") if is_preview() else _marked("button", N_("Send again"))
    return words


def labels_of_view() -> Mapping[str, str]:
    """By field, as msgids."""
    words: Mapping[str, str] = _marked("labels", {})
    return words


def way_out_of_view() -> tuple[str, str] | None:
    """The path and the words, as a msgid."""
    link: tuple[str, str] | None = _marked("way_out", None)
    return link


def is_for_visitors() -> bool:
    return bool(_marked("for_visitors", False))


def is_without_viewer() -> bool:
    return bool(_marked("without_viewer", False))


def is_open_to_suspended() -> bool:
    return bool(_marked("open_to_suspended", False))


def is_proved_by_path() -> bool:
    return bool(_marked("proved_by_path", False))


def is_for_any_host() -> bool:
    return bool(_marked("for_any_host", False))


def is_hidden() -> bool:
    condition: Callable[[], bool] | None = _marked("shown", None)
    return condition is not None and not condition()


def is_preview() -> bool:
    """Whether the button that was pressed asks for a preview."""
    return bool(request.form.get("preview"))


def asks_for_json() -> bool:
    return bool(_marked("answers_scripts", False)) and request.accept_mimetypes.best == "application/json"


def _mark(name: str, value: object) -> Callable[[View], View]:
    def mark(view: View) -> View:
        assert not hasattr(view, f"view_{name}"), f"{name} is set twice on one view"
        setattr(view, f"view_{name}", value)
        return view

    return mark


def _marked(name: str, default: object) -> Any:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, f"view_{name}", default)
