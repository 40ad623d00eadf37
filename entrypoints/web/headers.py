"""The security headers of every response."""

from werkzeug.wrappers import Response

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_A_YEAR = 31_536_000


def set_security_headers(response: Response, *, secure: bool) -> None:
    """A header that the view has set stays. `secure` says that the site is served by https."""
    # `setdefault` would look through all headers for each.
    there = {name.lower() for name, _ in response.headers}
    for name, value in SECURITY_HEADERS.items():
        if name.lower() not in there:
            response.headers.add(name, value)
    if secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_A_YEAR}"


def vary_by(response: Response, names: str) -> None:
    """Names more request headers on which the response depends (RFC 9110, section 12.5.5)."""
    before = response.headers.get("Vary")
    response.headers["Vary"] = f"{before}, {names}" if before else names
