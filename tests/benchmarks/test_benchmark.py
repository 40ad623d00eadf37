"""The benchmark compares what can be compared: its pages are there, and the hand-made ones show the same."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from application.ports.paging import Window
from domain.roles import Reader, Role
from tests.api.client import basic
from tests.benchmarks.conftest import MakeSite
from tests.benchmarks.finding import MODERATOR, Facts, facts_of, is_empty, posts_of, session_of, strangers_in
from tests.benchmarks.limit import drop_written, limit, make_written
from tests.benchmarks.pages import PAGES, Page, chosen
from tests.benchmarks.processes import taken_by
from tests.benchmarks.report import table
from tests.benchmarks.yardsticks import bare
from tests.web.site import PASSWORD, Site

pytestmark = pytest.mark.sql

WRITERS = ("susan", "david", "mary")


@dataclass(frozen=True)
class Both:
    """The site and the hand-made pages, on one database."""

    site: Site
    limit: Flask
    facts: Facts

    def of_site(self, page: Page) -> tuple[int, str]:
        name = self.facts.get(page.member, "")
        path = page.path.format(**self.facts)
        if page.is_api:
            headers = {"Authorization": basic(f"{name}@example.com", PASSWORD)}
            answer = self.site.app.test_client().open(
                path, base_url=self.site.settings.base_url, method=_method(page), headers=headers, json=_body(page)
            )
            return answer.status_code, answer.get_data(as_text=True)
        found = self.site.browser(name or None).get(path)
        return found.status, found.data.decode()

    def of_limit(self, page: Page) -> tuple[int, str]:
        client = self.limit.test_client()
        if page.member and not page.is_api:
            client.set_cookie("session", str(session_of(self.site.settings.database_url, self.facts[page.member])))
        answer = client.open(page.limit.format(**self.facts), method=_method(page), json=_body(page))
        return answer.status_code, answer.get_data(as_text=True)


def _method(page: Page) -> str:
    return "POST" if page.writes else "GET"


def _body(page: Page) -> dict[str, str] | None:
    return {"body": "A line."} if page.writes else None


@pytest.fixture
def both(make_site: MakeSite) -> Iterator[Both]:
    """reader follows who wrote, lurker those who did not, and hermit nobody."""
    site = make_site("sqlite", rate_limits="off")
    site.join(MODERATOR, Role.ADMINISTRATOR)
    for name in (*WRITERS, "reader", "lurker", "hermit", "silent"):
        site.join(name)
    for number in range(75):
        post = site.post(WRITERS[number % 3], f"Line {number} about everything.", tags=["soup"])
    for number in range(31):
        site.comment(WRITERS[number % 3], post, f"Remark {number}.")
    for name in WRITERS[:2]:
        site.follow("reader", name)
    site.follow("lurker", "silent")
    site.container.reporting().report_post(actor_id=site.members["david"], post_id=post, kind="spam", text="")
    url = site.settings.database_url
    make_written(url)
    moderator = Reader(id=site.members[MODERATOR], role=Role.ADMINISTRATOR, confirmed=True)
    (case,) = site.container.cases().waiting(reader=moderator, window=Window(1)).items
    facts = facts_of(url, "S") | {"case": str(case.id)}
    (facts["sitemap_part"], *_) = re.findall(
        r"<loc>http://[^/]+(/[^<]+)", site.browser().get("/sitemap.xml").data.decode()
    )
    yield Both(site, limit(url), facts)
    drop_written(url)


def test_each_page_of_the_benchmark_is_there(both: Both) -> None:
    found = {page.name: both.of_site(page)[0] for page in PAGES}
    assert found == {page.name: 201 if page.writes else 200 for page in PAGES}


def test_the_hand_made_page_shows_the_same_as_that_of_the_site(both: Both) -> None:
    compared = {
        page.name: (shown(both.of_site(page)[1], page), shown(both.of_limit(page)[1], page))
        for page in PAGES
        if page.limit and not page.writes and not page.unchanged
    }

    assert {name: len(of_site) for name, (of_site, _) in compared.items()} == dict.fromkeys(compared, 20) | {
        "post": 30,
        "post-member": 30,
    }
    assert {name: of_site for name, (of_site, _) in compared.items()} == {
        name: of_limit for name, (_, of_limit) in compared.items()
    }


def test_a_hand_made_page_that_has_not_changed_says_so(both: Both) -> None:
    client = both.limit.test_client()
    etag = client.get("/unchanged").headers["ETag"]
    assert client.get("/unchanged", headers={"If-None-Match": etag}).status_code == 304

    both.site.post("susan")
    assert client.get("/unchanged", headers={"If-None-Match": etag}).status_code == 200


def test_a_post_to_the_hand_made_program_leaves_the_community_as_it_is(both: Both) -> None:
    (page,) = chosen("api-post")
    with both.site.unchanged():
        assert both.of_limit(page)[0] == 201


def test_members_are_found_by_how_many_they_follow(both: Both) -> None:
    assert {name: both.facts[name] for name in ("many", "few", "nobody", "silent", "person")} == {
        "many": "reader",
        "few": "reader",
        "nobody": "susan",
        "silent": "lurker",
        "person": "susan",
    }
    assert len(posts_of(both.site.settings.database_url, "susan", 20)) == 20


def test_a_community_of_other_people_is_recognised(both: Both) -> None:
    url = both.site.settings.database_url
    assert (is_empty(url), strangers_in(url)) == (False, [])

    both.site.container.members().create(email="eve@elsewhere.example", username="eve", password=PASSWORD)
    assert strangers_in(url) == ["eve"]


def test_the_smallest_page_greets() -> None:
    assert bare().test_client().get("/").text == "Hello, World!"


def test_an_unknown_page_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(ValueError, match=r"no page nothing\. There are: home, "):
        chosen("home,nothing")


def test_what_a_process_takes_of_the_machine_is_read() -> None:
    before = taken_by(os.getpid())
    while taken_by(os.getpid()).server < before.server + 0.05:
        sum(range(100_000))


def test_the_table_has_a_line_for_each_page() -> None:
    measured = {"per_second": 500, "p50": 1.5, "p99": 4, "cpu_ms": 1.0, "helpers_ms": 0, "statements": 1}
    page = {
        "title": "`/`",
        "goal": 0.75,
        "unchanged": False,
        "chapbook": measured,
        "limit": measured | {"cpu_ms": 0.8},
        "share_of_limit": 0.8,
        "share_of_bare": 0.25,
        "times_bare": 4.0,
        "bytes": 32_000,
        "bytes_gzip": 6_100,
    }

    assert table({"pages": {"home": page}}, markdown=True).splitlines()[-1] == (
        "| `/` | 500 | 1.5 | 4.0 | 1.00 | 0.80 | 0.80 (0.75) | 4.0 | 1.0 | 32.0 | 6.1 |"
    )


def shown(content: str, page: Page) -> list[str]:
    """The ids of the posts, or of the comments below one."""
    if page.is_api:
        return [str(post["id"]) for post in json.loads(content)["posts"]]
    if page.name.startswith("post"):
        return re.findall(r'id="comment-(\d+)"', content)
    return re.findall(r'href="/posts/(\d+)"><time', content)
