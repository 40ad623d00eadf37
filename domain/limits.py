"""Rate limits, as sliding windows. The rules are here; the storage keeps the times."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from math import ceil

from domain.errors import TooOften

# Seconds. The clocks of several hosts may differ by this much.
_CLOCKS_DIFFER = 10


class Whose(Enum):
    """Who shares a limit."""

    ACCOUNT = "account"
    ADDRESS = "address"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `times` within `seconds`. An `exact` limit holds across processes: it guards a password or a mailbox. One
    `of_guesses` holds in each process while the storage cannot count."""

    times: int
    seconds: int
    exact: bool = False
    of_guesses: bool = False
    whose: Whose = Whose.ACCOUNT

    def wait(self, hits: list[float], at: float) -> int:
        """Seconds after which one more is allowed, and no sooner; 0 means now. `hits` and `at` are POSIX timestamps."""
        # There is more room only when a hit ceases to count. One from a clock that was ahead may begin to count first.
        # Rounding may take it out a second before the sum says so, or a second after.
        ends = [ceil(hit + self.seconds - at) for hit in hits]
        waits = sorted({0, *(max(0, wait) for end in ends for wait in (end - 1, end, end + 1))})
        return next((wait for wait in waits if len(self.recent(hits, at + wait)) < self.times), waits[-1] + 1)

    def recent(self, hits: list[float], at: float) -> list[float]:
        """The hits that still count. One from the future does not: a clock was ahead, by more than hosts differ."""
        return [hit for hit in hits if at - self.seconds < hit <= at + _CLOCKS_DIFFER]


def require_room(wanted: Mapping[str, RateLimit], hits: Mapping[str, list[float]], at: float) -> None:
    """`hits` by key. Raises TooOften for the limit that takes longest to have room again."""
    waits = [(limit.wait(hits.get(key, []), at), limit.whose) for key, limit in wanted.items()]
    wait, whose = max(waits, key=lambda one: one[0], default=(0, Whose.ACCOUNT))
    if wait:
        raise TooOften(wait, whose.value)


_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

API = RateLimit(300, 5 * _MINUTE)


_GUESSES = RateLimit(10, 5 * _MINUTE, exact=True, of_guesses=True, whose=Whose.ADDRESS)
_GUESSES_IN_AN_HOUR = RateLimit(100, _HOUR, exact=True, of_guesses=True, whose=Whose.ADDRESS)


def sign_in(client: str, email: str, browser: str | None = None) -> dict[str, RateLimit]:
    """Counts failures only, by client and by account. `email` is the key of its address. Of an account that does not
    exist it is the key of what was typed: an address or a username.

    `browser` is the id of a browser that was signed in with this account before, or has reset its password. It counts
    for itself alone, so that strangers cannot lock it out (OWASP's device cookie)."""
    failures = _failures(email)
    if browser is not None:
        return {f"{failures}{browser}:minutes": _GUESSES, f"{failures}{browser}:hour": _GUESSES_IN_AN_HOUR}
    return {
        f"sign-in-from:{client}": replace(_GUESSES, whose=Whose.NETWORK),
        f"{failures}minutes": _GUESSES,
        f"{failures}hour": _GUESSES_IN_AN_HOUR,
    }


def password_check(account_id: int) -> dict[str, RateLimit]:
    """Bounds guesses of the current password from within a session. Counts failures only."""
    return {f"{_failures_within(account_id)}minutes": replace(_GUESSES, whose=Whose.ACCOUNT)}


def failures_of(account_id: int, email: str) -> tuple[str, ...]:
    """How the keys begin under which failures of this account are counted."""
    return _failures(email), _failures_within(account_id)


def _failures(email: str) -> str:
    return f"sign-in:{email}:"


def _failures_within(account_id: int) -> str:
    return f"password:{account_id}:"


def register(client: str, email: str) -> dict[str, RateLimit]:
    return {
        f"register:client:{client}": RateLimit(5, 30 * _MINUTE, exact=True, whose=Whose.NETWORK),
        f"register:email:{email}": RateLimit(5, 30 * _MINUTE, exact=True, whose=Whose.ADDRESS),
    }


def reset(client: str, email: str) -> dict[str, RateLimit]:
    of_client = {f"reset:client:{client}": RateLimit(5, 30 * _MINUTE, exact=True, whose=Whose.NETWORK)}
    return of_client | reset_mail(email)


def reset_mail(email: str) -> dict[str, RateLimit]:
    """Bounds the mails to one mailbox, whoever asks for them."""
    return {f"reset:email:{email}": RateLimit(5, 30 * _MINUTE, exact=True, whose=Whose.ADDRESS)}


def confirmation_mail(account_id: int) -> dict[str, RateLimit]:
    return {f"confirm:account:{account_id}": RateLimit(3, 6 * _HOUR, exact=True)}


def address_change(account_id: int) -> dict[str, RateLimit]:
    """A change mails any address that the member names, so it is limited like a confirmation mail."""
    return {f"address:account:{account_id}": RateLimit(5, 30 * _MINUTE, exact=True)}


def publish(account_id: int) -> dict[str, RateLimit]:
    return {f"post:account:{account_id}": RateLimit(10, 10 * _MINUTE)}


def comment(account_id: int) -> dict[str, RateLimit]:
    return {f"comment:account:{account_id}": RateLimit(30, 10 * _MINUTE)}


def edit(account_id: int) -> dict[str, RateLimit]:
    """Edits of posts and comments together."""
    return {f"edit:account:{account_id}": RateLimit(60, 10 * _MINUTE)}


def preview(account_id: int) -> dict[str, RateLimit]:
    return {f"preview:account:{account_id}": RateLimit(60, _MINUTE)}


def picture(account_id: int) -> dict[str, RateLimit]:
    """Pictures for posts and of oneself together."""
    return {f"picture:account:{account_id}": RateLimit(100, _DAY, exact=True)}


def report(account_id: int) -> dict[str, RateLimit]:
    return {f"report:account:{account_id}": RateLimit(20, _DAY, exact=True)}


def report_without_account(client: str) -> dict[str, RateLimit]:
    """What is not proved to come from anybody, and may mail the address that it names."""
    return {f"report:client:{client}": RateLimit(3, _DAY, exact=True, whose=Whose.NETWORK)}


def search(account_id: int) -> dict[str, RateLimit]:
    return {f"search:account:{account_id}": RateLimit(60, _MINUTE)}


def search_without_account(client: str) -> dict[str, RateLimit]:
    return {f"search:client:{client}": RateLimit(60, _MINUTE, whose=Whose.NETWORK)}


def export(account_id: int) -> dict[str, RateLimit]:
    """An export reads all that a member wrote."""
    return {f"export:account:{account_id}": RateLimit(5, 10 * _MINUTE)}


def api(account_id: int) -> dict[str, RateLimit]:
    return {f"api:account:{account_id}": API}


# No limit counts hits that are older than this.
LONGEST = timedelta(days=1)
