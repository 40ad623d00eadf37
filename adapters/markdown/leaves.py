"""Blocks that hold no blocks: headings, thematic breaks, code, raw HTML and paragraphs (GFM sections 4.1 to 4.8)."""

import re

from mistune.helpers import BLOCK_TAGS, unescape_char
from mistune.util import unescape

from adapters.markdown.blocks import Block, Env, Place
from adapters.markdown.inlines import begins_with_typed_tag
from adapters.markdown.lines import Line
from adapters.markdown.references import without_definitions
from adapters.markdown.tokens import Token

_ATX = re.compile(r"#{1,6}(?=[ \t]|\Z)")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*")
_FENCE = re.compile(r"`{3,}(?=[^`]*\Z)|~{3,}")

_ATTRIBUTE = r"""[ \t]++[A-Za-z_:][A-Za-z0-9_.:-]*+(?:[ \t]*+=[ \t]*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?"""
# How raw HTML of each of the seven kinds begins, and how it ends. The last two end before a blank line.
_HTML = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(ending, re.IGNORECASE) if ending else None)
    for opening, ending in (
        (r"<(?:pre|script|style|textarea)(?=[ \t>]|\Z)", r"</(?:pre|script|style|textarea)>"),
        (r"<!--", r"-->"),
        (r"<\?", r"\?>"),
        (r"<![A-Z]", r">"),
        (r"<!\[CDATA\[", r"\]\]>"),
        (rf"</?(?:{'|'.join(BLOCK_TAGS)})(?=[ \t]|/?>|\Z)", None),
        (rf"(?:<[A-Z][A-Z0-9-]*+(?:{_ATTRIBUTE})*+[ \t]*+/?>|</[A-Z][A-Z0-9-]*+[ \t]*+>)[ \t]*+\Z", None),
    )
)
_ANY_TAG = _HTML[-1][0]
_DETAILS = re.compile(r"[ \t]*<details", re.IGNORECASE)
_DETAILS_END = re.compile(r"</details>", re.IGNORECASE)


class Paragraph(Block):
    holds_lines = True

    def __init__(self, env: Env) -> None:
        super().__init__()
        self._env = env
        self.lines: list[str] = []
        # A paragraph becomes a table with its first delimiter row or not at all. So does cmark-gfm, to save time.
        self.may_be_table = True

    def continues(self, line: Line) -> bool:
        return not line.is_blank

    def add(self, line: Line) -> None:
        self.lines.append(line.words)

    def tokens(self) -> list[Token]:
        text = self.text()
        return [{"type": "paragraph", "text": text}] if text else []

    def text(self) -> str:
        """Reads the definitions with which the paragraph begins, and removes them."""
        self.lines = [without_definitions("\n".join(self.lines), self._env)]
        return self.lines[0]


class Heading(Block):
    def __init__(self, text: str, level: int) -> None:
        super().__init__()
        self._text, self._level = text, level

    def tokens(self) -> list[Token]:
        return [{"type": "heading", "text": self._text, "attrs": {"level": self._level}}]


class Rule(Block):
    def tokens(self) -> list[Token]:
        return [{"type": "thematic_break"}]


class Fenced(Block):
    holds_lines = True
    may_be_interrupted = False
    may_end_blank = False

    def __init__(self, fence: str, indent: int) -> None:
        super().__init__()
        self._fence, self._indent = fence, indent
        self._lines: list[str] = []  # the first one has what stands behind the fence

    def continues(self, line: Line) -> bool:
        marks = "" if line.is_indented else line.words.rstrip(" \t")
        self.is_closed = len(marks) >= len(self._fence) and not marks.strip(self._fence[0])
        line.skip_blanks(self._indent)
        return True

    def add(self, line: Line) -> None:
        self._lines.append(line.rest)

    def tokens(self) -> list[Token]:
        info, *lines = self._lines
        token: Token = {"type": "block_code", "raw": "".join(f"{line}\n" for line in lines)}
        if info := unescape_char(unescape(info)).strip():
            token["attrs"] = {"info": info}
        return [token]


class Indented(Block):
    holds_lines = True
    may_be_interrupted = False

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    def continues(self, line: Line) -> bool:
        continues = line.is_indented or line.is_blank
        if continues:
            line.skip_blanks(4)
        return continues

    def add(self, line: Line) -> None:
        self._lines.append(line.rest)

    def tokens(self) -> list[Token]:
        while not self._lines[-1].strip(" \t"):
            self._lines.pop()
        return [{"type": "block_code", "raw": "".join(f"{line}\n" for line in self._lines)}]


class Html(Block):
    holds_lines = True
    may_be_interrupted = False

    def __init__(self, ending: re.Pattern[str] | None) -> None:
        super().__init__()
        self._ending = ending
        self._lines: list[str] = []

    def continues(self, line: Line) -> bool:
        return self._ending is not None or not (line.is_blank or self._ends_details(line))

    def _ends_details(self, line: Line) -> bool:
        """Details often end on the line after raw HTML. But those that have attributes are raw HTML themselves."""
        return bool(_DETAILS_END.match(line.words)) and not _DETAILS.match(self._lines[0])

    def add(self, line: Line) -> None:
        self._lines.append(line.rest)
        self.is_closed = self._ending is not None and bool(self._ending.search(line.rest))

    def tokens(self) -> list[Token]:
        return [{"type": "block_html", "raw": "\n".join(self._lines)}]


def atx_heading(line: Line, _place: Place) -> Block | None:
    marks = None if line.is_indented else _ATX.match(line.words)
    if marks is None:
        return None
    text = line.words[marks.end() :].strip(" \t")
    opened = text.rstrip("#")
    if not opened or opened[-1] in " \t":
        text = opened.rstrip(" \t")
    line.skip_all()
    return Heading(text, marks.end())


def setext_heading(line: Line, place: Place) -> Block | None:
    underline = None if line.is_indented else _UNDERLINE.fullmatch(line.words)
    if underline is None or not isinstance(place.above, Paragraph):
        return None
    text = place.above.text()
    if not text:
        return None
    line.skip_all()
    return Heading(text, 1 if underline[1][0] == "=" else 2).instead_of(place.above)


def rule(line: Line, _place: Place) -> Block | None:
    marks = line.words.replace(" ", "").replace("\t", "")
    if line.is_indented or len(marks) < 3 or marks[0] not in "*-_" or marks.strip(marks[0]):
        return None
    line.skip_all()
    return Rule()


def fenced_code(line: Line, _place: Place) -> Block | None:
    fence = None if line.is_indented else _FENCE.match(line.words)
    if fence is None:
        return None
    started = Fenced(fence[0], line.indent)
    line.skip(fence.end())
    return started


def indented_code(line: Line, place: Place) -> Block | None:
    if not line.is_indented or place.follows_text:
        return None
    line.skip_blanks(4)
    return Indented()


def html(line: Line, place: Place) -> Block | None:
    if line.is_indented or not line.words.startswith("<"):
        return None
    for opening, ending in _HTML:
        # Tags that mean what they say may stand on a line of their own.
        if opening is _ANY_TAG and (place.follows_text or begins_with_typed_tag(line.words)):
            continue
        if opening.match(line.words):
            return Html(ending)
    return None
