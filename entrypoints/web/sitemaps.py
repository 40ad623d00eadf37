"""The sitemap (sitemaps.org), and robots.txt (RFC 9309)."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from flask import Blueprint
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from application.ports.paging import Window
from application.ports.posts import PostFeeds, SitemapEntry
from application.ports.work import Now
from domain.ids import make_id
from entrypoints.settings import Settings
from entrypoints.web.pages import kept
from entrypoints.web.templating import utc

# A file may have 50,000 addresses. The first page and those of the site about itself take four.
ADDRESSES = 49_996
# So many posts are in a file at most, on average.
IN_A_FILE = 600
# Paths that are no pages. Pages that a search engine must not list have a robots tag, and it has to read them for that.
_NO_PAGES = ("/comments/", "/api/")
_OF_THE_SITE = ("/", "/about", "/rules", "/privacy")
_HEAD, _SCHEMA = '<?xml version="1.0" encoding="UTF-8"?>\n', "http://www.sitemaps.org/schemas/sitemap/0.9"
# What a file may be of, and how its name says when that begins.
_MONTH, _DAY, _QUARTER, _HOUR = "%Y-%m", "%Y-%m-%d", "%Y-%m-%d-from-%H", "%Y-%m-%d-%H"
_LENGTHS = {
    _MONTH: timedelta(days=31),
    _DAY: timedelta(days=1),
    _QUARTER: timedelta(hours=6),
    _HOUR: timedelta(hours=1),
}


def blueprint(post_feeds: PostFeeds, settings: Settings, now: Now) -> Blueprint:
    views = Blueprint("sitemaps", __name__)
    base_url = settings.base_url

    @views.get("/robots.txt")
    def robots() -> Response:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NO_PAGES), "", f"Sitemap: {base_url}/sitemap.xml"]
        return Response("\n".join(lines) + "\n", mimetype="text/plain")

    @views.get("/sitemap.xml")
    def sitemap() -> Response:
        """One file for each month, or for each day, quarter of a day or hour where much is written. The ids of its
        posts are one range."""
        found = post_feeds.whole_latest(None, Window(1, after=0))
        oldest, last = found.page.items, now()
        first = oldest[0].created_at if oldest else last
        period = _period(last - first, found.count)
        return _xml((f"{first:{period}}", f"{last:{period}}"), lambda: index(period, first, last))

    def index(period: str, first: datetime, last: datetime) -> str:
        files = (f"{base_url}/sitemap-{at:{period}}.xml" for at in _all(period, first, last))
        return _document("sitemapindex", (f"<sitemap><loc>{file}</loc></sitemap>" for file in files))

    @views.get("/sitemap-<name>.xml")
    def sitemap_of(name: str) -> Response:
        first, end = _range(name)
        found = post_feeds.sitemap(None, make_id(first, 0), make_id(end, 0), ADDRESSES)
        return _xml(found, lambda: part(found))

    def part(entries: Sequence[SitemapEntry]) -> str:
        # Those of the site are in every file, because a file needs an address and a month may have no posts.
        pages = [f"<url><loc>{base_url}{path}</loc></url>" for path in _OF_THE_SITE]
        posts = [
            f"<url><loc>{base_url}/posts/{each.id}</loc><lastmod>{utc(each.changed_at)}</lastmod></url>"
            for each in entries
        ]
        return _document("urlset", [*pages, *posts])

    return views


def _period(length: timedelta, count: int) -> str:
    """The longest one with few posts in each, on average."""
    for period, of_one in _LENGTHS.items():
        if count * of_one <= IN_A_FILE * max(length, of_one):
            return period
    return _HOUR


def _range(name: str) -> tuple[datetime, datetime]:
    """The times from and before which the posts of a file were written. 404 for what names none."""
    for period in _LENGTHS:
        try:
            at = datetime.strptime(name, period).replace(tzinfo=UTC)
        except ValueError:
            continue
        first = _beginning(period, at)
        if f"{first:{period}}" == name and 1970 <= first.year <= 2200:
            return first, _next(period, first)
    raise NotFound


def _all(period: str, first: datetime, last: datetime) -> Iterator[datetime]:
    at = _beginning(period, first)
    while at <= last:
        yield at
        at = _next(period, at)


def _beginning(period: str, at: datetime) -> datetime:
    first = datetime.strptime(f"{at:{period}}", period).replace(tzinfo=UTC)
    return first.replace(hour=first.hour // 6 * 6) if period == _QUARTER else first


def _next(period: str, at: datetime) -> datetime:
    later = at + _LENGTHS[period]
    return later.replace(day=1) if period == _MONTH else later


def _xml(records: Hashable, make: Callable[[], str]) -> Response:
    return kept(records, lambda: make().encode(), "application/xml")


def _document(root: str, lines: Iterable[str]) -> str:
    return "\n".join([_HEAD + f'<{root} xmlns="{_SCHEMA}">', *lines, f"</{root}>", ""])
