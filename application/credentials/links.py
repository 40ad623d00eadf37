"""What use cases behind a mailed link share."""

from datetime import datetime

from application.ports.tokens import Tokens
from application.ports.work import UnitOfWork
from domain.accounts import Account, Email
from domain.credentials import Link, Purpose
from domain.errors import LinkExpired, NotFound
from domain.outbox import Job, JobKind


def follow_link(
    work: UnitOfWork, tokens: Tokens, token: str, purpose: Purpose, *, at: datetime
) -> tuple[Account, Link]:
    """The account that a link was mailed to, and the link, which still works. Raises LinkExpired unless it is the
    newest."""
    claims = tokens.read(token, purpose, at=at)
    link = work.links.find(claims.subject, purpose)
    if link is None or link.token_id != claims.token_id:
        raise LinkExpired()
    try:
        account = work.accounts.get(claims.subject)
    except NotFound:
        raise LinkExpired() from None
    if not account.active:
        raise LinkExpired()
    return account, link


def new_member_mail(work: UnitOfWork, account: Account, administrator: Email | None, *, id: int, at: datetime) -> None:
    """Asks for a mail to the administrator about a member who confirmed. Does nothing when there is no administrator,
    or when this member is the one."""
    if administrator is not None and administrator.key != account.email.key:
        work.outbox.add(
            Job(id=id, kind=JobKind.NEW_MEMBER, address=administrator.text, account_id=account.id, due_at=at)
        )
