"""Atom feeds (RFC 4287) and JSON Feed 1.1."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import IO, Any
from urllib.parse import quote

from feedgenerator import Atom1Feed
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator
from flask import Blueprint, redirect, request
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.ports.comments import CommentCard, CommentFeeds
from application.ports.members import MemberName
from application.ports.paging import Window
from application.ports.people import PeopleFeeds, Profile
from application.ports.posts import PostDetail, PostFeeds
from application.ports.tags import TagFeeds
from domain.ids import LARGEST, time_of
from domain.tags import sought_tag
from entrypoints.links import elsewhere
from entrypoints.picture_paths import avatar_path
from entrypoints.settings import Settings
from entrypoints.web import display
from entrypoints.web.current_site import site
from entrypoints.web.decorators import leads_on
from entrypoints.web.pages import kept
from entrypoints.words import alerts_named, full_name

ITEMS = 20
_TRIED_BY_READERS = "'feed', 'rss', 'atom', 'rss.xml', 'atom.xml', 'feed.xml'"
_OPENING = 60
_TYPES = {"feed.atom": "application/atom+xml", "feed.json": "application/feed+json"}
# All but `Char` of XML 1.0, section 2.2.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Footnotes, references to them, and the kinds of alerts.
_FOLDS = re.compile("(</?details>|</summary>)")
# A title is one line. In it, these would reorder what stands around it.
_REORDERS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ALT = re.compile(r'<img [^>]*?alt="([^"]+)"')
_NOT_IN_OPENINGS = re.compile(r'<sup[^>]*><a href="#fn-.*?</sup>|<section\b.*|<p class="kind">\w+</p>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    post_id: int
    path: str
    title: str
    html: str
    author: MemberName | None
    edited_at: datetime | None
    tags: tuple[str, ...] = ()

    @property
    def created_at(self) -> datetime:
        return time_of(self.id)

    @property
    def updated_at(self) -> datetime:
        return self.edited_at or self.created_at


@dataclass(frozen=True, slots=True)
class _Feed:
    """`path` is percent-encoded."""

    title: str
    path: str
    begun_at: datetime
    items: tuple[_Item, ...]

    @property
    def updated_at(self) -> datetime:
        return max((item.updated_at for item in self.items), default=self.begun_at)


def blueprint(
    post_feeds: PostFeeds,
    comment_feeds: CommentFeeds,
    people_feeds: PeopleFeeds,
    tag_feeds: TagFeeds,
    settings: Settings,
) -> Blueprint:
    views = Blueprint("syndication", __name__)
    base_url = settings.base_url

    def all_posts() -> _Feed:
        found = post_feeds.whole_latest(None, Window(ITEMS))
        return _Feed(site().text.name, "/", time_of(0), tuple(map(_of_post, found.page.items)))

    def person(username: str) -> _Feed:
        posts = post_feeds.whole_by(None, username, Window(ITEMS)).page.items
        # Each post says who wrote it, so only who wrote nothing is looked up.
        author = posts[0].author if posts else None
        who: MemberName | Profile = author or people_feeds.profile(None, username)
        name = f"{who.name} · @{who.username}" if who.name else f"@{who.username}"
        title, path = f"{name} · {site().text.name}", f"/@{who.username}"
        return _Feed(title, path, time_of(who.id), tuple(map(_of_post, posts)))

    def tagged(tag: str) -> _Feed:
        found = tag_feeds.whole_posts(None, sought_tag(tag), Window(ITEMS))
        items = tuple(map(_of_post, found.page.items))
        return _Feed(f"#{found.tag.name} · {site().text.name}", f"/tags/{quote(found.tag.name)}", time_of(0), items)

    def comments(post_id: int) -> _Feed:
        # The window is before the largest id, so it has the newest comments.
        thread = comment_feeds.thread(None, post_id, Window(ITEMS, before=LARGEST))
        seen = tuple(_of_comment(each) for each in reversed(thread.comments.items) if each.body_html is not None)
        title = gettext("Comments on %(title)s", title=title_of(thread.post))
        return _Feed(f"{title} · {site().text.name}", f"/posts/{post_id}", thread.post.created_at, seen)

    def add(path: str, name: str, feed_of: Callable[..., _Feed]) -> None:
        def atom(**which: object) -> Response:
            return feed_response(feed_of(**which), "feed.atom", _atom)

        def as_json(**which: object) -> Response:
            return feed_response(feed_of(**which), "feed.json", _json)

        @leads_on
        def tried(**which: object) -> Response:
            del which["address"]
            return redirect(f"{feed_of(**which).path.rstrip('/')}/feed.atom", 308)

        views.add_url_rule(f"{path}<any({_TRIED_BY_READERS}):address>", f"{name}_feed", tried)
        views.add_url_rule(f"{path}feed.atom", f"{name}_atom", atom)
        views.add_url_rule(f"{path}feed.json", f"{name}_json", as_json)

    def feed_response(feed: _Feed, file: str, written: Callable[[_Feed, str, str], str]) -> Response:
        """Redirects to the right spelling of a username or a tag, as pages do."""
        path = f"{feed.path.rstrip('/')}/{file}"
        if quote(request.path, safe="/@") != path:
            return redirect(path, 308)
        return kept(feed, lambda: written(feed, path, base_url).encode(), _TYPES[file])

    add("/", "site", all_posts)
    add("/@<username:username>/", "person", person)
    add("/tags/<tag>/", "tag", tagged)
    add("/posts/<id:post_id>/", "comments", comments)

    return views


def opening(html: str, at_most: int = _OPENING) -> str:
    """The first words of a text without a title. Footnotes, references to them, the kinds of alerts and what is
    folded are left out. A text of pictures alone has the words that stand for them."""
    html = _NOT_IN_OPENINGS.sub("", _without_details(html))
    words = Markup(html).striptags() or " · ".join(map(unescape, _ALT.findall(html)))  # noqa: S704 - without tags
    text = _REORDERS.sub("", words)
    if len(text) <= at_most:
        return text
    space = text.rfind(" ", 0, at_most)
    return text[: space if space > at_most // 2 else at_most].rstrip() + "…"


def _without_details(html: str) -> str:
    """What is folded stays folded. Its summary is shown."""
    shown, depth, is_summary = [], 0, False
    for part in _FOLDS.split(html):
        if part == "<details>":
            depth += 1
            is_summary = depth == 1
        elif part == "</details>":
            depth -= 1
        elif part == "</summary>":
            is_summary = False
        elif not depth or is_summary:
            shown.append(part)
    return "".join(shown)


def title_of(post: PostDetail) -> str:
    """The title of a post. A post without a title gets its first words, if it has any."""
    name = full_name(post.author) if post.author else gettext("a deleted member")
    return post.title or opening(post.body_html) or gettext("A post by %(name)s", name=name)


def _of_post(post: PostDetail) -> _Item:
    return _Item(
        post.id, post.id, f"/posts/{post.id}", title_of(post), post.body_html, post.author, post.edited_at, post.tags
    )


def _of_comment(comment: CommentCard) -> _Item:
    html = comment.body_html or ""
    title = opening(html) or gettext("By %(name)s", name=_name(comment.author))
    return _Item(comment.id, comment.post_id, f"/comments/{comment.id}", title, html, comment.author, comment.edited_at)


def _shown(item: _Item, base_url: str) -> str:
    """The HTML of an item, as other programs show it."""
    html = elsewhere(item.html, item.post_id, base_url)
    return alerts_named(html, display.language().value, gettext)


def _as_xml(text: str) -> str:
    """The text as a document may contain it. What was stored under older rules may have other characters."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


