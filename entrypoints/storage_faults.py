"""What is wrong with the storage, in sentences for whoever runs the site. Each says what to do."""

import logging

from adapters.sql.observing import Statement
from application.storage import StorageFault
from entrypoints.logs import ONCE_A_MINUTE

log = logging.getLogger(__name__)

_SENTENCES = {
    "missing": (
        "There is no database {where}. Run `chapbook deploy` to make one. "
        "If there was one, it was moved away, or CHAPBOOK_DATABASE_URL names another place."
    ),
    "not_deployed": "The database {where} has no tables. Run `chapbook deploy`.",
    "older": "The database {where} has the schema of an older version ({cause}). Run `chapbook deploy`.",
    "newer": (
        "The database {where} has the schema of a newer version ({cause}). Nothing was changed. "
        "Run that version of Chapbook, or restore a backup."
    ),
    "not_a_database": "{where} is no SQLite database ({cause}). Set CHAPBOOK_DATABASE_URL to the right file.",
    "damaged": "The database {where} is damaged ({cause}). Restore a backup.",
    "unreadable": (
        "The database {where} cannot be opened ({cause}). See whether it is there, and whether the user that runs "
        "Chapbook may read and write it and its folder."
    ),
    "read_only": "The database {where} is read-only ({cause}). Make it writable, or set CHAPBOOK_DATABASE_URL.",
    "unwritable": "{where} cannot be written ({cause}). Make the database and its folder writable.",
    "full": "The disk of the database {where} is full ({cause}). Make room on it.",
    "away": "The database {where} does not answer ({cause}). Start it, or set CHAPBOOK_DATABASE_URL.",
    "refused": "The database {where} refuses the login in CHAPBOOK_DATABASE_URL ({cause}). "
    "Correct the login there, or grant its role what it lacks.",
    "no_trigrams": (
        "The search for members needs PostgreSQL's extension pg_trgm, and it cannot be made in {where} ({cause}). "
        "Somebody who may, such as the owner of the database or a superuser, has to run `CREATE EXTENSION pg_trgm` "
        "there once; where the server does not know it, install its package of extensions first (postgresql-contrib). "
        "Then run `chapbook deploy` again."
    ),
    "busy": (
        "The database {where} is locked ({cause}). Is another `chapbook deploy` running, or a backup? Try again when "
        "it ends."
    ),
    "no_program": (
        "There is {cause} on this machine, which a database of PostgreSQL needs to be copied ({where}). Install the "
        "package postgresql-client of the server's version, or of a newer one."
    ),
    "no_dump": "pg_dump could not copy the database {where} ({cause}).",
    "in_use": (
        "The database {where} is in use ({cause}). Nothing was changed. Stop `chapbook serve` and `chapbook worker`, "
        "and run this again."
    ),
    "not_restored": ("The backup cannot be restored into {where} ({cause}). Nothing was changed. Restore another one."),
    "inhabited": (
        "The database {where} holds a community already. Nothing was changed. With `--replace` the backup takes its "
        "place."
    ),
    "foreign_tables": (
        "The database {where} has tables that are not Chapbook's ({cause}). Nothing was changed. Give Chapbook a "
        "database, or a schema, of its own."
    ),
    "locked": (
        "Requests waited for a lock of the database {where} and were refused ({cause}). Something holds it for long: a "
        "console with an open transaction, a migration. `SELECT pid, state, query FROM pg_stat_activity WHERE "
        "xact_start < now() - interval '5 seconds'` names it there, and `SELECT pg_terminate_backend(pid)` ends it."
    ),
    "locked_file": (
        "Writers waited for the database {where} and were refused ({cause}). Another program holds a lock for long: a "
        "backup, a console with an open transaction. `fuser -v {where}` lists who has the file open; end what is no "
        "process of Chapbook."
    ),
    "no_connection": (
        "A request found no connection to the database {where} ({cause}). Look for slow queries and locks in this log. "
        "Where PostgreSQL refuses connections, raise its max_connections, or lower CHAPBOOK_WORKERS or "
        "CHAPBOOK_THREADS."
    ),
    "pictures_unusable": (
        "The pictures in {where} cannot be read or written ({cause}). See whether the disk is there, and make the "
        "folder writable for the user that runs Chapbook, or set CHAPBOOK_PICTURES_URL."
    ),
    "pictures_full": (
        "There is no room for pictures in {where} ({cause}). Make room there. Until then nobody can send one."
    ),
    "pictures_away": (
        "The store of the pictures, {where}, does not answer ({cause}). See that it runs, that its port is open from "
        "this machine, and that host, port and tls in CHAPBOOK_PICTURES_URL are right."
    ),
    "pictures_refused": (
        "The store of the pictures, {where}, refuses a request ({cause}). Correct key, secret and region in "
        "CHAPBOOK_PICTURES_URL, or let this key read, write, list and remove in the bucket."
    ),
    "pictures_no_bucket": (
        "The store of the pictures has no bucket {where} ({cause}). Make it there, or correct its name in "
        "CHAPBOOK_PICTURES_URL."
    ),
    "slow": (
        "The database {where} took too long for a statement, which was cancelled ({cause}). The line `slow query` "
        "shows it. Run ANALYZE there, and look what else keeps the server busy."
    ),
}


def in_words(fault: StorageFault) -> str:
    return _SENTENCES[fault.code].format(where=fault.where, cause=fault.cause)


class FaultLog:
    """Says what stops requests, once a minute for each kind, and when a database that was away answers again."""

    def __init__(self) -> None:
        self._away = ""

    def complain(self, fault: StorageFault) -> None:
        """For `Database`."""
        begins = fault.code == "away" and not self._away
        if fault.code == "away":
            self._away = fault.where
        once = {} if begins else ONCE_A_MINUTE | {"once_as": f"{fault.code} {fault.where}"}
        log.warning("%s", in_words(fault), extra=once)

    def observe(self, statement: Statement) -> None:
        """For `Database`."""
        if self._away and not statement.failure:
            where, self._away = self._away, ""
            log.warning("The database %s answers again.", where)
