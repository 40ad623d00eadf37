"""What the errors of a driver mean: an error of the domain for who asked, and a fault for who runs the site."""

import errno
import re
import sqlite3
from collections.abc import Callable

from sqlalchemy import URL
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, IntegrityError, InternalError, OperationalError, StatementError

from adapters.sql.connecting import place_of
from application.storage import StorageFault
from domain.errors import AlreadyTaken, DomainError, NotFound, TryAgain

# Gets each fault. A database may be away for hours, so it gets the same one very often.
Complain = Callable[[StorageFault], None]

_BY_CONSTRAINT = {
    "uq_names_key": lambda: AlreadyTaken("username"),
    "uq_accounts_username_key": lambda: AlreadyTaken("username"),
    "uq_invitations_code": lambda: AlreadyTaken("code"),
    "uq_tags_name": lambda: AlreadyTaken("name"),
    "uq_accounts_email_key": lambda: AlreadyTaken("email"),
}
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
    "53300": "no_connection",
    "25006": "read_only",
    "28": "refused",
    "3D": "refused",
    "42501": "refused",
    "55P03": "busy",
    "57014": "slow",
}
_REFUSALS = {
    "does not exist": "3D000",
    "authentication failed": "28P01",
    "no pg_hba.conf entry": "28000",
    "too many clients": "53300",
    "remaining connection slots": "53300",
}
# Serialization failures and deadlocks. The use case tries again, and nobody has to do anything.
_TRANSACTION_ROLLBACK = "40"


def fault_from(error: BaseException, url: URL) -> StorageFault:
    """What an error of a driver or of the file system says about the database."""
    where, original = place_of(url), getattr(error, "orig", None) or error
    cause = str(original).strip().partition("\n")[0]
    if isinstance(original, OSError):
        code = "full" if original.errno in (errno.ENOSPC, errno.EDQUOT) else "unwritable"
        return StorageFault(code, original.filename or where, original.strerror or cause)
    if isinstance(original, sqlite3.Error):
        return StorageFault(_SQLITE.get(_result_code(original), "unreadable"), where, cause)
    if "pg_trgm" in cause:
        # It is missing on the server, or this role may not create it.
        return StorageFault("no_trigrams", where, cause)
    state = _sqlstate(original) or _state_in(cause)
    code = next((code for start, code in _POSTGRESQL.items() if state.startswith(start)), "away")
    return StorageFault(code, where, cause)


def complain_of(error: BaseException, url: URL, complain: Complain) -> None:
    """Tells the fault behind an error that a caller gets as TryAgain."""
    if _sqlstate(error).startswith(_TRANSACTION_ROLLBACK):
        return
    fault = fault_from(error, url)
    # A lock that `deploy` meets is another deploy. One that the site meets is any program.
    complain(locked(url, fault.cause) if fault.code == "busy" else fault)


def locked(url: URL, cause: str) -> StorageFault:
    return StorageFault("locked_file" if url.get_backend_name() == "sqlite" else "locked", place_of(url), cause)


def translate(context: ExceptionContext, complain: Complain) -> Exception | None:
    """The error to raise instead. None keeps the original error. For SQLAlchemy's event `handle_error`."""
    error = context.sqlalchemy_exception
    if isinstance(error, IntegrityError):
        return _broken_constraint(error)
    # A failed ping is not raised. The pool then replaces the connections that a restart of the server broke.
    if (isinstance(error, OperationalError) or _is_read_only(error) or _is_damaged(error)) and not context.is_pre_ping:
        assert context.engine is not None
        complain_of(context.original_exception, context.engine.url, complain)
        # The pool then replaces all its connections. One that was opened when the file was read-only would stay so.
        context.is_disconnect = context.is_disconnect or is_read_only_file(context.original_exception)
        return TryAgain()
    return None


def is_read_only_file(error: BaseException | None) -> bool:
    return _result_code(error) == sqlite3.SQLITE_READONLY


def _result_code(error: object) -> int:
    """SQLite's primary result code is the lower byte (sqlite.org/rescode.html). 0 for errors of others."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _sqlstate(error: object) -> str:
    return getattr(error, "sqlstate", None) or ""


def _state_in(cause: str) -> str:
    """The SQLSTATE of a refused connection, whose error has none. PostgreSQL may say it in another language."""
    return next((state for words, state in _REFUSALS.items() if words in cause), "")


def _is_read_only(error: StatementError | None) -> bool:
    """After a failover of PostgreSQL, the former primary may still answer. It is read-only."""
    return isinstance(error, InternalError) and _sqlstate(error.orig) == "25006"


def _is_damaged(error: StatementError | None) -> bool:
    code = _result_code(error.orig) if isinstance(error, DatabaseError) else 0
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _broken_constraint(error: IntegrityError) -> DomainError | None:
    """NotFound for a foreign key, AlreadyTaken for a unique value, TryAgain for an id that was made twice."""
    state = _sqlstate(error.orig)
    text = str(error.orig)
    if state == "23503" or "FOREIGN KEY constraint failed" in text:
        return NotFound()
    if state == "23505":
        name = error.orig.diag.constraint_name  # type: ignore[union-attr]
    elif found := re.search(r"UNIQUE constraint failed: (\w+)\.(\w+)$", text):
        name = f"uq_{found[1]}_{found[2]}"
    elif "UNIQUE constraint failed" in text:
        name = ""
    else:
        return None
    return _BY_CONSTRAINT.get(name, TryAgain)()
