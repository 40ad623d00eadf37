"""What use cases behind a mailed link share."""

from datetime import datetime

from application.ports.tokens import Tokens
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.credentials import Link, Purpose
from domain.display import Language
from domain.errors import LinkExpired, NotFound
from domain.identifiers import Email
from domain.job_kinds import JobKind
from domain.outbox import Job


def follow_link(
    work: UnitOfWork, tokens: Tokens, token: str, purpose: Purpose, *, at: datetime, lock: bool = False
) -> tuple[Account, Link]:
    """The account that a link was mailed to, and the link, which still works. Whoever spends the link also locks the
    account. Raises LinkExpired unless it is the newest."""
    claims = tokens.read(token, purpose, at=at)
    try:
        account = work.accounts.lock(claims.subject) if lock else work.accounts.get(claims.subject)
    except NotFound:
        raise LinkExpired() from None
    link = work.links.find(account.id, purpose)
    if link is None or link.token_id != claims.token_id or not account.active:
        raise LinkExpired()
    return account, link


def note_arrival(work: UnitOfWork, account_id: int) -> None:
    """The link in a mail was opened, so the address takes mails, even if a mail server has refused it before."""
    correspondence = work.correspondence.of(account_id)
    if correspondence.refused:
        correspondence.refused = ""
        work.correspondence.save(correspondence)


def end_links(work: UnitOfWork, account_id: int, *, at: datetime) -> None:
    """Every mailed link of a locked account stops working, and the link to a new address is not sent any more."""
    work.links.remove_all_of(account_id)
    drop_link_to_new_address(work, account_id, at=at)


def drop_link_to_new_address(work: UnitOfWork, account_id: int, *, at: datetime) -> None:
    """The mail that waits for its turn is dropped. It would make a new link."""
    waiting = work.outbox.find_waiting(key_of_new_address(account_id))
    if waiting is not None:
        waiting.drop(at=at)
        work.outbox.save(waiting)


def key_of_new_address(account_id: int) -> str:
    """The key of the job that mails the link to a new address."""
    return f"change_email:{account_id}"


def confirmation_mail(work: UnitOfWork, account: Account, *, id: int, at: datetime) -> None:
    """Asks for a mail with a new link that confirms the address. The older link stops working."""
    work.links.remove_all_of(account.id, Purpose.CONFIRM)
    work.outbox.add(Job.to_owner(account, id=id, kind=JobKind.CONFIRM, due_at=at))


def reset_mail(work: UnitOfWork, address: Email, language: Language, *, id: int, at: datetime) -> None:
    """Asks for a mail with a link that resets the password. The worker decides whether there is an account for it."""
    work.outbox.add(Job(id=id, kind=JobKind.RESET_PASSWORD, address=address.text, language=language, due_at=at))


def new_member_mail(work: UnitOfWork, account: Account, administrator: Email | None, *, id: int, at: datetime) -> None:
    """Asks for a mail to the administrator about a member who confirmed. Does nothing when there is no administrator,
    or when this member is the one."""
    if administrator is not None and administrator.key != account.email.key:
        work.outbox.add(
            Job(id=id, kind=JobKind.NEW_MEMBER, address=administrator.text, account_id=account.id, due_at=at)
        )
