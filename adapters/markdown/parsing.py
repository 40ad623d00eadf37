"""Parses Markdown with mistune and its plugins, and restricts the tree."""

import re
import string

import mistune
from mistune.core import BlockState
from mistune.plugins.footnotes import footnotes
from mistune.plugins.formatting import strikethrough
from mistune.plugins.table import table
from mistune.plugins.task_lists import task_lists
from mistune.plugins.url import url

from adapters.markdown.tree import Token, direct, printable, restrict


def tree(markdown: mistune.Markdown, body: str, notes: str = "") -> list[Token]:
    """The tokens of a text. The ids of its footnotes begin with `notes`. Raises TooDeep."""
    tokens = markdown(printable(body))
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


OF_POSTS = mistune.create_markdown(
    escape=True, renderer=None, plugins=[table, strikethrough, task_lists, footnotes, url, _atx_headings]
)
OF_COMMENTS = mistune.create_markdown(
    escape=True, renderer=None, plugins=[strikethrough, task_lists, url, _atx_headings]
)
