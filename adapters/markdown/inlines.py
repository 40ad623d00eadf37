"""The inline level: mistune's parser with links without brackets, some HTML tags, and emphasis of our own."""

import re

import mistune
from mistune.core import InlineState

from adapters.markdown.autolinks import link_bare_addresses
from adapters.markdown.emphasis import depth_of, emphasized
from adapters.markdown.tokens import Token, visible
from domain.texts import says_something

# Tags that may be typed, without attributes.
_NAMES = ("kbd", "mark", "sub", "sup")
_TAG = re.compile(rf"<(?P<close>/?)(?P<name>{'|'.join(_NAMES)})[ \t\n]*>", re.IGNORECASE)
# A closing tag looks for its partner no further back than this.
_TAGS_AT_MOST = 20
_AUTOLINK = re.compile(r"<[A-Za-z0-9][^<>\s]+>")
_LINE_BREAK = re.compile(r"<br[ \t\n]*/?>", re.IGNORECASE)


class Inlines(mistune.InlineParser):
    """Its tokens hold characters: what was escaped, or written as an entity, is resolved."""

    def __init__(self) -> None:
        super().__init__()
        # mistune removes all white space from the beginning of a line. Only blanks and tabs have no meaning there.
        self.specification |= {"linebreak": r"(?:\\| {2,})\n[ \t]*", "softbreak": r" *\n[ \t]*"}
        link_bare_addresses(self)

    def parse_inline_html(self, m: re.Match[str], state: InlineState) -> int | None:
        # For mistune a link begins at a typed `<a>`. Here it is only text.
        in_link = state.in_link
        end = super().parse_inline_html(m, state)
        state.in_link = in_link
        return end

    def parse_linebreak(self, m: re.Match[str], state: InlineState) -> int:
        state.append_token({"type": "linebreak", "_typed": m[0]})  # a backslash before it is punctuation
        return m.end()

    def finalize_tokens(self, tokens: list[Token], depth: int) -> list[Token]:
        deepest = self.max_nested_level - depth
        if depth:
            tokens = [_without_brackets(token) for token in tokens]
        return emphasized(_paired(tokens, deepest), deepest, is_within=depth > 0)


def _without_brackets(token: Token) -> Token:
    """An address in angle brackets, in the text of a link, which holds no other link."""
    is_address = token.get("_emphasis") is False and _AUTOLINK.fullmatch(token["raw"])
    return {**token, "raw": token["raw"][1:-1]} if is_address else token


def begins_with_typed_tag(html: str) -> bool:
    return bool(_TAG.match(html) or _LINE_BREAK.match(html))


def _paired(tokens: list[Token], deepest: int) -> list[Token]:
    """Puts what stands between two tags into an element. A tag without a partner or without words stays as it was
    typed."""
    open_tags: list[tuple[str, int]] = []
    shown: list[Token] = []
    for token in tokens:
        is_html = token["type"] == "inline_html"
        tag = _TAG.fullmatch(token["raw"]) if is_html else None
        if is_html and _LINE_BREAK.fullmatch(token["raw"]):
            shown.append({"type": "linebreak"})
            continue
        shown.append(token)
        if tag is not None and not tag["close"]:
            open_tags.append((tag["name"].lower(), len(shown) - 1))
        elif tag is not None and any(name == tag["name"].lower() for name, _ in open_tags[-_TAGS_AT_MOST:]):
            start = _partner(tag["name"].lower(), open_tags)
            element = _element(tag["name"].lower(), shown[start + 1 : -1], deepest)
            if depth_of(element) > deepest:
                open_tags.clear()  # those around it would be nested deeper still
            elif says_something(visible([element])):
                shown[start:] = [element]
    return shown


def _partner(name: str, open_tags: list[tuple[str, int]]) -> int:
    while open_tags[-1][0] != name:
        open_tags.pop()
    return open_tags.pop()[1]


def _element(name: str, tokens: list[Token], deepest: int) -> Token:
    return {"type": "element", "children": emphasized(tokens, deepest, is_within=True), "attrs": {"tag": name}}
