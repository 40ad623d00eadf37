"""Runs the script that pg_restore makes, in a transaction of ours. psql could run it too, but it also carries out
commands of its own that a script may hold, such as a shell.

Only what makes tables with their rows and indexes is run, one statement at a time. A view or a trigger is not the
site's, and a COMMIT or a function may be an attack.
"""

import re
from collections.abc import Iterator
from typing import IO, Any

from sqlalchemy import Connection, text

_COPY = re.compile(rb'COPY [\w."]+ \([\w", ]+\) FROM stdin;\n')
_SETTING = re.compile(rb"SET (\w+) = .*;\n")
_RUN = re.compile(
    rb"SET (?!role|session)[a-z_]+ = |SELECT pg_catalog\.(set_config|setval)\(|(CREATE|ALTER) SEQUENCE |CREATE TABLE |"
    rb"ALTER TABLE |CREATE (UNIQUE )?INDEX |CREATE EXTENSION IF NOT EXISTS pg_trgm "
)
_CHUNK = 1 << 16


def run_script(connection: Connection, script: IO[bytes]) -> None:
    """Statements, and between them the rows of tables. Afterwards the session is as it was. Raises psycopg's errors."""
    known = {row.name.encode() for row in connection.execute(text("SELECT name FROM pg_settings"))}
    for statement in _statements(script):
        with _cursor(connection) as cursor:
            if _COPY.fullmatch(statement):
                _copy(cursor, statement, script)
            elif _RUN.match(statement) and _is_known(statement, known):
                # When the answer is to be binary, the server takes one statement only.
                cursor.execute(statement, binary=True)
    connection.exec_driver_sql("RESET ALL")


def _statements(script: IO[bytes]) -> Iterator[bytes]:
    """Without comments, and without what is only for psql."""
    lines: list[bytes] = []
    for line in script:
        if not lines and (not line.strip() or line.startswith((b"--", b"\\restrict ", b"\\unrestrict "))):
            continue
        lines.append(line)
        if line.endswith(b";\n"):
            yield b"".join(lines)
            lines.clear()


def _is_known(statement: bytes, known: set[bytes]) -> bool:
    """A newer program has settings that this server does not know."""
    setting = _SETTING.fullmatch(statement)
    return setting is None or setting[1] in known


def _copy(cursor: Any, statement: bytes, script: IO[bytes]) -> None:
    """The rows end with a line that no row can be."""
    with cursor.copy(statement) as copy:
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
    """psycopg's own, because it copies."""
    driver = connection.connection.driver_connection
    assert driver is not None
    return driver.cursor()
