"""Access for programs: a password or a token with every request, and no session."""

from dataclasses import dataclass

from application.feeds import SessionFeeds, TokenReader
from application.ports import Claims, Limits, Now, PasswordHasher, Tokens, UnitOfWork
from application.repeating import Repeat
from domain import limits
from domain.accounts import key_of
from domain.errors import BadCredentials, LinkExpired, NotFound
from domain.links import Purpose
from domain.passwords import normal


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    repeat: Repeat
    now: Now
    passwords: PasswordHasher
    tokens: Tokens
    limits: Limits
    readers: SessionFeeds

    def by_password(self, *, client: str, email: str, password: str) -> TokenReader:
        """Counts failures as signing in does, together with it. Raises BadCredentials, TooOften."""
        at = self.now()
        counted = limits.sign_in(client, key_of(email))
        self.limits.take(counted, at)
        account = self.repeat(lambda work: work.accounts.find_by_email(key_of(email)))
        right = self.passwords.verify(normal(password), account.password_hash if account else None)
        if account is None or not right or not account.active:
            raise BadCredentials()
        self.limits.give_back(counted, at)
        return TokenReader(
            id=account.id,
            role=account.role,
            confirmed=account.confirmed,
            username=account.username.text,
            token_generation=account.token_generation,
        )

    def by_token(self, *, token: str) -> TokenReader:
        """Raises BadCredentials for anything but a token that was issued here, is not expired and was not revoked."""
        try:
            claims = self.tokens.read(token, Purpose.API, at=self.now())
            reader = self.readers.token_reader(claims.subject)
        except (LinkExpired, NotFound):
            raise BadCredentials() from None
        if claims.token_id.partition(".")[0] != str(reader.token_generation):
            raise BadCredentials()
        return reader

    def issue_token(self, *, reader: TokenReader) -> str:
        """A token that lives `Purpose.API.lifetime`; it belongs to the account's present generation of tokens."""
        token_id = f"{reader.token_generation}.{self.tokens.new_id()}"
        return self.tokens.issue(Claims(subject=reader.id, purpose=Purpose.API, token_id=token_id), at=self.now())

    def revoke_tokens(self, *, actor_id: int) -> None:
        """Every API token of this account dies; sessions stay."""

        def revoke(work: UnitOfWork) -> None:
            account = work.accounts.get(actor_id)
            account.revoke_tokens()
            work.accounts.save(account)
            work.commit()

        self.repeat(revoke)
