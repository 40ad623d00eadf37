"""Measures the statements and the connections of an engine."""

from typing import Any

from sqlalchemy import Engine, event

from adapters.sql.observing import Observe
from application.ports.metrics import CONNECTIONS, STATEMENT, Meter

_VERBS = {"SELECT": "select", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}
_IN_USE = "chapbook_in_use"


def measured_by(meter: Meter) -> Observe:
    """The observer that measures statements."""
    return lambda statement: meter.observe(STATEMENT, statement.seconds, _VERBS.get(statement.text[:6], "other"))


def measure(engine: Engine, meter: Meter) -> None:
    """Measures connections."""

    def open_one(_driver: Any, _entry: Any) -> None:
        meter.change(CONNECTIONS, 1, "open")

    def close_one(_driver: Any, _entry: Any) -> None:
        meter.change(CONNECTIONS, -1, "open")

    def take(_driver: Any, entry: Any, _fairy: Any) -> None:
        entry.record_info[_IN_USE] = True
        meter.change(CONNECTIONS, 1, "in_use")

    def give_back(_driver: Any, entry: Any) -> None:
        # The pool also takes back what no one got, because another listener refused it.
        if entry.record_info.pop(_IN_USE, False):
            meter.change(CONNECTIONS, -1, "in_use")

    event.listen(engine, "connect", open_one)
    event.listen(engine, "close", close_one)
    event.listen(engine, "checkout", take)
    event.listen(engine, "checkin", give_back)
