"""What does not fit between the proxies in front and CHAPBOOK_TRUSTED_PROXIES: the log says it, and a page."""

import logging

from flask import request
from werkzeug.exceptions import HTTPException

from entrypoints.logs import ONCE_AN_HOUR

log = logging.getLogger(__name__)


class DistrustedProxy(HTTPException):
    """A proxy says that the request came by https, and is not trusted. To redirect to https would never end. The status
    is of RFC 9110, section 15.5.20."""

    code = 421


def is_distrusted() -> bool:
    """Whether the request came by https, if its proxy is right, and by http, if CHAPBOOK_TRUSTED_PROXIES is."""
    schemes = request.headers.get("X-Forwarded-Proto", "").split(",")
    return not request.is_secure and any(scheme.strip().lower() == "https" for scheme in schemes)


def look_at_proxies(trusted: int, *, secure: bool) -> None:
    """`trusted` counts the proxies in front, and `secure` says whether the site is for https only."""
    addresses, scheme = request.headers.get("X-Forwarded-For", ""), request.headers.get("X-Forwarded-Proto", "")
    if not trusted and scheme and secure and not request.is_secure:
        log.warning(
            "A proxy says X-Forwarded-Proto, but is not believed: readers get a page about this setting. Set "
            "CHAPBOOK_TRUSTED_PROXIES to how many proxies stand in front, which is mostly 1.",
            extra=ONCE_AN_HOUR,
        )
    elif not trusted and addresses:
        log.warning(
            "A request says X-Forwarded-For, which is not believed. If a proxy of yours stands in front, set "
            "CHAPBOOK_TRUSTED_PROXIES to how many do: until then all readers share the limits of one. If none does, "
            "somebody made it up, and nothing is to be done.",
            extra=ONCE_AN_HOUR,
        )
    elif trusted and len(addresses.split(",")) < trusted + (not addresses):
        log.warning(
            "CHAPBOOK_TRUSTED_PROXIES is %d, but a request came with %d addresses in X-Forwarded-For. Set it to how "
            "many proxies stand in front, let each add the address that it sees, and let nobody reach this port past "
            "them.",
            trusted,
            len(addresses.split(",")) if addresses else 0,
            extra=ONCE_AN_HOUR,
        )
    elif trusted and secure and not scheme:
        log.warning(
            "The proxy in front does not say X-Forwarded-Proto: browsers are redirected to https without an end. Let "
            "it set that header to the scheme that it sees.",
            extra=ONCE_AN_HOUR,
        )
