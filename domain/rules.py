"""The numbered rules of the site, in the HTML of its rules.

Each item of a list that is numbered, and stands in no other block, is a rule. They are counted through all such lists.
"""

from functools import lru_cache
from html.parser import HTMLParser

OPENING_LIMIT = 80
# A rule that an act names has at most three digits.
RULES_AT_MOST = 999

_VOID = frozenset({"br", "hr", "img", "input", "wbr", "col"})
_BLOCKS = frozenset({"p", "li", "ul", "ol", "br", "pre", "blockquote", "tr", "td", "div"})


def anchor_of(number: int) -> str:
    return f"rule-{number}"


def numbered(html: str) -> str:
    """The same HTML with an id at each rule, and each list begins with the number of its first rule."""
    found = _read(html)
    parts, end = [], 0
    for start, length, tag in found.tags:
        parts += [html[end:start], tag]
        end = start + length
    return "".join([*parts, html[end:]])


@lru_cache(maxsize=4)
def openings(html: str) -> tuple[str, ...]:
    """How each rule begins, in one line."""
    return tuple(_cut(" ".join("".join(words).split())) for words in _read(html).rules)


def _cut(words: str) -> str:
    return words if len(words) <= OPENING_LIMIT else f"{words[: OPENING_LIMIT - 1].rstrip()}…"


class _Rules(HTMLParser):
    """`tags` are the tags to replace: offset, length, and the new tag."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[int, int, str]] = []
        self.rules: list[list[str]] = []
        self._open: list[str] = []
        self._starts = [0]
        for line in html.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "ol" and not self._open:
            self._replace(f'<ol start="{len(self.rules) + 1}">' if self.rules else "<ol>")
        elif tag == "li" and self._open == ["ol"] and len(self.rules) < RULES_AT_MOST:
            self.rules.append([])
            self._replace(f'<li id="{anchor_of(len(self.rules))}"{_without_id(attrs)}>')
        elif tag in _BLOCKS:
            self.handle_data(" ")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br />` opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.rules and self._open[:2] == ["ol", "li"]:
            self.rules[-1].append(data)

    def _replace(self, tag: str) -> None:
        line, column = self.getpos()
        self.tags.append((self._starts[line - 1] + column, len(self.get_starttag_text() or ""), tag))


def _without_id(attrs: list[tuple[str, str | None]]) -> str:
    kept = (f' class="{value}"' for name, value in attrs if name == "class" and value and '"' not in value)
    return "".join(kept)


def _read(html: str) -> _Rules:
    found = _Rules(html)
    found.feed(html)
    found.close()
    return found
