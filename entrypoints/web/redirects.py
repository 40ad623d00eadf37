"""Where a redirect or a link may lead: paths on this site, taken from a request."""

import re
from urllib.parse import quote, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)


def own_path(wanted: str | None) -> str:
    """`wanted` if it is a path on this site, else `/`. A browser takes `//host`, `/\\host` and `/<TAB>/host` for
    another site, so they are not."""
    if wanted and _OWN_PATH.fullmatch(wanted) and not urlsplit(wanted).netloc:
        return wanted
    return "/"


def wanted_path() -> str:
    """Where a visitor goes once they are signed in: the field `next` of a form, or of the query that led to the form.
    Empty if neither names a path on this site."""
    wanted = request.form.get("next") or request.args.get("next") or ""
    return wanted if own_path(wanted) == wanted else ""


def requested_path() -> str:
    """The path and the query of this request, percent-encoded for a link."""
    return quote(request.path, safe="/@") + query()


def back_path() -> str:
    """The path and the query of the page that this request shows, to return to."""
    page = page_path() if request.url_rule is not None else request.path
    return quote(page, safe="/@") + (query() if page == request.path else "")


def query() -> str:
    """The query of this request with its question mark, if there is one."""
    text = request.query_string.decode("ascii")
    return f"?{text}" if text else ""


def page_path() -> str:
    """The path of the page that this request belongs to. Some paths take a POST only. The page with their form is above
    them."""
    rule = request.url_rule
    if rule is not None and "GET" in (rule.methods or ()):
        return request.path
    routes = current_app.create_url_adapter(request)
    above = request.path
    while routes is not None and above.strip("/"):
        if _is_page(routes, above):
            return above
        above = above.rpartition("/")[0]
    return "/"


def _is_page(routes: MapAdapter, path: str) -> bool:
    """Whether a GET shows a page there. Some addresses only lead to another one."""
    try:
        endpoint, _ = routes.match(path, "GET")
    except HTTPException:
        return False
    return not getattr(current_app.view_functions[endpoint], "view_leads_on", False)
