"""The button that bookmarks a post, and the list of one's bookmarks."""

from tests.web.browser import Page
from tests.web.site import Site


def titles(page: Page) -> list[str]:
    return page.texts(".//article//h2")


def test_a_bookmark_is_set_below_a_post_and_found_in_the_menu(site: Site) -> None:
    post_id = site.post("susan", title="On soup")
    david = site.browser("david")
    home = david.get("/")
    assert "/bookmarks" in home.links

    page = david.post(f"/posts/{post_id}/bookmark", {"next": f"/#liking-{post_id}"})

    assert (page.status, page.location) == (303, f"/#liking-{post_id}")
    assert david.follow(page).flashes == ["This post is in your bookmarks."]
    assert titles(david.get("/bookmarks")) == ["On soup"]
    assert f"/posts/{post_id}/unbookmark" in david.get("/").text
    page = david.post(f"/posts/{post_id}/unbookmark")
    assert page.location == f"/posts/{post_id}"
    assert david.follow(page).flashes == ["This post is no longer in your bookmarks."]
    assert titles(david.get("/bookmarks")) == []


def test_the_list_is_ones_own_newest_bookmark_first_and_nobody_stores_it(site: Site) -> None:
    first, second = site.post("susan", title="First"), site.post("susan", title="Second")
    for post_id in (second, first):
        site.bookmark("david", post_id)

    own, others = site.browser("david").get("/bookmarks"), site.browser("mary").get("/bookmarks")

    assert titles(own) == ["First", "Second"]
    assert own.headers["Cache-Control"] == "no-store"
    assert titles(others) == []
    assert site.browser().get("/bookmarks").location == "/login?next=/bookmarks"


def test_an_empty_list_has_a_way_on(site: Site) -> None:
    page = site.browser("david").get("/bookmarks")

    assert "Nothing is kept here yet." in page.words
    assert "/" in page.links


def test_what_is_hidden_or_by_whom_one_mutes_is_left_out(site: Site) -> None:
    hidden, muted = site.post("susan", title="Hidden"), site.post("mary", title="Muted")
    for post_id in (hidden, muted):
        site.bookmark("david", post_id)
    site.container.moderation().hide_post(actor_id=site.members["mary"], post_id=hidden, reason="Rude.")
    david = site.browser("david")
    assert titles(david.get("/bookmarks")) == ["Muted"]

    site.mute("david", "mary")

    assert titles(david.get("/bookmarks")) == []


def test_pages_lead_from_one_part_to_the_next(site: Site) -> None:
    post_ids = [site.post("susan", title=str(number)) for number in range(21)]
    for post_id in post_ids:
        site.bookmark("david", post_id)
    david = site.browser("david")

    first = david.get("/bookmarks")
    (onward,) = [link for link in first.links if "before=" in link]

    assert titles(first) == [str(number) for number in range(20, 0, -1)]
    assert titles(david.get(f"/bookmarks{onward}")) == ["0"]
