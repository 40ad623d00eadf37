"""Members: changed by administrators, by the command line, and each profile by its member."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from application.credentials.checking import Credentials
from application.credentials.links import end_links
from application.credentials.passwords import store_password
from application.credentials.usernames import choose_username
from application.finding import find_member, lock_member
from application.newcomers import Newcomers
from application.ports.members import MemberCard, MemberCounts, MemberFeeds
from application.ports.paging import Page, Window
from application.ports.passwords import PasswordHasher
from application.ports.tallies import Total
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from domain.accounts import Account
from domain.credentials import acceptable
from domain.display import Language, Theme
from domain.errors import AlreadyTaken, Changed, Invalid, Problems
from domain.identifiers import Email, Username
from domain.members import MemberState, fingerprint_of, search_pattern, someone_else_administers
from domain.moderation import Act, LogEntry
from domain.overview import Daily, Series
from domain.profiles import PublicProfile
from domain.roles import Permission, Reader, Role
from domain.time_zones import time_zone_named


@dataclass(frozen=True, kw_only=True, slots=True)
class Members:
    repeat: Repeat
    credentials: Credentials
    now: Now
    new_id: NewId
    hasher: PasswordHasher
    common_passwords: Container[object]
    member_feeds: MemberFeeds
    newcomers: Newcomers

    def search(
        self,
        *,
        reader: Reader,
        typed: str,
        window: Window,
        role: Role | None = None,
        state: MemberState | None = None,
    ) -> Page[MemberCard]:
        """Members by any part of username, address or display name; by its beginning, if it is shorter than three
        characters. Newest first. Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        pattern = search_pattern(typed)
        if pattern is None:
            return Page(())
        return self.member_feeds.search(reader, pattern, window, role=role, state=state)

    def counts(self, *, reader: Reader) -> MemberCounts:
        """Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        return self.member_feeds.counts()

    def member(self, *, reader: Reader, username: str) -> MemberCard:
        """Raises Forbidden, NotFound."""
        reader.require(Permission.ADMINISTER)
        return self.member_feeds.member(reader, username)

    def administer(
        self,
        *,
        actor_id: int,
        member: str,
        email: str,
        username: str,
        confirmed: bool,
        role: str,
        disabled: bool,
        name: str,
        location: str,
        about_me: str,
        shown: str | None = None,
    ) -> str:
        """Sets all values of `member` (a username). Answers the username, which may be a new one. A new address ends
        mailed links. Disabling ends every session. `shown` is the fingerprint of what the form showed. None overwrites
        any values. Raises Forbidden, NotFound, Invalid, and Changed when other values were saved meanwhile."""

        def store(work: UnitOfWork) -> str:
            administrators = work.accounts.lock_administrators()
            # Forbidden comes before NotFound, so that the answer does not reveal whether the member exists.
            work.accounts.get(actor_id).require(Permission.ADMINISTER, at=self.now())
            account = lock_member(work, member)
            problems = Problems()
            with problems:
                new_email = Email.parse(email)
                if _is_another(work.accounts.find_by_email(new_email.key), account):
                    raise AlreadyTaken("email")
            with problems:
                new_username = account.username if username == account.username.text else Username.parse(username)
                if _is_another(work.accounts.find_by_username(new_username.key), account):
                    raise AlreadyTaken("username")
            with problems:
                new_role = Role.named(role)
            with problems:
                profile = PublicProfile.parse(name=name, location=location, about_me=about_me)
            problems.stop()
            stored, waited = fingerprint_of(account), account.waits
            if account.readdress(new_email):
                end_links(work, account.id, at=self.now())
            account.rename(new_username)
            account.describe(profile)
            acts = _set_standing(
                account, administrators, role=new_role, confirmed=confirmed, disabled=disabled, at=self.now()
            )
            self.newcomers.reconsider(work, account, waited=waited)
            self._end_access_of_disabled(work, account)
            # A form that is sent twice is no conflict, because its values are stored already.
            if shown not in (None, stored) and fingerprint_of(account) != stored:
                raise Changed()
            work.accounts.save(account)
            self._record(work, acts, account, actor_id)
            work.commit()
            return account.username.text

        return self.repeat(store)

    def create(
        self, *, email: str, username: str, password: str, role: Role = Role.USER, confirmed: bool = False
    ) -> int:
        """For the command line. Raises Invalid, AlreadyTaken."""
        problems = Problems()
        with problems:
            address = Email.parse(email)
        with problems:
            name = Username.parse(username)
        with problems:
            password = acceptable(password, username=username, email=email, common=self.common_passwords)
        problems.stop()
        hashed = self.hasher.hash(password)

        def add(work: UnitOfWork) -> int:
            account = Account.register(id=self.new_id(), email=address, username=name, password_hash=hashed)
            account.set_standing(role=role, confirmed=confirmed, disabled=False)
            account.admit()
            if not work.accounts.add(account):
                raise AlreadyTaken("email")
            changes: dict[Total | Daily, int] = {Total.MEMBERS: 1}
            if confirmed:
                changes[Daily.of(Series.SIGN_UPS, account.id)] = 1
            work.tallies.add_to_site(changes, shard_of=account.id)
            work.commit()
            return account.id

        return self.repeat(add)

    def set_password(self, *, username: str, password: str) -> None:
        """For the command line. Also ends every session; mailed links stop working. Raises NotFound, Invalid."""
        account = self.repeat(find_member, username)
        password = acceptable(
            password, username=account.username.text, email=account.email.text, common=self.common_passwords
        )
        self.credentials.forget_failures(self.repeat(self._set_password, username, self.hasher.hash(password)))

    def _set_password(self, work: UnitOfWork, username: str, hashed: str) -> Account:
        account = lock_member(work, username)
        store_password(work, account, hashed, at=self.now())
        work.commit()
        return account

    def set_standing(
        self,
        *,
        username: str,
        role: Role | None = None,
        confirmed: bool | None = None,
        disabled: bool | None = None,
    ) -> None:
        """For the command line. None keeps the present value. Raises NotFound, Invalid."""

        def store(work: UnitOfWork) -> None:
            administrators = work.accounts.lock_administrators()
            account = lock_member(work, username)
            waited = account.waits
            acts = _set_standing(
                account,
                administrators,
                role=account.role if role is None else role,
                confirmed=account.confirmed if confirmed is None else confirmed,
                disabled=account.disabled if disabled is None else disabled,
                at=self.now(),
            )
            self.newcomers.reconsider(work, account, waited=waited)
            self._end_access_of_disabled(work, account)
            work.accounts.save(account)
            self._record(work, acts, account, None)
            work.commit()

        self.repeat(store)

    def _record(self, work: UnitOfWork, acts: Iterable[Act], account: Account, actor_id: int | None) -> None:
        for act in acts:
            text = account.role.value if act is Act.ROLE else ""
            record(work, LogEntry.on_person(account.id, act, id=self.new_id(), actor_id=actor_id, text=text))

    def _end_access_of_disabled(self, work: UnitOfWork, account: Account) -> None:
        if account.disabled:
            work.sessions.remove_all_of(account.id)
            end_links(work, account.id, at=self.now())

    def edit_profile(
        self,
        *,
        actor_id: int,
        name: str | None = None,
        location: str | None = None,
        about_me: str | None = None,
        language: str | None = None,
        theme: str | None = None,
        time_zone: str | None = None,
        username: str | None = None,
        password: str = "",
    ) -> str:
        """The profile of the actor, who may be unconfirmed. Answers the username. None keeps the present value. Another
        username takes the current `password`. Raises Forbidden, Invalid, TooOften, TooSoon."""
        problems = Problems()
        with problems:
            described = PublicProfile.parse(name=name or "", location=location or "", about_me=about_me or "")
        with problems:
            chosen_language = None if language is None else Language.named(language)
        with problems:
            chosen_theme = None if theme is None else Theme.named(theme)
        with problems:
            chosen_zone = None if time_zone is None else time_zone_named(time_zone)
        choice = None
        with problems:
            if username is not None:
                choice = choose_username(self.credentials, actor_id=actor_id, username=username, password=password)
        problems.stop()

        def store(work: UnitOfWork) -> str:
            account = work.accounts.lock(actor_id) if choice is None else choice.take(work, at=self.now())
            reader, shown = account.reader_at(self.now()), account.profile
            if choice is not None or any(value is not None for value in (name, location, about_me, time_zone)):
                reader.require_access()
            profile = PublicProfile(
                name=account.name if name is None else described.name,
                location=account.location if location is None else described.location,
                about_me=account.about_me if about_me is None else described.about_me,
            )
            if choice is not None or profile != shown:
                reader.require_voice()  # what others read
            account.describe(profile)
            account.language = chosen_language or account.language
            account.theme = chosen_theme or account.theme
            if chosen_zone is not None:
                account.choose_time_zone(chosen_zone)
            work.accounts.save(account)
            work.commit()
            return account.username.text

        return self.repeat(store)


def require_another_administrator(account: Account, administrators: list[int], *, field: str) -> None:
    """The last administrator cannot be demoted, disabled or deleted. `administrators` is from `lock_administrators`, so
    this also holds when two try at the same time. Raises Invalid(field, "last_administrator")."""
    if not someone_else_administers(account, administrators):
        raise Invalid(field, "last_administrator")


def _is_another(found: Account | None, account: Account) -> bool:
    return found is not None and found.id != account.id


def _set_standing(
    account: Account, administrators: list[int], *, role: Role, confirmed: bool, disabled: bool, at: datetime
) -> list[Act]:
    """What this changes, as acts."""
    administered = account.administers
    if role is Role.ADMINISTRATOR and role is not account.role and account.is_sanctioned(at):
        raise Invalid("role", "sanctioned")
    changed = {
        field: act
        for field, act, differs in (
            ("role", Act.ROLE, role is not account.role),
            ("confirmed", Act.CONFIRM if confirmed else Act.UNCONFIRM, confirmed != account.confirmed),
            ("disabled", Act.DISABLE if disabled else Act.ENABLE, disabled != account.disabled),
        )
        if differs
    }
    account.set_standing(role=role, confirmed=confirmed, disabled=disabled)
    if administered and not account.administers:
        require_another_administrator(account, administrators, field=next(iter(changed)))
    return list(changed.values())
