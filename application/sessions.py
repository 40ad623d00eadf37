"""Sessions: sign in, sign out, and end sessions of one's own."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from application.credentials.checking import Checked, Credentials
from application.ports.metrics import SESSIONS_OPENED, Meter
from application.ports.passwords import PasswordHasher
from application.ports.sessions import SessionSecrets
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.credentials import normal
from domain.errors import BadCredentials, NotFound
from domain.sessions import IDLE_REMEMBERED, Session
from domain.time_zones import time_zones
from domain.welcoming import Step


class SignedIn(NamedTuple):
    """The secret of a new session, for the browser. `is_newcomer` says whether the member has never signed in before,
    and has first steps left."""

    secret: str
    is_newcomer: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Sessions:
    repeat: Repeat
    now: Now
    new_id: NewId
    credentials: Credentials
    hasher: PasswordHasher
    session_secrets: SessionSecrets
    meter: Meter

    def sign_in(
        self,
        *,
        client: str,
        email: str,
        password: str,
        remember: bool = False,
        device: str = "",
        browser: str | None = None,
        replaces: int | None = None,
        time_zone: str = "",
    ) -> SignedIn:
        """Opens a session. `email` may be a username. `browser` is its id, if it was
        signed in with this account before. Ends the session whose id is `replaces`. `time_zone` is what the browser
        says. It counts for a member who has chosen none, and is ignored where there is no such zone. Raises
        BadCredentials, TooOften."""
        checked = self.credentials.check(client=client, email=email, password=password, browser=browser)
        better = self.hasher.hash(normal(password)) if self.hasher.is_outdated(checked.password_hash) else None
        signed_in = self.repeat(
            self._begin,
            checked,
            better=better,
            remember=remember,
            device=device,
            replaces=replaces,
            time_zone=time_zone if time_zone in time_zones() else "",
        )
        self.meter.count(SESSIONS_OPENED)
        return signed_in

    def _begin(
        self,
        work: UnitOfWork,
        checked: Checked,
        *,
        better: str | None,
        remember: bool,
        device: str,
        replaces: int | None,
        time_zone: str,
    ) -> SignedIn:
        account = work.accounts.actor(checked.reader.id)
        # Hashing is slow. The account may have been disabled, or its password changed, in the meantime.
        if not account.accepts(checked.reader.token_generation):
            raise BadCredentials()
        is_changed = account.take_time_zone(time_zone)
        # Another sign-in may have stored a better hash.
        if better is not None and account.password_hash == checked.password_hash:
            account.rehash(better)
            is_changed = True
        is_first = account.take(Step.SIGN_IN)
        if is_changed or is_first:
            work.accounts.save(account)
        if replaces is not None:
            work.sessions.remove(replaces)
        secret = self.session_secrets.new()
        work.sessions.add(
            Session.begin(
                id=self.new_id(),
                account_id=account.id,
                secret_hash=self.session_secrets.hash(secret),
                remember=remember,
                device=device,
                at=self.now(),
            )
        )
        work.commit()
        return SignedIn(secret, is_first and bool(account.steps))

    def sign_out(self, *, session_id: int) -> None:
        """Ends this session. Idempotent."""
        with suppress(NotFound):
            self.repeat(self._end, session_id)

    def end(self, *, actor_id: int, session_id: int) -> None:
        """Ends one of the actor's sessions. Raises NotFound, also for a session of another member."""
        self.repeat(self._end, session_id, owner_id=actor_id)

    def _end(self, work: UnitOfWork, session_id: int, owner_id: int | None = None) -> None:
        session = work.sessions.get(session_id)
        if owner_id not in (None, session.account_id):
            raise NotFound()
        # A change of password may renew this session at the same time.
        work.accounts.actor(session.account_id)
        work.sessions.remove(session_id)
        work.commit()

    def end_all(self, *, actor_id: int) -> None:
        """Ends every session of the actor, this one too, and revokes every API token."""
        self.repeat(self._end_all, actor_id)

    def _end_all(self, work: UnitOfWork, account_id: int) -> None:
        account = work.accounts.lock(account_id)
        account.revoke_tokens()
        work.accounts.save(account)
        work.sessions.remove_all_of(account_id)
        work.commit()

    def note_visit(self, *, session_id: int) -> None:
        """Stores the time of a visit. Callers do so at most once in five minutes. A reader does not wait for writers:
        raises TryAgain when it would have to."""
        with self.repeat.unit_of_work(patient=False) as work:
            work.sessions.note_visit(session_id, self.now())
            work.commit()

    def forget_idle(self) -> None:
        """Removes sessions that are over."""
        self.repeat(self._forget_idle)

    def _forget_idle(self, work: UnitOfWork) -> None:
        work.sessions.remove_idle(self.now() - IDLE_REMEMBERED - timedelta(days=1))
        work.commit()
