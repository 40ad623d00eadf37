"""Footnotes: `[^label]` refers to the block that begins with `[^label]:`, as in cmark-gfm.

A note that nothing refers to, and a second one of the same label, stay where they were written. So nothing that an
author wrote is missing.
"""

import re

import mistune
from mistune.core import BlockState, InlineState
from mistune.helpers import parse_link
from mistune.util import unikey

from adapters.markdown.blocks import Block, Place
from adapters.markdown.lines import Line
from adapters.markdown.references import NOTE_LABEL
from adapters.markdown.tokens import Token, text

_MARK = re.compile(rf"\[\^({NOTE_LABEL})\]:[ \t]*")
_REFERENCE = rf"!?\[\^{NOTE_LABEL}\]"
_LINK = re.compile(r"!?\[")


class Note(Block):
    holds_blocks = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label

    def continues(self, line: Line) -> bool:
        continues = line.is_indented or line.is_blank
        if continues:
            line.skip_blanks(4)
        return continues

    def tokens(self) -> list[Token]:
        return [{"type": "footnote", "children": self.inner_tokens(), "attrs": {"label": self._label}}]


def note(line: Line, place: Place) -> Block | None:
    mark = None if line.is_indented or place.is_deepest else _MARK.match(line.words)
    if mark is None:
        return None
    line.skip(len(mark[0].rstrip(" \t")))
    line.skip_blanks()
    return Note(mark[1])


def footnotes(md: mistune.Markdown) -> None:
    """A plugin."""
    md.before_render_hooks.append(_collect)
    md.inline.register("note", _REFERENCE, _parse_reference, before="link", start_chars=("!", "["))
    md.after_render_hooks.append(_place)


def _collect(_md: mistune.Markdown, state: BlockState) -> None:
    notes: dict[str, Token] = {}
    waiting = state.tokens[::-1]
    while waiting:
        token = waiting.pop()
        if token["type"] == "footnote":
            notes.setdefault(unikey(token["attrs"]["label"]), token)
        waiting += token.get("children", [])[::-1]
    state.env["notes"] = notes


def _parse_reference(inline: mistune.InlineParser, match: re.Match[str], state: InlineState) -> int | None:
    before, label = match[0][:-1].split("[^", 1)
    if unikey(label) not in state.env["notes"] or _is_link(match, state):
        link = _LINK.match(state.src, match.start())
        assert link is not None
        return inline.parse_link(link, state)
    if before:
        state.append_token(text(before))
    state.append_token({"type": "footnote_ref", "raw": label, "attrs": {"key": unikey(label)}})
    return match.end()


def _is_link(match: re.Match[str], state: InlineState) -> bool:
    """Whether the brackets are the text of a link."""
    after = state.src[match.end() : match.end() + 1]
    return after == "(" and parse_link(state.src, match.end() + 1)[1] is not None


def _place(_md: mistune.Markdown, tokens: str | list[Token], state: BlockState) -> str | list[Token]:
    assert isinstance(tokens, list)
    if not state.env["notes"]:
        return tokens
    placing = _Placing(state.env["notes"])
    placing.number(tokens)
    return placing.placed(tokens)


class _Placing:
    def __init__(self, notes: dict[str, Token]) -> None:
        self._notes = notes
        self._numbers: dict[str, int] = {}  # by key

    def number(self, tokens: list[Token]) -> None:
        """Numbers the notes in the order of the first references to them, those in notes included."""
        for token in tokens:
            if token["type"] == "footnote_ref":
                key = token["attrs"].pop("key")
                token["attrs"]["index"] = self._numbers.setdefault(key, len(self._numbers) + 1)
            self.number(token.get("children", []))

    def placed(self, tokens: list[Token]) -> list[Token]:
        """The notes go to the end."""
        tokens = self._rest(tokens)
        items = [self._item(key, number) for key, number in self._numbers.items()]
        return [*tokens, {"type": "footnotes", "children": items}] if items else tokens

    def _item(self, key: str, number: int) -> Token:
        children = self._rest(self._notes[key]["children"])
        return {"type": "footnote_item", "children": children, "attrs": {"key": key, "index": number}}

    def _rest(self, tokens: list[Token]) -> list[Token]:
        rest = []
        for token in tokens:
            if token["type"] == "footnote":
                label = token["attrs"]["label"]
                key = unikey(label)
                if key in self._numbers and self._notes[key] is token:
                    continue
                rest += _as_written(label, self._rest(token["children"]))
            else:
                if "children" in token:
                    token["children"] = self._rest(token["children"])
                rest.append(token)
        return rest


def _as_written(label: str, blocks: list[Token]) -> list[Token]:
    if blocks and blocks[0]["type"] == "paragraph":
        blocks[0]["children"].insert(0, text(f"[^{label}]: "))
        return blocks
    return [{"type": "paragraph", "children": [text(f"[^{label}]:")]}, *blocks]
