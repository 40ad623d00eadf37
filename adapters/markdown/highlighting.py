"""Syntax highlighting with Pygments' short class names. The stylesheet has their colours."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Any

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

# Longer code gets no colours, because they would take too long.
_AT_MOST = 20_000
_GROWTH_AT_MOST = 8
# Token classes without a colour: names, operators, punctuation, space and errors. Most of a text is in them.
_PLAIN = frozenset({"", "n", "o", "p", "w", "err"})


def highlighted(code: str, language: str) -> str:
    """HTML of the code. It has no colours if the language is unknown or the markup would be longer than the code."""
    plain = escape(code, quote=False)
    if len(code) > _AT_MOST:
        return plain
    try:
        lexer = get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return plain
    coloured = "".join(_spans(lex(code, lexer)))
    return coloured if len(coloured) <= _GROWTH_AT_MOST * len(code) + 500 else plain


def _spans(tokens: Iterable[tuple[Any, str]]) -> Iterator[str]:
    for name, same in groupby(tokens, key=lambda token: _class(token[0])):
        shown = escape("".join(text for _, text in same), quote=False)
        yield shown if name in _PLAIN else f'<span class="{name}">{shown}</span>'


def _class(kind: Any) -> str:
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    name: str = STANDARD_TYPES[kind]
    return name
