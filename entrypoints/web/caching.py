"""HTTP caching of pages: Cache-Control, Vary and ETag (RFC 9111)."""

import hashlib
import re

from flask import g, request, session
from werkzeug.wrappers import Response

from entrypoints.web.headers import vary_by
from entrypoints.web.viewer import viewer

_NEVER_STORED = re.compile(
    r"/(?:settings|admin|moderation|appeals|bookmarks|notifications|confirm|reset|unsubscribe|welcome)(?:/|$)"
)


def set_caching(response: Response) -> None:
    """A shared cache never stores a private page. A browser asks with the ETag whether its copy is still good."""
    vary_by(response, "Cookie, Accept-Language")
    never = (
        request.method not in ("GET", "HEAD")
        or _NEVER_STORED.match(request.path)
        or g.get("holds_visitor_form")
        or (viewer() is None and (session.modified or "Set-Cookie" in response.headers))
    )
    if never:
        response.headers["Cache-Control"] = "no-store"
        return
    response.headers["Cache-Control"] = "public, no-cache" if viewer() is None else "private, no-cache"
    etag = g.get("etag")
    if etag is not None and response.status_code in (200, 304):
        response.set_etag(etag, weak=True)
    elif response.status_code == 200 and not session.modified and not response.is_streamed:
        body = response.get_data()
        # The idempotency key of a form is new in each response. Two pages that differ in nothing else are the same.
        for key in g.get("once_keys", ()):
            body = body.replace(key.encode(), b"")
        response.set_etag(hashlib.sha256(body).hexdigest()[:32], weak=True)
        response.make_conditional(request)
