"""`<details>` and `<summary>`, typed without attributes, with Markdown between them.

Each tag is a leaf at first. Where the tags in a container belong together, what stands between them becomes a block. A
tag without its counterpart stays text, like all raw HTML.
"""

import re

import mistune
from mistune.core import BlockState

from adapters.markdown.blocks import Block, Place
from adapters.markdown.lines import Line
from adapters.markdown.tokens import Token

# So many may stand in each other.
_DEPTH_AT_MOST = 10

_TAG = re.compile(
    r"<summary>[ \t]*(?P<summary>(?:(?!</?summary>).)+)</summary>|<(?P<name>/?(?:details|summary))>", re.IGNORECASE
)
_END = re.compile(r"(?P<text>.*)(?P<tag></details>)[ \t]*", re.IGNORECASE)
_WITH_ATTRIBUTES = re.compile(r"<details[ \t]", re.IGNORECASE)


class Tags(Block):
    """What stands on one line."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__()
        self._tokens = tokens

    def tokens(self) -> list[Token]:
        return self._tokens


def tags(line: Line, _place: Place) -> Block | None:
    """The tags with which a line begins. A paragraph may follow on the same line."""
    if line.is_indented:
        return None
    tokens: list[Token] = []
    while tag := _TAG.match(line.words):
        tokens.append({"type": "tag", "raw": tag[0], "name": (tag["name"] or "summary text").lower()})
        tokens[-1] |= {"text": tag["summary"].strip(" \t")} if tag["summary"] else {}
        tokens[-1]["begins_line"] = len(tokens) == 1
        line.skip(tag.end())
        line.skip_blanks()
    if tokens and (end := _END.fullmatch(line.words)):
        tokens += [
            {"type": "paragraph", "text": end["text"]},
            {"type": "tag", "raw": end["tag"], "name": "/details", "begins_line": False},
        ]
        line.skip_all()
    return Tags(tokens) if tokens else None


def details(md: mistune.Markdown) -> None:
    """A plugin."""
    md.before_render_hooks.append(lambda _md, state: _fold_all(state))


def _fold_all(state: BlockState) -> None:
    state.tokens = _folded(state.tokens)
    waiting = list(state.tokens)
    while waiting:
        token = waiting.pop()
        if "children" in token:
            token["children"] = _folded(token["children"])
            waiting += token["children"]


def _folded(tokens: list[Token]) -> list[Token]:
    folded: list[Token] = []
    opened: list[int | None] = []  # where each opening tag stands, or None for a tag that stays text
    for token in tokens:
        folded.append(token)
        name = token.get("name")
        if name == "details":
            opened.append(len(folded) - 1 if len(opened) < _DEPTH_AT_MOST else None)
        elif token["type"] == "block_html" and _WITH_ATTRIBUTES.match(token["raw"].lstrip(" ")):
            opened.append(None)
        elif name == "/summary":
            _join_summary(folded)
        elif name == "/details" and opened and (start := opened.pop()) is not None:
            _join_details(folded, start)
    return _as_text(folded)


def _join_summary(folded: list[Token]) -> None:
    """A summary on lines of its own, with one paragraph or heading in it."""
    if len(folded) < 3 or folded[-3].get("name") != "summary" or "text" not in folded[-2]:
        return
    text = folded[-2]["text"]
    folded[-3:] = [
        folded[-3] | {"raw": f"<summary>\n{text}\n</summary>", "name": "summary text", "text": text},
    ]


def _join_details(folded: list[Token], start: int) -> None:
    if folded[start + 1].get("name") != "summary text":
        return
    summary: Token = {"type": "summary", "text": folded[start + 1]["text"]}
    blocks = _as_text(folded[start + 2 : -1])
    for block in blocks:
        if block["type"] == "block_text":  # of a tight list item
            block["type"] = "paragraph"
    folded[start:] = [{"type": "details", "children": [summary, *blocks]}]


def _as_text(tokens: list[Token]) -> list[Token]:
    """The remaining tags are raw HTML. Adjacent ones are one block."""
    texts: list[Token] = []
    for token in tokens:
        if token["type"] != "tag":
            texts.append(token)
        elif texts and texts[-1].get("is_tag"):
            texts[-1]["raw"] += ("\n" if token["begins_line"] else "") + token["raw"]
        else:
            texts.append({"type": "block_html", "raw": token["raw"], "is_tag": True})
    return texts
