"""Following and unfollowing, the lists of followers and followed members, and the timeline."""

import re

from tests.web.browser import Page
from tests.web.conftest import MakeSite
from tests.web.site import Site, profile_of


def suggested(page: Page) -> list[str]:
    return page.texts(".//ul[@class='roll people']//span[@class='who']")


def test_an_unconfirmed_member_is_asked_to_confirm_before_following(site: Site) -> None:
    ulla = site.browser("ulla")

    theirs, own = ulla.get("/@susan"), ulla.get("/@ulla")

    assert "Confirm your address to follow" in theirs.words
    assert "/@susan/follow" not in theirs.actions
    assert "Confirm your address to follow" not in own.words
    assert "Confirm your address, and you can begin." in own.words
    assert "/confirm" in theirs.links
    assert "Begin with a line" in site.browser("susan").get("/@susan").words


def test_w1_a60_following_is_a_button_and_updates_the_counts(site: Site) -> None:
    david = site.browser("david")

    page = david.submit(david.get("/@susan"), "/@susan/follow")

    assert (page.status, page.location) == (303, "/@susan")
    shown = david.follow(page)
    assert shown.flashes == ["You now follow @susan."]
    assert profile_of(shown)["follower"] == "1"
    assert profile_of(david.get("/@david"))["following"] == "1"
    assert "/@susan/unfollow" in shown.actions
    assert "Follows you" in site.browser("susan").get("/@david").words


def test_following_and_unfollowing_are_idempotent(site: Site) -> None:
    david = site.browser("david")

    assert [david.post("/@susan/follow").status for _ in range(2)] == [303, 303]
    assert profile_of(david.get("/@susan"))["follower"] == "1"
    assert [david.post("/@susan/unfollow").status for _ in range(2)] == [303, 303]
    assert profile_of(david.get("/@susan"))["follower"] == "0"
    assert profile_of(david.get("/@david"))["following"] == "0"


def test_a61_unfollowing_shows_a_message(site: Site) -> None:
    site.follow("david", "susan")
    david = site.browser("david")

    page = david.follow(david.submit(david.get("/@susan"), "/@susan/unfollow"))

    assert page.flashes == ["You no longer follow @susan."]
    assert "/@susan/follow" in page.actions


def test_w19_a66_members_cannot_follow_themselves_and_counts_are_right(site: Site) -> None:
    site.post("susan", "Mine.")
    susan = site.browser("susan")

    for verb, status in (("follow", 422), ("unfollow", 303)):
        assert susan.post(f"/@susan/{verb}").status == status
    assert profile_of(susan.get("/@susan")) == {"post": "1", "comment": "0", "follower": "0", "following": "0"}
    assert not {"/@susan/follow", "/@susan/unfollow"} & set(susan.get("/@susan").actions)
    assert len(susan.get("/following").all(".//article")) == 1
    assert "Nobody follows you yet." in susan.get("/@susan/followers").words
    assert "cannot follow yourself" in susan.post("/@susan/follow").words


def test_a_list_of_people_offers_to_follow_each_of_them(site: Site) -> None:
    site.join("erik")
    for follower, followed in (("david", "mary"), ("erik", "mary"), ("susan", "mary"), ("susan", "erik")):
        site.follow(follower, followed)
    path = "/@mary/followers"

    assert {"/@david/follow", "/@erik/unfollow"} == {
        action for action in site.browser("susan").get(path).actions if "follow" in action
    }
    susan = site.browser("susan")
    done = susan.submit(susan.get(path), "/@david/follow")
    assert done.location.startswith(f"{path}#person-")
    assert not [action for action in site.browser().get(path).actions if "follow" in action]
    assert not [action for action in site.browser("ulla").get(path).actions if "follow" in action]


def test_a62_a63_the_lists_show_the_newest_follow_first(make_site: MakeSite) -> None:
    site = make_site(followers_per_page="2", rate_limits="off")
    for name in ("susan", "david", "mary", "erik"):
        site.join(name)
        site.pass_time(minutes=1)
    for name in ("david", "mary", "erik"):
        site.follow(name, "susan")
        site.pass_time(days=1)
    browser = site.browser()

    def faces(path: str) -> list[str]:
        return browser.get(path).texts(".//ul[@class='roll people']//span[@class='who']")

    first = browser.get("/@susan/followers")
    assert first.heading == "Followers of @susan"
    assert faces("/@susan/followers") == ["@erik", "@mary"]
    (older,) = [link.get("href", "") for link in first.all(".//a") if link.get("rel") == "next"]
    assert faces(f"/@susan/followers{older}") == ["@david"]
    assert browser.get("/@erik/following").heading == "Followed by @erik"
    assert faces("/@erik/following") == ["@susan"]
    assert [each.get("datetime") for each in first.all(".//li//time")] == [
        "2026-03-03T12:04:00Z",
        "2026-03-02T12:04:00Z",
    ]


