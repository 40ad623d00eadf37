"""Users become accounts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from application.flasky.run import Run, Step, Times, date_text, free_ids, shortened
from application.ports.flasky import Brought, OldUser
from application.ports.passwords import PasswordHasher
from application.ports.tallies import Total
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.errors import AlreadyTaken, TryAgain
from domain.flasky import (
    AnotherSite,
    Kind,
    Note,
    Outcome,
    about_me_of,
    address_of,
    id_of,
    is_old_username,
    location_of,
    name_of,
    no_address,
    role_of,
    username_of,
)
from domain.identifiers import Email, Username
from domain.overview import Daily, Series
from domain.roles import Role


def bring_users(work: UnitOfWork, run: Run, rows: Sequence[OldUser], times: Times, hasher: PasswordHasher) -> Step:
    known = run.found(work, Kind.USER, (row.number for row in rows))
    wanted = {row.number: id_of(Kind.USER, row.number, times[row.number][0]) for row in rows}
    _require_same_site(known, rows, wanted)
    new = [row for row in rows if row.number not in known]
    ids = free_ids(work, Kind.USER, {row.number: wanted[row.number] for row in new})
    one = _Bringing(work, run, hasher)
    for row in new:
        if one.join(row):
            continue
        at, code = times[row.number]
        if code:
            one.note(row, Outcome.DATED, code, date_text(row.at), date_text(at))
        one.bring(row, ids[row.number])
    if not run.trial and one.added:
        work.tallies.add_to_site({Total.MEMBERS: one.added, **one.signed_up}, shard_of=rows[0].number)
    run.store(work, one.things, one.notes)
    if run.trial:
        run.usernames |= one.usernames
        run.addresses |= one.addresses
    return Step(kind=Kind.USER, rows=len(rows), brought=len(new), known=len(known), notes=tuple(one.notes))


def _require_same_site(known: Mapping[int, Brought], rows: Sequence[OldUser], ids: Mapping[int, int]) -> None:
    """A user is the same who has the username, or the date, that was brought under this number. Raises AnotherSite when
    fewer than half are: two sites may both begin with an `admin`, and somebody may have been renamed there."""
    found = [(row, known[row.number]) for row in rows if row.number in known]
    same = [row for row, brought in found if brought.name == _name_of(row) or brought.made_id == ids[row.number]]
    if len(same) * 2 < len(found):
        raise AnotherSite()


class _Bringing:
    """The users of one unit of work."""

    def __init__(self, work: UnitOfWork, run: Run, hasher: PasswordHasher) -> None:
        self._work = work
        self._run = run
        self._hasher = hasher
        self.things: list[Brought] = []
        self.notes: list[Note] = []
        self.added = 0
        self.signed_up: Counter[Total | Daily] = Counter()
        # What users of the old site have here: in a trial of all before, else of this unit of work.
        self.usernames = set(run.usernames)
        self.addresses = set(run.addresses)

    def note(self, row: OldUser, outcome: Outcome, code: str, before: str = "", after: str = "") -> None:
        self.notes.append(
            Note(kind=Kind.USER, number=row.number, outcome=outcome, code=code, before=shortened(before), after=after)
        )

    def join(self, row: OldUser) -> bool:
        """Whether an account that was here before has become this user's. Only where both sites have confirmed the
        address: who only typed it, here or there, must not get what belongs to its owner."""
        address = address_of(row.email)
        if address is None or address.key in self.addresses:
            return False
        owner = self._work.accounts.find_by_email(address.key)
        if owner is None or not row.confirmed or not owner.confirmed or owner.deleted:
            return False
        if self._work.flasky.is_old_user(owner.id):
            return False
        self.addresses.add(address.key)
        self.note(row, Outcome.JOINED, "same_address", row.username, owner.username.text)
        self._keep(row, owner.id)
        return True

    def bring(self, row: OldUser, id: int) -> None:
        email = self._address(row)
        role, disabled = self._role(row)
        account = Account(
            id=id,
            username=self._username(row),
            email=email or no_address(row.number, is_free=self._is_free_address),
            password_hash=self._password_hash(row),
            role=role,
            # Only an address that mail reaches can have been confirmed.
            confirmed=row.confirmed and email is not None,
            disabled=disabled,
            name=self._changed(row, "name", row.name, name_of(row.name)),
            location=self._changed(row, "location", row.location, location_of(row.location)),
            about_me=self._about_me(row),
        )
        if account.role is Role.ADMINISTRATOR:
            self.note(row, Outcome.ADMINISTRATOR, "administrator", row.username, account.username.text)
        self.addresses.add(account.email.key)
        if self._run.trial:
            self.usernames.add(account.username.key)
        else:
            self._add(account, row)
        self._keep(row, id)
        self.added += 1
        if account.confirmed:
            self.signed_up[Daily.of(Series.SIGN_UPS, id)] += 1

    def _add(self, account: Account, row: OldUser) -> None:
        try:
            added = self._work.accounts.add(account)
        except AlreadyTaken:
            added = False
        if not added:
            raise TryAgain()  # somebody took the name or the address at this moment
        if row.seen_at is not None and row.seen_at <= self._run.now:
            self._work.flasky.note_visit(account.id, row.seen_at)

    def _keep(self, row: OldUser, account_id: int) -> None:
        self.things.append(Brought(Kind.USER, row.number, account_id, name=_name_of(row)))

    def _address(self, row: OldUser) -> Email | None:
        address = address_of(row.email)
        if address is not None and self._is_free_address(address.key):
            return address
        self.note(row, Outcome.READDRESSED, "no_address" if address is None else "taken", row.email)
        return None

    def _is_free_address(self, key: str) -> bool:
        return key not in self.addresses and self._work.accounts.find_by_email(key) is None

    def _username(self, row: OldUser) -> Username:
        def is_free(text: str) -> bool:
            key = Username(text).key
            if key in self.usernames or self._work.accounts.find_by_username(key) is not None:
                return False
            # Another user may have the name that this one would get instead.
            return text == row.username or not self._run.old.has_username(key)

        username, code = username_of(row.username, row.number, is_free=is_free)
        if code:
            self.note(row, Outcome.RENAMED, code, row.username, username.text)
        return username

    def _role(self, row: OldUser) -> tuple[Role, bool]:
        """The role, and whether the account is disabled because its member could do less than any role here allows."""
        role, code = role_of(row.permissions, row.role)
        if role is None:
            self.note(row, Outcome.ROLE, "disabled", row.role)
            return Role.USER, True
        if role is not Role.USER and not row.confirmed:
            # Whoever changes the address of such an account to their own would have that role.
            self.note(row, Outcome.ROLE, "unconfirmed", row.role or role.value, Role.USER.value)
            return Role.USER, False
        if code:
            self.note(row, Outcome.ROLE, code, row.role, role.value)
        return role, False

    def _password_hash(self, row: OldUser) -> str | None:
        if self._hasher.recognizes(row.password_hash):
            return row.password_hash
        method = row.password_hash.partition("$")[0]
        self.note(row, Outcome.PASSWORD, "unknown" if method else "none", shortened(method, 40))
        return None

    def _changed(self, row: OldUser, code: str, before: str, after: str) -> str:
        if after != before:
            self.note(row, Outcome.CUT, code, before, after)
        return after

    def _about_me(self, row: OldUser) -> str:
        text, outcome, _ = about_me_of(row.about_me)
        if outcome is not None:
            self.note(row, outcome, "about_me", row.about_me)
        return text


def _name_of(row: OldUser) -> str:
    """The username there, as it is kept: empty for what no address can have."""
    return row.username if is_old_username(row.username) else ""
