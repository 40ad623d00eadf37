"""The overview on a phone in a bad hour: it fits, axe finds nothing, and everything is two presses away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from domain.display import Language
from domain.job_kinds import JobKind
from domain.mailing import Failure
from domain.outbox import Job
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.e2e.conftest import Browse, Site

pytestmark = [pytest.mark.browser, pytest.mark.sql]

PHONE = {"width": 390, "height": 844}
ERROR = "mail.example.com:25 cannot be reached: Connection refused"


@pytest.fixture
def bad_hour(community: Site) -> Iterator[Site]:
    """A mail fails, another was given up, and the newest backup is old. A case and an appeal wait in any demo."""
    backups = community.folder / "var" / "backups"
    backups.mkdir(parents=True, exist_ok=True)
    (backups / "chapbook-20260101T030000Z.tar").touch()
    container = Container(settings=load_settings(community.environment, None))
    now = datetime.now(UTC)
    with container.storage().unit_of_work() as work:
        for failure in (Failure.SERVER, Failure.NONE):
            job = Job(
                id=container.new_id()(),
                kind=JobKind.WELCOME,
                address="nobody@example.com",
                language=Language.ENGLISH,
                due_at=now + timedelta(hours=1),
            )
            work.outbox.add(job)
            job.lease(at=now)
            if failure is Failure.SERVER:
                # The worker sends mails meanwhile, which would show that the server works.
                job.fail(error=ERROR, failure=failure, at=now + timedelta(hours=1))
                job.due_at = now + timedelta(hours=1)
            else:
                job.give_up(error=ERROR, at=now)
            work.outbox.save(job)
        work.commit()
    container.storage().close()
    yield community


@pytest.mark.parametrize("width", [320, 390])
def test_a_bad_hour_fits_on_a_phone(browse: Browse, bad_hour: Site, width: int) -> None:
    page = browse("warden", "Administrator", viewport=PHONE | {"width": width})
    page.add_init_script(Axe().axe_script)

    page.goto("/admin")

    attention = page.locator(".attention > li")
    expect(attention.filter(has_text="Mail fails")).to_be_in_viewport()
    for words in ("The newest backup is of", "case waits", "appeal waits", "given up"):
        expect(attention.filter(has_text=words)).to_have_count(1)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("axe.run().then((found) => found.violations.map((each) => each.id))") == []


def test_everything_of_a_day_is_two_presses_away(browse: Browse) -> None:
    page = browse("warden", "Administrator", viewport=PHONE)
    for words, path in (("Cases", "/moderation"), ("Members", "/admin/users"), ("Moderation log", "/moderation/log")):
        page.goto("/admin")
        page.locator(".daily").get_by_role("link", name=words, exact=True).click()
        expect(page).to_have_url(f"{path}")


def test_a_chart_is_stretched_to_its_page_and_has_its_table(browse: Browse) -> None:
    page = browse("warden", "Administrator", viewport=PHONE)
    page.goto("/admin")

    charts = page.get_by_role("img", name="the most on one day")
    expect(charts).to_have_count(4)
    box = charts.first.bounding_box()
    assert box is not None
    assert box["width"] > 340
    page.get_by_text("As a table").first.click()
    expect(page.get_by_role("table").first.get_by_role("row")).to_have_count(31)
