"""The walk from segment to segment. It says which texts a query finds, and where it ended.

Each token of the index has its segment before it, so one look reads the entries of one segment at most. The walk first
looks for each word, which counts what it reads, and then for all of them together. It leaves a segment where a word is
missing. It ends when there is enough for a page, or when it has read and looked enough."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)

from adapters.sql.named import id_ever_named
from adapters.sql.searching.columns import FIRST
from adapters.sql.searching.matching import Matching, matching_of
from adapters.sql.tables import accounts, search_segments
from domain.searching.queries import Query, Term
from domain.searching.words import Kind

# Entries that one search reads, and times that it looks into the index. It may end within a segment past them.
ENTRIES = 20_000
LOOKS = 256
# To check a phrase, the text of each candidate is read. That costs as much as so many entries.
_OF_A_CHECK = 10

_KIND = bindparam("kind", type_=String())
_LOOKS = bindparam("looks", type_=Text())
_START, _LEAST = (bindparam(name, type_=BigInteger()) for name in ("start", "least"))
_NEEDED, _CANDIDATES, _LAST, _FULL, _ENTRIES, _MOST = (
    bindparam(name, type_=Integer()) for name in ("needed", "candidates", "last", "full", "entries", "most")
)
_ZERO, _ONE = literal_column("0", Integer), literal_column("1", Integer)


@dataclass(frozen=True, slots=True)
class Walk:
    """`ids` are what was found, the newest first. All that is found from the id `end` on is among them, or there are
    more than fit on the page. `older` says whether older texts are left."""

    ids: tuple[int, ...]
    end: int
    older: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement depends on, beside its parameters."""

    kind: Kind
    is_sqlite: bool
    mutes: bool
    phrases: int
    excluded_phrases: int
    authors: int


def shape_of(kind: Kind, query: Query, *, is_sqlite: bool, mutes: bool) -> Shape:
    authors = len(names_in(query))
    return Shape(kind, is_sqlite, mutes, len(query.phrases), len(query.excluded_phrases), authors)


def names_in(query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*query.authors, *query.excluded_authors)))


def walk_parameters(kind: Kind, query: Query, *, is_sqlite: bool, size: int, start: int) -> dict[str, Any]:
    matching = matching_of(is_sqlite=is_sqlite)
    names = names_in(query)
    places = {name: f"@?{place}?" for place, name in enumerate(names)}
    terms = [*query.terms, *(Term(places[name]) for name in query.authors)]
    excluded = [*query.excluded, *(Term(places[name]) for name in query.excluded_authors)]
    # An author is likely to be rare, and so is a long word. Where one is missing, the others are not read.
    rarest = sorted(terms, key=lambda term: (term.token[0] not in "@#", -len(term.token)))
    # One word alone is counted as well: what is read of it may be much, and nothing of it shown.
    looks = [matching.all([term], []) for term in rarest]
    candidates = -1
    if query.is_checked:
        candidates = len(looks)
        looks.append(matching.all(terms, []))
    needed = len(looks)
    looks += [matching.all([term], []) for term in excluded]
    looks.append(matching.all(terms, excluded))
    return {
        "kind": kind.value,
        "looks": json.dumps(looks),
        "needed": needed,
        "candidates": candidates,
        "last": len(looks) - 1,
        "start": start,
        "least": query.after,
        "full": size + 1,
        "entries": ENTRIES,
        "most": 2 * LOOKS,
        **{f"name{place}": name for place, name in enumerate(names)},
        **{f"phrase{place}": phrase for place, phrase in enumerate(query.phrases)},
        **{f"without{place}": phrase for place, phrase in enumerate(query.excluded_phrases)},
    }


def walked(rows: Sequence[Row[Any]], query: Query) -> Walk:
    """What the statement of `walk` found."""
    last = rows[-1]
    ended = last.first_id == 0 and last.segment == FIRST
    found = ",".join(row.seen for row in rows if row.look == row.last)
    ids = sorted(map(int, filter(None, found.split(","))), reverse=True)
    return Walk(tuple(ids), last.first_id, not ended and last.first_id > query.after)


# To build it takes longer than to execute it.
@lru_cache(maxsize=128)
def walk(shape: Shape) -> Select[Any]:
    """Its rows are the looks that found something, and the last one. It takes `walk_parameters` and those of the
    reader."""
    return _Walking(shape).select()


