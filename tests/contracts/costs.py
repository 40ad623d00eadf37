"""What a statement costs a database, in numbers that are the same on every machine."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection

from adapters.sql.engine import Database
from tests.executed import executed


def asked(database: Database, read: Callable[[], object]) -> tuple[str, Any]:
    """The one statement of this read, with its parameters."""
    with executed(database) as statements:
        read()
    (statement,) = statements
    return statement


def steps(database: Database, statement: str, parameters: Any) -> int:
    """How many instructions SQLite executes."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(count, 1)
        try:
            driver.execute(statement, parameters).fetchall()
        finally:
            driver.set_progress_handler(None, 0)
    return taken


def plan_of(connection: Connection, statement: str, parameters: Any) -> dict[str, Any]:
    """The plan of PostgreSQL, with what it found when it was carried out."""
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters)
    plan: dict[str, Any] = explained.scalar_one()[0]["Plan"]
    return plan


def rows_read(plan: dict[str, Any], tables: Collection[str] = ()) -> float:
    """What the nodes of a plan took from these tables and their indexes, or from all."""
    below = sum(rows_read(node, tables) for node in plan.get("Plans", ()))
    if "Relation Name" not in plan or (tables and plan["Relation Name"] not in tables):
        return float(below)
    left_out = ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")
    of_one = plan["Actual Rows"] + sum(plan.get(name, 0) for name in left_out)
    return float(below + of_one * plan["Actual Loops"])
