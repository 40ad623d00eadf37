"""The tokens of mistune's tree, and their text."""

import re
from typing import Any

Token = dict[str, Any]

_BREAKS = frozenset(("linebreak", "softbreak"))
# Control characters have no meaning in HTML, and nobody sees them. Input methods leave some of them in texts.
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NO_CHARACTER = re.compile(r"[\x00\ud800-\udfff]")
# Vertical tab, form feed and next line are white space, but HTML takes the first for an error.
_SPACES = str.maketrans("\x0b\x0c\x85", "   ")


def printable(text: str) -> str:
    """The text without control characters. The two sanitizers treat those differently."""
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", _CONTROL.sub("", text.translate(_SPACES)))


def visible(tokens: list[Token]) -> str:
    """The visible text."""
    return "".join(
        "\n" if token["type"] in _BREAKS else token.get("raw", "") + visible(token.get("children", []))
        for token in tokens
    )


def text(raw: str) -> Token:
    return {"type": "text", "raw": raw}
