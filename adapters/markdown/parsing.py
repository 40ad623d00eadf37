"""Parses Markdown with mistune, our own parser of blocks and plugins, and restricts the tree."""

from collections.abc import Mapping

import mistune

from adapters.markdown import leaves
from adapters.markdown.alerts import alerts
from adapters.markdown.blocks import Start
from adapters.markdown.containers import item, quote
from adapters.markdown.details import details, tags
from adapters.markdown.footnotes import footnotes, note
from adapters.markdown.inlines import Inlines
from adapters.markdown.reading import LineParser
from adapters.markdown.tables import table, typed_table
from adapters.markdown.tokens import Token, printable
from adapters.markdown.tree import direct, restrict
from domain.pictures import Shape


def tree(
    markdown: mistune.Markdown,
    body: str,
    *,
    members: frozenset[str] = frozenset(),
    notes: str = "",
    pictures: Mapping[int, Shape] | None = None,
) -> list[Token]:
    """The tokens of a text, with links to these members where it mentions them, and with these pictures. The ids of its
    footnotes begin with `notes`. A text whose `pictures` are None shows none. Raises TooDeep."""
    tokens = markdown(printable(body.removeprefix("\ufeff")))
    assert isinstance(tokens, list)  # mistune returns the tree when it has no renderer
    tokens = restrict(tokens, members=members, notes=notes, pictures=pictures)
    direct(tokens)
    return tokens


# In the order in which they are tried. A delimiter row comes last, because many other blocks may interrupt a paragraph.
_OF_BOTH: tuple[Start, ...] = (
    quote,
    leaves.atx_heading,
    leaves.fenced_code,
    tags,
    leaves.html,
    leaves.setext_heading,
    leaves.rule,
    item,
    leaves.indented_code,
)
OF_POSTS = mistune.Markdown(
    block=LineParser((note, *_OF_BOTH, table)), inline=Inlines(), plugins=[details, alerts, footnotes]
)
OF_COMMENTS = mistune.Markdown(block=LineParser((*_OF_BOTH, typed_table)), inline=Inlines(), plugins=[details, alerts])
