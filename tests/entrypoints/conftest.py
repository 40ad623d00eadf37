"""A set-up that is well, for tests that break one thing of it."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.migrate import upgrade
from domain.roles import Role
from entrypoints.container import Container
from entrypoints.doctor import CHECKS, look
from entrypoints.doctor.findings import Finding, Level, Named
from entrypoints.settings import load_settings
from tests.api.running import ROOT
from tests.postgres import PostgresServer

# What others need, and is asked for with them.
FIRST = ("settings", "database", "site")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("migrated") / "chapbook.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_url(postgres_server: PostgresServer) -> str:
    url = postgres_server.create_database()
    upgrade(url)
    return url


class SetUp:
    """In a folder of its own, with settings in the environment, a deployed database and an administrator."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch

    def set(self, **settings: str) -> None:
        """Settings by their field's name. An empty one is as none."""
        for name, value in settings.items():
            self._monkeypatch.setenv(f"CHAPBOOK_{name.upper()}", value)

    def container(self) -> Any:
        return Container(settings=load_settings())

    def look(self, *names: str, checks: Iterable[Named] = CHECKS, **options: Any) -> list[Finding]:
        """What the checks of these names find. Those that they need run, too."""
        chosen = [each for each in checks if each.name in (*names, *FIRST)]
        return [finding for finding in look(checks=chosen, **options) if finding.check in names]

    def fault(self, name: str, **options: Any) -> str:
        """The one fault that this check finds: what it says, and the remedy."""
        (found,) = (found for found in self.look(name, **options) if found.level is not Level.OK)
        assert found.level is Level.FAULT, found
        assert found.remedy.endswith((".", "...")), found
        return f"{found.says} {found.remedy}"

    def warning(self, name: str, **options: Any) -> str:
        (found,) = (found for found in self.look(name, **options) if found.level is not Level.OK)
        assert found.level is Level.WARNING, found
        assert found.remedy.endswith((".", "...")), found
        return f"{found.says} {found.remedy}"

    def is_well(self, *names: str, **options: Any) -> bool:
        found = self.look(*names, **options)
        assert {each.check for each in found} == set(names)
        return all(each.level is Level.OK for each in found)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """Settings, and no database yet."""
    for name in list(os.environ):
        if name.startswith("CHAPBOOK_") or name == "PORT":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for commands in processes of their own
    found = SetUp(tmp_path, monkeypatch)
    found.set(env="development", secret_key=secrets.token_hex(32), password_memory_kib="8", password_rounds="1")
    return found


@pytest.fixture
def setup(bare: SetUp, migrated_file: Path) -> SetUp:
    """On SQLite."""
    (bare.folder / "var").mkdir()
    shutil.copy(migrated_file, bare.folder / "var" / "chapbook.db")
    return _inhabited(bare)


@pytest.fixture
def postgres_setup(bare: SetUp, migrated_url: str, postgres_server: PostgresServer) -> Iterator[SetUp]:
    url = postgres_server.create_database(template=migrated_url)
    bare.set(database_url=url)
    yield _inhabited(bare)
    postgres_server.drop_database(url)


@pytest.fixture(
    params=[
        pytest.param("setup", marks=pytest.mark.sql),
        pytest.param("postgres_setup", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def any_setup(request: pytest.FixtureRequest) -> SetUp:
    """On each of the databases."""
    found: SetUp = request.getfixturevalue(request.param)
    return found


def _inhabited(found: SetUp) -> SetUp:
    container = found.container()
    container.members().create(
        email="ada@example.com", username="ada", password="a horse, a battery", role=Role.ADMINISTRATOR, confirmed=True
    )
    container.storage().close()
    return found
