"""What a query asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from domain.errors import Invalid
from domain.identifiers import is_username, username_key
from domain.ids import LARGEST, make_id
from domain.searching.words import PIECE, WORD_LIMIT, author_token, fold, pairs_of, tag_token

# In characters.
QUERY_LIMIT = 200
# From this length on, a word finds longer words that begin so.
_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One token, or all tokens that begin so."""

    token: str
    begins: bool = False

    @property
    def piece(self) -> str:
        """It is in the search text of each text that has the term."""
        return f" {self.token}" if self.begins else f" {self.token} "


@dataclass(frozen=True, slots=True)
class Query:
    """What must be in a text, and what must not. A phrase is a piece of the search text. `authors` are keys of
    usernames, until `with_authors`. A text is found when `after` <= id < `before`."""

    terms: tuple[Term, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[Term, ...] = ()
    excluded_phrases: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    excluded_authors: tuple[str, ...] = ()
    after: int = 0
    before: int = LARGEST

    @classmethod
    def parse(cls, typed: str) -> Self:
        """Raises Invalid: `required`, `too_long` (length, limit), `no_date`, or `nothing_sought` where nothing must be
        in the text."""
        if not typed.strip():
            raise Invalid("q", "required")
        if len(typed) > QUERY_LIMIT:
            raise Invalid("q", "too_long", length=len(typed), limit=QUERY_LIMIT)
        reading = _Reading()
        for part in _PART.finditer(typed):
            reading.read(part)
        query = cls(**reading.made())
        if not query.terms and not query.authors:
            raise Invalid("q", "nothing_sought")
        return query

    @property
    def is_checked(self) -> bool:
        """Whether more than single tokens decide."""
        return bool(self.phrases or self.excluded_phrases)

    def with_authors(self, ids: Mapping[str, int | None]) -> Self | None:
        """The query with the ids of its authors. None when nobody has one of the usernames: then it finds nothing."""
        wanted = [ids.get(key) for key in self.authors]
        if None in wanted:
            return None
        others = [id for key in self.excluded_authors if (id := ids.get(key)) is not None]
        return replace(
            self,
            terms=(*self.terms, *(Term(author_token(id)) for id in wanted if id is not None)),
            excluded=(*self.excluded, *(Term(author_token(id)) for id in others)),
            authors=(),
            excluded_authors=(),
        )

    def finds(self, id: int, text: str) -> bool:
        """Whether it finds the text with this search text. Its authors are known."""
        wanted = (*(term.piece for term in self.terms), *self.phrases)
        others = (*(term.piece for term in self.excluded), *self.excluded_phrases)
        return (
            self.after <= id < self.before
            and all(piece in text for piece in wanted)
            and not any(piece in text for piece in others)
        )


# A part of a query: maybe a minus, maybe a key, and a phrase or what has no blank.
_PART = re.compile(
    r"(?P<minus>-?)(?:(?P<key>from|tag|before|after):)?(?:\"(?P<phrase>[^\"]*)(?:\"|$)|(?P<word>\S+))", re.IGNORECASE
)


class _Reading:
    """Collects the parts of a query, each once."""

    def __init__(self) -> None:
        self._terms: dict[Term, None] = {}
        self._excluded: dict[Term, None] = {}
        self._phrases: dict[str, None] = {}
        self._excluded_phrases: dict[str, None] = {}
        self._authors: dict[str, None] = {}
        self._excluded_authors: dict[str, None] = {}
        self._after, self._before = 0, LARGEST

    def read(self, part: re.Match[str]) -> None:
        excludes = bool(part["minus"])
        is_phrase = part["word"] is None
        value = part["phrase"] if is_phrase else part["word"]
        match (part["key"] or "").lower():
            case "from":
                self._author(value.removeprefix("@"), excludes=excludes)
            case "tag":
                (self._excluded if excludes else self._terms)[Term(tag_token(value))] = None
            case "before" | "after" as side:
                self._limit(side, value)
            case _:
                self._words(value, excludes=excludes, is_phrase=is_phrase)

    def _author(self, name: str, *, excludes: bool) -> None:
        """What cannot be a username names nobody: no account has the empty key."""
        if not excludes:
            self._authors[username_key(name) if is_username(name) else ""] = None
        elif is_username(name):
            self._excluded_authors[username_key(name)] = None

    def made(self) -> dict[str, Any]:
        return {
            "terms": tuple(self._terms),
            "phrases": tuple(self._phrases),
            "excluded": tuple(self._excluded),
            "excluded_phrases": tuple(self._excluded_phrases),
            "authors": tuple(self._authors),
            "excluded_authors": tuple(self._excluded_authors),
            "after": self._after,
            "before": self._before,
        }

    def _limit(self, side: str, value: str) -> None:
        """Days begin and end in UTC. Neither limit contains the day."""
        try:
            day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            raise Invalid("q", "no_date")
        if side == "before":
            self._before = min(self._before, _first_id(day))
        else:
            self._after = max(self._after, _first_id(day, later=1))

    def _words(self, value: str, *, excludes: bool, is_phrase: bool) -> None:
        pieces = [(piece[0], piece[1] is not None) for piece in PIECE.finditer(fold(value))]
        exact = is_phrase or (excludes and len(pieces) > 1)
        terms = [term for text, is_run in pieces for term in _terms(text, is_run=is_run, exact=exact)]
        if excludes:
            self._exclude(terms, _phrase(pieces))
            return
        self._terms.update(dict.fromkeys(terms))
        phrases = [_phrase(pieces)] if is_phrase else [_phrase([piece]) for piece in pieces]
        self._phrases.update(dict.fromkeys(filter(None, phrases)))

    def _exclude(self, terms: list[Term], phrase: str) -> None:
        """One token is looked up. More than one exclude a text only side by side."""
        if phrase:
            self._excluded_phrases[phrase] = None
        elif terms:
            self._excluded[terms[0]] = None


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _first_id(day: date, *, later: int = 0) -> int:
    at = datetime.combine(day, time(), UTC)
    if at.year < 1970:
        return 0
    if at.year > 2200:
        return LARGEST
    return make_id(at + timedelta(days=later), 0)


def _terms(piece: str, *, is_run: bool, exact: bool) -> list[Term]:
    if not is_run:
        word = piece[:WORD_LIMIT]
        return [Term(word, begins=not exact and len(word) >= _BEGINNING)]
    if len(piece) == 1:
        return [Term(piece, begins=True)]
    return [Term(pair) for pair in pairs_of(piece)[:-1]]


def _phrase(pieces: list[tuple[str, bool]]) -> str:
    """A piece of the search text. Empty where a single token says it all."""
    found: list[str] = []
    for text, is_run in pieces:
        found += pairs_of(text) if is_run else [text[:WORD_LIMIT]]
    if not pieces or not pieces[-1][1]:
        return f" {' '.join(found)} " if len(found) > 1 else ""
    # A text may go on where the run ends. The last character is in the pair before, unless it stands alone.
    if len(pieces[-1][0]) > 1:
        found.pop()
        return f" {' '.join(found)} " if len(found) > 1 else ""
    return f" {' '.join(found)}" if len(found) > 1 else ""
