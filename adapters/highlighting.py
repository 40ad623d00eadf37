"""Code in colours: Pygments' short classes, which the stylesheet knows for day and night."""

from html import escape
from typing import Any

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token
from pygments.util import ClassNotFound

# Longer code is read as it is: colours would cost more than they give.
_AT_MOST = 20_000
_GROWTH_AT_MOST = 8


def highlighted(code: str, language: str) -> str:
    """HTML of the same code; plain where the language is not known or there would be more marks than code."""
    plain = escape(code, quote=False)
    if len(code) > _AT_MOST:
        return plain
    try:
        lexer = get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return plain
    coloured = "".join(_span(kind, text) for kind, text in lex(code, lexer))
    return coloured if len(coloured) <= _GROWTH_AT_MOST * len(code) + 500 else plain


def _span(kind: Any, text: str) -> str:
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    name = STANDARD_TYPES[kind]
    shown = escape(text, quote=False)
    return f'<span class="{name}">{shown}</span>' if name and kind is not Token.Text.Whitespace else shown
