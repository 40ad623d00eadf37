"""Changes mistune's tree before it becomes HTML: restricts what it contains, and marks the direction of blocks."""

from collections.abc import Iterator, Mapping
from unicodedata import bidirectional
from urllib.parse import quote, unquote

from adapters.markdown.autolinks import with_mail_links
from adapters.markdown.mentions import with_mention_links
from adapters.markdown.pictures import Pictures, lead_elsewhere, spoken, with_figures
from adapters.markdown.sanitizers import is_allowed, is_external
from adapters.markdown.tokens import Token, of_type, text, visible
from domain.pictures import SHOWN_AT_MOST, Shape, picture_at
from domain.texts import says_something

# The parser stops at 20 nested blocks (a list counts twice) and at 20 nested inline marks.
_DEPTH_AT_MOST = 100

# A footnote links back to at most so many references. Without this limit its HTML could become very long.
_PLACES_AT_MOST = 9
_LEFTWARD = frozenset(("R", "AL"))
_DIRECTED = frozenset(
    ("block_html", "block_quote", "details", "figure", "footnotes", "heading", "list", "paragraph", "table")
)


class TooDeep(Exception):
    """The text is nested deeper than `_DEPTH_AT_MOST`."""


def restrict(
    tokens: list[Token], *, members: frozenset[str], notes: str, pictures: Mapping[int, Shape] | None
) -> list[Token]:
    """Turns images into links, but these pictures into figures, and links to addresses that are not allowed into text.
    Mentions of these members become links. The ids of footnotes begin with `notes`. A text whose `pictures` are None
    has a link for each picture. Raises TooDeep. Changes `tokens`."""
    return _Restriction(members, notes, pictures).restricted(tokens, depth=0, in_link=False)


class _Restriction:
    def __init__(self, members: frozenset[str], notes: str, pictures: Mapping[int, Shape] | None) -> None:
        self._members = members
        self._shows_pictures = pictures is not None
        self._pictures = Pictures(pictures or {}, SHOWN_AT_MOST)
        self._notes = notes
        self._references = 0
        self._places: dict[int, list[int]] = {}

    def restricted(self, tokens: list[Token], *, depth: int, in_link: bool) -> list[Token]:
        if depth > _DEPTH_AT_MOST:
            raise TooDeep
        return [new for token in tokens for new in self._one(token, depth, in_link)]

    def _one(self, token: Token, depth: int, in_link: bool) -> list[Token]:
        kind = token["type"]
        if kind == "text" and not in_link:
            return list(self._linked(token["raw"]))
        if kind in ("link", "image"):
            return self._link(token, depth, in_link)
        if kind == "footnote_ref":
            return [self._reference(token, in_link)]
        if kind == "footnote_item":
            # A later footnote may refer to this one, so the list is shared and still grows.
            places = self._places.setdefault(token["attrs"]["index"], [])
            token["attrs"] |= {"notes": self._notes, "places": places}
        if "children" in token:
            token["children"] = self.restricted(token["children"], depth=depth + 1, in_link=in_link)
        return with_figures(token) if kind in ("paragraph", "block_text") else [token]

    def _linked(self, words: str) -> Iterator[Token]:
        """The text, with its e-mail addresses and mentions as links. An address has no mention in it."""
        for part in with_mail_links(words):
            if part["type"] == "text":
                yield from with_mention_links(part["raw"], self._members)
            else:
                yield part

    def _link(self, token: Token, depth: int, in_link: bool) -> list[Token]:
        href = token["attrs"]["url"]
        children = self.restricted(token.get("children", []), depth=depth + 1, in_link=True)
        if token["type"] == "image":
            # An image on another host would reveal the reader to that host. So it becomes a link, or only its text.
            children = [text(spoken(children))]
            picture_id = picture_at(href)
            is_scheme = href.startswith("picture:")
            if picture_id is not None and (is_scheme or (self._shows_pictures and not is_external(href))):
                return self._picture(token, picture_id, children, in_link)
            if picture_id is not None and (shown := self._pictures.picture(token, visible(children), picture_id)):
                return [shown]
        if in_link:
            return children
        if not visible(children).strip() and not of_type("picture", children):
            children = [text(_typed(href))]
        if not is_allowed(href):
            # It still shows its address, so that the reader can copy it.
            return (
                children if visible(children) == _typed(href) or not href else [*children, text(f" ({_typed(href)})")]
            )
        lead_elsewhere(children, _typed(href))
        attrs = {"url": href, "title": token["attrs"].get("title"), "picture": token["type"] == "image"}
        return [{"type": "link", "children": children, "attrs": attrs}]

    def _picture(self, image: Token, picture_id: int, words: list[Token], in_link: bool) -> list[Token]:
        """A picture that the text may not show is only its words."""
        picture = self._pictures.picture(image, visible(words), picture_id)
        if picture is not None:
            return [picture]
        return words if in_link or says_something(visible(words)) else [text(_typed(image["attrs"]["url"]))]

    def _reference(self, token: Token, in_link: bool) -> Token:
        number = token["attrs"]["index"]
        if in_link:  # links do not nest
            return text(f"[{number}]")
        self._references += 1
        places = self._places.setdefault(number, [])
        place = self._references if len(places) < _PLACES_AT_MOST else None
        if place is not None:
            places.append(place)
        return {"type": "footnote_ref", "attrs": {"index": number, "notes": self._notes, "place": place}}


def _typed(href: str) -> str:
    """The address as a person would type it, when that is still the same address."""
    typed = unquote(href)
    return typed if quote(typed, safe=":/?#@!$&()*+,;=%") == href else href


def direct(tokens: list[Token]) -> None:
    """Sets `directed` on blocks that need `dir="auto"`. Does so only if some text is written from right to left.

    Changes `tokens`. An element with `dir="auto"` takes the direction of the first letter in it, but ignores
    descendants that have a `dir` themselves (HTML, "the dir attribute"). So the first text of a list, a quote or a
    table gets no `dir` of its own. Then markers, rules and columns are on the side where that text begins."""
    if any(_has_letter(token, _LEFTWARD) for token in tokens):
        _mark(tokens, leading=False)


def _mark(tokens: list[Token], *, leading: bool) -> None:
    """`leading` is true if a block around `tokens` takes its direction from the first letter in them."""
    for token in tokens:
        if not _has_letter(token, _LEFTWARD | {"L"}):
            continue
        token["directed"] = not leading and token["type"] in _DIRECTED
        _mark(token.get("children", []), leading=leading or token["directed"])
        leading = False


def _has_letter(token: Token, kinds: frozenset[str]) -> bool:
    """Whether the visible text has a letter of one of these classes of the Unicode Bidirectional Algorithm."""
    return any(bidirectional(char) in kinds for char in visible([token]))
