"""How a text is folded and cut into tokens. Every storage keeps and compares these tokens, so that all of them find the
same."""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from html import unescape

# The version of folding and cutting. A storage makes anew what another version made.
VERSION = 1
# In characters. A longer word is found by its beginning.
WORD_LIMIT = 64
# In characters: how much of rendered HTML, and of its text, is looked through for what is shown of it.
LOOKED_THROUGH = 20_000
# What PostgreSQL takes as one tsvector is 1 MB. A storage may add some bytes to each token.
_BYTES, _ADDED = 1_000_000, 8

# Han, kana, Hangul, Thai, Lao, Khmer, Burmese: scripts that write words without spaces between them.
_RUN = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u1100-\u11ff\ua960-\ua97f\uac00-\ud7a3\ud7b0-\ud7ff"
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf\u1780-\u17b3\u17d7\u17dc"
    "\u1000-\u103f\u1050-\u108f\uaa60-\uaa7f"
)
PIECE = re.compile(rf"([{_RUN}]+)|[^\W{_RUN}]+[+#]*")
_NOT_IN_TAG = re.compile(r"[^\w-]")
_ALIKE = {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"}

# Tags of HTML. Those of blocks stand between words.
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)(?:[^<>\"]|\"[^\"]*\")*>")
_WITHIN_A_WORD = frozenset(
    ("a", "abbr", "b", "code", "del", "em", "i", "ins", "mark", "s", "span", "strong", "sub", "sup")
)
# A tag or a character reference without its end.
_CUT = re.compile(r"(?:</?(?:[a-zA-Z].*)?|&#?[a-zA-Z0-9]*)\Z", re.DOTALL)
_BLANKS = re.compile(r"\s+")


class Kind(Enum):
    """What is searched."""

    POSTS = "posts"
    COMMENTS = "comments"


class _Folds(dict[int, str]):
    """The folded form of each character, for `str.translate`. It keeps those of the first 65,536."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if code < 0x10000:
            self[code] = folded
        return folded


def _folded(character: str) -> str:
    bare = _without_marks(unicodedata.normalize("NFKD", character))
    bare = _without_marks(unicodedata.normalize("NFKD", bare.casefold()))
    # A syllable of Hangul was taken apart, and is put together again.
    return unicodedata.normalize("NFC", "".join(_ALIKE.get(each, each) for each in bare))


def _without_marks(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each)[0] != "M")


FOLDS = _Folds()


def fold(text: str) -> str:
    """Without case, width, accents and other marks. Each character of the normalized (NFC) text folds by itself."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).translate(FOLDS)


def tokens(text: str) -> list[str]:
    """The tokens in the order of the text: words, and each character of a run with its right neighbour."""
    found: list[str] = []
    for piece in PIECE.finditer(fold(text)):
        if piece[1] is None:
            found.append(piece[0][:WORD_LIMIT])
        else:
            found += pairs_of(piece[1])
    return found


def pairs_of(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run))]


def author_token(author_id: int) -> str:
    return f"@{author_id}"


def tag_token(tag: str) -> str:
    return f"#{_NOT_IN_TAG.sub('', fold(tag))[:WORD_LIMIT]}"


def plain(html: str) -> str:
    """The text of rendered HTML, in one line."""
    return _one_line(_TAG.sub(_space, html))


def beginning(html: str) -> str:
    """The text of the first 20,000 characters of rendered HTML. An ellipsis stands where it was cut."""
    if len(html) <= LOOKED_THROUGH:
        return plain(html)
    bare = _TAG.sub(_space, html[:LOOKED_THROUGH])
    return f"{_one_line(_CUT.sub('', bare))}…"


def _one_line(escaped: str) -> str:
    return _BLANKS.sub(" ", unescape(escaped)).strip()


def _space(tag: re.Match[str]) -> str:
    return "" if tag[1].lstrip("/").lower() in _WITHIN_A_WORD else " "


def search_text(*, author_id: int, html: str, title: str = "", tags: Iterable[str] = ()) -> str:
    """All tokens, each between two spaces. The author stands between title and text, so that no phrase matches across
    them. What is too long for a storage is found by its beginning."""
    left = _BYTES
    kept: list[str] = []
    ends = [author_token(author_id), *map(tag_token, tags)]
    for token in [*ends[1:], *tokens(title), ends[0], *tokens(plain(html))]:
        left -= len(token.encode()) + _ADDED
        if left < 0:
            break
        kept.append(token)
    return f" {' '.join(kept)} "
