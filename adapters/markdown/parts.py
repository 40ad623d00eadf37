"""Cuts a long list, quote or table into parts, which are sanitized one by one, and joins their HTML."""

import re

from adapters.markdown.tokens import Token

_AT_MOST = 50

# The HTML before and after the children.
_AROUND = {
    "list": (re.compile(r"\A\s*<[ou]l\b[^>]*>\n?"), re.compile(r"</[ou]l>\s*\Z")),
    "block_quote": (re.compile(r"\A\s*<blockquote\b[^>]*>\n?"), re.compile(r"</blockquote>\s*\Z")),
    "table": (re.compile(r"\A.*?<tbody>\n?", re.DOTALL), re.compile(r"</tbody>\s*</table>\s*\Z")),
}


def in_parts(token: Token) -> list[Token]:
    """Tokens like this one, each with some of the children. An alert stays whole, because its kind stands before
    them."""
    is_alert = "kind" in token.get("attrs", {})
    if token["type"] not in _AROUND or is_alert or len(_children(token)) <= _AT_MOST:
        return [token]
    children = _children(token)
    return [_with(token, children[start : start + _AT_MOST]) for start in range(0, len(children), _AT_MOST)]


def joined(token: Token, parts: list[str]) -> str:
    """The HTML of the whole token."""
    before, after = _AROUND[token["type"]]
    first, *others = parts
    inner = [first, *(before.sub("", part) for part in others)]
    return "".join([*(after.sub("", part) for part in inner[:-1]), inner[-1]])


def _children(token: Token) -> list[Token]:
    children: list[Token] = token["children"]
    return children[1]["children"] if token["type"] == "table" else children


def _with(token: Token, children: list[Token]) -> Token:
    if token["type"] == "table":
        head, body = token["children"]
        children = [head, {**body, "children": children}]
    return {**token, "children": children}
