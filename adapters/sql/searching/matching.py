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
_BETWEEN = (bindparam("least", type_=BigInteger()), bindparam("start", type_=BigInteger()))
_IDS = {Kind.POSTS: select(posts.c.id), Kind.COMMENTS: select(comments.c.id)}


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

    def any(self, wanted: Sequence[str]) -> str:
        """What the index looks for, when one is enough."""

    def look(self, looks: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[str]:
        """One of them, from an array in JSON."""

    def count(self, kind: Kind, wanted: ColumnElement[str]) -> Select[Any]:
        """How many entries the index has."""

    def count_found(
        self, checks: Checks, wanted: ColumnElement[str], *, between: tuple[Any, Any], full: Any, outer: list[Any]
    ) -> Select[Any]:
        """How many texts the reader finds, with ids from the first of `between` up to the second. Maybe no more than
        `full`. `outer` are the tables of the statement around it that `wanted` names."""

    def page(self, checks: Checks, listed: Select[Any]) -> Select[Any]:
        """The newest ones, up to `size`, as rows of `listed`. It takes the parameters `wanted`, `start`, `least`,
        `size`, and those of the checks and of the reader."""


def matching_of(*, is_sqlite: bool) -> Matching:
    return _FtsMatching() if is_sqlite else _GinMatching()


# Anybody who mutes. The statement takes the id as a parameter.
_WHO_MUTES = Reader(id=0, role=Role.USER, confirmed=True, mutes=True)


def _sought(checks: Checks, found: Select[Any], place: Callable[..., ColumnElement[int]]) -> Select[Any]:
    """Limits `found` to what the reader may find. The index has the texts that have all tokens."""
    reader = _WHO_MUTES if checks.mutes else None
    source = TABLES[checks.kind]
    if checks.kind is Kind.POSTS:
        found = listed_posts(reader, found)
    else:
        found = listed_comments(reader, found).where(~comments.c.hidden)
    text = source.c.search_text
    wanted = [place(text, bindparam(f"phrase{number}", type_=Text())) > 0 for number in range(checks.phrases)]
    numbers = range(checks.excluded_phrases)
    return found.where(*wanted, *(place(text, bindparam(f"without{number}", type_=Text())) == 0 for number in numbers))


class _FtsMatching:
    def all(self, terms: Sequence[Term], excluded: Sequence[Term]) -> str:
        wanted = " AND ".join(map(self._term, terms))
        if not excluded:
            return wanted
        return f"({wanted}) NOT ({' OR '.join(map(self._term, excluded))})"

    def any(self, wanted: Sequence[str]) -> str:
        return " OR ".join(f"({each})" for each in wanted)

    def look(self, looks: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[str]:
        path = literal_column("'$['", Text).concat(cast(number, Text)).concat(literal_column("']'", Text))
        return func.json_extract(looks, path, type_=Text())

    def count(self, kind: Kind, wanted: ColumnElement[str]) -> Select[Any]:
        fts = _FTS[kind]
        return select(func.count()).select_from(fts).where(fts.c[fts.name].match(wanted))

    def count_found(
        self, checks: Checks, wanted: ColumnElement[str], *, between: tuple[Any, Any], full: Any, outer: list[Any]
    ) -> Select[Any]:
        some = self._found(checks, _IDS[checks.kind], wanted, between).limit(full).correlate(*outer).subquery()
        return select(func.count()).select_from(some)

    def page(self, checks: Checks, listed: Select[Any]) -> Select[Any]:
        wanted = bindparam("wanted", type_=Text())
        found = self._found(checks, listed, wanted, _BETWEEN)
        return found.order_by(_FTS[checks.kind].c.rowid.desc()).limit(bindparam("size", type_=Integer()))

    def _found(
        self, checks: Checks, listed: Select[Any], wanted: ColumnElement[str], between: tuple[Any, Any]
    ) -> Select[Any]:
        fts, source = _FTS[checks.kind], TABLES[checks.kind]
        matches = fts.c[fts.name].match(wanted)
        return (
            _sought(checks, listed, func.instr)
            .join(fts, fts.c.rowid == source.c.id)
            .where(matches, fts.c.rowid >= between[0], fts.c.rowid < between[1])
        )

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

    def any(self, wanted: Sequence[str]) -> str:
        return " | ".join(f"({each})" for each in wanted)

    def look(self, looks: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[str]:
        return cast(looks, JSON).op("->>", return_type=Text())(number)

    def count(self, kind: Kind, wanted: ColumnElement[str]) -> Select[Any]:
        source = TABLES[kind]
        return select(func.count()).select_from(source).where(self._matches(kind, wanted), *_IS_INDEXED[kind])

    def count_found(
        self, checks: Checks, wanted: ColumnElement[str], *, between: tuple[Any, Any], full: Any, outer: list[Any]
    ) -> Select[Any]:
        """Without a limit: for a few rows, PostgreSQL would rather read the table."""
        return self._found(checks, wanted, between).with_only_columns(func.count()).correlate(*outer)

    def page(self, checks: Checks, listed: Select[Any]) -> Select[Any]:
        source = TABLES[checks.kind]
        wanted = bindparam("wanted", type_=Text())
        ids = self._found(checks, wanted, _BETWEEN).order_by(_place(source).desc())
        return listed.where(source.c.id.in_(ids.limit(bindparam("size", type_=Integer(), literal_execute=True))))

    def _found(self, checks: Checks, wanted: ColumnElement[str], between: tuple[Any, Any]) -> Select[Any]:
        place = _place(TABLES[checks.kind])
        found = _sought(checks, _IDS[checks.kind], func.strpos).where(place >= between[0], place < between[1])
        return found.where(self._matches(checks.kind, wanted), *_IS_INDEXED[checks.kind])

    def _matches(self, kind: Kind, wanted: ColumnElement[str]) -> ColumnElement[bool]:
        vector: ColumnElement[Any] = literal_column(vector_of(kind.value))
        return vector.op("@@", return_type=Boolean())(cast(wanted, TSQUERY))

    def _term(self, term: Term) -> str:
        return f"'$|{term.token}'{':*' if term.begins else ''}"
