"""What is done to mistune's tree before it becomes HTML: it is tamed, blocks learn their direction, and the opening of
a post is taken from it."""

from typing import Any
from unicodedata import bidirectional

from mistune.util import unescape

from adapters.sanitizers import is_allowed

Token = dict[str, Any]

# mistune itself stops at 20 blocks in each other, lists counting twice, and 20 marks in each other.
_DEPTH_AT_MOST = 100

_LEFTWARD = frozenset(("R", "AL"))
_DIRECTED = frozenset(("block_html", "block_quote", "footnotes", "heading", "list", "paragraph", "table", "table_cell"))

_ENOUGH = 360
_AT_MOST = 600
# Less than this says nothing yet (a heading, a picture): the block after it is opened too, and cut at a word.
_TOO_LITTLE = 120
_LINE = 40
_INLINE = frozenset(
    ("codespan", "emphasis", "footnote_ref", "inline_html", "link", "softbreak", "strikethrough", "strong", "text")
)


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
            children = [_text(_visible(children))]
        if not _visible(children).strip():
            children = [_text(href)]
        if in_link or not is_allowed(href):
            return children
        attrs = {"url": href, "title": token["attrs"].get("title"), "picture": token["type"] == "image"}
        return [{"type": "link", "children": children, "attrs": attrs}]

    def _reference(self, token: Token, in_link: bool) -> Token:
        number = token["attrs"]["index"]
        if number > self._written:  # first mentioned inside a note: mistune numbers it, and never writes it
            return _text(f"[^{token['raw']}]")
        if in_link:  # links do not nest
            return _text(f"[{number}]")
        self._references += 1
        self._places.setdefault(number, []).append(self._references)
        return {"type": "footnote_ref", "attrs": {"index": number, "notes": self._notes, "place": self._references}}


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
    return any(bidirectional(char) in kinds for char in unescape(_visible([token])))


def _visible(tokens: list[Token]) -> str:
    return "".join(token.get("raw", "") + _visible(token.get("children", [])) for token in tokens)


def _text(raw: str) -> Token:
    return {"type": "text", "raw": raw}


def excerpt(tokens: list[Token]) -> tuple[list[Token], bool]:
    """The first blocks, some 360 characters of visible text, at least one block; and whether more follows.

    A block longer than that is cut at a word where nothing much stands before it. Changes nothing in `tokens`."""
    blocks = [block for block in _without_footnotes(tokens) if block["type"] != "blank_line"]
    taken: list[Token] = []
    size = 0
    for block in blocks:
        weight = _weight(block)
        if size >= _ENOUGH or size + weight > _AT_MOST:
            if size < _TOO_LITTLE:
                taken.append(_shortened(block, _ENOUGH - size))
            break
        taken.append(block)
        size += weight
    else:
        return taken, any(token["type"] == "footnotes" for token in tokens)
    while len(taken) > 1 and taken[-1]["type"] in ("heading", "thematic_break"):
        taken.pop()
    return taken, True


def _without_footnotes(tokens: list[Token]) -> list[Token]:
    """Their references would point to notes that are not in the excerpt."""
    return [
        {**token, "children": _without_footnotes(token["children"])} if "children" in token else token
        for token in tokens
        if token["type"] not in ("footnotes", "footnote_ref")
    ]


def _weight(token: Token) -> int:
    """Characters a reader sees; a short line counts as a line, and a long address though nobody sees it."""
    raw: str = token.get("raw", "")
    attrs: dict[str, Any] = token.get("attrs", {})
    unseen = len(attrs.get("url") or "") + len(attrs.get("title") or "")
    seen = len(raw) + _LINE * raw.count("\n") + sum(map(_weight, token.get("children", ())))
    return max(seen, unseen // 4, 0 if token["type"] in _INLINE else _LINE)


def _shortened(token: Token, room: int) -> Token:
    """A copy that weighs about `room`; a text that is cut ends in an ellipsis."""
    if "children" not in token:
        return {**token, "raw": _words(token["raw"], room)} if "raw" in token else token
    kept: list[Token] = []
    for child in token["children"]:
        weight = _weight(child)
        if weight > room:
            if child["type"] != "table_row":  # half a row would say something else
                kept.append(_shortened(child, room))
            break
        kept.append(child)
        room -= weight
    return {**token, "children": kept}


def _words(text: str, room: int) -> str:
    opening = "\n".join(text[: max(room, 0)].split("\n")[: 1 + max(room, 0) // _LINE])
    space = max(opening.rfind(" "), opening.rfind("\n"))
    # A text without spaces (Chinese, or one endless word) is cut where it is.
    return (opening[:space] if space > len(opening) // 2 else opening).rstrip() + "…"