def test_a64_a65_the_timeline_has_an_address_of_its_own(site: Site) -> None:
    site.follow("susan", "david")
    site.post("mary", "Of mary.")
    site.post("david", "Of david.")
    site.post("susan", "Of susan.")
    susan = site.browser("susan")

    timeline = susan.get("/following")
    assert [timeline.text_of(prose) for prose in timeline.classed("prose")] == ["Of susan.", "Of david."]
    assert len(susan.get("/").all(".//article")) == 3
    assert susan.get("/").links.count("/following") == 1
    assert "/following" not in site.browser().get("/").links
    assert not susan.get("/following").cookies


def test_an_empty_timeline_shows_people_to_follow(site: Site) -> None:
    site.browser("david").post(
        "/settings/profile", {"name": "David", "about_me": "\n \nI mend " + "old " * 40 + "clocks.\nAnd read."}
    )
    site.post("mary")
    site.post("david")
    site.follow("mary", "david")
    susan = site.browser("susan")

    page = susan.get("/following")

    assert suggested(page) == ["David @david", "@mary moderator"]
    assert "Nothing has come this way yet." in page.words
    first, second = page.all(".//ul[@class='roll people']/li")
    assert page.text_of(first).startswith("David @david I mend old old")
    assert "old… 1 post 0 comments 1 follower 0 following Follow @david" in page.text_of(first)
    assert page.text_of(second) == "@mary moderator 1 post 0 comments 0 followers 1 following Follow @mary"
    assert first.find(".//a/img[@width='48']") is not None
    assert [heading.tag for heading in page.tree.iter() if re.fullmatch("h[1-6]", heading.tag)] == ["h1", "h2"]
    ids = [element.get("id") for element in page.tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_following_from_the_timeline_shows_the_profile_and_fills_the_timeline(site: Site) -> None:
    site.post("david", "Of david.")
    site.post("mary", "Of mary.")
    susan = site.browser("susan")
    page = susan.get("/following")
    place = f".//div[@data-place='person-{site.members['david']}']"
    assert [form.get("action") for form in page.only(place).iter("form")] == ["/@david/follow"]

    answer = susan.submit(page, "/@david/follow")

    assert (answer.status, answer.location) == (303, "/@david")
    shown = susan.follow(answer)
    assert [form.get("action") for form in shown.only(place).iter("form")] == ["/@david/unfollow"]
    filled = susan.get("/following")
    assert [filled.text_of(prose) for prose in filled.classed("prose")] == ["Of david."]
    assert suggested(filled) == []


def test_a_member_who_follows_no_one_sees_suggestions_below_their_posts(make_site: MakeSite) -> None:
    site = make_site(posts_per_page="2", rate_limits="off")
    for name in ("susan", "david"):
        site.join(name)
    site.post("david")
    ids = [site.post("susan") for _ in range(3)]
    susan = site.browser("susan")

    page = susan.get("/following")
    assert len(page.all(".//article")) == 2
    assert suggested(page) == ["@david"]
    assert "all in one hand, and it is yours" in page.words
    for older in (f"/following?before={ids[1]}", f"/following?after={ids[0]}", "/following?before=1"):
        assert suggested(susan.get(older)) == [], older


def test_suggestions_need_permission_and_someone_new_to_follow(site: Site) -> None:
    site.post("david")

    for name in ("ulla", "david"):
        page = site.browser(name).get("/following")
        assert suggested(page) == []
        assert "People to follow" not in page.words
    assert len(site.browser("david").get("/following").all(".//article")) == 1


def test_at_most_five_people_are_suggested(free_site: Site) -> None:
    for name in ("anna", "bert", "carl", "dora", "ella", "finn"):
        free_site.join(name)
        free_site.post(name)

    assert suggested(free_site.browser("susan").get("/following")) == ["@finn", "@ella", "@dora", "@carl", "@bert"]
