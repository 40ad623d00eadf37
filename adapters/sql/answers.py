"""Answers in SQL: what a comment of a thread answers, and the first answers to it."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, case, cast, func, literal_column, null, select

from adapters.sql.member_names import name_columns, name_in
from adapters.sql.muted import is_muted
from adapters.sql.paging import owned_by
from adapters.sql.tables import accounts, comments
from application.ports.comments import ANSWERS_SHOWN, Answer
from domain.roles import Reader

_ANSWERED, _ITS_AUTHOR = comments.alias("answered"), accounts.alias("its_author")
_ANSWER, _ANSWERER = comments.alias("answer"), accounts.alias("answerer")
# No username has it.
_MUTED = "-"

_COLUMNS: tuple[ColumnElement[Any], ...] = (
    _ANSWERED.c.id.label("answered_id"),
    *name_columns(_ITS_AUTHOR, "answered_author"),
)
# In the row of the post.
NO_ANSWERS = (*(null().label(column.name) for column in _COLUMNS), null().label("answers"))


def with_answers(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    """`listed`, which selects from `comments`, with the columns of `answers_of`."""
    is_there = (_ANSWERED.c.id == comments.c.reply_to) & _ANSWERED.c.deleted_at.is_(None)
    joined = listed.join(_ANSWERED, is_there, isouter=True)
    joined = joined.join(_ITS_AUTHOR, _ITS_AUTHOR.c.id == _ANSWERED.c.author_id, isouter=True)
    return joined.add_columns(*_COLUMNS, _answers(reader))


def answers_of(row: Row[Any]) -> dict[str, Any]:
    """What a record says of these columns."""
    pairs = [entry.split(":") for entry in (row.answers or "").split()]
    found = sorted((int(id), username) for id, username in pairs)
    return {
        "answered": name_in(row, "answered_author"),
        "answered_gone": row.reply_to is not None and row.answered_id is None,
        "answers": tuple(Answer(id, username) for id, username in found[:ANSWERS_SHOWN] if username != _MUTED),
        "more_answers": len(found) > ANSWERS_SHOWN,
    }


def _answers(reader: Reader | None) -> ColumnElement[str]:
    """The first answers, and one more, as one text: `id:username id:username`."""
    # The conditions are those of the index, so no deleted answer is walked past.
    theirs = select(_ANSWER.c.id, _ANSWER.c.author_id).where(
        owned_by(_ANSWER.c.reply_to, comments.c.id), _ANSWER.c.reply_to.is_not(None), _ANSWER.c.deleted_at.is_(None)
    )
    in_order = theirs.order_by(_ANSWER.c.reply_to, _ANSWER.c.id).limit(ANSWERS_SHOWN + 1)
    first = in_order.correlate(comments).subquery("first_answers")
    username: ColumnElement[str] = case((_ANSWERER.c.deleted, ""), else_=_ANSWERER.c.username)
    if reader is not None and reader.mutes:
        username = case((is_muted(first.c.author_id), _MUTED), else_=username)
    entry = cast(first.c.id, Text) + literal_column("':'", Text) + username
    # A parameter would be written into the statement anew for each execution.
    entries = func.aggregate_strings(entry, literal_column("' '"))  # type: ignore[arg-type]
    joined = select(entries).join_from(first, _ANSWERER, _ANSWERER.c.id == first.c.author_id)
    return joined.scalar_subquery().label("answers")
