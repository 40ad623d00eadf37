"""Finds the member whom a username names, and whether somebody else moderates, inside a unit of work."""

from datetime import datetime

from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.errors import NotFound
from domain.identifiers import username_key
from domain.roles import MODERATING


def find_member(work: UnitOfWork, username: str) -> Account:
    """The account that has this username or had it before, in any case. Raises NotFound, also for a member who has
    left."""
    # Usernames are ASCII. Some storages cannot search for other characters.
    account = work.accounts.find_by_username(username_key(username)) if username.isascii() else None
    if account is None or account.deleted:
        raise NotFound()
    return account


def somebody_else_moderates(work: UnitOfWork, moderator_id: int, *, at: datetime) -> bool:
    """Whether there is another moderator or administrator who may act at this time."""
    return work.appeals.has_judge(MODERATING, besides=(moderator_id,), at=at)


def find_present_member(work: UnitOfWork, username: str) -> Account:
    """As `find_member`, by the present username alone: a former one only leads to the page of its member."""
    account = find_member(work, username)
    if account.username.key != username_key(username):
        raise NotFound()
    return account


def lock_member(work: UnitOfWork, username: str) -> Account:
    """As `find_member`, and locks the account."""
    account = work.accounts.lock(find_member(work, username).id)
    if account.deleted:
        raise NotFound()
    return account
