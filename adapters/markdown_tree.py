"""What is done to mistune's tree before it becomes HTML: it is tamed, and blocks learn their direction."""

from typing import Any
from unicodedata import bidirectional

from mistune.util import unescape

from adapters.sanitizers import is_allowed

Token = dict[str, Any]

# mistune itself stops at 20 blocks in each other, lists counting twice, and 20 marks in each other.
_DEPTH_AT_MOST = 100

# To which a note leads back: more would make its text grow out of bounds.
_PLACES_AT_MOST = 9
_BREAKS = frozenset(("linebreak", "softbreak"))
_LEFTWARD = frozenset(("R", "AL"))
_DIRECTED = frozenset(("block_html", "block_quote", "footnotes", "heading", "list", "paragraph", "table"))


class TooDeep(Exception):
    """More nested than anybody writes."""


def tame(tokens: list[Token], *, notes: str) -> list[Token]:
    """Images become links, links that lead nowhere allowed become text, footnotes get ids that begin with `notes`.
    Raises TooDeep. Changes `tokens`."""
    return _Tamer(tokens, notes).tamed(tokens, depth=0, in_link=False)


class _Tamer:
    def __init__(self, tokens: list[Token], notes: str) -> None:
        self._notes = notes
        self._written = sum(len(token["children"]) for token in tokens if token["type"] == "footnotes")
        self._references = 0
        self._places: dict[int, list[int]] = {}

    def tamed(self, tokens: list[Token], *, depth: int, in_link: bool) -> list[Token]:
        if depth > _DEPTH_AT_MOST:
            raise TooDeep
        return [new for token in tokens for new in self._one(token, depth, in_link)]

    def _one(self, token: Token, depth: int, in_link: bool) -> list[Token]:
        kind = token["type"]
        if kind in ("link", "image"):
            return self._link(token, depth, in_link)
        if kind == "footnote_ref":
            return [self._reference(token, in_link)]
        if kind == "footnote_item":
            # A later note may refer to this one, so the list is shared and not yet complete.
            places = self._places.setdefault(token["attrs"]["index"], [])
            token["attrs"] |= {"notes": self._notes, "places": places}
        if "children" in token:
            token["children"] = self.tamed(token["children"], depth=depth + 1, in_link=in_link)
        return [token]

    def _link(self, token: Token, depth: int, in_link: bool) -> list[Token]:
        href = token["attrs"]["url"]
        children = self.tamed(token.get("children", []), depth=depth + 1, in_link=True)
        if token["type"] == "image":
            # A picture on another host would tell that host who reads; its words are enough to follow it by hand.
            children = [text(visible(children))]
        if not visible(children).strip():
            children = [text(href)]
        if in_link or not is_allowed(href):
            return children
        attrs = {"url": href, "title": token["attrs"].get("title"), "picture": token["type"] == "image"}
        return [{"type": "link", "children": children, "attrs": attrs}]

    def _reference(self, token: Token, in_link: bool) -> Token:
        number = token["attrs"]["index"]
        if number > self._written:  # first mentioned inside a note: mistune numbers it, and never writes it
            return text(f"[^{token['raw']}]")
        if in_link:  # links do not nest
            return text(f"[{number}]")
        self._references += 1
        places = self._places.setdefault(number, [])
        place = self._references if len(places) < _PLACES_AT_MOST else None
        if place is not None:
            places.append(place)
        return {"type": "footnote_ref", "attrs": {"index": number, "notes": self._notes, "place": place}}


def direct(tokens: list[Token]) -> None:
    """Marks as `directed` what has to find its own direction, as soon as anything is written from right to left.

    Changes `tokens`. An element with `dir="auto"` takes the direction of the first letter in it, past all that have a
    `dir` themselves (HTML, "the dir attribute"). So the text that leads a list, a quote or a table has none of its own:
    markers, rules and columns stand on the side where that text begins."""
    if any(_has_letter(token, _LEFTWARD) for token in tokens):
        _mark(tokens, leading=False)


def _mark(tokens: list[Token], *, leading: bool) -> None:
    """`leading` where a block around these takes its direction from the first letter among them."""
    for token in tokens:
        if not _has_letter(token, _LEFTWARD | {"L"}):
            continue
        token["directed"] = not leading and token["type"] in _DIRECTED
        _mark(token.get("children", []), leading=leading or token["directed"])
        leading = False


def _has_letter(token: Token, kinds: frozenset[str]) -> bool:
    """Whether a reader sees one of these classes of the Unicode Bidirectional Algorithm in it."""
    return any(bidirectional(char) in kinds for char in unescape(visible([token])))


def visible(tokens: list[Token]) -> str:
    """What a reader sees of it."""
    return "".join(
        "\n" if token["type"] in _BREAKS else token.get("raw", "") + visible(token.get("children", []))
        for token in tokens
    )


def text(raw: str) -> Token:
    return {"type": "text", "raw": raw}
