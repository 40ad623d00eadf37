"""The migrated schema: equal to the metadata, every constraint named, every foreign key required and indexed."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Inspector, create_engine, inspect, pool, text

from adapters.sql import migrate
from adapters.sql.tables import TOKEN_INDEXES, is_of_fts, metadata
from tests.postgres import PostgresServer


@pytest.fixture
def schema(url: str) -> Iterator[Inspector]:
    """What a look at the migrated database finds."""
    migrate.upgrade(url)
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        yield inspect(connection)
    engine.dispose()


def tables(schema: Inspector) -> list[str]:
    return [name for name in schema.get_table_names() if name != "alembic_version" and not is_of_fts(name)]


def test_the_tables_are_those_of_the_metadata(schema: Inspector) -> None:
    assert set(tables(schema)) == set(metadata.tables)


def test_alembic_finds_no_difference_to_the_metadata(url: str) -> None:
    migrate.upgrade(url)

    with migrate.migrating(url) as config:
        command.check(config)


def test_a_migrated_schema_equals_the_schema_of_the_metadata(url: str) -> None:
    """Also in what Alembic does not compare: primary keys, defaults, collations and what a delete does."""
    migrate.upgrade(url)
    migrated = described(url)
    migrate.downgrade(url, "base")
    engine = create_engine(url, poolclass=pool.NullPool)
    metadata.create_all(engine)
    engine.dispose()

    assert migrated == described(url)


def described(url: str) -> dict[str, Any]:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        schema = inspect(connection)
        found: dict[str, Any] = {
            table: {
                "columns": [{**column, "type": repr(column["type"])} for column in schema.get_columns(table)],
                "primary key": schema.get_pk_constraint(table),
                "foreign keys": by_name(schema.get_foreign_keys(table)),
                "unique": by_name(schema.get_unique_constraints(table)),
                "indexes": by_name(schema.get_indexes(table), "dialect_options"),
                "checks": by_name(schema.get_check_constraints(table)),
            }
            for table in tables(schema)
        }
        if engine.dialect.name == "postgresql":
            found["collations"] = sorted(
                tuple(row)
                for row in connection.execute(
                    text(
                        "SELECT table_name, column_name, collation_name FROM information_schema.columns"
                        " WHERE table_schema = 'public' AND collation_name IS NOT NULL"
                    )
                )
            )
    engine.dispose()
    return found


def by_name(constraints: Any, *as_text: str) -> list[Any]:
    """The condition of an index, among its options, is an object that equals no other one."""
    for constraint in constraints:
        constraint |= {part: {name: str(value) for name, value in constraint.get(part, {}).items()} for part in as_text}
    return sorted(constraints, key=lambda constraint: str(constraint["name"]))


@pytest.mark.sql
@pytest.mark.postgres
def test_keys_are_compared_by_code_point(postgres_server: PostgresServer) -> None:
    """As SQLite does by itself."""
    url = postgres_server.create_database()
    migrate.upgrade(url)

    assert {("accounts", "username_key", "C"), ("accounts", "email_key", "C")} <= set(described(url)["collations"])


# By how many of its columns an index sorts, where it has more.
SORTED_BY = {"ix_posts_id_listed": 1, "ix_posts_author_id_id_listed": 2}


def test_every_constraint_is_named_after_its_table_and_columns(schema: Inspector) -> None:
    for table in tables(schema):
        named: list[tuple[str, Any, list[Any]]] = [("pk", schema.get_pk_constraint(table)["name"], [])]
        named += [("fk", key["name"], key["constrained_columns"]) for key in schema.get_foreign_keys(table)]
        named += [("uq", unique["name"], unique["column_names"]) for unique in schema.get_unique_constraints(table)]
        indexes = [
            index
            for index in schema.get_indexes(table)
            if not index.get("duplicates_constraint") and index["name"] not in TOKEN_INDEXES
        ]
        # Two indexes of the same columns differ in a last word, which says what is in one of them.
        words = {
            "listed",
            "deleted",
            "there",
            "person",
            "open",
            "untold",
            "kept",
            "unread",
            "used",
            "moved",
            "unsearched",
            "writes",
        }
        named += [
            ("ix", "_".join(part for part in str(index["name"]).split("_") if part not in words), index["column_names"])
            if str(index["name"]).rpartition("_")[2] in words
            else ("ix", index["name"], index["column_names"])
            for index in indexes
        ]
        for kind, name, columns in named:
            # The others are kept beside these.
            sorted_by = columns[: SORTED_BY.get(f"{name}_listed", len(columns))]
            # The one expression is of the id.
            assert name == "_".join([kind, table, *(column or "id" for column in sorted_by)]), (table, kind)


# The command line acts, an act on the site concerns nobody, nobody has settled the case yet, and a visitor reports.
MAY_BE_NULL = {
    ("moderation_log", "actor_id"),
    ("moderation_log", "about_id"),
    ("cases", "entry_id"),
    ("reports", "reporter_id"),
}


def test_every_foreign_key_has_a_delete_rule_and_is_required_but_for_four(schema: Inspector) -> None:
    keys = 0
    for table in tables(schema):
        nullable = {column["name"]: column["nullable"] for column in schema.get_columns(table)}
        for key in schema.get_foreign_keys(table):
            keys += 1
            assert key["options"].get("ondelete") in ("CASCADE", "RESTRICT"), (table, key)
            for column in key["constrained_columns"]:
                assert nullable[column] == ((table, column) in MAY_BE_NULL), (table, key)
    assert keys == sum(len(table.foreign_keys) for table in metadata.tables.values())


def test_every_foreign_key_is_the_start_of_an_index(schema: Inspector) -> None:
    for table in tables(schema):
        indexed: list[list[Any]] = [schema.get_pk_constraint(table)["constrained_columns"]]
        indexed += [index["column_names"] for index in schema.get_indexes(table)]
        indexed += [unique["column_names"] for unique in schema.get_unique_constraints(table)]
        for key in schema.get_foreign_keys(table):
            columns = key["constrained_columns"]
            assert any(index[: len(columns)] == columns for index in indexed), (table, columns)


def test_every_table_has_a_primary_key(schema: Inspector) -> None:
    for table in tables(schema):
        assert schema.get_pk_constraint(table)["constrained_columns"], table
