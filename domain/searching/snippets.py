"""What is shown of a text that was found, with marks."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.searching.queries import Query
from domain.searching.words import FOLDS, LOOKED_THROUGH, PIECE, WORD_LIMIT, fold, pairs_of

# In characters: what a snippet shows, how much of it before the first match, and how much is folded at a time.
_SHOWN, _BEFORE, _CHUNK = 200, 60, 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a shown text. `marked` is what the query has found."""

    text: str
    marked: bool = False


def marked(query: Query, text: str) -> tuple[Part, ...]:
    """The whole text, in parts."""
    text = unicodedata.normalize("NFC", text)
    if not _marks(query):
        return (Part(text),) if text else ()
    places = _source_places(text)
    parts: list[Part] = []
    end = 0
    for first, last in _hits(query, fold(text)):
        start, stop = places[first], places[last - 1] + 1
        if start < end:
            continue  # two letters of the query in one character, as in æ
        parts += [Part(text[end:start]), Part(text[start:stop], marked=True)]
        end = stop
    parts.append(Part(text[end:]))
    return tuple(part for part in parts if part.text)


def snippet(query: Query, text: str) -> tuple[Part, ...]:
    """Some 200 characters around the first match, or the beginning of the text where its first 20,000 have none."""
    text = unicodedata.normalize("NFC", text)
    first = _first_hit(query, text) if _marks(query) else 0
    start = _after_blank(text, first - _BEFORE) if first > _BEFORE else 0
    end = start + _SHOWN
    if end < len(text):
        blank = text.rfind(" ", start + _SHOWN // 2, end)
        end = end if blank < 0 else blank
    parts = marked(query, text[start:end].strip())
    return (*([Part("… ")] if start else []), *parts, *([Part(" …")] if end < len(text) else []))


def _marks(query: Query) -> bool:
    """Whether it has a term that is in the words of a text, and not an author or a tag."""
    return any(term.token[0] not in "@#" for term in query.terms)


def _first_hit(query: Query, text: str) -> int:
    """Where the first match begins. 0 when there is none. A chunk overlaps the next one by a word."""
    for start in range(0, min(len(text), LOOKED_THROUGH), _CHUNK):
        chunk = text[start : start + _CHUNK + WORD_LIMIT]
        for first, _ in _hits(query, fold(chunk)):
            return start + _source_places(chunk)[first]
    return 0


def _after_blank(text: str, place: int) -> int:
    """The beginning of the next word, if there is one near. Scripts without spaces are cut anywhere."""
    blank = text.find(" ", place, place + _BEFORE)
    return place if blank < 0 else blank + 1


def _source_places(text: str) -> list[int]:
    """For each character of the folded text, the character that it comes from."""
    if text.isascii():
        return list(range(len(text)))
    return [place for place, character in enumerate(text) for _ in FOLDS[ord(character)]]


def _hits(query: Query, folded: str) -> Iterator[tuple[int, int]]:
    """Where tokens of the query are in a folded text."""
    exact = {term.token for term in query.terms if not term.begins}
    beginnings = tuple(term.token for term in query.terms if term.begins)
    for piece in PIECE.finditer(folded):
        start, end = piece.span()
        if piece[1] is None:
            word = piece[0][:WORD_LIMIT]
            if word in exact or (beginnings and word.startswith(beginnings)):
                yield start, end
            continue
        yield from _joined(
            (start + place, min(start + place + (2 if pair in exact else 1), end))
            for place, pair in enumerate(pairs_of(piece[0]))
            if pair in exact or (beginnings and pair.startswith(beginnings))
        )


def _joined(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges that touch or overlap, as one."""
    waiting: tuple[int, int] | None = None
    for start, end in places:
        if waiting is not None and start <= waiting[1]:
            waiting = waiting[0], max(waiting[1], end)
            continue
        if waiting is not None:
            yield waiting
        waiting = start, end
    if waiting is not None:
        yield waiting
