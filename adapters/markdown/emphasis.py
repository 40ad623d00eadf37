"""Emphasis and strikethrough: pairs the runs of `*`, `_` and `~` in the tokens of one line of text.

The rules are those of CommonMark 0.31 (section 6.2) and of GitHub Flavored Markdown (strikethrough), and for Chinese,
Japanese and Korean those of the CJK-friendly amendment to CommonMark. Takes linear time.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from mistune.util import unescape

from adapters.markdown.tokens import Token, text

_RUN = re.compile(r"\*+|_+|~+")
_BREAKS = frozenset(("linebreak", "softbreak"))
# What the parser writes for its own use.
_MARKS = frozenset(("_autolink", "_emphasis", "_typed"))
# What stands for a token that is no text: all of them begin and end with punctuation.
_OTHER = "\N{OBJECT REPLACEMENT CHARACTER}"


@dataclass(slots=True)
class _Run:
    """A run of one delimiter."""

    mark: str
    length: int
    opens: bool
    closes: bool


@dataclass(slots=True)
class _Opener:
    """A run that waits for its closing one, and the tokens after it. `depth` is that of the deepest one."""

    number: int
    run: _Run
    left: int
    tokens: list[Token] = field(default_factory=list)
    depth: int = 0


def emphasized(tokens: list[Token], deepest: int, *, is_within: bool) -> list[Token]:
    """The tokens with `emphasis`, `strong` and `strikethrough` among them, and entities resolved. What would be nested
    deeper than `deepest` stays as it was typed. Tokens that are `within` others have brackets or tags around them."""
    pairing = _Pairing(deepest)
    for part in _parts(tokens, _OTHER if is_within else ""):
        if isinstance(part, _Run):
            pairing.meet(part)
        else:
            pairing.add(part, depth_of(part))
    return pairing.end()


def depth_of(token: Token) -> int:
    """How many levels of children a token has."""
    return 1 + max(map(depth_of, token["children"]), default=0) if "children" in token else 0


class _Pairing:
    def __init__(self, deepest: int) -> None:
        self._deepest = deepest
        # The first one is the line itself, which nothing closes.
        self._open = [_Opener(0, _Run("", 0, opens=False, closes=False), 0)]
        self._numbered = 0
        # Below this number no opener fits a closing run of this kind.
        self._bottoms: dict[tuple[str, bool, int], int] = {}

    def add(self, token: Token, depth: int) -> None:
        self._open[-1].tokens.append(token)
        self._open[-1].depth = max(self._open[-1].depth, depth)

    def meet(self, run: _Run) -> None:
        left = self._close(run) if run.closes else run.length
        if left and run.opens:
            self._numbered += 1
            self._open.append(_Opener(self._numbered, run, left))
        elif left:
            self.add(text(run.mark * left), 0)

    def end(self) -> list[Token]:
        self._give_up(1)
        return joined(self._open[0].tokens)

    def _close(self, run: _Run) -> int:
        """How much of the run is left after it has closed what it can."""
        left = run.length
        while left and (place := self._opener_for(run)):
            self._give_up(place + 1)
            opener = self._open[place]
            is_strike = run.mark == "~"
            if opener.depth >= self._deepest:  # and so are all that are open around it
                self._give_up(1)
                break
            if is_strike and opener.run.length != run.length:  # as in cmark-gfm
                self._give_up(place)
                self.add(text(run.mark * left), 0)
                return 0
            used = run.length if is_strike else 2 if min(opener.left, left) >= 2 else 1
            kind = "strikethrough" if is_strike else "strong" if used == 2 else "emphasis"
            left -= used
            opener.left -= used
            self._wrap(opener, kind)
        return left

    def _opener_for(self, run: _Run) -> int:
        """The place of the nearest opener that this run may close. 0 when there is none."""
        kind = (run.mark, run.opens, run.length % 3)
        bottom = self._bottoms.get(kind, 0)
        for place in range(len(self._open) - 1, 0, -1):
            opener = self._open[place]
            if opener.number <= bottom:
                break
            if opener.run.mark == run.mark and _fit(opener.run, run):
                return place
        self._bottoms[kind] = self._open[-1].number
        return 0

    def _wrap(self, opener: _Opener, kind: str) -> None:
        children = joined(opener.tokens)
        if kind != "strong" or [token["type"] for token in children] != ["strong"]:  # bold in bold is bold
            opener.tokens = [{"type": kind, "children": children}]
            opener.depth += 1
        if not opener.left:
            self._open.pop()
            self.add(opener.tokens[0], opener.depth)

    def _give_up(self, place: int) -> None:
        """The openers from this place on are text."""
        for opener in self._open[place:]:
            below = self._open[place - 1]
            below.tokens += [text(opener.run.mark * opener.left), *opener.tokens]
            below.depth = max(below.depth, opener.depth)
        del self._open[place:]


def joined(tokens: list[Token]) -> list[Token]:
    """The tokens, with texts that stand side by side as one."""
    found: list[Token] = []
    for is_text, group in groupby(tokens, key=lambda token: token["type"] == "text"):
        same = list(group)
        found += [text("".join(token["raw"] for token in same))] if is_text else same
    return found


def _fit(opener: _Run, closer: _Run) -> bool:
    """CommonMark 6.2, rules 9 and 10."""
    if not (opener.closes or closer.opens):
        return True
    return (opener.length + closer.length) % 3 != 0 or (opener.length % 3 == 0 and closer.length % 3 == 0)


def _parts(tokens: list[Token], around: str) -> Iterator[_Run | Token]:
    source = f"{around}{''.join(map(_source, tokens))}{around}"
    start = len(around)
    for token in tokens:
        size = len(_source(token))
        if token["type"] != "text" or token.get("_emphasis") is False:
            yield {key: value for key, value in token.items() if key not in _MARKS}
        else:
            yield from _parts_of_text(token["raw"], source, start)
        start += size


def _source(token: Token) -> str:
    if token["type"] == "text":
        raw: str = token["raw"]
        # An escaped tilde counts, because its backslash does.
        return f"\\{raw}" if token.get("_emphasis") is False and raw.startswith("~") else raw
    if token["type"] in _BREAKS:
        return str(token.get("_typed", "\n"))
    return token.get("_autolink") or _OTHER


def _parts_of_text(raw: str, source: str, start: int) -> Iterator[_Run | Token]:
    end = 0
    for run in _RUN.finditer(raw):
        opens, closes = _flanks(run[0], *_neighbours(source, start + run.start(), start + run.end()))
        if (opens or closes) and (run[0][0] != "~" or len(run[0]) <= 2):
            if run.start() > end:
                yield text(unescape(raw[end : run.start()]))
            yield _Run(run[0][0], len(run[0]), opens, closes)
            end = run.end()
    if end < len(raw):
        yield text(unescape(raw[end:]))


def _neighbours(source: str, start: int, end: int) -> tuple[str, str]:
    """The characters around a run, and empty ones at the ends of the line. As in cmark-gfm, tildes do not count."""
    while start and source[start - 1] == "~":
        start -= 1
    while end < len(source) and source[end] == "~":
        end += 1
    return source[max(start - 1, 0) : start], source[end : end + 1]


def _flanks(run: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a run between these characters may open, and close. At an end of the line the character is empty."""
    is_after_space, is_after_punctuation, follows_cjk = _kind(before)
    is_before_space, is_before_punctuation, precedes_cjk = _kind(after)
    left = not is_before_space and (
        not is_before_punctuation or precedes_cjk or is_after_space or is_after_punctuation or follows_cjk
    )
    right = not is_after_space and (
        not is_after_punctuation or follows_cjk or is_before_space or is_before_punctuation or precedes_cjk
    )
    if run == "~":
        # One tilde also stands for "to" (9:00~18:00) and for a folder. Within words it strikes nothing.
        return left and not right, right and not left
    if run[0] != "_":
        return left, right
    return left and (not right or is_after_punctuation), right and (not left or is_before_punctuation)


@lru_cache(maxsize=4_096)
def _kind(char: str) -> tuple[bool, bool, bool]:
    """Whether a character is white space, punctuation or a symbol, and Chinese, Japanese or Korean."""
    if not char:
        return True, False, False
    category = unicodedata.category(char)
    return category == "Zs" or char in "\t\n\f\r", category[0] in "PS", is_cjk(char)


def is_cjk(char: str) -> bool:
    """Wide characters, their half-width forms, and their punctuation, but no emoji."""
    code = ord(char)
    is_in_blocks = 0x1100 <= code < 0x1200 or 0x2E80 <= code < 0x1F000 or code >= 0x20000
    return is_in_blocks and unicodedata.east_asian_width(char) in "WFH"
