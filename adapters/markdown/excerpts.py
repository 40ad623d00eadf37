"""The excerpt of a post, for timelines. It has whole blocks. A block that is too long is cut between items, rows, lines
or sentences."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from adapters.markdown.tokens import Token, text, visible

Part = TypeVar("Part")

# In characters, as `_weight` counts them.
_ENOUGH = 360
_AT_MOST = 600
# A block below this size (a picture) is too short for an excerpt. The next block is then opened too.
_TOO_LITTLE = 120
_LINE = 40
_COLUMNS_AT_MOST = 12

# An excerpt neither consists of these blocks nor ends with one.
_SILENT = frozenset(("heading", "thematic_break"))
_TEXTS = frozenset(("block_text", "heading", "paragraph", "table_cell"))
# Tokens that stand within a line.
_INLINE = frozenset(
    ("codespan", "emphasis", "footnote_ref", "inline_html", "link", "softbreak", "strikethrough", "strong", "text")
)
_LEAST = {"table_cell": 8} | dict.fromkeys(_INLINE, 0)
_SENTENCE_END = re.compile(r"[.!?…؟۔।][\"'”’»)\]]*(?=\s)|[。！？][”’」』）]*")


def excerpt(tokens: list[Token]) -> tuple[list[Token], bool]:
    """About 360 visible characters, at least one block, and whether the post goes on. Does not change `tokens`."""
    blocks = [block for block in _without_footnotes(tokens) if block["type"] != "blank_line"]
    taken = _taken(blocks)
    cut = taken != blocks
    while cut and taken[-1]["type"] in _SILENT and any(block["type"] not in _SILENT for block in taken):
        taken.pop()
    return taken, cut or any(token["type"] == "footnotes" for token in tokens)


def _without_footnotes(tokens: list[Token]) -> list[Token]:
    """Removes references to footnotes, because the excerpt has no footnotes."""
    return [
        {**token, "children": _without_footnotes(token["children"])} if "children" in token else token
        for token in tokens
        if token["type"] not in ("footnotes", "footnote_ref")
    ]


def _taken(blocks: list[Token]) -> list[Token]:
    taken: list[Token] = []
    size = said = 0
    for block in blocks:
        silent, weight = block["type"] in _SILENT, _weight(block)
        if size >= _ENOUGH or size + weight > _AT_MOST:
            if said >= _TOO_LITTLE:
                break
            if taken and silent:
                continue
            taken.append(_opening(block, max(_ENOUGH - size, _TOO_LITTLE)))
            if not silent:
                break
        else:
            taken.append(block)
        size += weight
        said += 0 if silent else weight
    return taken


def _weight(token: Token) -> int:
    """The number of visible characters. A short line counts as a full line. An address counts a quarter of its
    length."""
    raw: str = token.get("raw", "")
    attrs: dict[str, Any] = token.get("attrs", {})
    unseen = len(attrs.get("url") or "") + len(attrs.get("title") or "")
    seen = len(raw) + _LINE * raw.count("\n") + sum(map(_weight, token.get("children", ())))
    return max(seen, unseen // 4, _LEAST.get(token["type"], _LINE))


def _opening(token: Token, room: int) -> Token:
    """A copy that weighs about `room`. It is not empty, even if its first part is too long."""
    kind = token["type"]
    if _weight(token) <= room:
        return token
    if kind == "block_code":
        return {**token, "raw": _lines(token["raw"], room)}
    if kind == "table":
        return _rows(token, room)
    if kind in _TEXTS:
        return {**token, "children": _sentences(token["children"], room)}
    if "children" in token:
        return {**token, "children": _parts(token["children"], room, whole_only=kind == "list")}
    return {**token, "raw": token["raw"][:room] + "…"} if "raw" in token else token


def _lines(code: str, room: int) -> str:
    lines = code.split("\n")
    whole = _whole(lines, room, lambda line: _LINE + len(line)) or [lines[0][:room]]
    return "\n".join([*whole, "…", ""])


def _rows(table: Token, room: int) -> Token:
    head, body = table["children"]
    rows = _whole(body["children"], room - _weight(head), _weight) or body["children"][:1]
    body = {**body, "children": [_row(row, _AT_MOST) for row in rows]}
    return {**table, "children": [_row(head, _ENOUGH), body]}


def _row(row: Token, room: int) -> Token:
    """A row with all of its cells. Long cells share the room."""
    cells = row["children"][:_COLUMNS_AT_MOST]
    share = room // len(cells)
    if sum(map(_weight, cells)) > room:
        cells = [_opening(cell, share) for cell in cells]
    return {**row, "children": cells}


def _sentences(tokens: list[Token], room: int) -> list[Token]:
    fitting = _clipped(tokens, room, _weight)
    words = visible(fitting)
    half = len(words) // 2
    if ends := [end.end() for end in _SENTENCE_END.finditer(words) if end.end() > half]:
        return _clipped(fitting, ends[-1], _length)
    space = max(words.rfind(" "), words.rfind("\n"))
    # A text without spaces (Chinese, or one endless word) is cut at any character.
    return [*_clipped(fitting, space if space > half else len(words), _length), text("…")]


def _parts(tokens: list[Token], room: int, *, whole_only: bool) -> list[Token]:
    whole = _whole(tokens, room, _weight)
    room -= sum(map(_weight, whole))
    says_little = room >= _TOO_LITTLE and sum(map(_weight, whole)) < _TOO_LITTLE
    if not whole or (says_little and not whole_only):
        whole += [_opening(token, room) for token in tokens[len(whole) :][:1]]
    return whole


def _clipped(tokens: list[Token], room: int, weight: Callable[[Token], int]) -> list[Token]:
    """The inline tokens that fit. The last one may be cut."""
    clipped = _whole(tokens, room, weight)
    room -= sum(map(weight, clipped))
    for token in tokens[len(clipped) :][:1] if room else []:
        if "children" in token:
            clipped.append({**token, "children": _clipped(token["children"], room, weight)})
        elif "raw" in token:
            clipped.append({**token, "raw": token["raw"][:room]})
    return clipped


def _whole(parts: list[Part], room: int, weight: Callable[[Part], int]) -> list[Part]:
    fitting = []
    for part in parts:
        room -= weight(part)
        if room < 0:
            break
        fitting.append(part)
    return fitting


def _length(token: Token) -> int:
    return len(visible([token]))
