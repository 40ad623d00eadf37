"""Blocks that hold blocks: quotes, lists and their items (GFM sections 5.1 to 5.4)."""

import re

from adapters.markdown.blocks import Block, Place
from adapters.markdown.leaves import Paragraph
from adapters.markdown.lines import Line
from adapters.markdown.tokens import Token

_MARKER = re.compile(r"([-+*]|(?P<number>[0-9]{1,9})[.)])(?=[ \t]|\Z)")
_TASK = re.compile(r"\[([ xX])\](?=[ \t])")


class Document(Block):
    holds_blocks = True


class Quote(Block):
    holds_blocks = True
    may_end_blank = False

    def continues(self, line: Line) -> bool:
        if line.is_indented or not line.words.startswith(">"):
            return False
        line.skip(1)
        line.skip_blanks(1)
        return True

    def tokens(self) -> list[Token]:
        return [{"type": "block_quote", "children": self.inner_tokens()}]


class Item(Block):
    holds_blocks = True

    def __init__(self, marker: re.Match[str], width: int) -> None:
        """The text of the item begins at the column `width`."""
        super().__init__()
        self.number = int(marker["number"]) if marker["number"] else None
        self.kind = marker[0][-1]
        self._width = width

    def continues(self, line: Line) -> bool:
        if line.indent >= self._width:
            line.skip_blanks(self._width)
            return True
        # An item may begin with one blank line, not with two.
        if not line.is_blank or not self.children:
            return False
        line.skip_blanks()
        return True

    def tokens(self) -> list[Token]:
        children = self.inner_tokens()
        token: Token = {"type": "list_item", "children": children}
        if children and children[0]["type"] == "paragraph" and (task := _TASK.match(children[0]["text"])):
            children[0]["text"] = children[0]["text"][task.end() :]
            token |= {"type": "task_list_item", "attrs": {"checked": task[1] != " "}}
        return [token]


class List(Block):
    def __init__(self, first: Item) -> None:
        super().__init__()
        self._first = first

    def continues(self, line: Line) -> bool:
        return True

    def may_hold(self, block: Block) -> bool:
        return isinstance(block, Item) and block.kind == self._first.kind

    def tokens(self) -> list[Token]:
        items = self.inner_tokens()
        if not self._is_loose():
            for block in [block for item in items for block in item["children"] if block["type"] == "paragraph"]:
                block["type"] = "block_text"
        number = self._first.number
        attrs = {"ordered": number is not None} | ({} if number in (None, 1) else {"start": number})
        return [{"type": "list", "children": items, "attrs": attrs}]

    def _is_loose(self) -> bool:
        """Whether a blank line is between two items, or between two blocks of an item."""
        for item, following in zip(self.children, [*self.children[1:], None], strict=True):
            if following and item.ends_blank:
                return True
            inner = item.children if following else item.children[:-1]
            if any(map(_ends_blank, inner)):
                return True
        return False


def _ends_blank(block: Block) -> bool:
    while isinstance(block, List | Item) and block.children:
        block = block.children[-1]
    return block.ends_blank


def quote(line: Line, place: Place) -> Block | None:
    started = Quote()
    return started if not place.is_deepest and started.continues(line) else None


def item(line: Line, place: Place) -> Block | None:
    marker = None if line.is_indented or place.is_deepest else _MARKER.match(line.words)
    if marker is None:
        return None
    is_empty = not line.words[marker.end() :].strip(" \t")
    if isinstance(place.above, Paragraph) and (is_empty or marker["number"] not in (None, "1")):
        return None
    width = line.indent + marker.end()
    line.skip(marker.end())
    # Five blanks and more belong to indented code in the item.
    blanks = line.indent if not is_empty and line.indent <= 4 else 1
    line.skip_blanks(blanks)
    return Item(marker, width + blanks)
