"""Ids of headings, and the links within a text that lead to them.

A heading has the slug that GitHub gives it, in any script, so that a table of contents written for GitHub works.
"""

import re
import unicodedata
from urllib.parse import quote, unquote

from adapters.markdown.tokens import Token, of_type, visible

# No script or style uses an id that begins so.
PREFIX = "h-"
# Longer slugs are cut, because an address has at most 2,000 characters and one letter may take twelve.
_SLUG_AT_MOST = 100
# Letters, marks, decimal digits, letter-like numbers and underscores.
_KEPT = frozenset(("Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl", "Pc"))


def anchor(tokens: list[Token]) -> None:
    """Puts an `anchor` on each heading that shows something, and lets `#slug` lead to it. Changes `tokens`."""
    slugs = _Slugs()
    for heading in of_type("heading", tokens):
        words = visible(heading["children"]).strip()
        pictures = of_type("picture", heading["children"])
        if not words and pictures:
            words = pictures[0]["attrs"]["alt"]
        if words or pictures or of_type("footnote_ref", heading["children"]):
            heading["attrs"]["anchor"] = PREFIX + slugs.new(words)
    if slugs.taken:
        for link in of_type("link", tokens):
            link["attrs"]["url"] = _led_to(link["attrs"]["url"], slugs.taken)


def _led_to(url: str, slugs: dict[str, int]) -> str:
    if not url.startswith("#"):
        return url
    slug = unicodedata.normalize("NFC", unquote(url[1:])).lower()[:_SLUG_AT_MOST]
    return f"#{quote(PREFIX + slug)}" if slug in slugs else url


class _Slugs:
    def __init__(self) -> None:
        # Each slug, with the last number that a later heading with the same words got.
        self.taken: dict[str, int] = {}

    def new(self, words: str) -> str:
        first = slug = _slug(words)
        # The search goes on after the last number. So thousands of equal headings take linear time.
        while slug in self.taken:
            self.taken[first] += 1
            slug = f"{first}-{self.taken[first]}"
        self.taken[slug] = 0
        return slug


def _slug(words: str) -> str:
    """Small letters, digits, marks, `_` and `-`. Each space becomes a hyphen."""
    kept = re.sub(r"\s", "-", unicodedata.normalize("NFC", words).lower())
    kept = "".join(char for char in kept if char == "-" or unicodedata.category(char) in _KEPT)
    return kept[:_SLUG_AT_MOST] or "section"
