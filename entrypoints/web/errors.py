"""What the site says when something is refused or breaks: one table from classes to answers."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, make_response, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from domain.errors import Changed, Forbidden, Invalid, LinkExpired, NotFound, TooOften, TryAgain
from entrypoints.masking import masked
from entrypoints.web.session import StaleForm, asked_for, is_our_own_form
from entrypoints.words import N_, sentence

_PAGES = {
    400: (N_("Bad request"), N_("Your browser sent something that makes no sense here.")),
    403: (N_("Forbidden"), N_("This is not for you to do.")),
    404: (N_("Page not found"), N_("There is nothing here, or not any more.")),
    405: (N_("Not like this"), N_("This page cannot be asked for in this way.")),
    409: (N_("It was changed"), N_("Somebody saved another version in the meantime.")),
    413: (N_("Too large"), N_("What you sent is larger than anything this site takes.")),
    422: (N_("This cannot be done"), N_("Something about it is not right.")),
    429: (N_("Too often"), N_("You have done this many times just now.")),
    500: (N_("Something broke"), N_("That is our fault. It has been written down; please try again in a while.")),
    503: (N_("Busy"), N_("The site cannot do this right now. Please try again in a moment.")),
}

_FORBIDDEN = {
    "unconfirmed": (N_("Please confirm your email address first."), ("/confirm", N_("Confirm your address"))),
    "hidden": (N_("A hidden comment cannot be edited."), None),
    "registration_closed": (N_("This site takes no new members at the moment."), None),
}

# How a field that was typed is shown again when its form could not be taken.
_LABELS = {
    "title": (N_("Title"), "line"),
    "body": (N_("Text"), "area"),
    "about_me": (N_("About"), "area"),
    "reason": (N_("Reason"), "line"),
    "email": (N_("Email address"), "line"),
    "username": (N_("Username"), "line"),
    "name": (N_("Real name"), "line"),
    "location": (N_("From"), "line"),
    "password": (N_("Password"), "password"),
    "password2": (N_("The same password again"), "password"),
    "old_password": (N_("Current password"), "password"),
}


Answer = Callable[[Any], Response]


# No form here has more; whoever sends a hundred thousand gets no page of that size.
_KEPT_FIELDS = 20


def install(app: Flask, *, below_api: Answer) -> None:
    for kind, answer in (
        (NotFound, lambda _: page(404)),
        (Forbidden, _forbidden),
        (Invalid, lambda error: page(422, text=_sentences(error))),
        (LinkExpired, lambda _: link_expired()),
        (Changed, lambda _: page(409)),
        (TooOften, _too_often),
        (TryAgain, _busy),
        (StaleForm, _stale),
        (HTTPException, _http),
        (Exception, _broken),
    ):
        app.register_error_handler(kind, _at_its_edge(answer, below_api))


def _at_its_edge(page_for: Answer, below_api: Answer) -> Answer:
    """Everything below /api answers programs, whatever their Accept says."""

    def choose(error: Any) -> Response:
        return below_api(error) if f"{request.path}/".startswith("/api/") else page_for(error)

    return choose


def page(status: int, *, heading: str = "", text: str = "", action: tuple[str, str] | None = None) -> Response:
    usual = _PAGES.get(status, _PAGES[400])
    body = render_template(
        "errors/error.html",
        status=status,
        heading=heading or gettext(usual[0]),
        text=text or gettext(usual[1]),
        action=action,
    )
    return make_response(body, status)


def link_expired(action: tuple[str, str] | None = None) -> Response:
    return make_response(render_template("joining/link_expired.html", action=action), 404)


def kept(status: int, *, text: str) -> Response:
    """The page for a form that could not be taken: all that was typed is in it, and it can be sent again."""
    fields: list[tuple[str, str, str, str]] = []
    for name, value in request.form.items():
        if name == "csrf_token" or len(fields) == _KEPT_FIELDS:
            continue
        label, kind = _LABELS.get(name, ("", "hidden"))
        fields.append((name, gettext(label) if label else "", "" if kind == "password" else value, kind))
    heading = gettext(_PAGES[status][0])
    body = render_template("errors/keep.html", heading=heading, text=text, action=asked_for(), fields=fields)
    return make_response(body, status)


def _forbidden(error: Forbidden) -> Response:
    text, action = _FORBIDDEN.get(error.code, ("", None))
    return page(
        403,
        text=gettext(text) if text else "",
        action=(action[0], gettext(action[1])) if action else None,
    )


def _sentences(error: Invalid) -> str:
    return " ".join(sentence(problem, gettext) for problem in error.problems)


def _too_often(error: TooOften) -> Response:
    text = gettext(
        "You have done this many times just now. Please wait %(duration)s, then try again.",
        duration=_duration(error.retry_after),
    )
    answer = kept(429, text=text) if request.method == "POST" and is_our_own_form() else page(429, text=text)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _duration(seconds: int) -> str:
    if seconds < 90:
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    minutes = -(-seconds // 60)
    if minutes < 90:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return str(ngettext("%(num)s hour", "%(num)s hours", -(-minutes // 60)))


def _busy(_: TryAgain) -> Response:
    text = gettext(_PAGES[503][1])
    answer = kept(503, text=text) if request.method == "POST" and is_our_own_form() else page(503, text=text)
    answer.headers["Retry-After"] = "5"
    return answer


def _stale(_: StaleForm) -> Response:
    if is_our_own_form() and request.form:
        return kept(403, text=gettext("This form has grown old, or belongs to another session."))
    return page(403, text=gettext("This request did not come from a page of this site."))


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        answer: Response = error.get_response()
        return answer
    answer = page(error.code)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            answer.headers[name] = value
    return answer


def _broken(error: Exception) -> Response:
    current_app.logger.error("%s %s failed", request.method, masked(request.path), exc_info=error)
    return page(500)
