"""The hosts that the site answers to (CHAPBOOK_ALLOWED_HOSTS)."""

import logging
from collections.abc import Iterable

from entrypoints.logs import ONCE_AN_HOUR

log = logging.getLogger(__name__)


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """`host` is a Host header with valid characters, or ''. Names compare without case and without the final dot of an
    absolute name (RFC 4343; RFC 1034, section 3.1). A leading dot in `allowed` stands for every name below."""
    name = _name(host)
    if not name:
        return False
    return any(name == own.removeprefix(".") or (own.startswith(".") and name.endswith(own)) for own in allowed)


def warn_of(host: str) -> None:
    """Says in the log that a request for this host was refused. An empty one says nothing to whoever reads it."""
    if _name(host):
        log.warning(
            "Requests for hosts that are not in CHAPBOOK_ALLOWED_HOSTS get 400, such as %.200r. If readers may use it, "
            "name it there, or in CHAPBOOK_BASE_URL. If not, nothing is to be done.",
            _name(host),
            extra=ONCE_AN_HOUR | {"once_as": __name__},
        )


def _name(host: str) -> str:
    """Without the port. The brackets of an IPv6 address stay (RFC 3986, section 3.2.2)."""
    closing = host.find("]")
    name = host[: closing + 1] if host.startswith("[") else host.partition(":")[0]
    return name.lower().removesuffix(".")
