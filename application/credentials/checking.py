"""Authentication: by address or username and password, by API token, or by the password again within a session."""

from contextlib import suppress
from dataclasses import dataclass

from application.ports.credentials import CredentialFeeds, TokenReader
from application.ports.limits import Limits
from application.ports.passwords import PasswordHasher
from application.ports.tokens import Claims, Tokens
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.credentials import Purpose, normal
from domain.errors import BadCredentials, Invalid, LinkExpired, NotFound, TryAgain
from domain.identifiers import is_username, key_of, username_key
from domain.limits import RateLimit


@dataclass(frozen=True, slots=True)
class Checked:
    """The account, and the hash that its password was checked against."""

    reader: TokenReader
    password_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    repeat: Repeat
    now: Now
    hasher: PasswordHasher
    tokens: Tokens
    limits: Limits
    credential_feeds: CredentialFeeds

    def check(self, *, client: str, email: str, password: str, browser: str | None = None) -> Checked:
        """`email` may be a username. Counts failures only, by the account, however it is named. An unknown name, a
        wrong password and a disabled account take the same time and get the same answer. `browser` is that of
        `limits.sign_in`. Raises BadCredentials, TooOften."""
        account = self.repeat.reading(_find, email)
        counted = limits.sign_in(client, _key(account, email), browser)
        self.limits.check(counted, self.now())
        found = self._checked(account, password)
        self._settle(counted, is_right=found is not None)
        if found is None:
            raise BadCredentials()
        return found

    def failures_key(self, email: str) -> str:
        """The key under which failures at this address or username are counted: that of the account's address, if there
        is an account."""
        return _key(self.repeat.reading(_find, email), email)

    def _settle(self, counted: dict[str, RateLimit], *, is_right: bool) -> None:
        """Counts after the password was hashed, so that any number of right ones may come at once. Of many wrong ones
        at once only as many get an answer as the limit has room for, and a right one after them gets the same refusal.
        So nobody learns more about a password than by one guess after another. Raises TooOften."""
        if is_right:
            self.limits.check(counted, self.now())
        else:
            self.limits.take(counted, self.now())

    def find(self, *, email: str, password: str) -> Checked | None:
        """As `check`, without counting. For the command line and other trusted callers."""
        return self._checked(self.repeat.reading(_find, email), password)

    def _checked(self, account: Account | None, password: str) -> Checked | None:
        hashed = account.password_hash if account else None
        is_right = self._is_right(password, hashed)
        if account is None or hashed is None or not is_right or not account.active:
            return None
        try:
            mutes = self.credential_feeds.token_reader(account.id, self.now()).mutes
        except NotFound:
            return None
        standing = account.reader_at(self.now())
        reader = TokenReader(
            id=account.id,
            role=account.role,
            confirmed=account.confirmed,
            waits=account.waits,
            silenced_until=standing.silenced_until,
            suspended_until=standing.suspended_until,
            mutes=mutes,
            username=account.username.text,
            token_generation=account.token_generation,
        )
        return Checked(reader, hashed)

    def _is_right(self, password: str, hashed: str | None) -> bool:
        """Another site may have hashed what was typed, and not its normal form. Where they differ, both are verified
        for every account, so that the time tells nothing."""
        answers = [self.hasher.verify(form, hashed) for form in {normal(password), password}]
        return any(answers)

    def check_again(self, account: Account, password: str, *, field: str) -> None:
        """A member types the current password again. Counts failures only.
        Raises Invalid(field, "wrong_password"), TooOften."""
        counted = limits.password_check(account.id)
        self.limits.check(counted, self.now())
        is_right = self._is_right(password, account.password_hash)
        self._settle(counted, is_right=is_right)
        if not is_right:
            raise Invalid(field, "wrong_password")

    def forget_failures(self, account: Account) -> None:
        """For an account with a new password, after the commit that stored it. If the storage is busy, the failures
        count until their time is over."""
        with suppress(TryAgain):
            self.limits.forget(limits.failures_of(account.id, account.email.key))

    def check_token(self, *, token: str) -> TokenReader:
        """Raises BadCredentials for anything but a token that was issued here, is not expired and was not revoked."""
        try:
            claims = self.tokens.read(token, Purpose.API, at=self.now())
            reader = self.credential_feeds.token_reader(claims.subject, self.now())
        except (LinkExpired, NotFound):
            raise BadCredentials() from None
        if claims.token_id.partition(".")[0] != str(reader.token_generation):
            raise BadCredentials()
        return reader

    def issue_token(self, *, reader: TokenReader) -> str:
        """A token that is valid for `Purpose.API.lifetime`, or until the account's tokens are revoked."""
        token_id = f"{reader.token_generation}.{self.tokens.new_id()}"
        return self.tokens.issue(Claims(subject=reader.id, purpose=Purpose.API, token_id=token_id), at=self.now())

    def revoke_tokens(self, *, actor_id: int) -> None:
        """Revokes every API token of this account. Sessions stay."""
        self.repeat(self._revoke_tokens, actor_id)

    def _revoke_tokens(self, work: UnitOfWork, account_id: int) -> None:
        account = work.accounts.lock(account_id)
        account.revoke_tokens()
        work.accounts.save(account)
        work.commit()


def _find(work: UnitOfWork, email: str) -> Account | None:
    """The account at an address, or with a username, also as `@username`. Nobody learns from the time whether there is
    one."""
    email = email.removeprefix("@")
    if is_username(email):
        return work.accounts.find_by_username(username_key(email))
    return work.accounts.find_by_email(key_of(email))


def _key(account: Account | None, email: str) -> str:
    if account is not None:
        return account.email.key
    email = email.removeprefix("@")
    return username_key(email) if is_username(email) else key_of(email)


def lock_checked(work: UnitOfWork, checked: Account, *, field: str) -> Account:
    """The account, locked, after `check_again`. Raises Invalid(field, "wrong_password") when the password or the
    standing of the account changed since then."""
    account = work.accounts.lock(checked.id)
    if not account.accepts(checked.token_generation):
        raise Invalid(field, "wrong_password")
    return account
