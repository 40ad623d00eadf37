"""A member chooses another username, with the password."""

from dataclasses import dataclass
from datetime import datetime

from application.credentials.checking import Credentials, lock_checked
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.errors import AlreadyTaken, Problems
from domain.identifiers import Username


@dataclass(frozen=True, slots=True)
class Choice:
    """The account whose member typed the password, and the username that they want."""

    account: Account
    username: Username

    def take(self, work: UnitOfWork, *, at: datetime) -> Account:
        """The account, locked, under its new username. Raises TooSoon, and Invalid as `lock_checked`."""
        account = lock_checked(work, self.account, field="password")
        account.choose_username(self.username, at=at)
        return account


def choose_username(credentials: Credentials, *, actor_id: int, username: str, password: str) -> Choice | None:
    """None when it is the present username. Raises Invalid, TooOften."""
    account = credentials.repeat.reading(lambda work: work.accounts.get(actor_id))
    wanted = account.username
    if username == wanted.text:
        return None
    problems = Problems()
    with problems:
        wanted = Username.parse(username)
        owner = credentials.repeat.reading(lambda work: work.accounts.find_by_username(wanted.key))
        if owner is not None and owner.id != actor_id:
            raise AlreadyTaken("username")
    with problems:
        credentials.check_again(account, password, field="password")
    problems.stop()
    return Choice(account, wanted)
