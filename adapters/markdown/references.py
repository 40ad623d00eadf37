"""Link reference definitions (`[label]: /address "title"`), which may stand where a paragraph begins."""

import re
from collections.abc import MutableMapping
from typing import Any

from mistune.helpers import parse_link_href, parse_link_title, unescape_char
from mistune.util import escape_url, unikey

_LABEL = re.compile(r"\[((?:[^\\\[\]]|\\[\s\S]){1,999})\]:")
# A label behind `^` is that of a footnote, also where there are no footnotes.
NOTE_LABEL = r"[^\[\]\s]{1,999}"
_NOTE = re.compile(rf"\^{NOTE_LABEL}")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\n|\Z)")


def without_definitions(text: str, env: MutableMapping[str, Any]) -> str:
    """The text after the definitions with which it begins. They are kept where mistune looks for them. The first
    definition of a label counts."""
    position = 0
    while label := _LABEL.match(text, position):
        end = _define(text, label, env["ref_links"])
        if end is None:
            break
        position = end
    return text[position:]


def _define(text: str, label: re.Match[str], known: dict[str, dict[str, str]]) -> int | None:
    """Where the definition ends."""
    key = unikey(label[1])
    if not key or _NOTE.fullmatch(label[1]):
        return None
    href, after_href = parse_link_href(text, label.end(), block=True)
    if href is None or after_href is None:
        return None
    title, after_title = parse_link_title(text, after_href, len(text))
    end = _REST_OF_LINE.match(text, after_title) if after_title is not None else None
    if end is None:
        # What looks like a title may be the next line of the paragraph.
        title, end = None, _REST_OF_LINE.match(text, after_href)
    if end is None:
        return None
    known.setdefault(
        key,
        {"url": escape_url(unescape_char(href)), "label": label[1]} | ({"title": title} if title else {}),
    )
    return end.end()
