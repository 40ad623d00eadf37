"""Everybody finds people by their names, and reads the comments of one member.

Revision ID: 0025
Revises: 0024
"""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_ADD = "INSERT INTO people_search (rowid, names) VALUES (new.id, new.names_text)"
_REMOVE = "INSERT INTO people_search (people_search, rowid, names) VALUES ('delete', old.id, old.names_text)"
_TRIGGERS = {
    "people_search_add": f"AFTER INSERT ON accounts WHEN new.names_text <> '' BEGIN {_ADD}; END",
    "people_search_remove": f"AFTER DELETE ON accounts WHEN old.names_text <> '' BEGIN {_REMOVE}; END",
    "people_search_appear": (
        f"AFTER UPDATE OF names_text ON accounts WHEN old.names_text = '' AND new.names_text <> '' BEGIN {_ADD}; END"
    ),
    "people_search_vanish": (
        f"AFTER UPDATE OF names_text ON accounts WHEN old.names_text <> '' AND new.names_text = '' BEGIN {_REMOVE}; END"
    ),
    "people_search_change": (
        "AFTER UPDATE OF names_text ON accounts"
        " WHEN old.names_text <> new.names_text AND old.names_text <> '' AND new.names_text <> ''"
        f" BEGIN {_REMOVE}; {_ADD}; END"
    ),
}
_IS_LISTED = "names_text <> ''"
_COMMENT_IS_LISTED = "deleted_at IS NULL AND NOT absent"
_BATCH = 1_000
_ALIKE = {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"}


def upgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    # The block below commits what came before it, so anything may be there already.
    if "names_text" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("accounts")}:
        # An account that a process of the version before adds has no names text until it is saved again.
        op.add_column("accounts", sa.Column("names_text", sa.Text(), server_default=sa.text("''"), nullable=False))
    # On PostgreSQL the table is not locked any more from here on. On SQLite this is one transaction: the writers of the
    # site wait for the whole migration there, however many commits it has.
    with op.get_context().autocommit_block():
        _fill()
        if is_postgres:
            name = "ix_accounts_names_text"
            op.drop_index(name, "accounts", if_exists=True, postgresql_concurrently=True)
            op.create_index(
                name,
                "accounts",
                ["names_text"],
                postgresql_using="gin",
                postgresql_ops={"names_text": "gin_trgm_ops"},
                postgresql_where=sa.text(_IS_LISTED),
                postgresql_concurrently=True,
            )
        else:
            _fill_fts()
        _index("ix_accounts_id_listed", "accounts", [], _IS_LISTED)
        _index("ix_comments_author_id_id_listed", "comments", ["author_id"], _COMMENT_IS_LISTED)


def downgrade() -> None:
    op.drop_index("ix_comments_author_id_id_listed", table_name="comments")
    op.drop_index("ix_accounts_id_listed", table_name="accounts")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_accounts_names_text", table_name="accounts")
    else:
        for name in _TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE people_search")
    op.drop_column("accounts", "names_text")


def _index(name: str, table: str, owner: list[str], condition: str) -> None:
    """On PostgreSQL the id is an expression that only such an index has, so no list walks the primary key."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    columns: list[Any] = [*owner, sa.text("(id + 0)") if is_postgres else "id"]
    op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
    op.create_index(
        name,
        table,
        columns,
        sqlite_where=sa.text(condition.replace("NOT absent", "absent = 0")),
        postgresql_where=sa.text(condition),
        postgresql_concurrently=True,
    )


def _fill() -> None:
    """As `domain.members.names_text` did when this was written. On PostgreSQL each batch is a commit of its own. What
    is not empty was filled before an interruption, or by a process of this version."""
    connection, last = op.get_bind(), 0
    wanted = ("id", "username", "name", "confirmed", "disabled", "deleted", "admission", "names_text")
    accounts = sa.table("accounts", *map(sa.column, wanted))
    is_empty = accounts.c.names_text == ""
    some = sa.select(accounts).where(is_empty, accounts.c.id > sa.bindparam("last")).order_by(accounts.c.id)
    filled = sa.update(accounts).where(accounts.c.id == sa.bindparam("of"), is_empty)
    filled = filled.values(names_text=sa.bindparam("text"))
    while rows := connection.execute(some.limit(_BATCH), {"last": last}).all():
        texts = [
            {"of": row.id, "text": "".join(map(_folded, (row.username, row.name)))}
            for row in rows
            if row.confirmed and not (row.disabled or row.deleted or row.admission in ("approval", "no_seat"))
        ]
        if texts:
            connection.execute(filled, texts)
        last = rows[-1].id


def _fill_fts() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS people_search USING fts5"
        " (names, content='', columnsize=0, tokenize='trigram case_sensitive 1')"
    )
    op.execute("INSERT INTO people_search (people_search) VALUES ('delete-all')")
    op.execute("INSERT INTO people_search (rowid, names) SELECT id, names_text FROM accounts WHERE names_text <> ''")
    for name, body in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")


def _folded(value: str) -> str:
    """As `domain.searching.words.fold` did."""
    folded = (_folded_character(character) for character in unicodedata.normalize("NFC", value.strip()))
    return "\n\n" + "".join(folded)


def _folded_character(character: str) -> str:
    bare = _without_marks(unicodedata.normalize("NFKD", character))
    bare = _without_marks(unicodedata.normalize("NFKD", bare.casefold()))
    return unicodedata.normalize("NFC", "".join(_ALIKE.get(each, each) for each in bare))


def _without_marks(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each)[0] != "M")
