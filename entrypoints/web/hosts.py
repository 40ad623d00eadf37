"""The hosts that the site answers to (CHAPBOOK_ALLOWED_HOSTS)."""

import logging
from collections.abc import Iterable

log = logging.getLogger(__name__)


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """`host` is a Host header with valid characters, or ''. Names compare without case and without the final dot of an
    absolute name (RFC 4343; RFC 1034, section 3.1). A leading dot in `allowed` stands for every name below."""
    name = _name(host)
    if not name:
        return False
    for own in allowed:
        if name == own.removeprefix(".") or (own.startswith(".") and name.endswith(own)):
            return True
    _warn(name)
    return False


def _name(host: str) -> str:
    """Without the port. The brackets of an IPv6 address stay (RFC 3986, section 3.2.2)."""
    closing = host.find("]")
    name = host[: closing + 1] if host.startswith("[") else host.partition(":")[0]
    return name.lower().removesuffix(".")


_NAMES_AT_MOST = 100
_warned: set[str] = set()


def _warn(name: str) -> None:
    """Once for each name, and for some names: whoever makes up more of them does not fill the log."""
    if name in _warned or len(_warned) >= _NAMES_AT_MOST:
        return
    _warned.add(name)
    log.warning(
        "Requests for the host %.200r get 400. Name it in CHAPBOOK_ALLOWED_HOSTS (or in CHAPBOOK_BASE_URL), "
        "if readers may use it.",
        name,
    )
