"""Parses Markdown with mistune and its plugins, and restricts the tree."""

import re
import string

import mistune
from mistune.core import BlockState
from mistune.plugins.footnotes import footnotes
from mistune.plugins.table import table
from mistune.plugins.task_lists import task_lists

from adapters.markdown.inlines import Inlines
from adapters.markdown.tokens import Token, printable
from adapters.markdown.tree import direct, restrict


def tree(markdown: mistune.Markdown, body: str, notes: str = "") -> list[Token]:
    """The tokens of a text. The ids of its footnotes begin with `notes`. Raises TooDeep."""
    tokens = markdown(printable(body.removeprefix("\ufeff")))
    assert isinstance(tokens, list)  # mistune returns the tree when it has no renderer
    tokens = restrict(tokens, notes=notes)
    direct(tokens)
    return tokens


def _atx_headings(md: mistune.Markdown) -> None:
    """A plugin: parses `# heading #` (CommonMark section 4.2). mistune's own function takes quadratic time for a row of
    blanks in a heading."""
    md.block.register("atx_heading", None, _parse_atx_heading)


def _parse_atx_heading(_block: mistune.BlockParser, match: re.Match[str], state: BlockState) -> int:
    text = match["atx_2"].strip(string.whitespace)
    opened = text.rstrip("#")
    if not opened or opened[-1].isspace():
        text = opened.rstrip()
    state.append_token({"type": "heading", "text": text, "attrs": {"level": len(match["atx_1"])}, "style": "atx"})
    return match.end() + 1


OF_POSTS = mistune.Markdown(inline=Inlines(), plugins=[table, task_lists, footnotes, _atx_headings])
OF_COMMENTS = mistune.Markdown(inline=Inlines(), plugins=[task_lists, _atx_headings])
