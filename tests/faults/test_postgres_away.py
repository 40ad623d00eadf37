"""PostgreSQL restarts, ends connections or becomes read-only while members write."""

import time

import pytest
from sqlalchemy import create_engine, text

from tests.faults.bystander import Bystander
from tests.faults.community import Community
from tests.faults.conftest import POSTGRESQL
from tests.faults.extent import ROUNDS, SECONDS
from tests.faults.report import note
from tests.postgres import PostgresServer

pytestmark = pytest.mark.long
on_postgresql = pytest.mark.parametrize("community", [POSTGRESQL], indirect=True)

OTHER_BACKENDS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@on_postgresql
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_postgresql_loses_nothing(
    community: Community, fragile_postgres: PostgresServer, mode: str
) -> None:
    back = []
    with Bystander(community.server.port) as bystander, community.writers() as writers:
        began_at = time.monotonic()
        for _ in range(ROUNDS):
            fragile_postgres.restart(mode)
            back.append(writers.await_acknowledgements())
        failures = bystander.during(began_at).failures

    assert community.faults(writers) == []
    assert {look.status for look in failures} <= {503}
    note(
        f"pg_ctl restart -m {mode}",
        community.database,
        f"{ROUNDS} restarts",
        writers.summary(),
        f"writes again at most {max(back):.2f} s after it (wanted: 5)",
        f"bystander: {len(failures)} of / answered with 503",
    )


@on_postgresql
def test_killed_connections_are_replaced(community: Community) -> None:
    back = []
    with Bystander(community.server.port) as bystander, community.writers() as writers:
        began_at = time.monotonic()
        for _ in range(ROUNDS):
            execute(community.url, OTHER_BACKENDS)
            back.append(writers.await_acknowledgements())
        failures = bystander.during(began_at).failures

    assert community.faults(writers) == []
    assert {look.status for look in failures} <= {503}
    note(
        "pg_terminate_backend of all connections",
        community.database,
        f"{ROUNDS} times",
        writers.summary(),
        f"writes again at most {max(back):.2f} s after it (wanted: 5)",
        f"bystander: {len(failures)} of / answered with 503",
    )


@on_postgresql
def test_readers_are_served_while_postgresql_is_read_only(community: Community) -> None:
    with Bystander(community.server.port) as bystander, community.writers() as writers:
        execute(community.url, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        try:
            began_at = time.monotonic()
            time.sleep(SECONDS / 2)
            ended_at = time.monotonic()
        finally:
            execute(
                community.url,
                "SET default_transaction_read_only = off",
                "ALTER SYSTEM RESET default_transaction_read_only",
                "SELECT pg_reload_conf()",
            )
        back = writers.await_acknowledgements()
        seen = bystander.during(began_at, ended_at)

    assert community.faults(writers) == []
    assert writers.refusals
    assert not seen.failures
    note("PostgreSQL is read-only", community.database, writers.summary(), f"writes again after {back:.2f} s")
