"""Counting with prometheus-client: in this process alone, or together with others through a directory.

The package reads PROMETHEUS_MULTIPROC_DIR. It is slow to import, so commands do without it (`entrypoints/choices.py`).
"""

import contextlib
import fcntl
import os
import time
from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from application.ports.metrics import COUNTS, LEVELS, MEASURES, REQUEST, STATEMENTS, Count, Level, Measure, Reading

_PREFIX = "chapbook_"
# A metric has few sets of labels. This limit holds one that gets many by mistake. The files that a process allocates
# have room for so many.
_LABELS_AT_MOST = 1_000
_OTHER = "other"
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_NO_ROUTE = "unmatched"
# In seconds.
_FOR_ANOTHER = 1.0

disable_created_metrics()  # type: ignore[no-untyped-call]


class PrometheusMeter:
    """The port `SiteMeter`. With a `directory`, which is that of the variable, it tells the numbers of all processes
    that share it; those of processes that have ended stay in it, but for the levels. Such a process has one meter."""

    def __init__(self, directory: str | None = None) -> None:
        self._directory = directory
        self._registry = CollectorRegistry()
        if directory is not None:
            # The package chose when it was imported, perhaps by a process that forked this one.
            values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
            _fold(Path(directory))
        self._metrics: dict[object, Any] = {}
        for count in COUNTS:
            self._metrics[count] = Counter(_PREFIX + count.name, count.meaning, count.labels, registry=self._registry)
        for measure in MEASURES:
            self._metrics[measure] = Histogram(
                _PREFIX + measure.name,
                measure.meaning,
                measure.labels,
                buckets=measure.buckets,
                registry=self._registry,
            )
        for level in LEVELS:
            self._metrics[level] = Gauge(
                _PREFIX + level.name,
                level.meaning,
                level.labels,
                multiprocess_mode="livesum",
                registry=self._registry,
            )
        self._labelled: dict[object, dict[tuple[str, ...], Any]] = {what: {} for what in self._metrics}
        for count in COUNTS:
            for label in count.known:
                self._of(count, (label,))

    def count(self, what: Count, *labels: str) -> None:
        self._of(what, labels).inc()

    def observe(self, what: Measure, value: float, *labels: str) -> None:
        self._of(what, labels).observe(value)

    def change(self, what: Level, by: int, *labels: str) -> None:
        self._of(what, labels).inc(by)

    def request(self, *, route: str | None, method: str, status: int, seconds: float, statements: int) -> None:
        rule = route or _NO_ROUTE
        self.observe(REQUEST, seconds, rule, method if method in _METHODS else _OTHER, str(status))
        self.observe(STATEMENTS, statements, rule)

    def exposition(self, accept: str, readings: Iterable[Reading] = ()) -> tuple[str, bytes]:
        encode, media_type = choose_encoder(accept)
        shown = CollectorRegistry()
        with contextlib.ExitStack() as stack:
            if self._directory is None:
                shown.register(self._registry)
            else:
                stack.enter_context(_alone(Path(self._directory), fcntl.LOCK_SH))
                MultiProcessCollector(shown, path=self._directory)  # type: ignore[no-untyped-call]
            shown.register(_Readings(readings))
            return media_type, encode(shown)

    def _of(self, what: object, labels: tuple[str, ...]) -> Any:
        metric = self._metrics[what]
        if not labels:
            return metric
        known = self._labelled[what]
        found = known.get(labels)
        if found is None:
            if len(known) >= _LABELS_AT_MOST:
                labels = (_OTHER,) * len(labels)
            found = known[labels] = metric.labels(*labels)
        return found


class _Readings(Collector):
    """The levels that were read for this exposition."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterable[Metric]:
        families: dict[Level, GaugeMetricFamily] = {}
        for reading in self._readings:
            level = reading.level
            if level not in families:
                families[level] = GaugeMetricFamily(_PREFIX + level.name, level.meaning, labels=level.labels)
            families[level].add_metric(reading.labels, reading.value)
        return families.values()


def _fold(directory: Path) -> None:
    """Adds the numbers of processes that have ended to one file of each kind, so that a process that dies every second
    leaves no more than that. A level of theirs is no longer there."""
    with _alone(directory, fcntl.LOCK_EX) as is_alone:
        if not is_alone:
            return
        for path in directory.glob("gauge_*.db"):
            if _is_gone(path):
                path.unlink()
        for kind in ("counter", "histogram"):
            gone = [path for path in directory.glob(f"{kind}_*.db") if _is_gone(path)]
            if gone:
                _add_up(gone, directory / f"{kind}_0.db")


def _add_up(files: list[Path], past: Path) -> None:
    sums: Tally[str] = Tally()
    for path in [*files, past] if past.exists() else files:
        for key, value, *_ in MmapedDict.read_all_values_from_file(path):  # type: ignore[no-untyped-call]
            sums[key] += value
    new = past.with_suffix(".new")
    new.unlink(missing_ok=True)
    with new.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 8 + sum(len(key.encode()) + 32 for key in sums))
    written = MmapedDict(str(new))  # type: ignore[no-untyped-call]
    for key, value in sums.items():
        written.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    written.close()  # type: ignore[no-untyped-call]
    new.replace(past)
    for path in files:
        path.unlink()


def _is_gone(path: Path) -> bool:
    """Whether the process that wrote this file has ended. A number that another user's process has now counts, too."""
    pid = int(path.stem.rpartition("_")[2])
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    return False


@contextlib.contextmanager
def _alone(directory: Path, operation: int) -> Iterator[bool]:
    """Nobody adds up files while another process reads them. Nobody waits long for that either: False after a second,
    or when the directory is full."""
    end = time.monotonic() + _FOR_ANOTHER
    try:
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield False
        return
    try:
        while True:
            try:
                fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    yield False
                    return
                time.sleep(0.01)
            else:
                yield True
                return
    finally:
        os.close(descriptor)
