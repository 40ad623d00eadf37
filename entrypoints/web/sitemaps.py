"""The sitemap (sitemaps.org), and robots.txt (RFC 9309)."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from application.ports.paging import Window
from application.ports.posts import PostFeeds
from application.ports.work import Now
from domain.ids import make_id
from entrypoints.settings import Settings

# A file may have 50,000 addresses. The first page and those of the site about itself take four.
ADDRESSES = 49_996
# Paths that are no pages. Pages that a search engine must not list have a robots tag, and it has to read them for that.
_NO_PAGES = ("/comments/", "/api/")


def blueprint(post_feeds: PostFeeds, settings: Settings, now: Now) -> Blueprint:
    views = Blueprint("sitemaps", __name__)
    base_url = settings.base_url

    @views.get("/robots.txt")
    def robots() -> Response:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NO_PAGES), "", f"Sitemap: {base_url}/sitemap.xml"]
        return Response("\n".join(lines) + "\n", mimetype="text/plain")

    @views.get("/sitemap.xml")
    def sitemap() -> Response:
        """One file for each month. The ids of the posts of a month are one range."""
        oldest = post_feeds.latest(None, Window(1, after=0)).items
        months = _months(oldest[0].created_at if oldest else now(), now())
        return _xml(render_template("sitemaps/sitemaps.xml", base_url=base_url, months=months))

    @views.get("/sitemap-<int(fixed_digits=4):year>-<int(fixed_digits=2):month>.xml")
    def sitemap_of(year: int, month: int) -> Response:
        if not (1970 <= year <= 2200 and 1 <= month <= 12):
            abort(404)
        first = datetime(year, month, 1, tzinfo=UTC)
        found = post_feeds.sitemap(None, make_id(first, 0), make_id(_next(first), 0), ADDRESSES)
        return _xml(render_template("sitemaps/sitemap.xml", base_url=base_url, entries=found))

    return views


def _months(first: datetime, last: datetime) -> list[datetime]:
    month = first.replace(day=1)
    months = []
    while month <= last:
        months.append(month)
        month = _next(month)
    return months


def _next(month: datetime) -> datetime:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _xml(text: str) -> Response:
    return Response(text, mimetype="application/xml")
