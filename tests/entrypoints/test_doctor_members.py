"""`chapbook doctor` and what is stored: administrators, search texts, counters."""

import pytest
from sqlalchemy import create_engine, text

from application.ports.paging import Window
from application.ports.tallies import Tally, Total
from entrypoints.doctor.findings import Level
from tests.entrypoints.conftest import SetUp


def execute(setup: SetUp, *statements: str) -> None:
    engine = create_engine(setup.container().settings().database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_nobody_who_is_administrator_is_a_fault(any_setup: SetUp) -> None:
    assert any_setup.is_well("administrator")

    execute(any_setup, "UPDATE accounts SET disabled = true")

    assert "`chapbook user role NAME Administrator` makes a member one." in any_setup.fault("administrator")
    any_setup.set(admin_email="bob@example.com")
    assert "Register with the address in CHAPBOOK_ADMIN_EMAIL" in any_setup.warning("administrator")


def test_search_texts_that_are_behind_are_a_fault_and_are_mended(any_setup: SetUp) -> None:
    assert any_setup.is_well("search")

    execute(any_setup, "UPDATE accounts SET search_text = ''")

    assert "run `chapbook doctor --mend`" in any_setup.fault("search")
    assert any_setup.is_well("search", mends=True)
    assert any_setup.is_well("search")


@pytest.mark.sql
def test_an_index_that_is_behind_is_a_fault_and_is_mended(setup: SetUp) -> None:
    execute(setup, "INSERT INTO member_search (member_search) VALUES ('delete-all')")

    assert "does not find all by what they are called now" in setup.fault("search")
    assert setup.is_well("search", mends=True)
    container = setup.container()
    assert [card.username for card in container.storage().member_feeds.search(None, "ada", Window(1)).items] == ["ada"]
    container.storage().close()
    assert setup.is_well("search")


def test_counters_that_drifted_are_a_fault_and_are_mended(any_setup: SetUp) -> None:
    container = any_setup.container()
    with container.storage().unit_of_work() as work:
        (ada,) = work.accounts.lock_administrators()
        work.tallies.add({ada: Tally(posts=2, followers=-1)})
        work.tallies.add_to_site({Total.COMMENTS: 3}, shard_of=1)
        work.commit()
    container.storage().close()
    assert any_setup.look("counters") == []
    seen: list[tuple[int, int]] = []

    (found,) = any_setup.look("counters", counters=True, show=lambda done, total: seen.append((done, total)))

    assert found.level is Level.FAULT
    assert "comments of the site (1), posts of a member (1), followers of a member (1)" in found.says
    assert found.lines[0] == "comments of the site: 3 instead of 0"
    assert f"posts of a member, id {ada}: 2 instead of 0" in found.lines
    assert found.remedy == "Run `chapbook doctor --mend`; the site may be in use meanwhile."
    assert seen[-1] == (1, 1)
    assert any_setup.is_well("counters", mends=True)
    (found,) = any_setup.look("counters", counters=True)
    assert (found.level, found.says) == (Level.OK, "They are what they count.")


def test_what_is_not_asked_to_mend_changes_nothing(any_setup: SetUp) -> None:
    execute(any_setup, "UPDATE accounts SET search_text = '', post_count = 7")

    names = ("database", "database server", "rows", "administrator", "search", "outbox", "leases", "counters")
    any_setup.look(*names, counters=True)

    engine = create_engine(any_setup.container().settings().database_url)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT search_text, post_count, version FROM accounts")).one()
        assert (row.search_text, row.post_count, row.version) == ("", 7, 1)
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 0
    engine.dispose()


def test_settings_that_the_stored_site_overrides_are_named(any_setup: SetUp) -> None:
    (found,) = any_setup.look("words")
    assert found.level is Level.OK
    assert found.says.endswith("CHAPBOOK_SITE_NAME and CHAPBOOK_REGISTRATION hold.")

    container = any_setup.container()
    container.site().change(actor=None, typed={"name": "Soup club"})
    container.storage().close()
    (found,) = any_setup.look("words")
    assert found.says == "The site was saved with the name Soup club, and with registration open."

    any_setup.set(site_name="The Reading Room", registration="closed")
    (found,) = any_setup.look("words")
    assert found.says.endswith("CHAPBOOK_SITE_NAME and CHAPBOOK_REGISTRATION held until then, and no longer count.")
    any_setup.set(site_name="Soup club", registration="closed")
    (found,) = any_setup.look("words")
    assert found.says.endswith("CHAPBOOK_REGISTRATION held until then, and no longer count.")
