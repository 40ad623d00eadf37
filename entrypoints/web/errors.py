"""The error handlers: one table from exception classes to responses."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Flask, redirect, request
from flask_babel import gettext, ngettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from domain.errors import Changed, Conflict, Forbidden, Invalid, LinkExpired, NotFound, StoreFull, TooOften, TryAgain
from entrypoints.former_names import PathAhead
from entrypoints.observing import request_id
from entrypoints.tracebacks import one_line
from entrypoints.web.csrf import StaleForm
from entrypoints.web.decorators import asks_for_json, is_for_visitors, way_out_of_view
from entrypoints.web.error_pages import link_expired, page
from entrypoints.web.redirects import page_path, requested_path
from entrypoints.web.resubmission import has_text, sent_fields
from entrypoints.web.templating import words
from entrypoints.web.viewer import SignedOut, viewer
from entrypoints.words import N_, conflict, sentence

log = logging.getLogger(__name__)

_FORBIDDEN = {
    "unconfirmed": (N_("Please confirm your email address first."), ("/confirm", N_("Confirm your address"))),
    "waiting": (
        N_("A moderator looks at your registration first. You get a mail when that is done; until then you can read."),
        ("/confirm", N_("What happens next")),
    ),
    "hidden": (N_("What is hidden cannot be edited."), None),
    "no_comments": (N_("You cannot comment here."), None),
    "deleted_by_administrator": (
        N_("An administrator deleted this, and only an administrator can bring it back."),
        None,
    ),
    "registration_closed": (N_("This site takes no new members at the moment."), None),
    "no_like": (N_("You cannot like this."), None),
    "no_follow": (N_("You cannot follow this member."), None),
    "not_above": (
        N_("Moderators sanction users, administrators also moderators, and nobody themselves or an administrator."),
        None,
    ),
    "not_the_judge": (N_("Somebody else decides this: not whoever did it, and not whom it concerns."), None),
    "not_invited": (
        N_("New members come by invitation here. Ask somebody who is a member for a link: it leads to this page."),
        None,
    ),
    "invitation_over": (
        N_("This invitation has ended, or everybody it was for has come. Ask whoever sent it to you for a new one."),
        None,
    ),
    "report_self": (N_("Nobody reports themselves, or what they wrote."), None),
    "own_text": (
        N_("A colleague hid this text of yours. Somebody else restores it, where there is somebody else."),
        ("/settings/record", N_("Why, and how to appeal")),
    ),
    "own_case": (N_("This case is about you. Somebody else settles it, where there is somebody else."), None),
}

_FORBIDDEN_HEADINGS = {
    "waiting": N_("A moderator looks at it"),
    "not_invited": N_("By invitation"),
    "invitation_over": N_("This invitation is over"),
}

# By code: for a sanction with an end, and for one without.
_SANCTIONS = {
    "silenced": (
        N_("A moderator has silenced you until %(time)s. Until then you can read, and delete what you wrote."),
        N_("A moderator has silenced you until somebody lifts it. You can read, and delete what you wrote."),
    ),
    "suspended": (
        N_("A moderator has suspended your account until %(time)s."),
        N_("A moderator has suspended your account until somebody lifts it."),
    ),
}

_TOO_OFTEN = {
    "account": N_("You have done this many times just now. Please wait %(duration)s, then try again."),
    "address": N_("There were many tries with this address or name. Please wait %(duration)s, then try again."),
    "network": N_(
        "There were many tries from this network just now, perhaps by somebody else in it. Please wait %(duration)s, "
        "then try again."
    ),
}

Answer = Callable[[Any], Response]


def install(app: Flask, *, below_api: Answer, path_ahead: PathAhead) -> None:
    # What breaks past the views. Flask's own line would have the path with its secrets.
    app.log_exception = lambda exc_info: log_error(exc_info[1])  # type: ignore[method-assign]

    def not_found(error: NotFound) -> Response:
        if error.code == "hidden":
            return page(404, heading=gettext("Hidden"), text=gettext("This post has been hidden by a moderator."))
        ahead = path_ahead()
        return page(404, way_out=_way_out()) if ahead is None else redirect(ahead, 308)

    for kind, answer in (
        (NotFound, not_found),
        (Forbidden, _forbidden),
        (Invalid, lambda error: page(422, text=_sentences(error))),
        (LinkExpired, lambda _: link_expired()),
        (Changed, lambda _: page(409)),
        (Conflict, lambda error: page(409, heading=gettext("Not possible now"), text=conflict(error, gettext))),
        (TooOften, _too_often),
        (TryAgain, _busy),
        (StoreFull, lambda _: page(507, again=True)),
        (StaleForm, _stale),
        (SignedOut, _signed_out),
        (HTTPException, _http),
        (Exception, _broken),
    ):
        app.register_error_handler(kind, _by_path(answer, below_api))


def _by_path(page_for: Answer, below_api: Answer) -> Answer:
    """Below /api every error is a JSON response, whatever the Accept header asks for."""

    def choose(error: Any) -> Response:
        return below_api(error) if f"{request.path}/".startswith("/api/") else page_for(error)

    return choose


def _forbidden(error: Forbidden) -> Response:
    if error.code in _SANCTIONS:
        until, forever = _SANCTIONS[error.code]
        text = gettext(until, time=words(error.until)) if error.until else gettext(forever)
        way_out = ("/settings/account", gettext("Take your data, or leave")) if error.code == "suspended" else None
        return page(403, text=text, action=("/settings/record", gettext("Why, and how to appeal")), way_out=way_out)
    text, action = _FORBIDDEN.get(error.code, ("", None))
    heading = _FORBIDDEN_HEADINGS.get(error.code, "")
    return page(
        403,
        heading=gettext(heading) if heading else "",
        text=gettext(text) if text else "",
        action=(action[0], gettext(action[1])) if action else None,
        again=action is not None,
    )


def _sentences(error: Invalid) -> str:
    return " ".join(sentence(problem, gettext) for problem in error.problems)


def _too_often(error: TooOften) -> Response:
    duration = _duration(error.retry_after)
    text = gettext(_TOO_OFTEN[error.whose], duration=duration)
    answer = page(429, text=text, again=True, way_out=_way_out())
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _way_out() -> tuple[str, str] | None:
    way_out = way_out_of_view()
    return way_out and (way_out[0], gettext(way_out[1]))


def _duration(seconds: int) -> str:
    if seconds < 90:
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    minutes = -(-seconds // 60)
    if minutes < 90:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return str(ngettext("%(num)s hour", "%(num)s hours", -(-minutes // 60)))


def _busy(error: TryAgain) -> Response:
    action = (requested_path(), gettext("Try again")) if request.method in ("GET", "HEAD") else None
    answer = page(503, action=action, again=True)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _stale(_: StaleForm) -> Response:
    fields = sent_fields(403)
    if fields is None:
        return page(403, text=gettext("This request did not come from a page of this site."))
    someone = viewer()
    if someone is not None:
        # The form is probably the member's own. It is refused, because nothing proves that its token belongs to this
        # browser.
        text = gettext(
            "You are signed in as %(name)s. Press once more to send it under this name.", name=f"@{someone.username}"
        )
        return page(403, heading=gettext("One more press"), text=text, again=True)
    if is_for_visitors():
        return page(403, text=gettext("This form has grown old, or belongs to another session."), again=True)
    if not has_text(fields):
        action = (f"/login?next={quote(page_path(), safe='/@')}", gettext("Sign in"))
        return page(403, heading=gettext("Not sent yet"), text=gettext("You are not signed in."), action=action)
    return _sign_in_first()


def _signed_out(error: SignedOut) -> Response:
    if asks_for_json():
        return page(403, text=gettext("You are not signed in."))
    # Only the form of an error page has the field `kept`. A redirect would lose the text in it.
    if request.form.get("kept") and has_text(sent_fields(403)):
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
    """Each error is logged once, also where the page of the error is broken in the same way."""
    log_error(error)
    try:
        return page(500, again=True)
    except Exception as again:  # noqa: BLE001 - what broke may be what every page needs
        log.warning("the page of this error is broken too: %s", one_line(again))
        text = f"500: Something broke. It has been written down as {request_id()}."
        return Response(text, 500, mimetype="text/plain")


def log_error(error: BaseException | None) -> None:
    log.error("%s %s failed", request.method, request.url_rule, exc_info=error)
