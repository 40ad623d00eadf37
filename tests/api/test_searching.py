"""The search in the API."""

from tests.api.client import program_of
from tests.web.site import Site


def test_posts_or_comments_are_found_as_their_lists_have_them(site: Site) -> None:
    post_id = site.post("susan", "The kettle sings.", "On kettles")
    comment_id = site.comment("david", post_id, "Mine whistles.")
    david = program_of(site, "david")

    found = david.get("/search/?q=kettle").json
    assert found == {"posts": [david.get(f"/posts/{post_id}").json], "prev": None, "next": None}
    found = david.get("/search/?q=whistles&in=comments").json
    assert found == {"comments": [david.get(f"/comments/{comment_id}").json], "prev": None, "next": None}
    assert david.get("/search/?q=whistles&in=posts").json["posts"] == []


def test_links_lead_to_older_posts(site: Site) -> None:
    post_ids = [site.post("susan", f"Soup & {number}.") for number in range(3)]
    david = program_of(site, "david")

    first = david.get("/search/?q=soup+from:susan&limit=2").json
    second = david.get(first["next"].partition("/api/v1")[2]).json

    assert [post["id"] for post in first["posts"]] == [str(id) for id in post_ids[:0:-1]]
    assert ([post["id"] for post in second["posts"]], second["next"]) == ([str(post_ids[0])], None)


def test_a_query_without_sense_is_refused_at_its_field(site: Site) -> None:
    susan = program_of(site, "susan")

    for query in ("", "?q=", "?q=-soup", "?q=soup+after:soon", f"?q={'x' * 201}"):
        answer = susan.get(f"/search/{query}")
        answer.problem(422)
        assert [error["field"] for error in answer.json["errors"]] == ["q"]
    susan.get("/search/?q=soup&in=people").problem(400)
    susan.get("/search/?q=soup&q=stew").problem(400)
    susan.get("/search/?q=soup&cursor=YTE").problem(400)


def test_sixty_searches_a_minute_are_enough(site: Site) -> None:
    susan, david = program_of(site, "susan"), program_of(site, "david")
    for _ in range(60):
        assert susan.get("/search/?q=soup").status == 200

    susan.get("/search/?q=soup").problem(429)
    assert susan.get("/posts/").status == 200
    assert david.get("/search/?q=soup").status == 200
