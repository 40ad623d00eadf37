"""What the databases and the memory storage say about statements, connections and writers that wait."""

import threading
from contextlib import closing

from sqlalchemy import text

from adapters.memory.storage import memory_storage
from adapters.memory.store import Store
from adapters.sql.engine import Database
from adapters.turns import Turns
from tests.contracts.community import Community
from tests.contracts.storages import sql_storage
from tests.doubles import NotedMeter

LONG = 20.0
OPEN, IN_USE = ("database_connections", "open"), ("database_connections", "in_use")


def measured(database: Database, meter: NotedMeter) -> Database:
    """Another one on the same database."""
    return Database(database.engine.url.render_as_string(hide_password=False), meter=meter)


def test_statements_are_measured_by_their_verb(database: Database) -> None:
    meter = NotedMeter()
    with closing(measured(database, meter)) as watched:
        storage = sql_storage(watched)
        Community(storage).member("ada")
        meter.values.clear()
        assert not storage.member_feeds.is_empty()

    assert {labels: len(values) for labels, values in meter.values.items()} == {
        ("database_statement_seconds", "select"): 1
    }


def test_connections_are_counted_while_they_are_open_and_in_use(database: Database) -> None:
    meter = NotedMeter()
    watched = measured(database, meter)
    with watched.connected(), watched.connected():
        assert (meter.levels[OPEN], meter.levels[IN_USE]) == (2, 2)
    assert (meter.levels[OPEN], meter.levels[IN_USE]) == (2, 0)

    watched.close()

    assert (meter.levels[OPEN], meter.levels[IN_USE]) == (0, 0)


def test_a_connection_that_breaks_is_no_longer_counted(database: Database) -> None:
    meter = NotedMeter()
    with closing(measured(database, meter)) as watched:
        with watched.connected() as connection:
            connection.execute(text("SELECT 1"))
            connection.invalidate()
            connection.rollback()
            connection.execute(text("SELECT 1"))
            assert (meter.levels[OPEN], meter.levels[IN_USE]) == (1, 1)
        assert (meter.levels[OPEN], meter.levels[IN_USE]) == (1, 0)


def test_a_writer_that_waits_is_counted_on_a_database(database: Database) -> None:
    meter = NotedMeter()
    with closing(measured(database, meter)) as watched, watched.writing():
        assert len(meter.values["queue_wait_seconds", "writing"]) == 1


def test_a_writer_that_waits_is_counted_in_memory() -> None:
    meter = NotedMeter()
    turns = Turns(at_once=1, places=2, seconds=LONG, queue="writing", meter=meter)
    storage = memory_storage(Store(turns=turns))
    waits = threading.Event()

    def write() -> None:
        waits.set()
        with storage.unit_of_work():
            pass

    with storage.unit_of_work():
        writer = threading.Thread(target=write)
        writer.start()
        assert waits.wait(LONG)
    writer.join(LONG)

    assert len(meter.values["queue_wait_seconds", "writing"]) == 2
    assert meter.levels["queue_waiting", "writing"] == 0
