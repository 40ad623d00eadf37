"""Accounts: username, address, role, and how an account begins, changes and ends.

Counters and the time of the last visit are kept by the storage beside the account, not in it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from domain.display import Language, Theme
from domain.errors import Forbidden, Invalid, TooSoon
from domain.host_names import in_ascii
from domain.joining import Admission, Registration
from domain.profiles import PublicProfile
from domain.roles import Permission, Reader, Role
from domain.texts import folded

EMAIL_LIMIT = 254
USERNAME_LIMIT = 64
BETWEEN_RENAMES = timedelta(days=30)
# In Python's and in ECMAScript's dialect.
USERNAME_PATTERN = "[A-Za-z](?:[A-Za-z0-9_.]{0,62}[A-Za-z0-9_])?"

_RESERVED = frozenset(
    {
        *("admin", "administrator", "moderator", "root", "system", "support", "api", "login", "logout", "register"),
        *("settings", "moderation", "static", "me", "feed"),
    }
)
_USERNAME = re.compile(USERNAME_PATTERN, re.ASCII)
# A dot-atom at a host name (RFC 5322 section 3.4.1, RFC 1123), without quotes, comments and address literals.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z0-9-]*[A-Za-z]){_LABEL}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Username:
    """A username as its owner spells it. Two that differ only in case are equal."""

    text: str

    @property
    def key(self) -> str:
        return username_key(self.text)

    @classmethod
    def parse(cls, text: str, *, field: str = "username") -> Self:
        """Raises Invalid: `required`, `too_long` (length, limit), `username_form` or `reserved`."""
        if not text:
            raise Invalid(field, "required")
        if len(text) > USERNAME_LIMIT:
            raise Invalid(field, "too_long", length=len(text), limit=USERNAME_LIMIT)
        if not is_username(text):
            raise Invalid(field, "username_form")
        if text.lower() in _RESERVED:
            raise Invalid(field, "reserved")
        return cls(text)


@dataclass(frozen=True, slots=True)
class Email:
    """One address as its owner spells it, in ASCII (a domain of other letters in its `xn--` form)."""

    text: str

    @property
    def key(self) -> str:
        return folded(self.text)

    @classmethod
    def parse(cls, text: str, *, field: str = "email") -> Self:
        """Raises Invalid: `required`, `too_long` (length, limit) or `email_form`."""
        if not text:
            raise Invalid(field, "required")
        if len(text) > EMAIL_LIMIT:
            raise Invalid(field, "too_long", length=len(text), limit=EMAIL_LIMIT)
        user, at, host = text.rpartition("@")
        try:
            text = f"{user}{at}{in_ascii(host)}"
        except ValueError:
            raise Invalid(field, "email_form") from None
        if len(text) > EMAIL_LIMIT:
            raise Invalid(field, "too_long", length=len(text), limit=EMAIL_LIMIT)
        if not _EMAIL.fullmatch(text) or len(text.partition("@")[0]) > 64:
            raise Invalid(field, "email_form")
        return cls(text)


def is_username(text: str) -> bool:
    """Whether the text has the form of a username. No address has it."""
    return _USERNAME.fullmatch(text) is not None and len(text) <= USERNAME_LIMIT


def username_key(text: str) -> str:
    """The key that finds a username, in whatever case it is typed."""
    return text.lower()


def key_of(email: str) -> str:
    """The key that finds a typed address. Empty when the text cannot be an address: no account has this key."""
    try:
        return Email.parse(email).key
    except Invalid:
        return ""


@dataclass(kw_only=True, slots=True)
class Account:
    """`version` counts saves, `token_generation` how often API tokens were revoked. `renamed_at` is when its member
    last chose another username. A deleted account keeps only its usernames and its address, which stay reserved,
    unless it was declined. `why` is what somebody who is not admitted yet wrote to the moderators. `invitation_id` is 0
    for who came by none."""

    id: int
    username: Username
    email: Email
    password_hash: str | None
    role: Role = Role.USER
    confirmed: bool = False
    disabled: bool = False
    deleted: bool = False
    name: str = ""
    location: str = ""
    about_me: str = ""
    language: Language = Language.ENGLISH
    theme: Theme = Theme.AUTO
    renamed_at: datetime | None = None
    admission: Admission = Admission.ADMITTED
    why: str = ""
    invitation_id: int = 0
    token_generation: int = 1
    version: int = 1

    @classmethod
    def register(
        cls,
        *,
        id: int,
        email: Email,
        username: Username,
        password_hash: str,
        language: Language = Language.ENGLISH,
        why: str = "",
        invitation_id: int = 0,
    ) -> Self:
        """Somebody registers. `why` they want to join is for the moderators."""
        return cls(
            id=id,
            email=email,
            username=username,
            password_hash=password_hash,
            language=language,
            admission=Admission.UNDECIDED,
            why=why,
            invitation_id=invitation_id,
        )

    @property
    def active(self) -> bool:
        """Whether its owner may sign in and act."""
        return not (self.disabled or self.deleted)

    @property
    def waits(self) -> bool:
        """Whether its owner may only read until a moderator admits them."""
        return self.confirmed and self.admission.waits

    @property
    def administers(self) -> bool:
        return self.active and self.confirmed and self.role is Role.ADMINISTRATOR

    @property
    def reader(self) -> Reader:
        return Reader(id=self.id, role=self.role, confirmed=self.confirmed, waits=self.waits)

    def require(self, permission: Permission) -> None:
        """Raises Forbidden."""
        if not self.active:
            raise Forbidden()
        self.reader.require(permission)

    def require_that(self, is_allowed: bool) -> None:
        """`is_allowed` is the answer of a rule such as `may_edit`. Raises Forbidden, whose code says whether the
        account is unconfirmed, or waits."""
        if self.active:
            self.reader.require_admission()
        if not (self.active and is_allowed):
            raise Forbidden()

    def confirm(self, *, administrator: Email | None) -> bool:
        """The address belongs to this member. The configured administrator's address gives that role. False when the
        account was confirmed before."""
        if self.confirmed:
            return False
        self.confirmed = True
        if administrator is not None and self.email.key == administrator.key:
            self.role = Role.ADMINISTRATOR
            self.admit()
        return True

    def enter(self, registration: Registration, *, has_seat: bool) -> bool:
        """Decides about somebody who has just confirmed the address. Whether they are a member now."""
        if self.admission is Admission.UNDECIDED:
            self.admission = registration.decide(has_seat=has_seat)
        self.why = self.why if self.waits else ""
        return not self.waits

    def admit(self) -> None:
        self.admission = Admission.ADMITTED
        self.why = ""

    def decline(self) -> None:
        """Deletes the account of somebody who waits. `free` follows, once they have been told."""
        self.leave()
        self.admission = Admission.DECLINED

    def free(self) -> None:
        """Others may have the username and the address of somebody who was declined. Nobody can type what follows."""
        self.username, self.email = Username(f"declined-{self.id}"), Email(f"declined-{self.id}")

    @property
    def is_free(self) -> bool:
        """Whether somebody else may have the username and the address."""
        return self.email.text == f"declined-{self.id}"

    def accepts(self, generation: int) -> bool:
        """Whether what was proved at this `token_generation` still counts. A new password, a new address, "sign out
        everywhere" and disabling end it."""
        return self.active and self.token_generation == generation

    def rehash(self, password_hash: str) -> None:
        """Stores another hash of the same password."""
        self.password_hash = password_hash

    def change_password(self, password_hash: str) -> None:
        self.password_hash = password_hash
        self.revoke_tokens()

    def revoke_tokens(self) -> None:
        """Revokes every API token: a token is valid only for the present `token_generation`."""
        self.token_generation += 1

    def change_email(self, email: Email, *, administrator: Email | None) -> bool:
        """Sets an address that a mailed link has confirmed. False when the account was confirmed before."""
        first = not self.confirmed
        self.email = email
        self.revoke_tokens()
        self.confirmed = False
        self.confirm(administrator=administrator)
        return first

    def rename(self, username: Username) -> None:
        """Sets a username that an administrator chose."""
        self.username = username

    def choose_username(self, username: Username, *, at: datetime) -> None:
        """Sets a username that the member chose. Does nothing when it is the present one. Raises TooSoon within
        `BETWEEN_RENAMES` of the last time."""
        if username.text == self.username.text:
            return
        if self.renamed_at is not None and at < self.renamed_at + BETWEEN_RENAMES:
            raise TooSoon(self.renamed_at + BETWEEN_RENAMES)
        self.username = username
        self.renamed_at = at

    def readdress(self, email: Email) -> bool:
        """Sets an address that an administrator vouches for. False when only the spelling differs."""
        is_another = email.key != self.email.key
        self.email = email
        if is_another:
            self.revoke_tokens()
        return is_another

    def set_standing(self, *, role: Role, confirmed: bool, disabled: bool) -> None:
        """Sets what an administrator decides. Disabling also revokes every API token."""
        self.role = role
        self.confirmed = confirmed
        self.disabled = disabled
        if role is not Role.USER:
            self.admit()
        if not confirmed and self.admission.waits:
            self.admission = Admission.UNDECIDED
        if disabled:
            self.revoke_tokens()

    def describe(self, profile: PublicProfile) -> None:
        self.name = profile.name
        self.location = profile.location
        self.about_me = profile.about_me

    def leave(self) -> None:
        """Deletes the account and its personal fields. Usernames and address stay reserved, so that nobody else can
        pose as this member."""
        self.deleted = True
        self.revoke_tokens()
        self.password_hash = None
        self.role = Role.USER
        self.name = self.location = self.about_me = self.why = ""
