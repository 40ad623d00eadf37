"""What the sanctions of a reader come to, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from adapters.sql.tables import accounts
from domain.roles import in_force

RESTRICTIONS = (accounts.c.silenced_until, accounts.c.suspended_until)


def restrictions_of(row: Row[Any], at: datetime) -> dict[str, datetime | None]:
    """The fields of a Reader for those that hold at this time."""
    return {
        "silenced_until": in_force(row.silenced_until, at),
        "suspended_until": in_force(row.suspended_until, at),
    }
