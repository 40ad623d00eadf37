"""The clocks: of this host, of the database, of the site. Sessions, links, leases and ids go by them."""

from datetime import timedelta

from adapters.sql.diagnosis import newest_rows, server_of
from application.ports.work import Now
from entrypoints.choices import utc_now
from entrypoints.doctor.findings import Findings, fault, warning, well
from entrypoints.doctor.reaching import Answer

# docs/running/watching.md allows the clocks of several hosts to differ by this.
FAR = timedelta(seconds=10)
NOTICEABLE = timedelta(seconds=3)
_SET = "Let NTP set the clocks of all hosts, for example with `timedatectl set-ntp true`."


def check_rows(database_url: str, now: Now = utc_now) -> Findings:
    """No row is made in the future, unless a clock is wrong."""
    newest = newest_rows(database_url)
    last = max(newest, key=lambda name: newest[name], default="")
    if last and newest[last] > now() + FAR:
        ahead = _in_words(newest[last] - now())
        yield fault(
            f"The newest row of `{last}` was made {ahead} in the future: this clock is behind, or another"
            " one was ahead.",
            f"{_SET} If they are right now, such rows stand first in their lists until then.",
        )
    else:
        yield well("No row is from the future.")


def check_database_clock(database_url: str, shift: timedelta = timedelta(0)) -> Findings:
    """`shift` is added to the difference, so that a test can set the clock."""
    server = server_of(database_url)
    if server is None:
        yield well("SQLite has no clock of its own.")
        return
    yield from _compared(server.clock_ahead + shift, "PostgreSQL's clock")


def check_site_clock(answer: Answer) -> Findings:
    if answer.clock_ahead is None:
        yield warning("The site says no time in the header Date.", "Let the proxy pass the header Date on.")
        return
    yield from _compared(answer.clock_ahead, "The clock of the host that answers at CHAPBOOK_BASE_URL")


def _compared(ahead: timedelta, whose: str) -> Findings:
    says = f"{whose} is {_in_words(abs(ahead))} {'ahead of' if ahead > timedelta(0) else 'behind'} this one."
    if abs(ahead) > FAR:
        yield fault(says, _SET)
    elif abs(ahead) > NOTICEABLE:
        yield warning(says, _SET)
    else:
        yield well(f"{whose} goes with this one.")


def _in_words(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
