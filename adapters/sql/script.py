"""Runs the script that pg_restore makes, in a transaction of ours. psql could run it too, but it also carries out
commands of its own that a script may hold, such as a shell."""

import re
from typing import IO, Any

from sqlalchemy import Connection, text

_COPY = re.compile(rb"COPY \S.* FROM stdin;\n")
_SETTING = re.compile(rb"SET (\w+) = .*;\n")
_CHUNK = 1 << 16


def run_script(connection: Connection, script: IO[bytes]) -> None:
    """Statements, and between them the rows of tables. Afterwards the session is as it was. Raises psycopg's errors."""
    known = {row.name.encode() for row in connection.execute(text("SELECT name FROM pg_settings"))}
    pending: list[bytes] = []
    for line in script:
        if _COPY.fullmatch(line):
            _run(connection, pending)
            _copy(connection, line, script)
        elif not _is_skipped(line, known):
            pending.append(line)
    _run(connection, pending)
    connection.exec_driver_sql("RESET ALL")


def _is_skipped(line: bytes, known: set[bytes]) -> bool:
    """What is only for psql, and settings that a newer program knows and this server does not."""
    setting = _SETTING.fullmatch(line)
    return line.startswith((b"\\restrict ", b"\\unrestrict ")) or (setting is not None and setting[1] not in known)


def _run(connection: Connection, pending: list[bytes]) -> None:
    statements = b"".join(pending)
    pending.clear()
    if statements.strip():
        with _cursor(connection) as cursor:
            cursor.execute(statements)


def _copy(connection: Connection, statement: bytes, script: IO[bytes]) -> None:
    """The rows end with a line that no row can be."""
    with _cursor(connection) as cursor, cursor.copy(statement) as copy:
        rows: list[bytes] = []
        size = 0
        for line in script:
            if line == b"\\.\n":
                break
            rows.append(line)
            size += len(line)
            if size > _CHUNK:
                copy.write(b"".join(rows))
                rows, size = [], 0
        copy.write(b"".join(rows))


def _cursor(connection: Connection) -> Any:
    """psycopg's own. It runs many statements at a time, and copies."""
    driver = connection.connection.driver_connection
    assert driver is not None
    return driver.cursor()
