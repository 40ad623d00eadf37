"""What the site says when something is refused or breaks: one table from classes to answers."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, current_app, make_response, redirect, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from domain.errors import Changed, Forbidden, Invalid, LinkExpired, NotFound, TooOften, TryAgain
from domain.posts import BODY_LIMIT
from entrypoints.masking import masked
from entrypoints.web.decorators import button_of_view, is_for_visitors
from entrypoints.web.session import SignedOut, StaleForm, asked_for, is_our_own_form, page_path, viewer
from entrypoints.words import N_, sentence

_PAGES = {
    400: (N_("Bad request"), N_("Your browser sent something that makes no sense here.")),
    403: (N_("Forbidden"), N_("This is not for you to do.")),
    404: (N_("Page not found"), N_("There is nothing here, or not any more.")),
    405: (N_("Wrong way in"), N_("This page only answers to its form.")),
    409: (N_("It was changed"), N_("Another version was saved in the meantime.")),
    413: (
        N_("Too large"),
        N_("Go back in your browser: your text is still in the form. A post takes at most %(limit)s characters."),
    ),
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

# No form here has more; whoever sends a hundred thousand gets no page of that size.
_KEPT_FIELDS = 20

Answer = Callable[[Any], Response]


class Field(NamedTuple):
    """`kind` is hidden, line, area or password; a password is never sent back."""

    name: str
    label: str
    value: str
    kind: str


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
        (SignedOut, _signed_out),
        (HTTPException, _http),
        (Exception, _broken),
    ):
        app.register_error_handler(kind, _at_its_edge(answer, below_api))


def _at_its_edge(page_for: Answer, below_api: Answer) -> Answer:
    """Everything below /api answers programs, whatever their Accept says."""

    def choose(error: Any) -> Response:
        return below_api(error) if f"{request.path}/".startswith("/api/") else page_for(error)

    return choose


def page(
    status: int, *, heading: str = "", text: str = "", action: tuple[str, str] | None = None, again: bool = False
) -> Response:
    """What was typed stands in it: in a form to be sent `again`, where it may yet be taken, else to be copied. `action`
    is what to do first: where it leads and its words."""
    usual_heading, usual_words = _PAGES.get(status, _PAGES[400])
    usual_text = gettext(usual_words, limit=f"{BODY_LIMIT:,}")
    brought = _brought(status)
    typed = _is_typed(brought)
    # Who has done something too often is not led to do it once more, unless a text would be lost.
    if brought is not None and (typed or (again and status != 429)):
        gone = N_("This is gone now, deleted perhaps while you were writing.")
        body = render_template(
            "errors/keep.html",
            heading=heading or (gettext("Not sent yet") if again else gettext("Not sent")),
            text=text or (gettext(gone) if status == 404 else usual_text),
            action=action,
            fields=brought,
            typed=typed,
            target=asked_for(),
            press=gettext(button_of_view()) if again else "",
        )
    else:
        body = render_template(
            "errors/error.html",
            status=status,
            heading=heading or gettext(usual_heading),
            text=text or usual_text,
            action=action,
        )
    return make_response(body, status)


def _brought(status: int) -> list[Field] | None:
    """What a form of ours brought. None where there is no form, where another site filled it in, and where the request
    is such that its body is not read."""
    if request.method != "POST" or status in (400, 413) or not is_our_own_form():
        return None
    try:
        form = request.form
    except HTTPException:
        return None
    sent = [(name, value) for name, value in form.items() if name not in ("csrf_token", "kept")][:_KEPT_FIELDS]
    return [_field(name, value) for name, value in sent] if form else None


def _field(name: str, value: str) -> Field:
    label, kind = _LABELS.get(name, ("", "hidden"))
    return Field(name, gettext(label) if label else "", "" if kind == "password" else value, kind)


def _is_typed(fields: list[Field] | None) -> bool:
    return any(field.kind in ("line", "area") and field.value.strip() for field in fields or ())


def link_expired(action: tuple[str, str] | None = None) -> Response:
    return make_response(render_template("credentials/link_expired.html", action=action), 404)


def _forbidden(error: Forbidden) -> Response:
    text, action = _FORBIDDEN.get(error.code, ("", None))
    return page(
        403,
        text=gettext(text) if text else "",
        action=(action[0], gettext(action[1])) if action else None,
        again=action is not None,
    )


def _sentences(error: Invalid) -> str:
    return " ".join(sentence(problem, gettext) for problem in error.problems)


def _too_often(error: TooOften) -> Response:
    text = gettext(
        "You have done this many times just now. Please wait %(duration)s, then try again.",
        duration=_duration(error.retry_after),
    )
    answer = page(429, text=text, again=True)
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
    way_on = (asked_for(), gettext("Try again")) if request.method in ("GET", "HEAD") else None
    answer = page(503, action=way_on, again=True)
    answer.headers["Retry-After"] = "5"
    return answer


def _stale(_: StaleForm) -> Response:
    brought = _brought(403)
    if brought is None:
        return page(403, text=gettext("This request did not come from a page of this site."))
    someone = viewer()
    if someone is not None:
        # Not taken, though it is most likely theirs: nothing proves that its token was made for this browser.
        told = gettext(
            "You are signed in as %(name)s. Press once more to send it under this name.", name=someone.username
        )
        return page(403, heading=gettext("One more press"), text=told, again=True)
    if is_for_visitors():
        return page(403, text=gettext("This form has grown old, or belongs to another session."), again=True)
    if not _is_typed(brought):
        way_on = (f"/login?next={quote(page_path(), safe='/@')}", gettext("Sign in"))
        return page(403, heading=gettext("Not sent yet"), text=gettext("You are not signed in."), action=way_on)
    return _sign_in_first()


def _signed_out(error: SignedOut) -> Response:
    # Visitors have no form to write in but the one that was kept for them: what is in it is not lost for a redirect.
    if request.form.get("kept") and _is_typed(_brought(403)):
        return _sign_in_first()
    return redirect(f"/login?next={error.wanted}", 303)


def _sign_in_first() -> Response:
    return page(403, text=gettext("You are not signed in."), action=("/login", gettext("Sign in")), again=True)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        answer: Response = error.get_response()
        return answer
    reopened = error.code == 405 and request.method == "GET"
    answer = page(error.code, action=(page_path(), gettext("Go to the page with the form")) if reopened else None)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            answer.headers[name] = value
    return answer


def _broken(error: Exception) -> Response:
    current_app.logger.error("%s %s failed", request.method, masked(request.path), exc_info=error)
    return page(500, again=True)
