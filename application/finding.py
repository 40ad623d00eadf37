"""Finds the member whom a username names, inside a unit of work."""

from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.errors import NotFound
from domain.identifiers import username_key


def find_member(work: UnitOfWork, username: str) -> Account:
    """The account that has this username or had it before, in any case. Raises NotFound, also for a member who has
    left."""
    # Usernames are ASCII. Some storages cannot search for other characters.
    account = work.accounts.find_by_username(username_key(username)) if username.isascii() else None
    if account is None or account.deleted:
        raise NotFound()
    return account


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
