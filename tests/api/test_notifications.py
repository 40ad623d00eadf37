"""The list of what a member is told of, and marking it as read."""

import pytest

from domain.ids import LARGEST
from tests.api.client import Answer, program_of
from tests.web.site import BASE_URL, Site

READ = "/notifications/read"


def kinds(answer: Answer) -> list[tuple[str, bool]]:
    return [(each["kind"], each["unread"]) for each in answer.json["notifications"]]


def test_a_notification_says_what_happened_who_did_it_and_where_to_go_on(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    comment_id = site.comment("david", post_id, "Look, @susan.")
    susan = program_of(site, "susan")

    answer = susan.get("/notifications/")

    (told,) = answer.json["notifications"]
    assert answer.json.keys() == {"notifications", "prev", "next"}
    assert told.pop("id").isdigit()
    assert told.pop("created_at").startswith("2026-03-01T")
    # How the reader stands to who did it is read from their own page.
    assert [actor["username"] for actor in told["actors"]] == ["david"]
    assert told.pop("actors")[0].items() >= {"post_count": 0, "comment_count": 1, "name": ""}.items()
    assert told == {
        "kind": "mention",
        "unread": True,
        "actor_count": 1,
        "post_url": f"{BASE_URL}/api/v1/posts/{post_id}",
        "comment_url": f"{BASE_URL}/api/v1/comments/{comment_id}",
        "web_url": f"{BASE_URL}/comments/{comment_id}",
    }
    assert susan.get(f"/posts/{post_id}").status == susan.get(f"/comments/{comment_id}").status == 200


def test_many_who_do_the_same_are_one_notification_that_names_three(site: Site) -> None:
    post_id = site.post("susan")
    for number in range(5):
        site.join(f"fan{number}")
        site.like(f"fan{number}", post_id)

    (told,) = program_of(site, "susan").get("/notifications/").json["notifications"]

    assert [actor["username"] for actor in told["actors"]] == ["fan4", "fan3", "fan2"]
    assert (told["kind"], told["actor_count"], told["comment_url"]) == ("like", 5, None)


def test_what_moderators_decided_names_nobody(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    site.hide("mary", comment_id)

    (told,) = program_of(site, "susan").get("/notifications/").json["notifications"]

    assert (told["kind"], told["actors"], told["actor_count"]) == ("hidden", [], 0)
    assert told["web_url"].startswith(f"{BASE_URL}/appeals/")


def test_the_list_is_paged_newest_first_and_without_a_count(site: Site) -> None:
    for _ in range(5):
        site.like("david", site.post("susan"))
    susan = program_of(site, "susan")

    pages = susan.pages("/notifications/?limit=2")

    assert [len(page.json["notifications"]) for page in pages] == [2, 2, 1]
    ids = [int(each["id"]) for page in pages for each in page.json["notifications"]]
    assert ids == sorted(ids, reverse=True)
    assert all(page.links == {name: url for name in ("prev", "next") if (url := page.json[name])} for page in pages)
    assert susan.get(pages[2].json["prev"]).json["notifications"] == pages[1].json["notifications"]


def test_marking_as_read_reads_what_was_seen_and_nothing_newer(site: Site) -> None:
    post_id = site.post("susan")
    site.like("david", post_id)
    susan = program_of(site, "susan")
    seen = susan.get("/notifications/").json["notifications"][0]["id"]
    site.follow("david", "susan")
    site.like("mary", post_id)

    # The row that was seen has grown meanwhile, and is a new one.
    for _ in range(2):
        assert susan.put(READ, {"until": seen}).status == 204
        assert kinds(susan.get("/notifications/")) == [("like", True), ("follow", True)]
    follow = susan.get("/notifications/").json["notifications"][1]["id"]
    for _ in range(2):
        answer = susan.put(READ, {"until": follow})
        assert (answer.status, answer.data) == (204, b"")
        assert kinds(susan.get("/notifications/")) == [("like", True), ("follow", False)]
    assert susan.put(READ, {"until": str(LARGEST)}).status == 204
    assert kinds(susan.get("/notifications/")) == [("like", False), ("follow", False)]


def test_an_id_of_another_member_reads_nothing_of_theirs(site: Site) -> None:
    site.like("david", site.post("susan"))
    susan, mary = program_of(site, "susan"), program_of(site, "mary")
    seen = susan.get("/notifications/").json["notifications"][0]["id"]

    with site.unchanged():
        assert mary.put(READ, {"until": seen}).status == 204

    assert kinds(susan.get("/notifications/")) == [("like", True)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"until": None}, 400),
        ({"until": 7}, 400),
        ({"until": ""}, 400),
        ({"until": "0"}, 400),
        ({"until": "x"}, 400),
        ({"until": "٣"}, 400),
        ({"until": str(LARGEST + 1)}, 400),
        ({"until": "9" * 5_000}, 400),
        ([], 400),
        ({"until": "7", "since": "5"}, 422),
    ],
)
def test_what_is_no_id_is_refused(body: object, status: int, site: Site) -> None:
    site.like("david", site.post("susan"))
    susan = program_of(site, "susan")

    with site.unchanged():
        susan.put(READ, body).problem(status)


def test_the_etag_is_that_of_what_is_told(site: Site) -> None:
    post_id = site.post("susan")
    site.like("david", post_id)
    susan = program_of(site, "susan")
    first = susan.get("/notifications/")
    known = {"If-None-Match": first.etag}
    assert susan.get("/notifications/", headers=known).status == 304

    susan.put(READ, {"until": first.json["notifications"][0]["id"]})
    assert susan.get("/notifications/", headers=known).status == 200
    site.like("mary", post_id)
    assert len(susan.get("/notifications/", headers=known).json["notifications"]) == 2


def test_what_one_may_not_see_or_mutes_is_left_out(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "Look, @susan.")
    site.like("mary", post_id)
    susan = program_of(site, "susan")
    assert len(kinds(susan.get("/notifications/"))) == 2

    site.hide("mary", comment_id)
    site.mute("susan", "mary")

    assert kinds(susan.get("/notifications/")) == []
