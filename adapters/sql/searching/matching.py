"""How each database looks for tokens: SQLite in tables of FTS5 that triggers keep, PostgreSQL in an index (GIN) of
tsvector. Both have the segment before each token."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSON, TSQUERY

from adapters.sql.searching.columns import TABLES
from adapters.sql.tables import comments, posts, vector_of
from adapters.sql.visibility import listed_comments, listed_posts
from domain.roles import Reader, Role
from domain.searching.queries import Term
from domain.searching.words import Kind

_FTS = {
    Kind.POSTS: table("post_search", column("rowid", BigInteger), column("post_search")),
    Kind.COMMENTS: table("comment_search", column("rowid", BigInteger), column("comment_search")),
}
_COMMA = literal_column("','", Text)


class Checks(Protocol):
    """What the check of a candidate depends on."""

    @property
    def kind(self) -> Kind: ...
    @property
    def mutes(self) -> bool: ...
    @property
    def phrases(self) -> int: ...
    @property
    def excluded_phrases(self) -> int: ...


class Matching(Protocol):
    def all(self, terms: Sequence[Term], excluded: Sequence[Term]) -> str:
        """What the index looks for, with `$` for the segment."""

    def look(self, looks: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[str]:
        """One of them, from an array in JSON."""

    def count(self, kind: Kind, wanted: ColumnElement[str]) -> Select[Any]:
        """How many entries the index has."""

    def newest(
        self, checks: Checks, wanted: ColumnElement[str], *, between: tuple[Any, Any], full: Any, outer: list[Any]
    ) -> Select[Any]:
        """The ids of the newest texts that the reader finds, up to `full`, each with a comma behind it; from the first
        of `between` up to the second. NULL when there are none. `outer` are the tables of the statement around it that
        `wanted` names."""


def matching_of(*, is_sqlite: bool) -> Matching:
    return _FtsMatching() if is_sqlite else _GinMatching()


# Anybody who mutes. The statement takes the id as a parameter.
_WHO_MUTES = Reader(id=0, role=Role.USER, confirmed=True, mutes=True)


def listed_within(checks: Checks, found: Select[Any]) -> Select[Any]:
    """Limits `found` to what the reader may find."""
    reader = _WHO_MUTES if checks.mutes else None
    if checks.kind is Kind.POSTS:
        return listed_posts(reader, found)
    return listed_comments(reader, found).where(~comments.c.hidden)


def _sought(checks: Checks, found: Select[Any], place: Callable[..., ColumnElement[int]]) -> Select[Any]:
    """Besides, to those where phrases are side by side. The index has the texts that have all tokens."""
    text = TABLES[checks.kind].c.search_text
    wanted = [place(text, bindparam(f"phrase{number}", type_=Text())) > 0 for number in range(checks.phrases)]
    numbers = range(checks.excluded_phrases)
    without = [place(text, bindparam(f"without{number}", type_=Text())) == 0 for number in numbers]
    return listed_within(checks, found).where(*wanted, *without)


class _FtsMatching:
    def all(self, terms: Sequence[Term], excluded: Sequence[Term]) -> str:
        wanted = " AND ".join(map(self._term, terms))
        if not excluded:
            return wanted
        return f"({wanted}) NOT ({' OR '.join(map(self._term, excluded))})"

    def look(self, looks: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[str]:
        path = literal_column("'$['", Text).concat(cast(number, Text)).concat(literal_column("']'", Text))
        return func.json_extract(looks, path, type_=Text())

    def count(self, kind: Kind, wanted: ColumnElement[str]) -> Select[Any]:
        fts = _FTS[kind]
        return select(func.count()).select_from(fts).where(fts.c[fts.name].match(wanted))

    def newest(
        self, checks: Checks, wanted: ColumnElement[str], *, between: tuple[Any, Any], full: Any, outer: list[Any]
    ) -> Select[Any]:
        fts, source = _FTS[checks.kind], TABLES[checks.kind]
        id = fts.c.rowid
        found = _sought(checks, select(id.label("id")).join_from(source, fts, id == source.c.id), func.instr)
        found = found.where(fts.c[fts.name].match(wanted), id >= between[0], id < between[1])
        some = found.order_by(id.desc()).limit(full).correlate(*outer).subquery("some")
        return select(func.group_concat(cast(some.c.id, Text).concat(_COMMA), literal_column("''")))

    def _term(self, term: Term) -> str:
        return f'"$|{term.token}"{"*" if term.begins else ""}'


# As the indexes of PostgreSQL say it.
_IS_INDEXED = {
    Kind.POSTS: (posts.c.hidden_by.is_(None), posts.c.deleted_at.is_(None)),
    Kind.COMMENTS: (comments.c.deleted_at.is_(None), ~comments.c.hidden),
}


def _place(source: Table) -> ColumnElement[int]:
    """By the id itself, PostgreSQL might walk the primary key and check each row. No index has this."""
    return source.c.id - literal_column("0", Integer)


class _GinMatching:
    def all(self, terms: Sequence[Term], excluded: Sequence[Term]) -> str:
        return " & ".join([*map(self._term, terms), *(f"!{self._term(term)}" for term in excluded)])

    def look(self, looks: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[str]:
        return cast(looks, JSON).op("->>", return_type=Text())(number)

    def count(self, kind: Kind, wanted: ColumnElement[str]) -> Select[Any]:
        source = TABLES[kind]
        return select(func.count()).select_from(source).where(self._matches(kind, wanted), *_IS_INDEXED[kind])

    def newest(
        self, checks: Checks, wanted: ColumnElement[str], *, between: tuple[Any, Any], full: Any, outer: list[Any]
    ) -> Select[Any]:
        source = TABLES[checks.kind]
        place = _place(source)
        found = _sought(checks, select(source.c.id), func.strpos).where(place >= between[0], place < between[1])
        found = found.where(self._matches(checks.kind, wanted), *_IS_INDEXED[checks.kind])
        some = found.order_by(place.desc()).limit(full).correlate(*outer).subquery("some")
        return select(func.string_agg(cast(some.c.id, Text).concat(_COMMA), literal_column("''")))

    def _matches(self, kind: Kind, wanted: ColumnElement[str]) -> ColumnElement[bool]:
        vector: ColumnElement[Any] = literal_column(vector_of(kind.value))
        return vector.op("@@", return_type=Boolean())(cast(wanted, TSQUERY))

    def _term(self, term: Term) -> str:
        return f"'$|{term.token}'{':*' if term.begins else ''}"
