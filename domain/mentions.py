"""Mentions: `@username` in what members write."""

import re
from collections.abc import Iterator

from domain.identifiers import USERNAME_PATTERN, username_key

# So many usernames of one text can become links.
LINKED_AT_MOST = 200
# So many members are told of one text.
TOLD_AT_MOST = 10

# Han, Hiragana and Katakana. They are written without spaces, so a mention may follow them.
_SPACELESS = r"\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
# What goes on after the username is part of a longer word, or of an address. The dots at its end are not.
_NAME = rf"@((?>{USERNAME_PATTERN}))(?![A-Za-z0-9_@])"
_MENTION = re.compile(rf"(?:(?<![\w./@])|(?<=[{_SPACELESS}])){_NAME}")
# In Markdown an underscore may also be a mark for emphasis, and a backslash takes the meaning from the sign after it.
_POSSIBLE = re.compile(rf"(?:(?<![\w./@\\])|(?<=[{_SPACELESS}_])){_NAME}")


def mentions(text: str) -> Iterator[re.Match[str]]:
    """Each mention in a text without Markdown. Group 1 is the username as it was typed."""
    return _MENTION.finditer(text)


def possible_mentions(markdown: str) -> tuple[str, ...]:
    """The keys of the first `LINKED_AT_MOST` usernames that this text may mention, each once. It may mention fewer: the
    renderer knows what is code, and what is emphasis."""
    found: dict[str, None] = {}
    for possible in _POSSIBLE.finditer(markdown.replace("\\_", "_")):
        key = username_key(possible[1])
        # `_Thanks, @susan_` is a sentence in italics.
        found |= dict.fromkeys((key, key.rstrip("._")))
        if len(found) >= LINKED_AT_MOST:
            break
    return tuple(found)[:LINKED_AT_MOST]
