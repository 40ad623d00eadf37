"""Tags on pages: below posts, their list, the posts of one, its feeds, and its new name."""

import json
from urllib.parse import quote

import pytest

from tests.web.browser import Page
from tests.web.site import BASE_URL, Site


def titles(page: Page) -> list[str]:
    return page.texts(".//article//h2")


def tags_of(page: Page) -> list[str]:
    return page.texts(".//a[@rel='tag']")


def test_a_post_is_published_and_edited_with_tags(site: Site) -> None:
    susan = site.browser("susan")
    page = susan.get("/write")
    assert "tags" in page.text

    sent = susan.submit(page, "/posts", body="Soup.", tags="#Soup, slow-food　汤、soup")
    path, shown = sent.location, susan.follow(sent)

    assert tags_of(shown) == ["soup", "slow-food", "汤"]
    assert f"/tags/{quote('汤')}" in shown.links
    assert tags_of(susan.get("/")) == ["soup", "slow-food", "汤"]
    edit = susan.get(f"{path}/edit")
    assert edit.form(f"{path}/edit")["tags"] == "soup slow-food 汤"
    shown = susan.follow(susan.submit(edit, f"{path}/edit", tags="bread"))
    assert tags_of(shown) == ["bread"]
    # A form without the field keeps them.
    susan.post(f"{path}/edit", {"body": "Bread.", "version": "2"})
    assert tags_of(susan.get(path)) == ["bread"]


def test_what_is_no_tag_is_said_at_its_field_and_nothing_is_lost(site: Site) -> None:
    susan = site.browser("susan")

    page = susan.submit(susan.get("/write"), "/posts", body="", tags="c++ soup")

    assert page.status == 422
    assert "A tag has only letters, digits and hyphens: please change “c++”." in page.words
    assert "Please fill this in." in page.words
    assert page.form("/posts")["tags"] == "c++ soup"
    assert "#tags" in page.links


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("a b c d e f", "These are 6 tags; a post has at most 5."),
        ("x" * 31, "A tag has at most 30 characters: please shorten “xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx”."),
        ("<b>", "please change “<b>”."),
    ],
)
def test_each_rule_says_what_to_do(site: Site, typed: str, sentence: str) -> None:
    susan = site.browser("susan")

    page = susan.submit(susan.get("/write"), "/posts", body="Soup.", tags=typed)

    assert (page.status, sentence in page.words) == (422, True)


def test_another_version_shows_its_tags_above_the_form(site: Site) -> None:
    post_id = site.post("susan", tags=["soup"])
    susan = site.browser("susan")
    mine = susan.get(f"/posts/{post_id}/edit")
    susan.submit(susan.get(f"/posts/{post_id}/edit"), f"/posts/{post_id}/edit", tags="bread fog")

    page = susan.submit(mine, f"/posts/{post_id}/edit", tags="rain")

    assert page.status == 409
    assert "bread fog" in page.words
    assert page.form(f"/posts/{post_id}/edit")["tags"] == "rain"


def test_the_list_has_the_most_used_first_and_a_way_on_when_it_is_empty(site: Site) -> None:
    visitor = site.browser()
    assert "No post has a tag yet." in visitor.get("/tags").words

    for tags in (["soup"], ["soup", "汤"], ["bread"]):
        site.post("susan", tags=tags)

    page = visitor.get("/tags")
    assert page.texts(".//li/a") == ["soup", "bread", "汤"]
    assert "2 posts" in page.words
    assert "/tags" in visitor.get("/").links


def test_the_page_of_a_tag_is_a_list_like_the_first_page(site: Site) -> None:
    site.post("susan", title="Bread", tags=["bread"])
    for number in range(25):
        site.post("susan", title=f"Soup {number}", tags=["soup"])
    visitor = site.browser()

    page = visitor.get("/tags/soup")

    assert titles(page)[0] == "Soup 24"
    assert len(titles(page)) == 20
    assert {"/tags/soup/feed.atom", "/tags"} <= set(page.links)
    (older,) = [link for link in page.links if "before=" in link]
    assert titles(visitor.get(older)) == [f"Soup {number}" for number in (4, 3, 2, 1, 0)]
    assert "noindex" not in page.text
    assert "/rename" not in page.text


@pytest.mark.parametrize("spelled", ["Soup", "%23soup", "%EF%BC%B3oup", "SOUP?before=5"])
def test_another_spelling_leads_to_the_right_one(site: Site, spelled: str) -> None:
    site.post("susan", tags=["soup"])

    page = site.browser().get(f"/tags/{spelled}")

    assert (page.status, page.location) == (308, "/tags/soup" + ("?before=5" if "?" in spelled else ""))


