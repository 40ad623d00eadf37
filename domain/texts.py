"""What any typed text must be: counted in code points after CRLF became LF, free of what no text may hold.

Otherwise a text is kept as it was sent: nothing is trimmed or normalised.
"""

import unicodedata

from domain.errors import Invalid

# They reorder what stands around them, so a name could pass for another's (Unicode TR 36, section 2.5).
_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def prose(field: str, text: str, *, limit: int, required: bool = False) -> str:
    """A text of many lines. Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
    text = text.replace("\r\n", "\n")
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise Invalid(field, "forbidden_character")
    if len(text) > limit:
        raise Invalid(field, "too_long", length=len(text), limit=limit)
    if required and not says_something(text):
        raise Invalid(field, "required")
    return text


def one_line(field: str, text: str, *, limit: int, required: bool = False) -> str:
    """A text for one line, so without line breaks and without characters that turn others around."""
    text = prose(field, text, limit=limit, required=required)
    if any(char in _BIDI_OVERRIDES or char in _LINE_BREAKS for char in text):
        raise Invalid(field, "forbidden_character")
    return text


def says_something(text: str) -> bool:
    """Whether anything in it can be seen: more than spaces, controls and characters without width."""
    return any(unicodedata.category(char)[0] not in "ZC" for char in text)
