"""Tables (GFM section 4.10). A row has as many cells as the head: missing ones are empty, and further ones ignored."""

import re

from adapters.markdown.blocks import Block, Env, Place
from adapters.markdown.leaves import Paragraph
from adapters.markdown.lines import Line
from adapters.markdown.tokens import Token

# So many cells of a text may be missing. Without a limit, short rows below a wide head could become very long HTML.
# cmark-gfm has such a limit too.
_MISSING_AT_MOST = 10_000

_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
# A backslash keeps a pipe in its cell, even in code and after another backslash.
_PIPE = re.compile(r"(?<!\\)\|")


class Table(Block):
    holds_lines = True

    def __init__(self, head: list[str], env: Env) -> None:
        super().__init__()
        self._head, self._env = head, env
        self._rows: list[list[str]] = []  # the first one is the delimiter row

    def continues(self, line: Line) -> bool:
        cells = _cells(line.words)
        return bool(cells) and self._missing() + len(self._head) - len(cells) <= _MISSING_AT_MOST

    def add(self, line: Line) -> None:
        cells = _cells(line.words)[: len(self._head)]
        self._env["missing_cells"] = self._missing() + len(self._head) - len(cells)
        self._rows.append(cells)

    def tokens(self) -> list[Token]:
        delimiters, *rows = self._rows
        aligns = [_ALIGNS[cell.startswith(":"), cell.endswith(":")] for cell in delimiters]
        head: Token = {"type": "table_head", "children": _row(self._head, aligns, is_head=True)}
        body: Token = {
            "type": "table_body",
            "children": [{"type": "table_row", "children": _row(cells, aligns, is_head=False)} for cells in rows],
        }
        return [{"type": "table", "children": [head, body]}]

    def _missing(self) -> int:
        missing: int = self._env.get("missing_cells", 0)
        return missing


_ALIGNS = {(False, False): None, (True, False): "left", (True, True): "center", (False, True): "right"}


class TypedTable(Block):
    """Where there are no tables: a paragraph that keeps its lines, so that it can still be read as a table."""

    holds_lines = True

    def __init__(self, head: str) -> None:
        super().__init__()
        self._lines = [head]

    def continues(self, line: Line) -> bool:
        return not line.is_blank

    def add(self, line: Line) -> None:
        self._lines.append(line.words.rstrip(" \t"))

    def tokens(self) -> list[Token]:
        # Two blanks at the end of a line break it.
        return [{"type": "paragraph", "text": "  \n".join(self._lines)}]


def table(line: Line, place: Place) -> Block | None:
    head = _head(line, place)
    return None if head is None else _below(place.above, Table(_cells(head), place.env))


def typed_table(line: Line, place: Place) -> Block | None:
    head = _head(line, place)
    return None if head is None else _below(place.above, TypedTable(head))


def _head(line: Line, place: Place) -> str | None:
    """The last line of the paragraph above, if this line is its delimiter row. Takes it from there."""
    above = place.above
    if line.is_indented or not isinstance(above, Paragraph) or not above.may_be_table:
        return None
    if not _DELIMITER_ROW.fullmatch(line.words):
        return None
    above.may_be_table = False
    cells = _cells(above.lines[-1])
    return above.lines.pop() if cells and len(cells) == len(_cells(line.words)) else None


def _below(paragraph: Block, table: Block) -> Block:
    is_whole = isinstance(paragraph, Paragraph) and not paragraph.lines
    return table.instead_of(paragraph) if is_whole else table


def _cells(row: str) -> list[str]:
    """The texts of the cells. The first and the last pipe may be left out."""
    cells = _PIPE.split(row.strip(" \t").removeprefix("|"))
    if not cells[-1]:
        cells.pop()
    return [cell.replace("\\|", "|").strip(" \t") for cell in cells]


def _row(cells: list[str], aligns: list[str | None], *, is_head: bool) -> list[Token]:
    texts = [*cells, *[""] * (len(aligns) - len(cells))]
    return [
        {"type": "table_cell", "text": text, "attrs": {"align": align, "head": is_head}}
        for text, align in zip(texts, aligns, strict=True)
    ]
