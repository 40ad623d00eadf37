"""Every list that is empty says in words what would be there, and leads on."""

import pytest

from domain.roles import Role
from tests.web.browser import Page
from tests.web.conftest import MakeSite
from tests.web.site import Site

LISTS = {
    "nora": [
        *("/", "/following", "/bookmarks", "/notifications", "/tags", "/search?q=soup", "/search?q=soup&in=comments"),
        *("/@nora", "/@nora/comments", "/@nora/followers", "/@nora/following", "/people?q=zzzz"),
        *("/@mona", "/@mona/comments", "/@mona/followers", "/@mona/following"),
        *("/settings/deleted", "/settings/people", "/pictures"),
    ],
    "mona": [
        *("/moderation", "/moderation?state=settled", "/moderation/comments", "/moderation/log", "/moderation/waiting"),
        *("/moderation/appeals", "/moderation/log?by=mona", "/moderation/pictures"),
    ],
    "adam": ["/admin/outbox?state=failing", "/admin/users?q=zzzz", "/admin/users?state=disabled"],
}


@pytest.fixture
def quiet_site(make_site: MakeSite) -> Site:
    """Where three people have just joined, and nothing has happened."""
    site = make_site(registration="approval")
    site.join("nora")
    site.join("mona", Role.MODERATOR)
    site.join("adam", Role.ADMINISTRATOR)
    return site


def ways_on(page: Page) -> list[str]:
    return [link.get("href", "") for empty in page.classed("empty") for link in empty.iter("a")]


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in LISTS.items() for path in paths])
def test_an_empty_list_says_so_and_leads_on(name: str, path: str, quiet_site: Site) -> None:
    page = quiet_site.browser(name).get(path)

    assert page.status == 200
    (empty,) = page.classed("empty")
    assert len(Page.text_of(empty)) > 20
    assert ways_on(page)
    for link in ways_on(page):
        assert quiet_site.browser(name).get(link.partition("#")[0]).status == 200, link


@pytest.mark.parametrize("path", ["/", "/tags", "/search?q=soup", "/@nora", "/@nora/comments", "/@nora/followers"])
def test_a_visitor_is_led_on_too(path: str, quiet_site: Site) -> None:
    assert ways_on(quiet_site.browser().get(path))


def test_a_list_of_likes_and_a_record_lead_on(quiet_site: Site) -> None:
    post_id = quiet_site.post("mona")
    nora = quiet_site.browser("nora")

    assert ways_on(nora.get(f"/posts/{post_id}/likes")) == [f"/posts/{post_id}"]
    record = nora.get("/settings/record")
    assert "There is nothing here." in record.words
    assert "/rules" in record.links
    assert nora.get("/settings/invitations").form("/settings/invitations")
