"""Authentication: Basic with address and password, Basic with a token and no password, or Bearer (RFC 7617, 6750)."""

import base64
from collections.abc import Callable

from flask import g, request

from application.credentials.checking import Credentials
from application.ports.credentials import TokenReader
from application.ports.limits import Limits
from application.ports.work import Now
from domain import limits as rules
from domain.errors import BadCredentials, Forbidden, TooOften
from domain.identifiers import is_username
from entrypoints.clients import client_key
from entrypoints.observing import note_account


def authenticator(credentials: Credentials, limits: Limits, now: Now) -> Callable[[], None]:
    """The function that authenticates a request. It raises BadCredentials, TooOften, and Forbidden
    for a member who is suspended or not confirmed."""

    def authenticate() -> None:
        scheme, _, proof = request.headers.get("Authorization", "").partition(" ")
        match scheme.lower():
            case "bearer":
                found, g.by_password = credentials.check_token(token=proof.strip()), False
            case "basic":
                found = _basic(credentials, proof.strip())
            case _:
                raise BadCredentials
        g.reader = found
        note_account(found.id)
        g.limit_left, g.limit_wait = 0, rules.API.seconds
        try:
            g.limit_left = limits.take(rules.api(found.id), now())
        except TooOften as error:
            g.limit_wait = error.retry_after
            raise
        found.require_access()
        if not found.confirmed:
            raise Forbidden("unconfirmed")

    return authenticate


def reader() -> TokenReader:
    """The reader of a request that was authenticated."""
    found: TokenReader = g.reader
    return found


def came_by_password() -> bool:
    """Whether the request has a password. A request with a token cannot get another token."""
    return bool(g.by_password)


def _basic(credentials: Credentials, proof: str) -> TokenReader:
    try:
        name, colon, password = base64.b64decode(proof, validate=True).decode("utf-8").partition(":")
    except ValueError:
        raise BadCredentials from None
    if not colon:
        raise BadCredentials
    g.by_password = bool(password)
    if password and is_username(name):
        raise BadCredentials  # programs name an account by its address, which never belongs to another one
    if password:
        return credentials.check(client=client_key(request.remote_addr), email=name, password=password).reader
    return credentials.check_token(token=name)
