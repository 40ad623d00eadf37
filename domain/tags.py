"""Tags: the words by which a post is found beside others. A tag is stored folded, so it has one spelling."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.errors import Invalid, NotFound, Problems
from domain.texts import INVISIBLE, can_be_stored

TAGS_AT_MOST = 5
TAG_LIMIT = 30
# Five tags with a blank between each two.
TAGS_LIMIT = TAGS_AT_MOST * (TAG_LIMIT + 1) - 1

_BETWEEN = re.compile(r"[\s,，、]+")
# A sentence quotes no more of a word than this.
_QUOTED = 40
# Letters, digits (a Chinese zero is a letter-like number), and the marks that some scripts write their vowels with.
_LETTERS = ("L", "Nd", "Nl")
_MARKS = ("Mn", "Mc")
# What nobody sees, but for spaces, controls, noncharacters and what is for private use.
_IGNORED = re.compile(rf"(?![\s\u0000-\u001f\u007f-\u009f\ue000-\uf8ff\ufffe\uffff\U000f0000-\U0010ffff])[{INVISIBLE}]")


@dataclass(kw_only=True, slots=True)
class Tag:
    """`leads_to` is the id of the tag that stands for this one since an administrator renamed it, or 0."""

    id: int
    name: str
    leads_to: int = 0


def words_in(text: str) -> list[str]:
    """The words of a field, with blanks or commas between them."""
    return [word for word in _BETWEEN.split(text) if word]


def tags_named(words: Iterable[str]) -> tuple[str, ...]:
    """The tags of these words, each once, in their order. Raises Invalid: `tag_form` (tag), `tag_too_long` (tag,
    limit), `too_many_tags` (count, limit) or `forbidden_character`. Each code is there once at most."""
    found: dict[str, None] = {}
    codes = set[str]()
    problems = Problems()
    for word in words:
        try:
            found[tag_named("tags", word)] = None
        except Invalid as error:
            problem = error.problems[0]
            if problem.code not in codes:
                codes.add(problem.code)
                problems.add("tags", problem.code, **problem.values)
    if len(found) > TAGS_AT_MOST:
        problems.add("tags", "too_many_tags", count=len(found), limit=TAGS_AT_MOST)
    problems.stop()
    return tuple(found)


def tag_named(field: str, word: str) -> str:
    """The tag of one word. Raises Invalid: `tag_form` (tag), `tag_too_long` (tag, limit) or `forbidden_character`."""
    if not can_be_stored(word):
        raise Invalid(field, "forbidden_character")
    name = folded_tag(word)
    quoted = word if len(word) <= _QUOTED else f"{word[:_QUOTED]}…"
    if not _is_tag(name):
        raise Invalid(field, "tag_form", tag=quoted)
    if len(name) > TAG_LIMIT:
        raise Invalid(field, "tag_too_long", tag=quoted, limit=TAG_LIMIT)
    return name


def sought_tag(word: str) -> str:
    """The tag of an address. Raises NotFound for what is none in any spelling."""
    try:
        return tag_named("tag", word)
    except Invalid:
        raise NotFound() from None


def folded_tag(word: str) -> str:
    """Without regard to case and to compatible forms, without characters that nobody sees, and without `#` before it
    (toNFKC_Casefold, Unicode 3.13). It may be no tag."""
    # Each of these may make a text that the other one changes again.
    for _ in range(2):
        word = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", word).casefold())
        word = _IGNORED.sub("", word)
    return unicodedata.normalize("NFKC", word).lstrip("#")


def renamed(names: Iterable[str], right: Mapping[str, str]) -> tuple[str, ...]:
    """These tags by their present names, each once."""
    return tuple(dict.fromkeys(right.get(name, name) for name in names))


def _is_tag(name: str) -> bool:
    """It has a letter or a digit, and nothing but those, hyphens, and marks on a letter."""
    before = "-"
    for char in name:
        kind = unicodedata.category(char)
        if kind.startswith(_LETTERS):
            pass
        elif kind in _MARKS:
            if before == "-":
                return False
        elif char != "-":
            return False
        before = char
    return any(unicodedata.category(char).startswith(_LETTERS) for char in name)
