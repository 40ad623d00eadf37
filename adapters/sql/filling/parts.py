"""Columns of numbers into tables: a part at a time into a temporary table, and from there with the texts beside
them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Select, Table, Text, insert

from adapters.sql.filling.progress import Steps

PART = 20_000


def temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(f"filling_{name}", MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


def part_of(table: Table, *names: str) -> Table:
    """Where a part of the rows waits."""
    return temporary(f"{table.name}_part", *(Column(each, BigInteger, nullable=False) for each in names))


def texts_of(table: Table, names: Iterable[str]) -> Table:
    """What the rows of one text have in common, by the place of the text. What is searched is cut where it names the
    author."""
    same = (Column(name, table.c[name].type) for name in names)
    place = Column("place", Integer, primary_key=True, autoincrement=False)
    return temporary(f"{table.name}_texts", place, *same, Column("before", Text), Column("after", Text))


def put(
    connection: Connection,
    part: Table,
    columns: Iterable[Iterable[int]],
    into: Mapping[Table, Select[Any]],
    steps: Steps,
) -> None:
    """`into` gives the columns of each table from `part`. The first table counts for `steps`."""
    adding = [insert(table).from_select(chosen.selected_columns.keys(), chosen) for table, chosen in into.items()]
    what = next(iter(into)).name
    part.create(connection)
    for some in _parts(zip(*columns, strict=False)):
        _load(connection, part, some)
        for statement in adding:
            connection.execute(statement)
        connection.exec_driver_sql(f"{_emptying(connection)} {part.name}")
        steps.done(what, len(some))
    part.drop(connection)


def _parts(rows: Iterator[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
    while some := list(islice(rows, PART)):
        yield some


def _load(connection: Connection, part: Table, some: list[tuple[int, ...]]) -> None:
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in part.c)
        connection.exec_driver_sql(f"INSERT INTO {part.name} VALUES ({marks})", some)  # noqa: S608 - names of ours
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {part.name} FROM STDIN") as copy:
        copy.write("".join("\t".join(map(str, row)) + "\n" for row in some))


def _emptying(connection: Connection) -> str:
    return "DELETE FROM" if connection.dialect.name == "sqlite" else "TRUNCATE"
