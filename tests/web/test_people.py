"""People: their pages, and how they are named on all pages."""

import json
import re
from xml.etree.ElementTree import fromstring

import pytest

from domain.roles import Role
from tests.web.browser import Page
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
    for path in ("/@nobody", "/@nobody/comments", "/@nobody/followers", "/@nobody/following", "/@nobody/friends", "/@"):
        assert site.browser().get(path).status == 404, path


def test_everybody_reads_what_a_member_says_below_posts(free_site: Site) -> None:
    post = free_site.post("susan", "Soup.", title="A soup")
    said = [free_site.comment("david", post, f"Comment {number}.") for number in range(31)]
    free_site.hide("mary", said[30])
    visitor = free_site.browser()

    page = visitor.get("/@david/comments")

    assert page.title == "Comments by @david · Chapbook"
    assert [page.text_of(prose) for prose in page.classed("prose")] == [f"Comment {n}." for n in range(29, 0, -1)]
    assert "Hidden by a moderator." in page.words
    assert "On A soup" in page.words
    assert f"/comments/{said[0]}" not in page.links
    (older,) = [link for link in page.links if "before=" in link]
    assert f"/comments/{said[0]}" in visitor.get(f"/@david/comments{older}").links
    assert visitor.get("/@DAVID/comments").location == "/@david/comments"
    assert "/@david/comments" in visitor.get("/@david").links
    assert "has not commented on anything yet" in visitor.get("/@mary/comments").words
    assert "Read what is new" in free_site.browser("ada").get("/@ada/comments").words


def test_a_comment_is_liked_where_its_author_is_read(site: Site) -> None:
    said = site.comment("david", site.post("susan"))
    susan = site.browser("susan")

    answer = susan.submit(susan.get("/@david/comments"), f"/comments/{said}/like")

    assert answer.location == f"/@david/comments#comment-{said}"
    assert susan.follow(answer).only(".//button[@name='like']").get("aria-pressed") == "true"


def test_people_are_found_by_their_names_and_followed_there(free_site: Site) -> None:
    free_site.container.members().edit_profile(
        actor_id=free_site.members["david"], name="David Copper", about_me="\nA life."
    )
    susan, visitor = free_site.browser("susan"), free_site.browser()

    assert sorted(named_in(visitor.get("/people"))) == [
        "@ada administrator",
        "@mary moderator",
        "@susan",
        "David Copper @david",
    ]
    assert named_in(visitor.get("/people?q=copp")) == ["David Copper @david"]
    assert "A life." in visitor.get("/people?q=david").words
    assert named_in(visitor.get("/people?q=+DA+")) == ["David Copper @david"]
    for nobody in ("example.com", "zzz", "%CC%81", "%25", "%00", "a" * 300, "%F0%9F%A6%94"):
        page = visitor.get(f"/people?q={nobody}")
        assert page.status == 200
        assert named_in(page) == []
        assert "Nobody is found" in page.words
    answer = susan.submit(susan.get("/people?q=david"), "/@david/follow")
    assert answer.location == f"/people?q=david#person-{free_site.members['david']}"
    assert "/@david/unfollow" in susan.follow(answer).text


def test_suggestions_stand_above_the_list_of_people(free_site: Site) -> None:
    free_site.post("david")
    susan = free_site.browser("susan")

    assert "People to follow" in susan.get("/people").words
    free_site.follow("susan", "david")
    assert "People to follow" not in susan.get("/people").words
    for path in ("/people?q=david", "/people?before=1"):
        assert "People to follow" not in free_site.browser("mary").get(path).words


def test_who_does_not_belong_here_at_present_is_on_no_list_of_people(free_site: Site) -> None:
    free_site.container.sanctions().sanction(
        actor_id=free_site.members["mary"], username="david", act="suspend", days="1", reason="Rude."
    )

    assert "david" not in free_site.browser("susan").get("/people").text
    assert "ulla" not in free_site.browser("susan").get("/people").text
    free_site.pass_time(days=1)
    assert "david" in free_site.browser("susan").get("/people").text


def named_in(page: Page) -> list[str]:
    return page.texts(".//ul[@class='roll people']//span[@class='who']")


EVE = "Ada Lovelace (ada)"
PLACES = {
    "/": "who",
    "/following": "who",
    "/posts/{post}": "who",
    "/@eve": "h1",
    "/@eve/comments": "h1",
    "/people": "who",
    "/people?q=eve": "who",
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
