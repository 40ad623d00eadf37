"""Alerts: a quote that begins with `[!NOTE]` or one of its sisters, alone on its line, is a note of that kind."""

import re

import mistune
from mistune.core import BlockState

from adapters.markdown.tokens import Token

_MARK = re.compile(r"\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|\Z)", re.IGNORECASE)


def alerts(md: mistune.Markdown) -> None:
    """A plugin."""
    md.before_render_hooks.append(lambda _md, state: _mark(state))


def _mark(state: BlockState) -> None:
    waiting = list(state.tokens)
    while waiting:
        token = waiting.pop()
        children = token.get("children", [])
        if token["type"] == "block_quote" and (kind := _kind(children)):
            token["attrs"] = {"kind": kind}
        waiting += children


def _kind(children: list[Token]) -> str | None:
    """Removes the mark. A mark that nothing follows marks nothing."""
    mark = _MARK.match(children[0]["text"]) if children and children[0]["type"] == "paragraph" else None
    if mark is None:
        return None
    text = children[0]["text"][mark.end() :]
    if text:
        children[0]["text"] = text
    elif len(children) > 1:
        del children[0]
    else:
        return None
    return mark[1].lower()
