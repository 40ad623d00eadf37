"""Runs one check after another, and goes on whatever happens to one of them."""

import inspect
import logging
import queue
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from application.storage import StorageFault
from domain.errors import TryAgain
from entrypoints.doctor.findings import Finding, Found, Named, fault, unknown
from entrypoints.storage_faults import in_words

log = logging.getLogger(__name__)

# By the name of what a check needs: why it is missing.
_MISSING = {
    "settings": "the settings are not right",
    "container": "the settings are not right",
    "database_url": "there is no database that could be looked at",
    "deployed": "there is no database that could be looked at",
    "answer": "the site was not reached",
}


def examine(checks: Iterable[Named], given: Mapping[str, object]) -> Iterator[Finding]:
    """Findings as they come. `given` is what every check may take."""
    known: dict[str, Any] = dict(given)
    try:
        yield from _examine(checks, known)
    finally:
        if "deployed" in known:
            known["deployed"].storage().close()


def _examine(checks: Iterable[Named], known: dict[str, Any]) -> Iterator[Finding]:
    for named in checks:
        parameters = inspect.signature(named.check).parameters.values()
        wanted = [each.name for each in parameters if each.default is each.empty or each.name in known]
        missing = [name for name in wanted if name not in known]
        if missing:
            yield _of(named, unknown(f"Not looked at, because {_MISSING[missing[0]]}."))
            continue
        for item in _run(named, {name: known[name] for name in wanted}):
            if isinstance(item, Found):
                known[item.name] = item.value
            else:
                yield _of(named, item)


def _of(named: Named, finding: Finding) -> Finding:
    return replace(finding, check=named.name)


def _run(named: Named, values: Mapping[str, Any]) -> Iterator[Finding | Found]:
    """In a thread, which is left alone when the time is up. It cannot be ended, and does not keep the program alive."""
    found: queue.SimpleQueue[Finding | Found | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            for item in named.check(**values):
                found.put(item)
        except Exception as error:
            log.debug("the check of %s broke", named.name, exc_info=True)
            found.put(_broken(error))
        found.put(None)

    end = time.monotonic() + named.seconds
    threading.Thread(target=run, name=f"doctor {named.name}", daemon=True).start()
    while True:
        try:
            item = found.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            yield fault(
                f"This check was not through after {named.seconds:g} seconds.",
                "Run `chapbook doctor` again when the machine and its database are less busy.",
            )
            return
        if item is None:
            return
        yield item


def _broken(error: Exception) -> Finding:
    if isinstance(error, StorageFault):
        return fault("The database cannot be used.", in_words(error))
    if isinstance(error, TryAgain):
        return fault(
            "The database was busy, away, or could not write.",
            "Look at the lines above this report for the cause, and run `chapbook doctor` again.",
        )
    return fault(
        f"This check broke: {type(error).__name__}.",
        "Run `chapbook doctor` again; if it breaks again, install this version of Chapbook anew.",
    )
