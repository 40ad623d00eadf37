"""How much of a timeline a screen shows: several openings, and none of their links out of sight."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse

pytestmark = [pytest.mark.browser, pytest.mark.sql]

# Width, height, entries at least and at most.
SCREENS = {"laptop": (1280, 800, 4, 6), "phone": (390, 844, 3, 4)}
VISITOR, MEMBER = "", "susan"
# Where each entry begins and ends, from the top of the page.
ENTRIES = """() => [...document.querySelectorAll("main .entry")].map((entry) => {
    const box = entry.getBoundingClientRect();
    return [box.top + scrollY, box.bottom + scrollY];
})"""
IN_SIGHT = """(link) => {
    const box = link.getBoundingClientRect();
    return link.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
}"""
HIDES_SOME = "(opening) => opening.scrollHeight > opening.clientHeight"


def mostly_seen(entries: list[list[float]], top: float, height: int) -> int:
    return sum(min(below, top + height) - max(above, top) >= 0.6 * (below - above) for above, below in entries)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("name", [VISITOR, MEMBER], ids=["visitor", "member"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_shows_several_posts(browse: Browse, screen: str, name: str, language: str) -> None:
    width, height, least, most = SCREENS[screen]
    page = browse(name, viewport={"width": width, "height": height}, locale=language)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    entries: list[list[float]] = page.evaluate(ENTRIES)
    first, last = entries[0][0], entries[-1][1]

    assert len(entries) == 20
    assert least <= height / ((last - first) / len(entries)) <= most
    # The first screen has a beginning of the list, below what welcomes.
    assert mostly_seen(entries, 0, height) >= 2
    for top in range(round(first), round(last - height), 50):
        assert mostly_seen(entries, top, height) >= least, top


def test_a_link_in_the_hidden_end_of_an_opening_is_shown_when_it_has_the_focus(browse: Browse) -> None:
    page = browse("ruth", viewport={"width": 320, "height": 640})
    page.goto("/")
    page.get_by_label("What is on your mind?").fill("W" * 7 + " WWWWWWW" * 16 + " [here](/@ruud) and so on. " * 9)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your post is published")).to_be_visible()
    post = page.url
    page.goto("/")
    opening = page.locator(".entry .cut").first
    link = opening.get_by_role("link").last
    assert opening.evaluate(HIDES_SOME)
    assert not link.evaluate(IN_SIGHT)

    link.focus()

    assert not opening.evaluate(HIDES_SOME)
    assert link.evaluate(IN_SIGHT)
    remove(page, post)


def remove(page: Page, post: str) -> None:
    """The other tests are to see the same twenty."""
    page.goto(post)
    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete this post").click()
    expect(page.get_by_text("The post is deleted")).to_be_visible()
