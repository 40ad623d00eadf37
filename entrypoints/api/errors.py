"""Errors as problem details (RFC 9457). The same object has `error` and `message`, for older clients."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, make_response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from domain.errors import (
    BadCredentials,
    Changed,
    Conflict,
    Forbidden,
    Invalid,
    LinkExpired,
    NotFound,
    Problem,
    StoreFull,
    TooOften,
    TryAgain,
)
from entrypoints.api.schemas.fields import rfc3339
from entrypoints.observing import request_id
from entrypoints.words import conflict, sentence

log = logging.getLogger(__name__)

CHALLENGES = ('Basic realm="Chapbook", charset="UTF-8"', 'Bearer realm="Chapbook"')

# The names of RFC 9110. Older versions of the standard library have other names.
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}

_MESSAGES = {
    400: "This request makes no sense here",
    404: "There is no such resource",
    405: "This resource does not take that method",
    413: "The body is larger than anything this takes",
    421: "The proxy in front says https, but CHAPBOOK_TRUSTED_PROXIES does not count it",
}

_HIDDEN = "This post has been hidden by a moderator"
_FORBIDDEN = {
    "unconfirmed": "Unconfirmed account",
    "waiting": "A moderator has not admitted this account yet",
    "hidden": "What is hidden cannot be edited",
    "no_comments": "You cannot comment here",
    "deleted_by_administrator": "An administrator deleted this, and only an administrator can bring it back",
    "report_self": "Nobody reports themselves, or what they wrote",
    "own_text": "Somebody else hid this text of yours, and somebody else restores it",
    "own_case": "This case concerns yourself, and somebody else settles it",
    "registration_closed": "This site takes no new members at the moment",
    "no_like": "You cannot like this",
    "no_follow": "You cannot follow this member",
    "not_invited": "New members come by invitation here",
    "invitation_over": "This invitation has ended, or everybody it was for has come",
    "silenced": "A moderator has silenced this account",
    "suspended": "A moderator has suspended this account",
    "not_above": "Moderators sanction users, administrators also moderators, and nobody themselves or an administrator",
}
# These have a type of their own, which programs tell apart. It ends in the word.
_TYPES = frozenset({"unconfirmed", "waiting", "silenced", "suspended"})
# Problems of these types say until when.
_WITH_END = frozenset({"silenced", "suspended"})


class BadRequest(Exception):
    """The request is malformed. The text says why."""


class WrongMediaType(Exception):
    """The Content-Type of the body is another one than `expected`."""

    def __init__(self, expected: str = "application/json") -> None:
        super().__init__(expected)
        self.expected = expected


class PreconditionFailed(Exception):
    """If-Match names another version."""


def answer(error: Exception) -> Response:
    for kind, respond in _ANSWERS.items():
        if isinstance(error, kind):
            return respond(error)
    log.error("%s %s failed", request.method, request.url_rule, exc_info=error)
    return problem(500, "Something broke; it has been written down")


def problem(
    status: int,
    message: str,
    errors: Iterable[Problem] = (),
    *,
    type: str = "about:blank",
    more: Mapping[str, object] | None = None,
) -> Response:
    body = details(status, message, type) | dict(more or {})
    if errors:
        body["errors"] = [{"field": at.field, "message": sentence(at)} for at in errors]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        body["request_id"] = request_id()
    response = Response(json.dumps(body), status, content_type="application/problem+json")
    set_caching(response)
    if status == HTTPStatus.UNAUTHORIZED:
        for challenge in CHALLENGES:
            response.headers.add("WWW-Authenticate", challenge)
    return response


def details(status: int, message: str, type: str = "about:blank") -> dict[str, object]:
    """The members that every problem has."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    return {
        "type": type,
        "title": title,
        "status": status,
        "detail": message,
        "error": title.lower(),
        "message": message,
    }


def set_caching(response: AnyResponse) -> None:
    """A response is private to its reader. A response with a token is not stored at all."""
    about_tokens = request.path.rstrip("/") == "/api/v1/tokens"
    response.headers["Cache-Control"] = "no-store" if about_tokens else "private, no-cache"
    response.vary.add("Authorization")


def _forbidden(error: Forbidden) -> Response:
    more: dict[str, object] = {}
    if error.code in _WITH_END:
        more["until"] = None if error.until is None else rfc3339(error.until)
    message = _FORBIDDEN.get(error.code, "Insufficient permissions")
    return problem(403, message, type=type_of(error.code), more=more)


def type_of(code: str) -> str:
    """The type of a refusal with this code (RFC 9457, section 3.1.1)."""
    return f"{current_app.config['BASE_URL']}/api/problems/{code if code in _TYPES else 'not-allowed'}"


def _invalid(error: Invalid) -> Response:
    empty_body = [at for at in error.problems if (at.field, at.code) == ("body", "required")]
    if empty_body:
        return problem(400, f"{g.get('kind', 'resource')} does not have a body", empty_body)
    if any(at.code == "reused" for at in error.problems):
        return problem(422, "This Idempotency-Key was used for another request")
    return problem(422, " ".join(map(sentence, error.problems)), error.problems)


def _later(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    response = problem(status, _MESSAGES.get(status) or HTTPStatus(status).phrase)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


# The first class that matches makes the response.
_ANSWERS: dict[type[Exception], Callable[[Any], Response]] = {
    Invalid: _invalid,
    BadRequest: lambda error: problem(400, str(error)),
    BadCredentials: lambda _: problem(401, "Invalid credentials"),
    Forbidden: _forbidden,
    NotFound: lambda error: problem(404, _HIDDEN if error.code == "hidden" else _MESSAGES[404]),
    Conflict: lambda error: problem(409, conflict(error)),
    Changed: lambda _: problem(412, "The resource has changed"),
    PreconditionFailed: lambda _: problem(412, "The resource has changed"),
    WrongMediaType: lambda error: problem(415, f"The body must be {error.expected}"),
    LinkExpired: lambda _: problem(422, "This token is spent, too old, or never was"),
    StoreFull: lambda _: problem(507, "The site has no room for pictures at the moment"),
    TooOften: lambda error: _later(problem(429, "Too many requests"), error.retry_after),
    TryAgain: lambda error: _later(problem(503, "Please try again in a moment"), error.retry_after),
    HTTPException: _http,
}
