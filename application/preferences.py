"""Preferences: choose of what one is told, and end all mails by the link in one of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from application.ports.tokens import Claims, Tokens
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.accounts import Account
from domain.credentials import Purpose
from domain.errors import LinkExpired, NotFound, Problems
from domain.notifications import NotificationKind
from domain.preferences import MailTime, Preference, kind_named


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangingPreferences:
    repeat: Repeat
    now: Now
    tokens: Tokens

    def change(self, *, actor_id: int, wanted: Mapping[str, tuple[bool, str]]) -> None:
        """`wanted` says by kind whether the site tells of it, and when a mail does: `off`, `soon` or `daily`. Other
        kinds stay as they are. It takes an account and no permission, so unconfirmed members may choose. Raises
        Forbidden, Invalid."""
        problems, parsed = Problems(), dict[NotificationKind, Preference]()
        for name, (site, mail) in wanted.items():
            with problems:
                parsed[kind_named(name)] = Preference(site, MailTime.named(mail, field=f"{name}.mail"))
        problems.stop()
        self.repeat(self._change, actor_id, parsed)

    def _change(self, work: UnitOfWork, actor_id: int, wanted: Mapping[NotificationKind, Preference]) -> None:
        account = work.accounts.lock(actor_id)
        account.reader_at(self.now()).require_access()
        preferences = work.preferences.of(actor_id).change(wanted, role=account.role)
        work.preferences.save(actor_id, preferences)
        off = [kind for kind in wanted if not preferences.of(kind).site]
        if off:
            # They would hide the number of what is told.
            work.notifications.read_kinds(actor_id, off)
        work.commit()

    def whose(self, *, token: str) -> str:
        """The username of the account whose mails the link would end. Raises LinkExpired."""
        account = self.repeat.reading(self._account_of, token)
        return account.username.text

    def unsubscribe(self, *, token: str) -> str:
        """Ends all mails that can be switched off. Idempotent, and the link keeps working. The standing of the account
        does not matter: who is suspended gets mails too. Answers the username. Raises LinkExpired."""
        return self.repeat(self._unsubscribe, token)

    def _unsubscribe(self, work: UnitOfWork, token: str) -> str:
        account = self._account_of(work, token, lock=True)
        work.preferences.save(account.id, work.preferences.of(account.id).without_mails())
        work.commit()
        return account.username.text

    def _account_of(self, work: UnitOfWork, token: str, *, lock: bool = False) -> Account:
        """No row says that the link works. It does for 90 days, as long as the account has the address."""
        claims = self.tokens.read(token, Purpose.UNSUBSCRIBE, at=self.now())
        try:
            account = work.accounts.lock(claims.subject) if lock else work.accounts.get(claims.subject)
        except NotFound:
            raise LinkExpired() from None
        if account.deleted or claims.token_id != _id_for_address(account):
            raise LinkExpired()
        return account


def unsubscribe_token(tokens: Tokens, account: Account, *, at: datetime) -> str:
    """For the link in a mail to this account. It needs no row in the storage."""
    claims = Claims(subject=account.id, purpose=Purpose.UNSUBSCRIBE, token_id=_id_for_address(account))
    return tokens.issue(claims, at=at)


def _id_for_address(account: Account) -> str:
    """Another address gives another id. Whoever sees the id does not read the address in it."""
    return hashlib.sha256(f"{account.id} {account.email.key}".encode()).hexdigest()[:32]
