"""What the mutes and blocks of a reader mean for a statement. Each condition looks up one row of `mutes`. The
statements take `parameters_of`, so they are the same for all readers who mute."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, bindparam, exists, false, null, or_, select

from adapters.sql import paging
from adapters.sql.lookups import has_row
from adapters.sql.tables import mutes
from application.ports.paging import Window
from domain.roles import Reader

READER = bindparam("reader_id", type_=BigInteger())


def parameters_of(reader: Reader | None, window: Window | None = None) -> Mapping[str, int | None]:
    """Those of a page of a list that is `bounded` too, with a window."""
    whose = {} if reader is None else {"reader_id": reader.id}
    return whose if window is None else whose | paging.parameters_of(window)


def is_muted(account_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the reader mutes or blocks this account."""
    return has_row(mutes.c.owner_id == READER, mutes.c.other_id == account_id)


def mutes_anybody(account_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The column `mutes` of a Reader."""
    return exists().where(mutes.c.owner_id == account_id).label("mutes")


def block_between(reader: Reader | None, account_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether one of the two blocks the other."""
    if reader is None:
        return false()
    theirs = has_row(mutes.c.owner_id == account_id, mutes.c.other_id == READER, mutes.c.blocked)
    own = has_row(mutes.c.owner_id == READER, mutes.c.other_id == account_id, mutes.c.blocked)
    return or_(theirs, own) if reader.mutes else theirs


def mute_by(reader: Reader | None, account_id: ColumnElement[int]) -> ColumnElement[Any]:
    """The column `mute`: NULL where the reader does not mute this account, else whether it is a block."""
    if reader is None or not reader.mutes:
        return null().label("mute")
    theirs = select(mutes.c.blocked).where(mutes.c.owner_id == READER, mutes.c.other_id == account_id)
    return theirs.scalar_subquery().label("mute")


def mute_of(row: Row[Any]) -> dict[str, bool]:
    """What a record says of the column `mute`."""
    return {"muted": row.mute is not None, "blocked": bool(row.mute)}
