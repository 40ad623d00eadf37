"""The tokens of mistune's tree, and their text."""

import re
from typing import Any

Token = dict[str, Any]

_BREAKS = frozenset(("linebreak", "softbreak"))
# Control characters have no meaning in HTML, and nobody sees them. Input methods leave some of them in texts. Vertical
# tab, form feed and next line are white space, but HTML takes the first for an error.
_SPACE = "\x0b\x0c\x85"
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    """The text without control characters. The two sanitizers treat those differently."""
    return _ODD.sub(_replaced, text)


def _replaced(odd: re.Match[str]) -> str:
    if odd[0] in _SPACE:
        return " "
    is_control = "\x00" < odd[0] <= "\x9f"
    return "" if is_control else "\N{REPLACEMENT CHARACTER}"


def visible(tokens: list[Token]) -> str:
    """The visible text."""
    return "".join(
        "\n" if token["type"] in _BREAKS else token.get("raw", "") + visible(token.get("children", []))
        for token in tokens
    )


def of_type(kind: str, tokens: list[Token]) -> list[Token]:
    """Those of this type, also within others, in the order of the text."""
    found = []
    for token in tokens:
        if token["type"] == kind:
            found.append(token)
        found += of_type(kind, token.get("children", []))
    return found


def text(raw: str) -> Token:
    return {"type": "text", "raw": raw}
