"""Who asks: Basic with address and password, Basic with a token and no password, or Bearer (RFC 7617, RFC 6750)."""

import base64
from collections.abc import Callable

from flask import g, request

from application.access import Access
from application.feeds import TokenReader
from application.ports import Limits, Now
from domain import limits as rules
from domain.errors import BadCredentials, Forbidden, TooOften
from entrypoints.clients import client_key


def authenticator(access: Access, limits: Limits, now: Now) -> Callable[[], None]:
    """What finds the reader of a request. Raises BadCredentials, TooOften, Forbidden("unconfirmed")."""

    def authenticate() -> None:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        match scheme.lower():
            case "bearer":
                found, g.by_password = access.by_token(token=credentials.strip()), False
            case "basic":
                found = _basic(access, credentials.strip())
            case _:
                raise BadCredentials
        g.reader = found
        g.limit_left, g.limit_wait = 0, rules.API.seconds
        try:
            g.limit_left = limits.take(rules.api(found.id), now())
        except TooOften as error:
            g.limit_wait = error.retry_after
            raise
        if not found.confirmed:
            raise Forbidden("unconfirmed")

    return authenticate


def reader() -> TokenReader:
    """Of a request that was authenticated."""
    found: TokenReader = g.reader
    return found


def came_by_password() -> bool:
    """A token cannot get a token."""
    return bool(g.by_password)


def _basic(access: Access, credentials: str) -> TokenReader:
    try:
        name, colon, password = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except ValueError:
        raise BadCredentials from None
    if not colon:
        raise BadCredentials
    g.by_password = bool(password)
    if password:
        return access.by_password(client=client_key(request.remote_addr), email=name, password=password)
    return access.by_token(token=name)
