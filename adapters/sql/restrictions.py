"""What the sanctions of a reader come to, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_

from adapters.sql.kept import one_of
from adapters.sql.tables import UtcDateTime, accounts
from domain.joining import Admission
from domain.roles import MODERATING, in_force

RESTRICTIONS = (accounts.c.silenced_until, accounts.c.suspended_until)


# When the statement is asked.
AT = bindparam("at", type_=UtcDateTime())


def moderates() -> ColumnElement[bool]:
    """Whether the account of the row may act as a moderator: `Reader.can` in SQL."""
    holds = (or_(until.is_(None), until <= AT) for until in RESTRICTIONS)
    role = one_of(accounts.c.role, MODERATING)
    return and_(role, accounts.c.confirmed, accounts.c.admission == Admission.ADMITTED.value, *holds)


def restrictions_of(row: Row[Any], at: datetime) -> dict[str, datetime | None]:
    """The fields of a Reader for those that hold at this time."""
    return {
        "silenced_until": in_force(row.silenced_until, at),
        "suspended_until": in_force(row.suspended_until, at),
    }
