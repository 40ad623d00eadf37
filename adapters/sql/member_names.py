"""How members are named beside what they wrote, in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row

from adapters.sql.tables import accounts
from application.ports.members import MemberName
from domain.roles import Role

# Faster than to call the enumeration.
_ROLES = {role.value: role for role in Role}


def name_columns(who: FromClause, prefix: str) -> tuple[ColumnElement[Any], ...]:
    """The columns of a MemberName. `who` is `accounts`, or an alias of it."""
    return tuple(
        who.c[column].label(f"{prefix}_{column}")
        for column in ("id", "username", "name", "role", "picture_id", "deleted")
    )


def name_in(row: Row[Any], prefix: str) -> MemberName | None:
    """What these columns hold. None for a deleted member, and where a join found nobody."""
    if getattr(row, f"{prefix}_id") is None or getattr(row, f"{prefix}_deleted"):
        return None
    id, username, name, role, picture_id = (
        getattr(row, f"{prefix}_{column}") for column in ("id", "username", "name", "role", "picture_id")
    )
    return MemberName(id, username, name, Role(role), picture_id)


# The statement joins `accounts` as the author.
MEMBER_NAME = name_columns(accounts, "member")


def member_name_of(row: Row[Any]) -> MemberName | None:
    # As `name_in`, which is slower: a list has many rows.
    return None if row.member_deleted else name_of(row)


def name_of(row: Row[Any]) -> MemberName:
    """For a list without deleted members."""
    role, picture_id = _ROLES[row.member_role], row.member_picture_id
    return MemberName(row.member_id, row.member_username, row.member_name, role, picture_id)
