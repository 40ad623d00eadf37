"""Renders Markdown to sanitized HTML. mistune parses, `restrict` changes the tree, a sanitizer checks the HTML.

`InlineRenderer` has no time limit. Texts of members are rendered by render_process.py in a child process that can be
killed. That process imports this module when it starts, so the module has few imports.
"""

import hashlib
import re
from collections.abc import Mapping
from html import unescape

import mistune
from mistune.core import BlockState

from adapters.markdown.anchors import anchor
from adapters.markdown.excerpts import excerpt
from adapters.markdown.html import PlainHeadings, PostHtml
from adapters.markdown.mentions import mentioned
from adapters.markdown.parsing import OF_COMMENTS, OF_POSTS, tree
from adapters.markdown.parts import in_parts, joined
from adapters.markdown.pictures import load_first_at_once
from adapters.markdown.sanitizers import sanitizer_named
from adapters.markdown.tokens import Token
from adapters.markdown.tree import TooDeep
from adapters.markdown.version import VERSION
from application.ports.rendering import NO_PICTURES, Rendered
from domain.errors import Invalid
from domain.pictures import Shape
from domain.texts import says_something

_BODY_AT_MOST = 50_000
# A reference `[x]` may stand for an address of 2,000 characters. So a short Markdown text can become very long HTML.
_GROWTH_AT_MOST = 12
# Of a picture, the HTML is much longer than the Markdown: six addresses, and a text that may be the picture's own.
_PICTURE_AT_MOST = 4_000
# To a footnote, or back from it: a number or an arrow.
_NOTE_LINK = re.compile(r'<a href="#fn[^>]*>.*?</a>')
_TAG = re.compile("<[^>]*>")


class InlineRenderer:
    """The port `Renderer`, in the calling process. Safe to call from several threads. Nobody waits, so it does not
    need to know the account."""

    version = VERSION

    def __init__(self, sanitizer: str = "bleach") -> None:
        """`sanitizer` is `bleach` or `nh3`. Raises KeyError for another name."""
        self._sanitizer = sanitizer_named(sanitizer)

    def post(
        self,
        body: str,
        *,
        account_id: int = 0,
        members: frozenset[str] = frozenset(),
        pictures: Mapping[int, Shape] = NO_PICTURES,
    ) -> Rendered:
        try:
            return self._post(body, members, pictures)
        except (TooDeep, RecursionError, MemoryError):
            raise too_complex() from None

    def comment(self, body: str, *, account_id: int = 0, members: frozenset[str] = frozenset()) -> Rendered:
        try:
            return self._comment(body, members)
        except (TooDeep, RecursionError, MemoryError):
            raise too_complex() from None

    def _post(self, body: str, members: frozenset[str], pictures: Mapping[int, Shape]) -> Rendered:
        # Two posts may be on one page, so the ids of footnotes contain a digest of the text.
        notes = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        tokens = _tree(OF_POSTS, body, members, notes, pictures)
        anchor(tokens)
        times = load_first_at_once(tokens) if pictures else 0
        most = _most(body) + _PICTURE_AT_MOST * times
        opening, cut = excerpt(tokens)
        return Rendered(
            html=self._html(tokens, PostHtml(), most),
            excerpt_html=self._html(opening, PlainHeadings(), _most(body)),
            cut=cut,
            mentions=mentioned(tokens),
        )

    def _comment(self, body: str, members: frozenset[str]) -> Rendered:
        tokens = _tree(OF_COMMENTS, body, members)
        return Rendered(html=self._html(tokens, PlainHeadings(), _most(body)), mentions=mentioned(tokens))

    def _html(self, tokens: list[Token], html: PostHtml, most: int) -> str:
        """Sanitizes a few blocks at a time, because bleach takes more than twice as long for twice as many."""
        state, cleaned, waiting, size = BlockState(), list[str](), "", 0
        for token in tokens:
            parts = in_parts(token)
            for part in parts:
                block = html.render_token(part, state)
                size += len(block)
                if size > most:
                    raise too_complex()
                waiting += block
                if len(waiting) > 2_000 or len(parts) > 1:
                    cleaned.append(self._sanitizer.clean(waiting))
                    waiting = ""
            if len(parts) > 1:
                cleaned[-len(parts) :] = [joined(token, cleaned[-len(parts) :])]
        cleaned.append(self._sanitizer.clean(waiting))
        whole = "".join(cleaned).strip()
        return whole if _shows_something(whole) else ""


def too_complex() -> Invalid:
    return Invalid("body", "too_complex")


def _shows_something(html: str) -> bool:
    return "<hr" in html or "<img" in html or says_something(unescape(_TAG.sub("", _NOTE_LINK.sub("", html))))


def _most(body: str) -> int:
    return 2_000 + _GROWTH_AT_MOST * len(body)


def _tree(
    markdown: mistune.Markdown,
    body: str,
    members: frozenset[str],
    notes: str = "",
    pictures: Mapping[int, Shape] | None = None,
) -> list[Token]:
    if len(body) > _BODY_AT_MOST:
        raise too_complex()
    return tree(markdown, body, members=members, notes=notes, pictures=pictures)