class _XmlGenerator(SimplerXMLGenerator):  # type: ignore[misc]
    def characters(self, content: str) -> None:
        super().characters(_as_xml(content))

    def startElement(self, name: str, attrs: dict[str, str]) -> None:  # noqa: N802 - SAX names it
        super().startElement(name, {key: _as_xml(value) for key, value in attrs.items()})


class _AtomFeed(Atom1Feed):  # type: ignore[misc]
    def write(self, outfile: IO[Any], encoding: str) -> None:
        # feedgenerator's own writer raises for some of the characters that XML does not take, and writes the others.
        handler = _XmlGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def latest_post_date(self) -> datetime:
        # Without entries feedgenerator would take the present time, and the feed would change each second.
        at: datetime = self.feed["updated_at"]
        return at


def _atom(feed: _Feed, path: str, base_url: str) -> str:
    # The feed names no language, because it can name only one and members write in many.
    made = _AtomFeed(
        title=feed.title,
        link=base_url + feed.path,
        description=None,
        feed_url=base_url + path,
        updated_at=feed.updated_at,
    )
    for item in feed.items:
        made.add_item(
            title=item.title,
            link=base_url + item.path,
            description=None,
            content=_shown(item, base_url),
            unique_id=base_url + item.path,
            pubdate=item.created_at,
            updateddate=item.updated_at,
            author_name=_name(item.author),
            author_link=f"{base_url}/@{item.author.username}" if item.author else None,
            categories=item.tags,
        )
    return str(made.writeString("utf-8"))


def _json(feed: _Feed, path: str, base_url: str) -> str:
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
                "content_html": _shown(item, base_url),
                "date_published": item.created_at.isoformat(),
                "date_modified": item.updated_at.isoformat(),
                "authors": [_author(item.author, base_url)],
                **({"tags": item.tags} if item.tags else {}),
            }
            for item in feed.items
        ],
    }
    return json.dumps(document, ensure_ascii=False)


def _author(member: MemberName | None, base_url: str) -> dict[str, str]:
    if member is None:
        return {"name": _name(member)}
    return {
        "name": _name(member),
        "url": f"{base_url}/@{member.username}",
        "avatar": base_url + avatar_path(member, 160),
    }


def _name(member: MemberName | None) -> str:
    return full_name(member) if member else gettext("deleted member")
