"""Search for posts and comments. The texts that are there already are put into the index by a job of the worker.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

# By table: that of FTS5, and the condition for a row to be in it, on each database.
_TABLES = {
    "posts": ("post_search", "hidden_by IS NULL", "hidden_by IS NULL AND deleted_at IS NULL"),
    "comments": ("comment_search", "hidden = 0", "deleted_at IS NULL AND NOT hidden"),
}
_COLUMNS = {"posts": "hidden_by", "comments": "hidden"}


def upgrade() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    # Making an index commits what came before it, so anything may be there already.
    if not sa.inspect(connection).has_table("search_segments"):
        op.create_table(
            "search_segments",
            sa.Column("kind", sa.String(20), nullable=False),
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("first_id", sa.BigInteger(), nullable=False),
            sa.Column("begins_id", sa.BigInteger(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_search_segments")),
        )
        op.create_index("ix_search_segments_kind_first_id_id", "search_segments", ["kind", "first_id", "id"])
    for table in _TABLES:
        there = {column["name"] for column in sa.inspect(connection).get_columns(table)}
        if "search_text" not in there:
            op.add_column(table, sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False))
        if "search_segment" not in there:
            op.add_column(table, sa.Column("search_segment", sa.Integer(), server_default=sa.text("0"), nullable=False))
    if is_sqlite:
        for table, (fts, *_) in _TABLES.items():
            op.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {fts} USING fts5 (tokens, content='', columnsize=0, detail=none,"
                " tokenize=\"ascii tokenchars '_+#|@-'\")"
            )
            for name, body in _triggers(table).items():
                op.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")
    with op.get_context().autocommit_block():
        for table, (_, _, condition) in _TABLES.items():
            name, unsearched = f"ix_{table}_id_unsearched", sa.text("search_segment = 0")
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            op.create_index(
                name,
                table,
                ["id"],
                sqlite_where=unsearched,
                postgresql_where=unsearched,
                postgresql_concurrently=True,
            )
            if is_sqlite:
                continue
            name = f"ix_{table}_search_text"
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            tokens = f"replace(rtrim({table}.search_text), ' ', ' ' || CAST({table}.search_segment AS text) || '|')"
            op.create_index(
                name,
                table,
                [sa.text(f"(CAST({tokens} AS tsvector))")],
                postgresql_using="gin",
                postgresql_with={"fastupdate": "off"},
                postgresql_where=sa.text(condition),
                postgresql_concurrently=True,
            )


def _triggers(table: str) -> dict[str, str]:
    fts, shown, _ = _TABLES[table]

    def is_sought(row: str) -> str:
        return f"({row}.{shown} AND {row}.deleted_at IS NULL AND {row}.search_segment > 0)"

    def tokens(row: str) -> str:
        return f"replace(rtrim({row}.search_text), ' ', ' ' || {row}.search_segment || '|')"

    add = f"INSERT INTO {fts} (rowid, tokens) SELECT new.id, {tokens('new')} WHERE {is_sought('new')}"
    # This is how rows of a contentless table are removed (sqlite.org/fts5.html, 6.3). It wants the values that were
    # added.
    remove = (
        f"INSERT INTO {fts} ({fts}, rowid, tokens) SELECT 'delete', old.id, {tokens('old')} WHERE {is_sought('old')}"
    )
    changes = (
        "old.search_segment <> new.search_segment OR old.search_text <> new.search_text"
        f" OR {is_sought('old')} <> {is_sought('new')}"
    )
    columns = f"search_text, search_segment, deleted_at, {_COLUMNS[table]}"
    return {
        f"{fts}_add": f"AFTER INSERT ON {table} WHEN {is_sought('new')} BEGIN {add}; END",
        f"{fts}_remove": f"AFTER DELETE ON {table} WHEN {is_sought('old')} BEGIN {remove}; END",
        f"{fts}_change": f"AFTER UPDATE OF {columns} ON {table} WHEN {changes} BEGIN {remove}; {add}; END",
    }


def downgrade() -> None:
    for table, (fts, *_) in _TABLES.items():
        if op.get_bind().dialect.name == "sqlite":
            for name in _triggers(table):
                op.execute(f"DROP TRIGGER {name}")
            op.execute(f"DROP TABLE {fts}")
        else:
            op.drop_index(f"ix_{table}_search_text", table)
        op.drop_index(f"ix_{table}_id_unsearched", table)
        op.drop_column(table, "search_segment")
        op.drop_column(table, "search_text")
    op.drop_table("search_segments")
