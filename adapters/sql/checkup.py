"""Whether a database can be used, and if not, why. Looking changes nothing and creates no file."""

import os
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError

from adapters.sql.connecting import connect, place_of
from adapters.sql.migrate import BrokenKeys, newest_revision, unpooled_engine, upgrade
from application.storage import StorageFault

# What `deploy` mends.
_FOR_DEPLOY = frozenset(("missing", "not_deployed", "older"))


def require_usable(url: str) -> None:
    """Raises StorageFault unless the database answers, has this version's schema, and can be written."""
    fault = fault_of(url)
    if fault is not None:
        raise fault


def deploy(url: str) -> None:
    """Brings the database to this version's schema. Creates an SQLite database that does not exist. Raises
    StorageFault."""
    fault = fault_of(url)
    if fault is not None and fault.code not in _FOR_DEPLOY:
        raise fault
    try:
        upgrade(url)
    except (DBAPIError, OSError) as error:
        raise fault_from(error, url) from error
    except BrokenKeys as error:
        raise StorageFault("damaged", place_of(make_url(url)), str(error)) from error


def fault_of(url: str) -> StorageFault | None:
    """What `require_usable` would raise."""
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            _check_files(Path(parsed.database or ""))
        engine = unpooled_engine(url)
        if engine.dialect.name != "sqlite":
            event.listen(engine, "do_connect", connect)
        try:
            with engine.connect() as connection:
                _check_schema(connection)
                if parsed.get_backend_name() != "sqlite":
                    _check_server(connection)
        finally:
            engine.dispose()
    except StorageFault as fault:
        return fault
    except (DBAPIError, OSError) as error:
        return fault_from(error, url)
    return None


def fault_from(error: Exception, url: str) -> StorageFault:
    """What an error of a driver or of the file system says about the database."""
    parsed = make_url(url)
    where, original = place_of(parsed), getattr(error, "orig", None) or error
    cause = str(original).strip().partition("\n")[0]
    if isinstance(original, OSError):
        return StorageFault("unwritable", original.filename or where, original.strerror or cause)
    if isinstance(original, sqlite3.Error):
        # The lower byte is the primary result code (sqlite.org/rescode.html).
        return StorageFault(_SQLITE.get(getattr(original, "sqlite_errorcode", 0) & 0xFF, "unreadable"), where, cause)
    if "pg_trgm" in cause:
        # It is missing on the server, or this role may not create it.
        return StorageFault("no_trigrams", where, cause)
    state = getattr(original, "sqlstate", None) or ""
    code = next((code for start, code in _POSTGRESQL.items() if state.startswith(start)), "away")
    return StorageFault(code, where, cause)


# By primary result code.
_SQLITE = {
    sqlite3.SQLITE_NOTADB: "not_a_database",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
}
# By the beginning of the SQLSTATE. Without one, there was no connection.
_POSTGRESQL = {
    "53100": "full",
    "25006": "read_only",
    "28": "refused",
    "3D": "refused",
    "42501": "refused",
    "55P03": "busy",
}


def _check_files(path: Path) -> None:
    """SQLite would create a missing file. Its journal, and the lock file, need a folder that can be written."""
    if not path.exists():
        raise StorageFault("missing", str(path))
    if not path.is_file():
        raise StorageFault("not_a_database", str(path), "it is no file")
    for place in (path, path.parent):
        if not os.access(place, os.R_OK | os.W_OK):
            raise StorageFault("unwritable", str(place), "permission denied, or mounted read-only")


def _check_schema(connection: Connection) -> None:
    where, newest = place_of(connection.engine.url), newest_revision()
    if not connection.dialect.has_table(connection, "alembic_version"):
        raise StorageFault("not_deployed", where)
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if not found:
        raise StorageFault("not_deployed", where)
    if max(found) != newest:
        raise StorageFault("newer" if max(found) > newest else "older", where, f"{max(found)} instead of {newest}")


def _check_server(connection: Connection) -> None:
    if connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on":
        raise StorageFault("read_only", place_of(connection.engine.url), "transaction_read_only is on")
    if not connection.execute(text("SELECT has_table_privilege('accounts', 'INSERT')")).scalar_one():
        raise StorageFault("refused", place_of(connection.engine.url), "permission denied for table accounts")
