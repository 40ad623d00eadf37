"""Asks CHAPBOOK_BASE_URL for `/healthz`, as a reader would, with a token that only this site believes."""

import http.client
import json
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from application.ports.tokens import Claims, Tokens
from domain.credentials import Purpose
from entrypoints.web.diagnosis import HEADER

# RFC 5737: nobody's address. Whoever believes it believes any client.
MADE_UP = "192.0.2.1"
# In seconds, for each step of the way.
PATIENCE = 5.0
_BYTES_AT_MOST = 10_000
_NOBODY = 1
_AGENT = "chapbook doctor"
_STRINGS = ("address", "scheme", "host", "forwarded_for", "forwarded_proto", "version")


@dataclass(frozen=True, slots=True)
class Arrived:
    """The request as it reached the site: what it takes for the client's address, scheme and host, what the proxies
    said, with which BASE_URL the site runs, and whether its pages refuse this host. An older version does not say the
    last two."""

    address: str
    scheme: str
    host: str
    forwarded_for: str
    forwarded_proto: str
    version: str
    base_url: str = ""
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`arrived` is None unless this site answered. The clock is that of the header Date, without fractions."""

    status: int
    location: str
    text: str
    clock_ahead: timedelta | None
    arrived: Arrived | None


def ask(base_url: str, tokens: Tokens) -> Answer:
    """Raises OSError, also for a certificate that does not hold, and http.client.HTTPException."""
    claims = Claims(subject=_NOBODY, purpose=Purpose.DIAGNOSIS, token_id=tokens.new_id())
    headers = {
        HEADER: tokens.issue(claims, at=datetime.now(UTC)),
        "X-Forwarded-For": MADE_UP,
        "Cache-Control": "no-cache",
        "User-Agent": _AGENT,
    }
    with closing(_connection(base_url)) as connection:
        connection.request("GET", "/healthz", headers=headers)
        answer = connection.getresponse()
        text = answer.read(_BYTES_AT_MOST).decode(errors="replace")
    return Answer(
        status=answer.status,
        location=answer.getheader("Location", ""),
        text=text,
        clock_ahead=_clock_ahead(answer.getheader("Date", "")),
        arrived=_arrived(text) if answer.status == http.client.OK else None,
    )


def speaks_http(base_url: str) -> bool:
    """Whether what listens at this https URL answers without TLS. A server with TLS answers 400, if at all."""
    url = urlsplit(base_url)
    connection = http.client.HTTPConnection(url.hostname or "", url.port or http.client.HTTPS_PORT, timeout=PATIENCE)
    with closing(connection):
        try:
            connection.request("GET", "/healthz", headers={"User-Agent": _AGENT})
            return connection.getresponse().status != http.client.BAD_REQUEST
        except (OSError, http.client.HTTPException):
            return False


def _connection(base_url: str) -> http.client.HTTPConnection:
    url = urlsplit(base_url)
    host = url.hostname or ""
    if url.scheme == "http":
        return http.client.HTTPConnection(host, url.port, timeout=PATIENCE)
    return http.client.HTTPSConnection(host, url.port, timeout=PATIENCE, context=ssl.create_default_context())


def _clock_ahead(date: str) -> timedelta | None:
    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return None
    here = datetime.now(UTC)
    # The header has whole seconds, so on average it is half a second old.
    return there.replace(tzinfo=there.tzinfo or UTC) + timedelta(seconds=0.5) - here


def _arrived(text: str) -> Arrived | None:
    try:
        read: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(read, Mapping) or not all(isinstance(read.get(name), str) for name in _STRINGS):
        return None
    return Arrived(
        **{name: _printable(read[name]) for name in _STRINGS},
        base_url=_printable(str(read.get("base_url", ""))),
        is_refused=read.get("is_refused") is True,
    )


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:200]
