"""What an administrator sees first: what needs attention, then the numbers. And how a worker says that it runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from application.ports.outbox import MailHealth, OutboxFeeds
from application.ports.overview import Machine, MachineState, OverviewFeeds, Queue, Standing
from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from application.storage import Pulse, Schema
from domain.overview import DAYS, LATE, Concern, Daily, Series, is_backup_old, is_worker_gone, last_days
from domain.roles import Permission, Reader


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs it: how many there are, up to COUNTED_AT_MOST, and since when. 0 and None where this says
    nothing."""

    concern: Concern
    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """The numbers of the days of one series, and what the same number of days before them came to."""

    series: Series
    days: tuple[tuple[date, int], ...]
    before: int

    @property
    def total(self) -> int:
        return sum(number for _, number in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`attention` has the most urgent first."""

    attention: tuple[Attention, ...]
    standing: Standing
    health: MailHealth
    pulse: Pulse
    machine: MachineState
    charts: tuple[Chart, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overseeing:
    now: Now
    overview_feeds: OverviewFeeds
    outbox_feeds: OutboxFeeds
    ping: Callable[[], Pulse]
    machine: Machine

    def overview(self, *, reader: Reader) -> Overview:
        """Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        at = self.now()
        standing, health, pulse = self.overview_feeds.standing(), self.outbox_feeds.mail_health(), self.ping()
        machine = self.machine.look()
        found = _attention(standing, health, pulse, machine, at)
        order = list(Concern)
        return Overview(
            attention=tuple(sorted(found, key=lambda each: order.index(each.concern))),
            standing=standing,
            health=health,
            pulse=pulse,
            machine=machine,
            charts=self._charts(at),
        )

    def _charts(self, at: datetime) -> tuple[Chart, ...]:
        days = last_days(at, 2 * DAYS)
        counted = self.overview_feeds.days(days[0], days[-1])
        return tuple(_chart(series, days, counted) for series in Series)


def _chart(series: Series, days: list[date], counted: Mapping[Daily, int]) -> Chart:
    numbers = [(day, counted.get(Daily(series, day), 0)) for day in days]
    before, shown = numbers[:-DAYS], numbers[-DAYS:]
    return Chart(series, tuple(shown), sum(number for _, number in before))


def _attention(
    standing: Standing, health: MailHealth, pulse: Pulse, machine: MachineState, at: datetime
) -> Iterator[Attention]:
    if pulse.schema is Schema.OTHER:
        yield Attention(Concern.SCHEMA_DIFFERS)
    if pulse.schema is Schema.NEWER:
        yield Attention(Concern.SCHEMA_IS_NEWER)
    if is_worker_gone(standing.worker_seen_at, at):
        yield Attention(Concern.WORKER_IS_GONE, since=standing.worker_seen_at)
    elif pulse.oldest_due_at is not None and at - pulse.oldest_due_at > LATE:
        yield Attention(Concern.JOBS_ARE_LATE, since=pulse.oldest_due_at)
    if health.fails:
        yield Attention(Concern.MAIL_FAILS, health.failing, health.failing_since)
    if health.given_up:
        yield Attention(Concern.MAILS_GIVEN_UP, health.given_up)
    yield from _of_machine(machine, at)
    waiting: tuple[tuple[Concern, Queue], ...] = (
        (Concern.CASES_WAIT, standing.cases),
        (Concern.APPEALS_WAIT, standing.appeals),
        (Concern.PEOPLE_WAIT, standing.people),
    )
    for concern, queue in waiting:
        if queue.count:
            yield Attention(concern, queue.count, queue.since)


def _of_machine(machine: MachineState, at: datetime) -> Iterator[Attention]:
    if machine.full:
        yield Attention(Concern.DISK_IS_FULL)
    if machine.short:
        yield Attention(Concern.DISK_IS_SHORT)
    if not machine.answered:
        yield Attention(Concern.MACHINE_IS_SILENT)
    if machine.backup_at is not None and is_backup_old(machine.backup_at, at):
        yield Attention(Concern.BACKUP_IS_OLD, since=machine.backup_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerPulse:
    """A worker calls `look` twice a minute."""

    repeat: Repeat
    now: Now

    def look(self) -> None:
        self.repeat(self._beat)

    def _beat(self, work: UnitOfWork) -> None:
        work.heartbeat.beat(self.now())
        work.commit()
