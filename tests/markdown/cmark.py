"""What cmark-gfm, the reference implementation of GitHub Flavored Markdown, makes of a text, and what Chapbook does.

Both become an outline: nested tuples of what a reader sees, without the attributes and wrappers that differ on
purpose.
"""

import re
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import cmarkgfm
import html5lib
from cmarkgfm.cmark import Options

from adapters.markdown.rendering import InlineRenderer

Outline = tuple[object, ...]

_EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]
_RENDERER = InlineRenderer("nh3")
# Elements without a meaning of their own: colours in code, and the wrappers that HTML wants in a table.
_UNWRAPPED = frozenset(("span", "tbody", "thead"))
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLOCKS = frozenset(
    ("blockquote", "details", "h", "hr", "li", "ol", "p", "pre", "section", "summary", "table", "td", "th", "tr", "ul")
)


def by_cmark(markdown: str) -> Outline:
    """Raw HTML is left out."""
    html = cmarkgfm.markdown_to_html_with_extensions(
        markdown, options=Options.CMARK_OPT_FOOTNOTES, extensions=_EXTENSIONS
    )
    return outline_of(html.replace("<!-- raw HTML omitted -->", ""))


def by_chapbook(markdown: str) -> Outline:
    """A post."""
    return outline_of(_RENDERER.post(markdown, account_id=1).html)


def outline_of(html: str) -> Outline:
    return _Outliner().children(html5lib.parseFragment(html, namespaceHTMLElements=False), in_code=False)


class _Outliner:
    def __init__(self) -> None:
        self._strong = 0  # cmark-gfm writes no <strong> inside of another

    def children(self, element: Element, *, in_code: bool) -> Outline:
        parts: list[object] = [element.text or ""]
        for child in element:
            parts += [*self._one(child, in_code), child.tail or ""]
        return _trimmed(_joined(parts), in_code)

    def _one(self, element: Element, in_code: bool) -> list[object]:
        if _is_back_link(element):
            return []
        tag = re.sub("^h[1-6]$", "h", element.tag)
        if tag == "input":
            return ["☑" if "checked" in element.attrib else "☐"]
        if tag == "img":
            return [_link(element.get("src", ""), element, (" ".join(element.get("alt", "").split()),))]
        is_strong = tag == "strong"
        self._strong += is_strong
        children = self.children(element, in_code=in_code or tag == "pre")
        self._strong -= is_strong
        if tag == "li":
            children = _with_box_in_paragraph(children)
        if tag in _UNWRAPPED or (is_strong and self._strong):
            return list(children)
        if tag == "h" and not children:
            return []
        if tag == "h" and isinstance(children[0], tuple) and children[0][:2] == ("a", "#"):
            children = children[0][3:]  # the link of a heading to itself
        if tag == "code" and in_code and children:
            # Only cmark-gfm ends the last line of indented code.
            children = (*children[:-1], str(children[-1]).removesuffix("\n"))
        if tag == "sup" and (number := _note_number(element)):
            return [("note", number)]
        if tag == "a":
            href = element.get("href", "")
            # Only Chapbook has ids for headings.
            return [_link("#" if href.startswith("#") else href, element, children)]
        return [(tag, *_details(element), *children)]


def _with_box_in_paragraph(item: Outline) -> Outline:
    """cmark-gfm sets the box of a loose item before its paragraph, and Chapbook at the beginning of it."""
    box, paragraph, *rest = (*item, None, None)[: max(2, len(item))]
    if box not in ("☑", "☐") or not isinstance(paragraph, tuple) or paragraph[0] != "p":
        return item
    return (("p", *_joined([f"{box} ", *paragraph[1:]])), *rest)


def _joined(parts: list[object]) -> list[object]:
    joined: list[object] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _trimmed(parts: list[object], in_code: bool) -> Outline:
    """Collapses white space as a browser does. There is none at the edges of a block."""
    if in_code:
        return tuple(part for part in parts if part)
    edges = [None, *parts, None]
    return tuple(shown for nth, part in enumerate(parts) if (shown := _shown(part, edges[nth], edges[nth + 2])))


def _shown(part: object, before: object, after: object) -> object:
    if not isinstance(part, str):
        return part
    words = _SPACE.sub(" ", part)
    words = words.lstrip(" ") if before is None or _is_block(before) else words
    return words.rstrip(" ") if after is None or _is_block(after) else words


def _is_block(part: object) -> bool:
    return isinstance(part, tuple) and (part[0] in _BLOCKS or part[0] == "br")


def _details(element: Element) -> list[str]:
    """The attributes that a reader notices."""
    found = [element.get("start", ""), element.get("align", ""), element.get("class", "")]
    # Chapbook knows no language with another name.
    kinds = (re.sub(r"^(align-|task$|footnotes$|language-(?![A-Za-z0-9_+#.-]{1,30}$).*)", "", value) for value in found)
    return [kind for kind in kinds if kind]


def _link(href: str, element: Element, children: Outline) -> Outline:
    """Chapbook shows the address when there is no text, and pictures are links, which do not nest."""
    nested = [_words_of(child) if isinstance(child, tuple) and child[0] == "a" else (child,) for child in children]
    children = tuple(_joined([part for parts in nested for part in parts]))
    has_text = any(child != "" for child in children)
    return ("a", unquote(href), element.get("title", ""), *(children if has_text else [unquote(href)]))


def _words_of(link: Outline) -> Outline:
    return () if link[3:] == (link[1],) else link[3:]


def _note_number(element: Element) -> str:
    return "".join(element.itertext()) if any("fn" in link.get("href", "") for link in element.iter("a")) else ""


def _is_back_link(element: Element) -> bool:
    return element.get("role") == "doc-backlink" or element.get("class") == "footnote-backref"
