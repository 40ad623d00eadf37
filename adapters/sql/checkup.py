"""Whether a database can be used, and if not, why. Looking changes nothing and creates no file."""

import os
from pathlib import Path

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError

from adapters.sql.connecting import connect, place_of
from adapters.sql.faults import fault_from
from adapters.sql.migrate import newest_revision, unpooled_engine
from application.storage import StorageFault


def require_usable(url: str) -> None:
    """Raises StorageFault unless the database answers, has this version's schema, and can be written."""
    fault = fault_of(url)
    if fault is not None:
        raise fault


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
        return fault_from(error, make_url(url))
    return None


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
