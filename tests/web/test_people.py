"""People: their pages, and how they are named on all pages."""

import json
import re
from xml.etree.ElementTree import fromstring

import pytest

from domain.roles import Role
from tests.web.site import BASE_URL, Site, profile_of


def test_a41_a_profile_describes_its_member(site: Site) -> None:
    site.browser("susan").post(
        "/settings/profile", {"name": "Susan O'Neil", "location": "Delft", "about_me": "I cook.\nAnd read."}
    )
    site.post("susan", "Soup.")

    page = site.browser().get("/@susan")

    assert page.heading == "Susan O'Neil @susan"
    assert page.title == "Susan O'Neil · @susan · Chapbook"
    assert "From Delft" in page.words
    assert "I cook. And read." in page.words
    assert "Member since 1 March 2026 Last seen 1 March 2026, 12:00 UTC" in page.words
    assert profile_of(page) == {"post": "1", "comment": "0", "follower": "0", "following": "0"}
    assert len(page.all(".//article")) == 1
    assert "susan@example.com" not in page.text
    assert "susan@example.com" not in site.browser("ada").get("/@susan").text


def test_a41_an_unknown_profile_is_not_found(site: Site) -> None:
    for path in ("/@nobody", "/@nobody/followers", "/@nobody/following", "/@nobody/friends", "/@"):
        assert site.browser().get(path).status == 404, path


EVE = "Ada Lovelace (ada)"
PLACES = {
    "/": "who",
    "/following": "who",
    "/posts/{post}": "who",
    "/@eve": "h1",
    "/@eve/followers": "h1",
    "/@susan/followers": "who",
    "/moderation/comments": "who",
    "/moderation/log": "who",
    "/admin/users": "who",
    "/admin/users/eve": "h1",
}


@pytest.fixture
def borrowed(site: Site) -> dict[str, int]:
    """eve calls herself by the name and the username of another. She moderates, and writes in every place."""
    site.join("eve", Role.MODERATOR)
    site.container.members().edit_profile(actor_id=site.members["eve"], name=EVE)
    post = site.post("eve", "A post.")
    comment = site.comment("eve", post)
    site.hide("eve", comment)
    site.follow("eve", "susan")
    site.follow("ada", "eve")
    return {"post": post, "comment": comment}


@pytest.mark.parametrize("path", PLACES)
def test_the_username_and_the_marks_stand_beside_a_name_wherever_it_stands(
    site: Site, borrowed: dict[str, int], path: str
) -> None:
    page = site.browser("ada").get(path.format(**borrowed))
    places = page.classed("who") if PLACES[path] == "who" else page.all(".//h1")

    named = [page.text_of(place) for place in places if EVE in page.text_of(place)]

    assert named
    for text in named:
        assert f"{EVE} @eve moderator" in text
    for name in (bdi for bdi in page.all(".//bdi") if EVE in page.text_of(bdi)):
        assert page.text_of(name) == EVE
    assert not re.search(rf"{EVE}(?! @eve moderator| \(@eve\))", page.words)


def test_the_author_of_the_post_is_marked_below_it_alone(site: Site) -> None:
    post = site.post("mary", "A post.")
    for name in ("mary", "david", "ada"):
        site.comment(name, post)
    visitor = site.browser()

    page = visitor.get(f"/posts/{post}")
    assert [page.text_of(who) for who in page.classed("who")] == [
        "@mary moderator",
        "@mary moderator author",
        "@david",
        "@ada administrator",
    ]
    zh = site.browser(headers={"Accept-Language": "zh"}).get(f"/posts/{post}")
    assert [zh.text_of(who) for who in zh.classed("who")] == ["@mary 版主", "@mary 版主 作者", "@david", "@ada 管理员"]
    home = visitor.get("/")
    assert [home.text_of(who) for who in home.classed("who")] == ["@mary moderator"]


def test_a_new_role_is_marked_and_a_former_one_is_not(site: Site) -> None:
    site.post("david")
    for role, text in ((Role.MODERATOR, "@david moderator"), (Role.ADMINISTRATOR, "@david administrator")):
        site.container.members().set_standing(username="david", role=role)
        assert site.browser().get("/").texts(".//span[@class='who']") == [text]
    site.container.members().set_standing(username="david", role=Role.USER)
    assert site.browser().get("/").texts(".//span[@class='who']") == ["@david"]


def test_a_member_without_a_name_is_named_by_the_username_alone(site: Site) -> None:
    post = site.post("david")
    page = site.browser().get("/@david")

    assert (page.heading, page.title) == ("@david", "@david · Chapbook")
    assert site.browser().get(f"/posts/{post}").texts(".//span[@class='who']") == ["@david"]


def test_titles_and_headings_name_the_username_too(site: Site, borrowed: dict[str, int]) -> None:
    visitor = site.browser()
    profile, post = visitor.get("/@eve"), visitor.get(f"/posts/{borrowed['post']}")

    assert profile.title == f"{EVE} · @eve · Chapbook"
    assert profile.only("./head/meta[@property='og:title']").get("content") == f"{EVE} · @eve"
    assert post.heading == f"A post by {EVE} (@eve)"
    assert visitor.get("/").texts(".//article//h2") == [f"By {EVE} (@eve)"]
    assert visitor.get("/@eve/following").title == f"Followed by {EVE} (@eve) · Chapbook"


def test_feeds_name_the_username_too(site: Site, borrowed: dict[str, int]) -> None:
    visitor = site.browser()
    for path in ("/", "/@eve/"):
        atom = fromstring(visitor.get(f"{path}feed.atom").data)
        assert [name.text for name in atom.iter("{http://www.w3.org/2005/Atom}name")] == [f"{EVE} (@eve)"]
        assert [uri.text for uri in atom.iter("{http://www.w3.org/2005/Atom}uri")] == [f"{BASE_URL}/@eve"]
        (item,) = json.loads(visitor.get(f"{path}feed.json").data)["items"]
        assert item["authors"][0]["name"] == f"{EVE} (@eve)"
    assert json.loads(visitor.get("/@eve/feed.json").data)["title"] == f"{EVE} · @eve · Chapbook"


def test_letters_that_run_left_do_not_move_the_username(site: Site) -> None:
    site.container.members().edit_profile(actor_id=site.members["david"], name="שרה")
    post = site.post("david", "***")
    visitor = site.browser()

    page = visitor.get(f"/posts/{post}")

    assert page.title == "A post by \u2068שרה\u2069 (\u2068@david\u2069) · Chapbook"
    (who,) = page.all(".//span[@class='who']")
    assert [page.text_of(part) for part in who] == ["שרה", "@david"]
    assert {part.tag for part in who} == {"bdi"}
    heading = visitor.get("/@david").only(".//h1")
    assert [part.tag for part in heading.iter()] == ["h1", "span", "span", "bdi"]
