"""Sites of each kind. One of a kind is made for the whole run and emptied for each test."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.sql.migrate import upgrade
from domain.roles import Role
from tests.postgres import PostgresServer
from tests.web.site import Site

SQL = [
    pytest.param("sqlite", marks=pytest.mark.sql),
    pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
]
MakeSite = Callable[..., Site]


@pytest.fixture(scope="session")
def sites_made() -> Iterator[dict[object, Site]]:
    made: dict[object, Site] = {}
    yield made
    for site in made.values():
        site.close()


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """A new, migrated database of this kind."""
    numbers = itertools.count(1)

    def make(kind: str) -> str:
        if kind == "sqlite":
            folder: Path = tmp_path_factory.mktemp("sqlite")
            url = f"sqlite:///{folder / f'{next(numbers)}.db'}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = server.create_database()
        upgrade(url)
        return url

    return make


@pytest.fixture
def make_site(sites_made: dict[object, Site], database_url: Callable[[str], str]) -> MakeSite:
    """A site with these settings, empty."""

    def make(storage: str = "memory", **given: str) -> Site:
        kind = (storage, *sorted(given.items()))
        if kind not in sites_made:
            if storage != "memory":
                given |= {"storage": "sql", "database_url": database_url(storage)}
            sites_made[kind] = Site(None, **given)
        sites_made[kind].reset()
        return sites_made[kind]

    return make


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """In memory, with four confirmed members and one who is not."""
    return inhabited(make_site())


@pytest.fixture
def free_site(make_site: MakeSite) -> Site:
    """The same without rate limits."""
    return inhabited(make_site(rate_limits="off"))


@pytest.fixture
def sqlite_site(make_site: MakeSite) -> Site:
    """Without rate limits, on a database. Which statements it is asked is the same on both: one adapter writes them."""
    return inhabited(make_site("sqlite", rate_limits="off"))


@pytest.fixture(params=SQL)
def sql_site(request: pytest.FixtureRequest, make_site: MakeSite) -> Site:
    """On each of the databases, without rate limits: for what happens at once."""
    return inhabited(make_site(request.param, rate_limits="off"))


@pytest.fixture(params=["memory", *SQL])
def any_site(request: pytest.FixtureRequest, make_site: MakeSite) -> Site:
    """On each storage, without rate limits: for what a storage may stumble over."""
    return inhabited(make_site(request.param, rate_limits="off"))


def inhabited(site: Site) -> Site:
    """susan and david are members, mary moderates, ada administers, and ulla has not confirmed her address yet."""
    site.join("ada", Role.ADMINISTRATOR)
    site.join("mary", Role.MODERATOR)
    site.join("susan")
    site.join("david")
    site.join("ulla", confirmed=False)
    return site
