"""Accounts: username, address, role, and how an account begins, changes and ends.

Counters and the time of the last visit are kept by the storage beside the account, not in it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from domain.display import Language, Theme
from domain.errors import Forbidden, TooSoon
from domain.identifiers import Email, Username
from domain.joining import Admission, Registration
from domain.profiles import PublicProfile
from domain.roles import Permission, Reader, Role, in_force
from domain.welcoming import Step

BETWEEN_RENAMES = timedelta(days=30)


@dataclass(kw_only=True, slots=True)
class Account:
    """`version` counts saves, `token_generation` how often API tokens were revoked. `renamed_at` is when its member
    last chose another username. A deleted account keeps only its usernames and its address, which stay reserved,
    unless it was declined. `why` is what somebody who is not admitted yet wrote to the moderators. `invitation_id` is 0
    for who came by none. `silenced_until` and `suspended_until` are what its sanctions come to. They may be in
    the past. `time_zone` is empty for a member who has chosen none, which means UTC. `dismissed` is the
    number of the last announcement that they dismissed. `steps` are the first steps that are left. `picture_id` is the
    picture that they show of themselves."""

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
    silenced_until: datetime | None = None
    suspended_until: datetime | None = None
    time_zone: str = ""
    dismissed: int = 0
    steps: Step = Step.NONE
    picture_id: int | None = None
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
            steps=Step.ALL,
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
    def listed(self) -> bool:
        """Whether it is among the people of the site, while it is not suspended."""
        return self.active and self.confirmed and not self.waits

    @property
    def administers(self) -> bool:
        return self.active and self.confirmed and self.role is Role.ADMINISTRATOR

    @property
    def reader(self) -> Reader:
        """Without sanctions, which depend on the time."""
        return Reader(id=self.id, role=self.role, confirmed=self.confirmed, waits=self.waits)

    def reader_at(self, at: datetime) -> Reader:
        """Raises Forbidden when the account is disabled or deleted."""
        if not self.active:
            raise Forbidden()
        return replace(
            self.reader,
            silenced_until=in_force(self.silenced_until, at),
            suspended_until=in_force(self.suspended_until, at),
        )

    def require(self, permission: Permission, *, at: datetime) -> None:
        """Raises Forbidden."""
        self.reader_at(at).require(permission)

    def require_part(self, *, at: datetime) -> None:
        """Raises Forbidden unless this member may do anything but read. A silenced one may."""
        self.reader_at(at).require_part()

    def require_that(self, is_allowed: bool, *, at: datetime, takes_voice: bool = True) -> None:
        """`is_allowed` is the answer of a rule such as `may_edit`. A silenced member may do what takes no voice. Raises
        Forbidden, whose code says whether the account is unconfirmed, waits, or is under a sanction."""
        reader = self.reader_at(at)
        reader.require_part()
        if takes_voice:
            reader.require_voice()
        if not is_allowed:
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

    def sanction(self, *, silenced_until: datetime | None, suspended_until: datetime | None, at: datetime) -> bool:
        """Sets what the sanctions come to. Answers whether a suspension begins, which also revokes every API token."""
        was_suspended = in_force(self.suspended_until, at) is not None
        self.silenced_until, self.suspended_until = silenced_until, suspended_until
        begins = in_force(suspended_until, at) is not None and not was_suspended
        if begins:
            self.revoke_tokens()
        return begins

    def is_sanctioned(self, at: datetime) -> bool:
        """Whether this member is silenced or suspended."""
        return any(in_force(until, at) for until in (self.silenced_until, self.suspended_until))

    @property
    def profile(self) -> PublicProfile:
        return PublicProfile(name=self.name, location=self.location, about_me=self.about_me)

    def describe(self, profile: PublicProfile) -> None:
        if profile.says_something:
            self.take(Step.PROFILE)
        self.name = profile.name
        self.location = profile.location
        self.about_me = profile.about_me

    def choose_time_zone(self, time_zone: str) -> None:
        """`time_zone` comes from `time_zone_named`."""
        self.time_zone = time_zone

    def take_time_zone(self, time_zone: str) -> bool:
        """Sets the time zone of a browser for a member who has chosen none. Whether that changes something."""
        if self.time_zone or not time_zone:
            return False
        self.time_zone = time_zone
        return True

    def dismiss(self, announced: int) -> bool:
        """The member has read the announcement of this number. Whether that changes something."""
        if announced <= self.dismissed:
            return False
        self.dismissed = announced
        return True

    def take(self, steps: Step) -> bool:
        """The member has done these first steps, or does not want to be offered them again. Whether that changes
        something."""
        if not self.steps & steps:
            return False
        self.steps &= ~steps
        return True

    def leave(self) -> None:
        """Deletes the account and its personal fields. Usernames and address stay reserved, so that nobody else can
        pose as this member."""
        self.deleted = True
        self.revoke_tokens()
        self.password_hash = None
        self.role = Role.USER
        self.name = self.location = self.about_me = self.why = self.time_zone = ""
        self.steps = Step.NONE
        self.picture_id = None
