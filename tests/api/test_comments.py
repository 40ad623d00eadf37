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


def test_a_comment_answers_another_one(site: Site) -> None:
    program = program_of(site, "david")
    post_id = site.post("susan")
    comment_id, other_id = site.comment("susan", post_id), site.comment("susan", site.post("susan"))

    answer = program.post(f"/posts/{post_id}/comments/", {"body": "So do I.", "reply_to": str(comment_id)})

    assert (answer.status, answer.json["reply_to"]) == (201, str(comment_id))
    edited = program.put(answer.json["url"], {"body": "So did I."})
    assert edited.json["reply_to"] == str(comment_id)
    first, second = program.get(f"/posts/{post_id}/comments/").json["comments"]
    assert (first["reply_to"], second["reply_to"]) == (None, str(comment_id))
    assert program.post(f"/posts/{post_id}/comments/", {"body": "x", "reply_to": None}).json["reply_to"] is None
    with site.unchanged():
        for wrong in (str(other_id), str(2**63)):
            refused = program.post(f"/posts/{post_id}/comments/", {"body": "x", "reply_to": wrong}).problem(422)
            assert [error["field"] for error in refused.json["errors"]] == ["reply_to"]
        for malformed in (comment_id, "x", "0"):
            program.post(f"/posts/{post_id}/comments/", {"body": "x", "reply_to": malformed}).problem(400)
        program.put(answer.json["url"], {"body": "x", "reply_to": None}).problem(422)
