"""What every test may use, and what happens where a machine cannot run one.

Such a test is skipped with one line that names the Debian package to install; with CI=true nothing may be skipped.
"""

import logging
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from entrypoints import logs
from tests.postgres import PostgresServer, server_programs
from tests.s3_server import S3Server
from tests.smtp_server import SmtpServer

# Machines differ in speed; what is slow shows in the durations instead.
settings.register_profile("chapbook", deadline=None)
# For `make fast`, which is run while one writes; `make test` tries all hundred.
settings.register_profile("fast", settings.get_profile("chapbook"), max_examples=20)
settings.load_profile("chapbook")


@pytest.fixture(autouse=True)
def levels_of_loggers() -> Iterator[None]:
    """A command that a test runs in this process sets the levels of its loggers, as for a process of its own."""
    loggers = [logging.getLogger(name) for name in (None, *logs.OURS)]
    before = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A running server that takes every mail; see its attributes for how it refuses."""
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """A store of buckets of this run's own, which checks keys and signatures."""
    with S3Server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this run's own."""
    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: install the package postgresql")
    with PostgresServer(programs) as server:
        yield server


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database of each kind is, or will be."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/chapbook.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create_database()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium here: install the package chromium")
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # An expected failure is reported as a skip, but it did run.
    if report.skipped and not hasattr(report, "wasxfail"):
        refuse_to_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        refuse_to_skip(report)
    return report


def refuse_to_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """With CI=true a skip is a failure, so that a green run there means that everything ran."""
    if os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"With CI=true nothing may be skipped: {reason}"
