"""Hiding and restoring comments, and the record of it."""

from tests.api.client import program_of
from tests.api.objects import API
from tests.web.site import Site


def test_w3_a4_only_moderators_read_the_text_of_a_hidden_comment(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "Buy my soup!")
    site.hide("mary", comment_id)
    where = (f"/comments/{comment_id}", "/comments/", f"/posts/{post_id}/comments/")

    for name in ("susan", "david"):
        for path in where:
            answer = program_of(site, name).get(path)
            found = answer.json["comments"][0] if "comments" in answer.json else answer.json
            assert (found["hidden"], found["body"], found["body_html"]) == (True, None, None)
            assert b"Buy" not in answer.data
    for name in ("mary", "ada"):
        for path in where:
            answer = program_of(site, name).get(path)
            found = answer.json["comments"][0] if "comments" in answer.json else answer.json
            assert (found["hidden"], found["body"]) == (True, "Buy my soup!")


def test_a_moderator_hides_a_comment_with_a_reason_in_the_log(site: Site) -> None:
    mary = program_of(site, "mary")
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "Buy my soup!")
    hiding = f"/comments/{comment_id}/hiding"

    assert mary.put(hiding, {"reason": "It sells."}).status == 204
    assert mary.put(hiding, {"reason": "It sells soup."}).status == 204
    assert mary.delete(hiding).status == 204
    assert mary.delete(hiding).status == 204
    assert mary.put(hiding, {"reason": ""}).problem(422).fields.keys() == {"reason"}
    assert mary.put(hiding, {}).problem(422).fields.keys() == {"reason"}
    mary.put(hiding, {"reason": "x" * 501}).problem(422)
    mary.put("/comments/7/hiding", {"reason": "x"}).problem(404)
    mary.delete("/comments/7/hiding").problem(404)

    log = mary.get("/moderation/log/").json
    assert log["count"] == 3
    assert [(entry["action"], entry["reason"]) for entry in log["entries"]] == [
        ("restore", ""),
        ("hide", "It sells soup."),
        ("hide", "It sells."),
    ]
    first = log["entries"][-1]
    assert (first["moderator"], first["author"], first["body"]) == ("mary", "david", "Buy my soup!")
    assert first["comment_url"] == f"{API}/comments/{comment_id}"
    assert first["post_url"] == f"{API}/posts/{post_id}"


def test_the_log_of_one_member_is_not_counted_and_its_pages_keep_the_query(any_site: Site) -> None:
    post_id = any_site.post("susan")
    for number in range(5):
        any_site.hide("mary", any_site.comment("david", post_id), f"Mary {number}.")
        any_site.hide("ada", any_site.comment("david", post_id), f"Ada {number}.")
    ada = program_of(any_site, "ada")

    pages = ada.pages("/moderation/log/?by=MARY&limit=2")

    reasons = [entry["reason"] for page in pages for entry in page.json["entries"]]
    assert reasons == [f"Mary {number}." for number in reversed(range(5))]
    assert [page.json["count"] for page in pages] == [None] * 3
    assert ada.get(pages[1].json["prev"]).json["entries"] == pages[0].json["entries"]
    assert all(page.links == {name: url for name in ("prev", "next") if (url := page.json[name])} for page in pages)
    assert ada.get("/moderation/log/?by=david").json == {"entries": [], "prev": None, "next": None, "count": None}
    assert ada.get("/moderation/log/?limit=2").json["count"] > 9


def test_the_log_of_nobody_is_not_found(site: Site) -> None:
    mary = program_of(site, "mary")

    mary.get("/moderation/log/?by=nobody").problem(404)
    for query, message in (
        ("by=", "by must be a username"),
        ("by=%00", "by must be a username"),
        ("by=mary&by=ada", "by is given more than once"),
    ):
        mary.get(f"/moderation/log/?{query}").problem(400, message)
    program_of(site, "david").get("/moderation/log/?by=nobody").problem(403)
