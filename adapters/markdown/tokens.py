"""The tokens of mistune's tree, and their text."""

import re
from typing import Any

Token = dict[str, Any]

_BREAKS = frozenset(("linebreak", "softbreak"))
# Characters without a meaning in HTML. The two sanitizers treat them differently.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# Vertical tab, form feed and next line are white space, but HTML takes the first for an error.
_SPACES = str.maketrans("\x0b\x0c\x85", "   ")


def printable(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text.translate(_SPACES))


def visible(tokens: list[Token]) -> str:
    """The visible text."""
    return "".join(
        "\n" if token["type"] in _BREAKS else token.get("raw", "") + visible(token.get("children", []))
        for token in tokens
    )


def text(raw: str) -> Token:
    return {"type": "text", "raw": raw}
