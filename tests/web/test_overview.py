"""The first page of administration."""

from datetime import timedelta
from pathlib import Path

from application.ports.mailing import MailRefused
from application.ports.overview import Disk, MachineState
from entrypoints.web.charts import BAR, HEIGHT, bars
from tests.web.browser import Page
from tests.web.site import Site

SHOWN = ["Sign-ups", "Posts", "Comments", "Mails sent"]


def test_an_administrator_reads_that_all_is_well_and_gets_to_everything(site: Site) -> None:
    site.container.worker_pulse().look()
    ada = site.browser("ada")
    assert "/admin" in ada.get("/").links

    page = ada.get("/admin")

    assert page.status == 200
    assert page.heading == "Overview"
    assert "All is well. Nothing waits for you." in page.words
    assert page.headers["Cache-Control"] == "no-store"
    assert {
        "/moderation",
        "/moderation/appeals",
        "/moderation/comments",
        "/moderation/log",
        "/admin/users",
        "/admin/outbox",
        "/admin/site",
    } <= set(page.links)
    assert "Everybody can join." in page.words
    assert "A worker was seen 1 March 2026, 12:00 UTC." in page.words
    assert "style=" not in page.text


def test_nobody_else_reads_it(site: Site) -> None:
    assert site.browser().get("/admin").location == "/login?next=/admin"
    for name in ("mary", "susan", "ulla"):
        browser = site.browser(name)
        assert browser.get("/admin").status == 403
        assert "/admin" not in browser.get("/").links


def test_charts_have_their_numbers_as_tables(site: Site) -> None:
    site.container.worker_pulse().look()
    site.pass_time(days=-2)
    post_id = site.post("susan")
    site.pass_time(days=2)
    for _ in range(3):
        site.comment("david", post_id)

    page = site.browser("ada").get("/admin")

    assert page.texts(".//figure//h3") == SHOWN
    tables = page.all(".//figure//table")
    for number, figure in enumerate(page.all(".//figure")):
        (drawing,) = (each for each in figure.iter() if each.get("role") == "img")
        assert "the most on one day:" in drawing.get("aria-label", "")
        assert len(tables[number].findall(".//tbody/tr")) == 30
    assert rows(page, 1)[:3] == ["1 Mar 0", "28 Feb 0", "27 Feb 1"]
    assert rows(page, 2)[:2] == ["1 Mar 3", "28 Feb 0"]
    assert "5 members · 1 post · 3 comments" in page.words


def rows(page: Page, number: int) -> list[str]:
    table = page.all(".//figure//table")[number]
    return [" ".join(" ".join(row.itertext()).split()) for row in table.findall(".//tbody/tr")]


def test_a_bad_hour_is_told_with_the_most_urgent_first(site: Site) -> None:
    site.container.worker_pulse().look()
    site.post("susan")
    site.postbox.away = True
    site.browser().post("/reset", {"email": "susan@example.com"})
    site.deliver()
    site.pass_time(minutes=5)
    site.machine.state = MachineState(
        full=(Disk(Path("/var/lib/<chapbook>"), 20_000_000),), backup_at=site.time - timedelta(days=3)
    )

    page = site.browser("ada").get("/admin")

    told = page.texts(".//ul[@class='roll attention']/li")
    assert told[0].startswith("A disk is full. 20.0 MB are left on the disk of /var/lib/<chapbook>.")
    assert told[1].startswith("No worker was seen since 1 March 2026, 12:00 UTC.")
    assert "chapbook worker" in told[1]
    assert told[2].startswith("Mail fails. 1 mail has failed since 1 March 2026, 12:01 UTC.")
    assert told[3].startswith("The newest backup is of 26 February 2026, 12:06 UTC.")
    assert len(told) == 4
    assert "All is well" not in page.words


def test_what_waits_leads_to_where_it_is_decided(site: Site) -> None:
    site.container.worker_pulse().look()
    post_id = site.post("susan")
    david = site.browser("david")
    david.submit(david.get(f"/posts/{post_id}/report"), f"/posts/{post_id}/report", kind="abuse", text="Rude.")

    page = site.browser("ada").get("/admin")

    assert page.texts(".//ul[@class='roll attention']/li") == [
        "1 case waits. The oldest has waited since 1 March 2026, 12:01 UTC."
    ]


def test_mails_that_were_given_up_are_told(site: Site) -> None:
    site.container.worker_pulse().look()
    site.browser().post("/reset", {"email": "susan@example.com"})
    site.postbox.refusal = MailRefused("550 no such person")
    site.deliver()

    page = site.browser("ada").get("/admin")

    assert page.texts(".//ul[@class='roll attention']/li") == ["1 mail was given up in the last seven days. Show"]
    assert "/admin/outbox?state=given_up&kind=mail" in page.links


def test_bars_reach_from_a_line_to_the_whole_height() -> None:
    assert bars([]) == ""
    assert bars([0, 0]) == f"M1 {HEIGHT}v-1h{BAR}V{HEIGHT}zM11 {HEIGHT}v-1h{BAR}V{HEIGHT}z"
    assert bars([0, 1, 1000]).count("z") == 3
    assert f"v-{HEIGHT}h" in bars([0, 1, 1000])
    assert "v-4h" in bars([0, 1, 1000])
