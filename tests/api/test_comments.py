"""Comments below a post."""

from tests.api.client import program_of
from tests.api.objects import API, COMMENT_FIELDS, INSTANT
from tests.web.site import BASE_URL, Site


def test_a84_a_comment_is_created_and_returned_in_full(site: Site) -> None:
    program = program_of(site, "david")
    post_id = site.post("susan")

    answer = program.post(f"/posts/{post_id}/comments/", {"body": "With *leeks*."})

    assert answer.status == 201
    comment = answer.json
    assert comment.keys() == COMMENT_FIELDS
    assert comment["url"] == answer.location == f"{API}/comments/{comment['id']}"
    assert comment["web_url"] == f"{BASE_URL}/comments/{comment['id']}"
    assert comment["post_url"] == f"{API}/posts/{post_id}"
    assert (comment["author"], comment["author_url"]) == ("david", f"{API}/users/david")
    assert (comment["body"], comment["hidden"], comment["version"]) == ("With *leeks*.", False, 1)
    assert "<em>leeks</em>" in comment["body_html"]
    assert INSTANT.fullmatch(comment["timestamp"])
    assert program.get(comment["url"]).json == comment
    assert program.get("/comments/").json["comments"] == [comment]
    assert program.get(f"/posts/{post_id}/comments/").json["comments"] == [comment]
    assert site.browser().get(comment["web_url"].removeprefix(BASE_URL)).status == 303
    edited = program.put(comment["url"], {"body": "Without."})
    assert (edited.json["body"], edited.json["version"]) == ("Without.", 2)
    program.patch(comment["url"], {"body": "x"}).problem(405)
