"""The database: whether the site can use it, and whether it leaves room for all processes."""

from pathlib import Path
from typing import Any

from adapters.sql.checkup import fault_of
from adapters.sql.diagnosis import connections_of_a_process, file_of, is_sqlite, server_of
from adapters.sql.tables import SEARCH_INDEX
from entrypoints.choices import pool_size_of
from entrypoints.doctor.findings import Findings, Found, fault, warning, well
from entrypoints.settings import Settings
from entrypoints.storage_faults import in_words


def check_database(settings: Settings, container: Any) -> Findings:
    if settings.storage == "memory":
        yield well("Everything is in the memory of the serving process, where nothing else can look.")
        return
    found = fault_of(settings.database_url)
    if found is not None:
        yield fault("The site cannot use its database.", in_words(found))
        return
    yield Found("database_url", settings.database_url)
    yield Found("deployed", container)
    with container.storage().unit_of_work():
        pass  # SQLite shows only now whether it can write
    yield well("It answers, has this version's schema, and can be written.")
    if settings.env == "production" and is_sqlite(settings.database_url):
        yield from _privacy(Path(file_of(settings.database_url)))


def _privacy(file: Path) -> Findings:
    if file.stat().st_mode & 0o006 and file.parent.stat().st_mode & 0o001:
        yield warning(
            f"Everybody on this machine may read {file}, with all addresses and password hashes.",
            f"Run `chmod o-rwx {file.parent}`.",
        )


def check_server(settings: Settings, database_url: str) -> Findings:
    server = server_of(database_url)
    if server is None:
        yield well("SQLite has no server that could refuse connections.")
        return
    wanted = (settings.workers + 1) * connections_of_a_process(pool_size_of(settings))
    if wanted > server.connections:
        yield fault(
            f"{settings.workers} web workers and a mail worker may want {wanted} connections; PostgreSQL allows"
            f" {server.connections}.",
            f"Set max_connections of PostgreSQL to {wanted + 10} or more (and the limits of role and database), or set"
            " CHAPBOOK_WORKERS or CHAPBOOK_THREADS lower.",
        )
    else:
        yield well(f"PostgreSQL allows {server.connections} connections; the site wants {wanted} at most.")
    yield from _search(server.has_trigrams, server.has_search_index)


def _search(has_trigrams: bool, has_index: bool) -> Findings:
    make_index = f"CREATE INDEX {SEARCH_INDEX} ON accounts USING gin (search_text gin_trgm_ops)"
    if not has_trigrams:
        yield fault(
            "The extension pg_trgm is missing, so every search for members reads them all.",
            f"Let the owner of the database run `CREATE EXTENSION pg_trgm; {make_index};` in it.",
        )
    elif not has_index:
        yield fault(
            "The index of search texts is missing, so every search for members reads them all.",
            f"Let the owner of the database run `{make_index};` in it.",
        )