@pytest.mark.parametrize("tag", ["nothing", "c%2B%2B", "x" * 3_000, "%00", "%F0%9F%A6%94", "-"])
def test_a_tag_that_never_was_is_not_found_and_leads_on(site: Site, tag: str) -> None:
    visitor = site.browser()

    page = visitor.get(f"/tags/{tag}")

    assert page.status == 404
    assert "/tags" in page.links
    assert visitor.get(f"/tags/{tag}/feed.atom").status == 404


def test_a_tag_that_lost_its_last_post_says_so(site: Site) -> None:
    post_id = site.post("susan", tags=["soup"])
    site.container.posts().delete(actor_id=site.members["susan"], post_id=post_id)

    page = site.browser().get("/tags/soup")

    assert page.status == 200
    assert "No post has this tag any more." in page.words
    assert "noindex" in page.text


def test_who_mutes_reads_no_posts_of_that_member_there(site: Site) -> None:
    site.post("susan", title="Susan's", tags=["soup"])
    site.post("mary", title="Mary's", tags=["soup"])
    site.mute("david", "mary")

    assert titles(site.browser("david").get("/tags/soup")) == ["Susan's"]


def test_a_tag_has_feeds_and_posts_name_their_tags_in_every_feed(site: Site) -> None:
    site.post("susan", title="Bread", tags=["bread"])
    post_id = site.post("susan", title="Soup", tags=["汤", "soup"])
    visitor, path = site.browser(), f"/tags/{quote('汤')}"

    atom, feed = visitor.get(f"{path}/feed.atom"), json.loads(visitor.get(f"{path}/feed.json").text)

    assert atom.text.count("<entry>") == 1
    assert '<category term="汤"' in atom.text
    assert f'href="{BASE_URL}{path}/feed.atom"' in atom.text
    assert [(item["id"], item["tags"]) for item in feed["items"]] == [(f"{BASE_URL}/posts/{post_id}", ["汤", "soup"])]
    assert feed["home_page_url"] == f"{BASE_URL}{path}"
    assert [item["tags"] for item in json.loads(visitor.get("/feed.json").text)["items"]] == [["汤", "soup"], ["bread"]]
    assert visitor.get("/tags/SOUP/feed.json").location == "/tags/soup/feed.json"
    assert visitor.get("/tags/soup/rss").location == "/tags/soup/feed.atom"
    assert '<meta property="article:tag" content="汤">' in visitor.get(f"/posts/{post_id}").text


def test_an_administrator_renames_a_tag_and_its_old_address_leads_on(site: Site) -> None:
    post_id = site.post("susan", tags=["suppe"])
    ada = site.browser("ada")

    sent = ada.submit(ada.get("/tags/suppe"), "/tags/suppe/rename", to=" #Soup ")

    shown = ada.follow(sent)
    assert (sent.location, shown.flashes) == ("/tags/soup", ["The tag is #soup now. Its old address leads here."])
    assert ada.get("/tags/suppe").location == "/tags/soup"
    assert ada.get("/tags/Suppe/feed.atom").location == "/tags/soup/feed.atom"
    assert "Renamed the tag #suppe → #soup" in ada.get("/moderation/log").words
    site.deliver()
    assert tags_of(ada.get(f"/posts/{post_id}")) == ["soup"]


def test_a_name_that_is_none_is_said_at_its_field(site: Site) -> None:
    site.post("susan", title="On soup", tags=["soup"])
    ada = site.browser("ada")

    page = ada.submit(ada.get("/tags/soup"), "/tags/soup/rename", to="c++")

    assert page.status == 422
    assert (page.form("/tags/soup/rename")["to"], titles(page)) == ("c++", ["On soup"])
    assert "please change “c++”." in page.words
    assert ada.post("/tags/nothing/rename", {"to": "c++"}).status == 404


def test_only_administrators_rename(site: Site) -> None:
    site.post("susan", tags=["soup"])

    for name in ("susan", "mary"):
        assert site.browser(name).post("/tags/soup/rename", {"to": "broth"}).status == 403
    assert site.browser().post("/tags/soup/rename", {"to": "broth"}).location == "/login?next=/tags/soup"


def test_one_form_with_other_tags_is_another_text(site: Site) -> None:
    susan = site.browser("susan")
    page = susan.get("/write")
    first = susan.submit(page, "/posts", body="Soup.", tags="soup")

    assert susan.submit(page, "/posts", body="Soup.", tags="soup").location == first.location
    assert susan.submit(page, "/posts", body="Soup.", tags="bread").status == 422
