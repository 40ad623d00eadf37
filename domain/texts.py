"""Rules for every typed text: its length, and the characters that it must not have.

Length is counted in code points, after CRLF has become LF. Otherwise a text is stored as it was sent.
"""

import re
import unicodedata

from domain.errors import Invalid

# Both constants go between the brackets of regular expressions, of Python and of ECMAScript.
# Line breaks and other controls (a tab is white space, and people paste it), characters that reorder the text around
# them, because one name could look like another (UTR 36, 2.5), and the two noncharacters that XML does not take.
NOT_IN_ONE_LINE = r"\u0001-\u0008\n-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
# Spaces, controls, characters that Unicode wants ignored where no font draws them (Default_Ignorable_Code_Point), and
# those for private use. Unassigned characters count as visible.
INVISIBLE = (
    r"\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)

_FORBIDDEN = re.compile(r"[\u0000\ud800-\udfff]")
_NOT_IN_ONE_LINE = re.compile(f"[{NOT_IN_ONE_LINE}]")
_VISIBLE = re.compile(f"[^{INVISIBLE}]")


def can_be_stored(text: str) -> bool:
    """No storage takes the null character, and a surrogate alone is no character."""
    return not _FORBIDDEN.search(text)


def prose(field: str, text: str, *, limit: int, required: bool = False) -> str:
    """A text of many lines. Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
    text = text.replace("\r\n", "\n")
    if not can_be_stored(text):
        raise Invalid(field, "forbidden_character")
    if len(text) > limit:
        raise Invalid(field, "too_long", length=len(text), limit=limit)
    if required and not says_something(text):
        raise Invalid(field, "required")
    return text


def one_line(field: str, text: str, *, limit: int, required: bool = False) -> str:
    """A text for one line: it has no controls but tabs, and no characters that reorder others."""
    text = prose(field, text, limit=limit, required=required)
    if _NOT_IN_ONE_LINE.search(text):
        raise Invalid(field, "forbidden_character")
    return text


def shown(field: str, html: str) -> str:
    """The HTML of a text. The renderer makes none of a text that shows nothing. Raises Invalid: `required`."""
    if not html:
        raise Invalid(field, "required")
    return html


def folded(text: str) -> str:
    """The text without regard to case and to compatible forms, so that `Ａda` is `ada` (UAX 15, NFKC)."""
    return unicodedata.normalize("NFKC", text).casefold()


def says_something(text: str) -> bool:
    """Whether the text has a visible character: other than spaces, controls and characters without width."""
    return _VISIBLE.search(text) is not None
