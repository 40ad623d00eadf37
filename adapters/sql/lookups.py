"""Whether there is a row, asked for each row of a page."""

from sqlalchemy import ColumnElement, FromClause, Integer, literal_column, select

_ONE = literal_column("1", Integer)


def has_row(*conditions: ColumnElement[bool], correlate: tuple[FromClause, ...] = ()) -> ColumnElement[bool]:
    """Whether there is the one row of a key. Each row of the statement looks it up by an index.

    For an EXISTS, PostgreSQL may read all rows of the reader, or of everybody, into a hash table or a join. That is
    quicker for many rows, and a page has few. `correlate` are the tables of the statement around it, where it could
    mistake some of its own for them."""
    row = select(_ONE).where(*conditions)
    return (row.correlate(*correlate) if correlate else row).scalar_subquery().is_not(None)
