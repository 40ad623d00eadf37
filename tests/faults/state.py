"""What must hold in the database after every fault: it is whole, counters equal the rows, and no use case is half
done."""

from collections.abc import Iterator

from sqlalchemy import Connection, create_engine, text

# What is in lists and counts.
_LISTED = {"posts": "hidden_by IS NULL AND deleted_at IS NULL", "comments": "deleted_at IS NULL AND NOT absent"}
# A counter, the rows that it counts, the column by which they belong to it, and which of them it counts.
_COUNTERS = (
    ("accounts", "post_count", "posts", "author_id", _LISTED["posts"]),
    ("accounts", "comment_count", "comments", "author_id", _LISTED["comments"]),
    ("accounts", "follower_count", "follows", "followed_id", "1 = 1"),
    ("accounts", "following_count", "follows", "follower_id", "1 = 1"),
    ("posts", "comment_count", "comments", "post_id", "comments.deleted_at IS NULL"),
)
_ROWS = "SELECT {counter}, (SELECT count(*) FROM {rows} WHERE {rows}.{column} = {table}.id AND {which}) FROM {table}"
_TOTAL = "SELECT coalesce(sum(amount), 0), ({counted}) FROM site_totals WHERE name = '{rows}'"
_COUNTED = "SELECT count(*) FROM {rows} WHERE {which}"
# Things that were made with a key, without the row of that key. (The row outlives a thing that is deleted.)
_WITHOUT_KEY = "SELECT count(*) FROM {table} WHERE body LIKE 'm-%' AND id NOT IN (SELECT made_id FROM once_keys)"


def faults_in(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return list(_faults(connection))
    finally:
        engine.dispose()


def _faults(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        told = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        if told != ["ok"]:
            yield f"integrity_check: {told[:5]}"
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            yield f"foreign_key_check: {broken[:5]}"
    statements = [
        _ROWS.format(table=table, counter=counter, rows=rows, column=column, which=which)
        for table, counter, rows, column, which in _COUNTERS
    ]
    statements += [
        _TOTAL.format(rows=rows, counted=_COUNTED.format(rows=rows, which=which)) for rows, which in _LISTED.items()
    ]
    for statement in statements:
        wrong = [tuple(row) for row in connection.execute(text(statement)) if row[0] != row[1]]
        if wrong:
            yield f"counter and rows differ: {wrong[:5]} in {statement}"
    for table in ("posts", "comments"):
        count = connection.execute(text(_WITHOUT_KEY.format(table=table))).scalar_one()
        if count:
            yield f"{count} of {table} without the key they were made with"
