"""/healthz and /readyz: what load balancers and operators ask."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from application.storage import Pulse, Schema
from domain.overview import LATE
from entrypoints.readiness import Check, checks
from tests.doubles import BEGINNING, Away, put_in, put_into_storage
from tests.web.browser import Page
from tests.web.site import Site

RIGHT = {
    "status": "pass",
    "checks": {name: [{"status": "pass"}] for name in ("database", "migrations", "outbox", "disk")},
}


def ready(site: Site) -> tuple[Page, dict[str, Any]]:
    page = site.browser().get("/readyz", headers={"Host": "10.0.0.7"})
    assert page.headers["Content-Type"] == "application/health+json"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.cookies == {}
    return page, json.loads(page.text)


def wrong(answer: dict[str, Any]) -> dict[str, str]:
    return {name: found[0]["status"] for name, found in answer["checks"].items() if found[0]["status"] != "pass"}


def test_a_ready_site_says_so_on_every_storage(any_site: Site) -> None:
    page, answer = ready(any_site)

    assert (page.status, answer) == (200, RIGHT)


@pytest.mark.sql
def test_it_takes_one_statement(sqlite_site: Site) -> None:
    with sqlite_site.counting_statements() as statements:
        ready(sqlite_site)

    assert len(statements) == 1


def test_a_site_without_its_database_is_not_ready() -> None:
    def away() -> Pulse:
        raise Away.error

    page, answer = ready(Site(lambda container: put_into_storage(container, ping=away)))

    assert page.status == 503
    assert page.headers["Retry-After"] == "2"
    assert answer["status"] == "fail"
    assert wrong(answer) == {"database": "fail"}
    assert answer["checks"].keys() == {"database", "disk"}


@pytest.mark.parametrize(
    ("revision", "status", "said"), [("0001", 503, "fail"), ("9999", 200, "warn"), (None, 503, "fail")]
)
def test_a_schema_of_another_version_is_told(sql_site: Site, revision: str | None, status: int, said: str) -> None:
    """A newer one is that of the next version, while it is deployed: this process goes on until it is restarted."""
    assert sql_site.database is not None
    with sql_site.database.engine.begin() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("DELETE FROM alembic_version"))
        if revision is not None:
            connection.execute(text("INSERT INTO alembic_version VALUES (:new)"), {"new": revision})
    try:
        page, answer = ready(sql_site)
    finally:
        with sql_site.database.engine.begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:old)"), {"old": before})

    assert (page.status, answer["status"], wrong(answer)) == (status, said, {"migrations": said})
    assert before not in page.text
    assert ready(sql_site)[1] == RIGHT


def test_a_database_without_tables_is_not_ready(sql_site: Site) -> None:
    assert sql_site.database is not None

    def rename(old: str, new: str) -> None:
        assert sql_site.database is not None
        with sql_site.database.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    rename("alembic_version", "moved")
    try:
        page, _ = ready(sql_site)
    finally:
        rename("moved", "alembic_version")

    assert page.status == 503


def test_a_job_that_waits_too_long_is_a_warning(any_site: Site) -> None:
    any_site.container.passwords().request_reset(client="198.51.100.1", email="david@example.com")
    any_site.pass_time(minutes=10)
    assert ready(any_site)[1] == RIGHT

    any_site.pass_time(seconds=1)
    page, answer = ready(any_site)

    assert (page.status, answer["status"], wrong(answer)) == (200, "warn", {"outbox": "warn"})
    any_site.deliver()
    assert ready(any_site)[1] == RIGHT


def test_a_full_disk_is_a_warning_because_reads_go_on(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """Whatever the disk: everything is nearly full where all of it has to be free."""
    monkeypatch.setattr("entrypoints.readiness.SHARE_FREE", 1.1)
    monkeypatch.setattr("entrypoints.readiness.BYTES_FREE", 1 << 80)

    page, answer = ready(site)

    assert (page.status, answer["status"], wrong(answer)) == (200, "warn", {"disk": "warn"})


def test_it_names_no_path_no_host_and_no_version() -> None:
    def away() -> Pulse:
        raise Away.error

    def old() -> Pulse:
        return Pulse(Schema.OTHER, BEGINNING - timedelta(days=1))

    for ping in (away, old):
        site = Site(lambda container, ping=ping: put_into_storage(container, ping=ping))  # type: ignore[misc]
        put_in(site.container, data_folder=Path("/nowhere/secret"))
        page, _ = ready(site)
        assert page.status == 503
        assert not set(page.text) & set("/\\0123456789") - set("10")  # ten minutes


def test_a_job_that_is_due_later_and_a_missing_folder_are_no_fault() -> None:
    later = Pulse(Schema.CURRENT, BEGINNING + 2 * LATE)

    found = checks(lambda: later, Path("/nowhere"), lambda: BEGINNING)

    assert set(found.values()) == {Check()}


def test_the_process_answers_for_itself_without_a_database() -> None:
    site = Site(lambda container: put_into_storage(container, ping=Away(), session_feeds=Away()))

    assert site.browser().get("/healthz").text == "ok\n"
