"""Feeds (Atom, RFC 4287, and JSON Feed 1.1), the sitemap and robots.txt: the site for programs that only read."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feedgenerator import Atom1Feed
from flask import Blueprint, Response, abort, render_template
from flask_babel import gettext
from markupsafe import Markup

from application.feeds import CatalogueFeeds, CommentCard, Face, PeopleFeeds, PostDetail, PostFeeds, Window
from application.ports import Now
from domain.ids import LARGEST, make_id, time_of

ITEMS = 20
# The protocol allows 50,000 addresses a file (sitemaps.org).
ADDRESSES = 50_000
_OPENING = 60
_FOOTNOTES = re.compile(r'<sup\b.*?</sup>|<section class="footnotes">.*', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    path: str
    title: str
    html: str
    author: Face | None
    edited_at: datetime | None

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)

    @property
    def updated_at(self) -> datetime:
        return self.edited_at or self.created_at


@dataclass(frozen=True, slots=True)
class _Feed:
    title: str
    path: str
    items: list[_Item]


def blueprint(
    posts: PostFeeds,
    catalogue: CatalogueFeeds,
    people: PeopleFeeds,
    *,
    site_name: str,
    base_url: str,
    now: Now,
) -> Blueprint:
    views = Blueprint("syndication", __name__)

    def site() -> _Feed:
        found = catalogue.posts(Window(ITEMS))
        return _Feed(site_name, "/", [_of_post(post) for post in found.page.items])

    def person(username: str) -> _Feed:
        profile = people.profile(username, None)
        found = catalogue.posts_of(username, Window(ITEMS))
        title = f"{profile.name or profile.username} · {site_name}"
        return _Feed(title, f"/@{profile.username}", [_of_post(post) for post in found.page.items])

    def comments(post_id: int) -> _Feed:
        # From the far end: the newest comments.
        thread = posts.thread(post_id, Window(ITEMS, before=LARGEST), None)
        seen = [_of_comment(comment) for comment in reversed(thread.comments.items) if comment.body_html is not None]
        title = gettext("Comments on %(title)s", title=_title(thread.post))
        return _Feed(f"{title} · {site_name}", f"/posts/{post_id}", seen)

    def add(path: str, name: str, feed_of: Callable[..., _Feed]) -> None:
        def atom(**which: object) -> Response:
            return _atom(feed_of(**which), f"{path_of(path, which)}feed.atom", base_url)

        def as_json(**which: object) -> Response:
            return _json(feed_of(**which), f"{path_of(path, which)}feed.json", base_url)

        views.add_url_rule(f"{path}feed.atom", f"{name}_atom", atom)
        views.add_url_rule(f"{path}feed.json", f"{name}_json", as_json)

    def path_of(rule: str, which: dict[str, object]) -> str:
        for name, value in which.items():
            rule = rule.replace(f"<username:{name}>", str(value)).replace(f"<id:{name}>", str(value))
        return rule

    add("/", "site", site)
    add("/@<username:username>/", "person", person)
    add("/posts/<id:post_id>/", "comments", comments)

    @views.get("/robots.txt")
    def robots() -> Response:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PRIVATE), "", f"Sitemap: {base_url}/sitemap.xml"]
        return Response("\n".join(lines) + "\n", mimetype="text/plain")

    @views.get("/sitemap.xml")
    def sitemap() -> Response:
        """One file a month: the ids of a month's posts are one stretch."""
        oldest = posts.latest(Window(1, after=0)).items
        months = _months(oldest[0].created_at, now()) if oldest else []
        return _xml(render_template("syndication/sitemaps.xml", base_url=base_url, months=months))

    @views.get("/sitemap-<int(fixed_digits=4):year>-<int(fixed_digits=2):month>.xml")
    def sitemap_of(year: int, month: int) -> Response:
        if not (1970 <= year <= 2200 and 1 <= month <= 12):
            abort(404)
        first = datetime(year, month, 1, tzinfo=UTC)
        found = catalogue.marks(make_id(first, 0), make_id(_next(first), 0), ADDRESSES)
        return _xml(render_template("syndication/sitemap.xml", base_url=base_url, marks=found))

    return views


_PRIVATE = ("/settings/", "/admin/", "/moderation", "/reset", "/confirm", "/comments/", "/api/")


def _months(first: datetime, last: datetime) -> list[datetime]:
    month = first.replace(day=1)
    months = []
    while month <= last:
        months.append(month)
        month = _next(month)
    return months


def _next(month: datetime) -> datetime:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def opening(html: str, at_most: int = _OPENING) -> str:
    """The first words of a text without a title, without footnotes and the numbers that lead to them."""
    text = Markup(_FOOTNOTES.sub("", html)).striptags()  # noqa: S704 - the tags are taken out
    if len(text) <= at_most:
        return text
    cut = text[:at_most]
    space = cut.rfind(" ")
    return (cut[:space] if space > at_most // 2 else cut).rstrip() + "…"


def _title(post: PostDetail) -> str:
    return post.title or opening(post.body_html)


def _of_post(post: PostDetail) -> _Item:
    return _Item(post.id, f"/posts/{post.id}", _title(post), post.body_html, post.author, post.edited_at)


def _of_comment(comment: CommentCard) -> _Item:
    html = comment.body_html or ""
    return _Item(comment.id, f"/comments/{comment.id}", opening(html), html, comment.author, comment.edited_at)


def _at_home(item: _Item, base_url: str) -> str:
    """Links that lead from the page lead from anywhere else."""
    html = item.html.replace('href="/', f'href="{base_url}/')
    return html.replace('href="#', f'href="{base_url}{item.path}#')


def _atom(feed: _Feed, path: str, base_url: str) -> Response:
    # Without a language: members write in many, and a feed can name one.
    made = Atom1Feed(title=feed.title, link=base_url + feed.path, description=None, feed_url=base_url + path)
    for item in feed.items:
        made.add_item(
            title=item.title,
            link=base_url + item.path,
            description=None,
            content=_at_home(item, base_url),
            unique_id=base_url + item.path,
            pubdate=item.created_at,
            updateddate=item.updated_at,
            author_name=_name(item.author),
            author_link=f"{base_url}/@{item.author.username}" if item.author else None,
        )
    return _dated(Response(made.writeString("utf-8"), mimetype="application/atom+xml"), feed)


def _json(feed: _Feed, path: str, base_url: str) -> Response:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": base_url + feed.path,
        "feed_url": base_url + path,
        "items": [
            {
                "id": base_url + item.path,
                "url": base_url + item.path,
                "title": item.title,
                "content_html": _at_home(item, base_url),
                "date_published": item.created_at.isoformat(),
                "date_modified": item.updated_at.isoformat(),
                "authors": [{"name": _name(item.author)}],
            }
            for item in feed.items
        ],
    }
    return _dated(Response(json.dumps(document, ensure_ascii=False), mimetype="application/feed+json"), feed)


def _name(face: Face | None) -> str:
    return (face.name or face.username) if face else gettext("deleted member")


def _dated(response: Response, feed: _Feed) -> Response:
    if feed.items:
        response.last_modified = max(item.updated_at for item in feed.items)
    return response


def _xml(text: str) -> Response:
    return Response(text, mimetype="application/xml")
