"""Renders what members write, and finds whom it mentions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from application.ports.mentions import MentionFeeds
from application.ports.pictures.storing import PictureFeeds
from application.ports.rendering import Rendered, Renderer
from domain.errors import Invalid
from domain.mentions import TOLD_AT_MOST, possible_mentions
from domain.moderation import SITE_ID
from domain.pictures import Shape, possible_pictures, shown_in
from domain.posts import PostHtml
from domain.rules import numbered
from domain.site import MARKDOWN, SiteHtml
from domain.texts import shown

# The site itself wrote it. Nobody blocks it.
_NOBODY = 0


@dataclass(frozen=True, slots=True)
class RenderedPost:
    """`mentioned` are the account ids of the members who are told of the text."""

    html: PostHtml
    mentioned: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RenderedComment:
    """`html_version` is that of the renderer. `mentioned` is as in `RenderedPost`."""

    body_html: str
    html_version: int
    mentioned: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendering:
    """What each use case does that renders a text. `author_id` is whose text it is, and `account_id` who waits for it.
    Methods raise as those of the Renderer, and Invalid(`required`) when a reader would see nothing."""

    renderer: Renderer
    mention_feeds: MentionFeeds
    picture_feeds: PictureFeeds

    def post(
        self, body: str, *, author_id: int, account_id: int, text_id: int | None = None, before: str = ""
    ) -> RenderedPost:
        """`text_id` is that of a post that is there already, and `before` its body. The text may show pictures of its
        author, those that it shows now, and of who waits those that it did not name before: nobody shows pictures of
        an administrator by naming them in a text that the administrator edits."""
        members = self._members(body, author_id)
        pictures = self._pictures(body, author_id, text_id)
        if account_id not in (author_id, _NOBODY):
            named = {*possible_pictures(before), *pictures}
            own = [picture_id for picture_id in possible_pictures(body) if picture_id not in named]
            pictures = {**pictures, **self._shapes(own, account_id, None)}
        rendered = self.renderer.post(body, account_id=account_id, members=frozenset(members), pictures=pictures)
        return RenderedPost(post_html(rendered, self.renderer.version), _told(rendered, members))

    def comment(self, body: str, *, author_id: int, account_id: int) -> RenderedComment:
        members = self._members(body, author_id)
        rendered = self.renderer.comment(body, account_id=account_id, members=frozenset(members))
        return RenderedComment(shown("body", rendered.html), self.renderer.version, _told(rendered, members))

    def of_site(self, field: str, body: str, *, account_id: int) -> str:
        """The HTML of a text that the site says of itself. It is written as a post is, and may be empty. Rules get
        their numbers. Problems are those of this field."""
        if not body.strip():
            return ""
        members = frozenset(self._members(body, _NOBODY))
        pictures = self._pictures(body, account_id, SITE_ID)
        try:
            html = self.renderer.post(body, account_id=account_id, members=members, pictures=pictures).html
        except Invalid as error:
            raise Invalid(field, error.problems[0].code, **error.problems[0].values) from None
        return numbered(html) if field == "rules" else html

    def site_html(self, html: SiteHtml, rendered: Mapping[str, str]) -> SiteHtml:
        """With the HTML that was rendered now, by field. What an older renderer made keeps its version."""
        version = self.renderer.version
        if html.version and not rendered.keys() >= MARKDOWN.keys():
            version = min(html.version, version)
        return replace(html, **rendered, version=version)

    def _members(self, body: str, author_id: int) -> Mapping[str, int]:
        """Whom the text may mention. Most texts mention nobody, and then nobody is looked for."""
        keys = possible_mentions(body)
        return self.mention_feeds.mentionable(author_id, keys) if keys else {}

    def _pictures(self, body: str, owner_id: int, text_id: int | None) -> Mapping[int, Shape]:
        """What the text may show. Most texts show no pictures, and then none are looked for."""
        return self._shapes(possible_pictures(body), owner_id, text_id)

    def _shapes(self, ids: Collection[int], owner_id: int, text_id: int | None) -> Mapping[int, Shape]:
        return self.picture_feeds.shapes(ids, owner_id=owner_id, text_id=text_id) if ids else {}


def post_html(rendered: Rendered, version: int) -> PostHtml:
    """`version` is that of the renderer. Raises Invalid when a reader would see nothing."""
    body_html = shown("body", rendered.html)
    return PostHtml(
        body_html=body_html,
        excerpt_html=rendered.excerpt_html,
        cut=rendered.cut,
        version=version,
        picture_id=next(iter(shown_in(body_html)), None),
    )


def _told(rendered: Rendered, members: Mapping[str, int]) -> tuple[int, ...]:
    """A member who is mentioned by two of their usernames is told once."""
    return tuple(dict.fromkeys(members[key] for key in rendered.mentions))[:TOLD_AT_MOST]
