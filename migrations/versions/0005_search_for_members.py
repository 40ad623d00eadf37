"""Administration finds members by any part of their names, and says where each job of the outbox stands.

Revision ID: 0005
Revises: 0004
"""

import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# What FTS5 knows of an account, beside its `search_text`.
_MARKS = (
    "{row}.role || CASE WHEN {row}.confirmed THEN '' ELSE ' unconfirmed' END"
    " || CASE WHEN {row}.disabled THEN ' disabled' ELSE '' END"
)
_OLD, _NEW = _MARKS.format(row="old"), _MARKS.format(row="new")
_ADD = f"INSERT INTO member_search (rowid, text, marks) VALUES (new.id, new.search_text, {_NEW})"  # noqa: S608
# This is how rows of a contentless table are removed (sqlite.org/fts5.html, 6.3). It wants the values that were added.
_REMOVE = (
    f"INSERT INTO member_search (member_search, rowid, text, marks) VALUES ('delete', old.id, old.search_text, {_OLD})"  # noqa: S608
)
_IS_ANOTHER = f"old.search_text <> new.search_text OR {_OLD} <> {_NEW}"
_TRIGGERS = {
    "member_search_add": f"AFTER INSERT ON accounts BEGIN {_ADD}; END",
    "member_search_remove": f"AFTER DELETE ON accounts BEGIN {_REMOVE}; END",
    "member_search_change": f"AFTER UPDATE ON accounts WHEN {_IS_ANOTHER} BEGIN {_REMOVE}; {_ADD}; END",
}
_ORDERS = (["stage", "is_mail", "id"], ["stage", "id"], ["is_mail", "id"], ["stage", "is_mail", "tried_at", "id"])
_FILTERS = ("role", "confirmed", "disabled")
_BATCH = 1_000


def upgrade() -> None:
    _search()
    _counter()
    _stages()


def _search() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    # An account that a process of the version before adds has no search text until it is saved again.
    op.add_column("accounts", sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False))
    _fill()
    op.drop_index("ix_accounts_role", table_name="accounts")
    for column in _FILTERS:
        op.create_index(
            f"ix_accounts_{column}_id",
            "accounts",
            [column, "id"],
            sqlite_where=sa.text("deleted = 0"),
            postgresql_where=sa.text("NOT deleted"),
        )
    if is_sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE member_search USING fts5"
            " (text, marks, content='', columnsize=0, tokenize='trigram case_sensitive 1')"
        )
        marks = _MARKS.format(row="accounts")
        op.execute(f"INSERT INTO member_search (rowid, text, marks) SELECT id, search_text, {marks} FROM accounts")  # noqa: S608
        for name, body in _TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {body}")
    else:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.create_index(
            "ix_accounts_search_text",
            "accounts",
            ["search_text"],
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        )


def _fill() -> None:
    """As `domain.members.search_text` did when this was written."""
    connection, last = op.get_bind(), 0
    accounts = sa.table("accounts", *map(sa.column, ("id", "username", "email", "name", "deleted", "search_text")))
    some = sa.select(accounts).where(accounts.c.id > sa.bindparam("last")).order_by(accounts.c.id).limit(_BATCH)
    filled = sa.update(accounts).where(accounts.c.id == sa.bindparam("of")).values(search_text=sa.bindparam("text"))
    while rows := connection.execute(some, {"last": last}).all():
        texts = [
            {"of": row.id, "text": "".join(map(_folded, (row.username, row.email, row.name)))}
            for row in rows
            if not row.deleted
        ]
        if texts:
            connection.execute(filled, texts)
        last = rows[-1].id


def _folded(value: str) -> str:
    return "\n\n" + unicodedata.normalize("NFKC", value.strip()).casefold()


def _counter() -> None:
    op.execute(
        "INSERT INTO site_totals (name, shard, amount) SELECT 'members', 0, amount"
        " FROM (SELECT count(*) AS amount FROM accounts WHERE NOT deleted) AS counted WHERE amount > 0"
    )


def _stages() -> None:
    # Processes of the version before may add rows until they are restarted. Theirs wait, and count as mails.
    op.add_column("outbox", sa.Column("failure", sa.String(20), server_default=sa.text("''"), nullable=False))
    op.add_column("outbox", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("stage", sa.String(20), server_default=sa.text("'waiting'"), nullable=False))
    op.add_column("outbox", sa.Column("is_mail", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(
        "UPDATE outbox SET stage = CASE WHEN state = 'given_up' THEN 'given_up' WHEN state <> 'waiting' THEN 'done'"
        " WHEN last_error <> '' THEN 'failing' ELSE 'waiting' END"
    )
    op.execute(
        "UPDATE outbox SET is_mail = false WHERE kind IN ('unfollow_all', 'erase_all', 'rerender', 'rerender_all')"
    )
    # When it was tried is not known. It was not due before, but what waits for another attempt is due later.
    op.execute("UPDATE outbox SET tried_at = due_at WHERE state = 'sent' OR last_error <> ''")
    now = sa.bindparam("now", datetime.now(UTC), sa.DateTime(timezone=True))
    op.execute(sa.text("UPDATE outbox SET tried_at = :now WHERE tried_at > :now").bindparams(now))
    op.execute("UPDATE outbox SET failure = 'server' WHERE stage = 'failing' AND is_mail")
    op.execute("UPDATE outbox SET failure = 'other' WHERE failure = '' AND stage IN ('failing', 'given_up')")
    for columns in _ORDERS:
        op.create_index(f"ix_outbox_{'_'.join(columns)}", "outbox", columns)


def downgrade() -> None:
    for columns in _ORDERS:
        op.drop_index(f"ix_outbox_{'_'.join(columns)}", table_name="outbox")
    for column in ("is_mail", "stage", "tried_at", "failure"):
        op.drop_column("outbox", column)
    op.execute("DELETE FROM site_totals WHERE name = 'members'")
    if op.get_bind().dialect.name == "sqlite":
        for name in _TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE member_search")
    else:
        # The extension stays, because others may use it.
        op.drop_index("ix_accounts_search_text", table_name="accounts")
    for column in _FILTERS:
        op.drop_index(f"ix_accounts_{column}_id", table_name="accounts")
    op.create_index("ix_accounts_role", "accounts", ["role"])
    op.drop_column("accounts", "search_text")
