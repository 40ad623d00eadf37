"""Mutes and blocks in the API."""

import pytest

from tests.api.client import program_of, with_password
from tests.web.site import Site


@pytest.mark.parametrize(("act", "listed"), [("mute", "mutes"), ("block", "blocks")])
def test_both_are_idempotent_and_listed(site: Site, act: str, listed: str) -> None:
    susan = program_of(site, "susan")
    assert susan.get(f"/me/{listed}/").json == {"users": [], "prev": None, "next": None, "count": 0}

    for _ in range(2):
        answer = susan.put(f"/users/David/{act}")
        assert (answer.status, answer.data) == (204, b"")
        found = susan.get(f"/me/{listed}/").json
        assert found == {"users": [susan.get("/users/david").json], "prev": None, "next": None, "count": 1}
    (other,) = {"mutes", "blocks"} - {listed}
    assert susan.get(f"/me/{other}/").json["users"] == []
    for _ in range(2):
        assert susan.delete(f"/users/david/{act}").status == 204
        assert susan.get(f"/me/{listed}/").json["count"] == 0
    susan.put(f"/users/susan/{act}").problem(422, "You cannot mute or block yourself.")
    assert susan.delete(f"/users/susan/{act}").status == 204
    susan.put(f"/users/nobody/{act}").problem(404)
    susan.delete(f"/users/nobody/{act}").problem(404)


def test_the_lists_turn_pages_newest_first(site: Site) -> None:
    susan = program_of(site, "susan")
    for name in ("david", "mary", "ada"):
        susan.put(f"/users/{name}/block")

    first = susan.get("/me/blocks/?limit=2")
    second = susan.get(first.json["next"])

    assert [user["username"] for user in first.json["users"]] == ["ada", "mary"]
    assert [user["username"] for user in second.json["users"]] == ["david"]
    assert (first.json["count"], second.json["next"]) == (3, None)
    assert second.links["prev"] == second.json["prev"]


def test_a_thread_marks_muted_comments_and_the_etag_follows(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id)
    site.comment("mary", post_id)
    susan = program_of(site, "susan")
    before = susan.get(f"/posts/{post_id}/comments/")
    assert [comment["muted"] for comment in before.json["comments"]] == [False, False]

    site.mute("susan", "david")

    after = susan.get(f"/posts/{post_id}/comments/")
    assert [comment["muted"] for comment in after.json["comments"]] == [True, False]
    assert after.json["count"] == 2
    assert after.etag != before.etag
    assert susan.get(f"/comments/{comment_id}").json["muted"] is True
    assert program_of(site, "mary").get(f"/comments/{comment_id}").json["muted"] is False


def test_a_reader_with_a_password_mutes_as_one_with_a_token(site: Site) -> None:
    post_id = site.post("susan")
    site.comment("david", post_id)
    site.mute("susan", "david")

    for program in (program_of(site, "susan"), with_password(site, "susan")):
        assert [comment["muted"] for comment in program.get(f"/posts/{post_id}/comments/").json["comments"]] == [True]


def test_a_block_refuses_with_the_answer_that_everybody_gets(site: Site) -> None:
    post_id = site.post("susan")
    site.block("susan", "david")
    site.container.members().set_standing(username="mary", disabled=True)
    david = program_of(site, "david")

    david.post(f"/posts/{post_id}/comments/", {"body": "Words."}).problem(403, "You cannot comment here")
    blocked = david.put("/users/susan/follow").problem(403, "You cannot follow this member")

    assert david.put("/users/mary/follow").problem(403).json == blocked.json