class _Walking:
    """Two rows for each look: what it looks for, and what it has found. A recursion may name itself only once, so that
    the second row has to repeat what the first one says."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._matching: Matching = matching_of(is_sqlite=shape.is_sqlite)

    def select(self) -> Select[Any]:
        who = self._authors().cte("who")
        first = select(
            _ONE.label("step"),
            func.coalesce(self._segment(search_segments.c.id, None), FIRST).label("segment"),
            cast(func.coalesce(self._segment(search_segments.c.first_id, None), 0), BigInteger).label("first_id"),
            _ZERO.label("look"),
            cast(null(), Text).label("seen"),
            cast(_ZERO, BigInteger).label("entries"),
            cast(_ZERO, BigInteger).label("found"),
        )
        walk = first.cte("walk", recursive=True)
        walk = walk.union_all(self._next(walk, who))
        end = select(func.max(walk.c.step)).scalar_subquery()
        shown = select(walk.c.segment, walk.c.first_id, walk.c.look, walk.c.seen, _LAST.label("last"))
        found = (walk.c.look == _LAST) & (walk.c.seen != "")
        return shown.where(or_(found, walk.c.step == end)).order_by(walk.c.step)

    def _authors(self) -> Select[Any]:
        columns: list[ColumnElement[Any]] = [_ONE.label("one")]
        for place in range(self._shape.authors):
            id = id_ever_named(bindparam(f"name{place}", type_=String()))
            there = select(accounts.c.id).where(accounts.c.id == id, ~accounts.c.deleted).scalar_subquery()
            columns.append(there.label(f"author{place}"))
        return select(*columns)

    def _next(self, walk: Any, who: Any) -> Select[Any]:
        looks, seen = walk.c.seen.is_(None), func.coalesce(walk.c.seen, "")
        # Each id has a comma behind it.
        texts = func.length(seen) - func.length(func.replace(seen, ",", ""))
        counted = cast(case((seen == "", "0"), else_=seen), BigInteger)
        hits = case((walk.c.look == _LAST, cast(texts, BigInteger)), else_=counted)
        is_over = or_(walk.c.look == _LAST, (walk.c.look < _NEEDED) & (seen == "0"))
        next_first = func.coalesce(self._segment(search_segments.c.first_id, walk), 0)
        next_segment = func.coalesce(self._segment(search_segments.c.id, walk), FIRST)
        entries = walk.c.entries + hits * case((walk.c.look == _CANDIDATES, _OF_A_CHECK), else_=1)
        found = walk.c.found + case((walk.c.look == _LAST, hits), else_=_ZERO)
        has_more = (entries < _ENTRIES) & (found < _FULL) & (walk.c.step < _MOST) & (walk.c.first_id > _LEAST)
        # Segments with one first id end together.
        goes_on = or_(next_first == walk.c.first_id, has_more)
        is_first = (walk.c.first_id == 0) & (walk.c.segment == FIRST)
        columns: list[ColumnElement[Any]] = [
            walk.c.step + _ONE,
            case((looks, walk.c.segment), (is_over, next_segment), else_=walk.c.segment),
            case((looks, walk.c.first_id), (is_over, next_first), else_=walk.c.first_id),
            case((looks, walk.c.look), (is_over, _ZERO), else_=walk.c.look + _ONE),
            case((looks, self._seen(walk, who)), else_=null()),
            entries,
            found,
        ]
        following = select(*columns).join_from(walk, who, literal_column("1 = 1"))
        return following.where(or_(looks, ~is_over, ~is_first & goes_on))

    def _segment(self, column: ColumnElement[int], walk: Any) -> ColumnElement[int]:
        """The newest segment that begins before the cursor, or the next one of the walk. NULL when only the first is
        left."""
        segments = select(column).where(search_segments.c.kind == _KIND)
        if walk is None:
            segments = segments.where(search_segments.c.first_id < _START)
        else:
            place = tuple_(search_segments.c.first_id, search_segments.c.id)
            segments = segments.where(place < tuple_(walk.c.first_id, walk.c.segment))
        newest = segments.order_by(search_segments.c.first_id.desc(), search_segments.c.id.desc()).limit(1)
        return newest.correlate(*([] if walk is None else [walk])).scalar_subquery()

    def _seen(self, walk: Any, who: Any) -> ColumnElement[str]:
        """The ids of what is found, or how many entries a word has."""
        wanted = func.replace(self._matching.look(_LOOKS, walk.c.look), "$", cast(walk.c.segment, Text))
        for place in range(self._shape.authors):
            id = cast(func.coalesce(who.c[f"author{place}"], 0), Text)
            wanted = func.replace(wanted, f"?{place}?", id)
        counted = self._matching.count(self._shape.kind, wanted).correlate(walk, who)
        newest = self._matching.newest(self._shape, wanted, between=(_LEAST, _START), full=_FULL, outer=[walk, who])
        return case(
            (walk.c.look == _LAST, func.coalesce(newest.scalar_subquery(), "")),
            else_=cast(counted.scalar_subquery(), Text),
        )
