"""Writes the tree as HTML."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import mistune
from mistune.core import BlockState
from mistune.util import unescape

from adapters.markdown.highlighting import highlighted
from adapters.markdown.pictures import picture_html
from adapters.markdown.sanitizers import EXTERNAL_REL, is_external
from adapters.markdown.tokens import Token, printable

_INTO_PARAGRAPH = re.compile(r"\A(?:<p\b[^>]*>)?")
_OPENING = re.compile(r"\A<[a-z0-9]+")
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")


class PostHtml(mistune.HTMLRenderer):
    """The h1 of the page is the title, so headings in a text begin at h2. Use one instance for one text."""

    def __init__(self) -> None:
        super().__init__()
        self._outline: list[int] = []

    def render_token(self, token: Token, state: BlockState) -> str:
        html = super().render_token(token, state)
        return _OPENING.sub(r'\g<0> dir="auto"', html, count=1) if token.get("directed") else html

    def text(self, text: str) -> str:
        return mistune.escape(printable(text))

    def link(self, text: str, url: str, title: str | None = None, picture: bool = False) -> str:
        rel = f' rel="{EXTERNAL_REL}"' if is_external(url) else ""
        named = f' title="{_attribute(unescape(title)[:500])}"' if title else ""
        # A printed page shows the address of a link, but not after a text that is the address itself.
        is_bare = unescape(text) in (url, url.partition("//")[2])
        shown = ' class="picture"' if picture else ' class="bare"' if text and is_bare else ""
        return f'<a href="{_attribute(url)}"{shown}{named}{rel}>{text}</a>'

    def picture(self, alt: str, **attributes: Any) -> str:
        return picture_html(alt=_attribute(alt), **attributes)

    def figure(self, text: str) -> str:
        return f"<figure>{text}</figure>\n"

    def figcaption(self, text: str) -> str:
        return f"<figcaption>{text}</figcaption>"

    def heading(self, text: str, level: int, anchor: str = "", **_: Any) -> str:
        if not anchor:  # it has no words
            return ""
        rank = self._rank(level)
        # The heading text is itself the link to the heading. A separate link would be read aloud as a second heading,
        # or need words in some language. Links do not nest, so a heading that contains a link has only the id.
        linked = text if "<a " in text else f'<a href="#{quote(anchor)}">{text}</a>'
        return f'<h{rank} id="{_attribute(anchor)}">{linked}</h{rank}>\n'

    def block_code(self, code: str, info: str | None = None) -> str:
        language = _LANGUAGE.fullmatch((info or "").split(None, 1)[0]) if (info or "").strip() else None
        named = f' class="language-{language.group()}"' if language else ""
        # Wide code scrolls in its own box. The keyboard must reach the box (WCAG 2.1.1).
        shown = highlighted(code, language.group()) if language else mistune.escape(code)
        return f'<pre tabindex="0"><code{named}>{shown}</code></pre>\n'

    def _rank(self, level: int) -> int:
        """The level in the outline. The outline skips no level, whatever levels the author chose."""
        while self._outline and self._outline[-1] >= level:
            self._outline.pop()
        self._outline.append(level)
        return min(1 + len(self._outline), 6)

    def element(self, text: str, tag: str) -> str:
        return f"<{tag}>{text}</{tag}>"

    def strikethrough(self, text: str) -> str:
        return f"<del>{text}</del>"

    def task_list_item(self, text: str, checked: bool = False) -> str:
        mark = "☑ " if checked else "☐ "
        marked = _INTO_PARAGRAPH.sub(rf"\g<0>{mark}", text)
        return f'<li class="task">{marked}</li>\n'

    def block_quote(self, text: str, kind: str | None = None) -> str:
        if kind is None:
            return f"<blockquote>\n{text}</blockquote>\n"
        # Where the HTML is shown, the English word gives way to one in the language of the reader.
        return f'<blockquote class="alert-{kind}">\n{self.kind(kind.capitalize())}{text}</blockquote>\n'

    def kind(self, word: str) -> str:
        return f'<p class="kind">{word}</p>\n'

    def details(self, text: str) -> str:
        return f"<details>\n{text}</details>\n"

    def summary(self, text: str) -> str:
        return f"<summary>{text}</summary>\n"

    def list(self, text: str, ordered: bool, **attributes: Any) -> str:
        if not ordered:
            return f"<ul>\n{text}</ul>\n"
        start = attributes.get("start")
        named = "" if start is None else f' start="{start}"'
        # Numbers of many digits need room.
        wide = ' class="wide"' if (start or 0) > 999 else ""
        return f"<ol{named}{wide}>\n{text}</ol>\n"

    def table(self, text: str) -> str:
        return f'<table tabindex="0">\n{text}</table>\n'

    def table_head(self, text: str) -> str:
        return f"<thead>\n<tr>\n{text}</tr>\n</thead>\n"

    def table_body(self, text: str) -> str:
        return f"<tbody>\n{text}</tbody>\n" if text else ""

    def table_row(self, text: str) -> str:
        return f"<tr>\n{text}</tr>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        tag, scope = ("th", ' scope="col"') if head else ("td", "")
        aligned = f' class="align-{align}"' if align else ""
        return f"<{tag}{scope}{aligned}>{text}</{tag}>\n"

    # The roles are those of DPUB-ARIA 1.0. A screen reader names them in the language of its user.

    def footnote_ref(self, index: int, notes: str, place: int | None) -> str:
        named = "" if place is None else f' id="fnref-{notes}-{place}"'
        return f'<sup{named}><a href="#fn-{notes}-{index}" role="doc-noteref">{index}</a></sup>'

    def footnotes(self, text: str) -> str:
        return f'<section class="footnotes" role="doc-endnotes">\n<ol>\n{text}</ol>\n</section>\n'

    def footnote_item(self, text: str, key: str, index: int, notes: str, places: Sequence[int]) -> str:
        back = "".join(
            f' <a href="#fnref-{notes}-{place}" role="doc-backlink">↩{f"<sup>{nth}</sup>" if nth > 1 else ""}</a>'
            for nth, place in enumerate(places, 1)
        )
        text = text.rstrip()
        text = text.removesuffix("</p>") + back + "</p>" if text.endswith("</p>") else text + back
        return f'<li id="fn-{notes}-{index}">{text}</li>\n'


class PlainHeadings(PostHtml):
    """Comments and excerpts get no headings, because those would break the outline of the page."""

    def heading(self, text: str, level: int, anchor: str = "", **_: Any) -> str:
        return f"<p><strong>{text}</strong></p>\n" if text else ""


def _attribute(value: str) -> str:
    """Escapes a value once. mistune's own function unescapes first and would turn `javascript&#58;` into a scheme."""
    return mistune.escape(printable(value))
