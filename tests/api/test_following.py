"""Following people and no longer, and the timeline."""

from tests.api.client import program_of
from tests.web.site import Site


def test_following_and_unfollowing_are_idempotent(site: Site) -> None:
    susan = program_of(site, "susan")

    for _ in range(2):
        answer = susan.put("/users/David/follow")
        assert (answer.status, answer.data) == (204, b"")
        assert susan.get("/users/david").json["follower_count"] == 1
    followers = susan.get("/users/david/followers/").json
    assert [user["username"] for user in followers["users"]] == ["susan"]
    assert followers["users"] == [susan.get("/me").json]
    assert [user["username"] for user in susan.get("/users/susan/following/").json["users"]] == ["david"]
    for _ in range(2):
        assert susan.delete("/users/david/follow").status == 204
        assert susan.get("/users/david").json["follower_count"] == 0
    susan.put("/users/susan/follow").problem(422, "You cannot follow yourself")
    susan.put("/users/nobody/follow").problem(404)
    susan.delete("/users/nobody/follow").problem(404)


def test_a78_a_member_reads_only_their_own_timeline(site: Site) -> None:
    susan = program_of(site, "susan")
    mine, theirs, _ = site.post("susan"), site.post("david"), site.post("mary")
    susan.put("/users/david/follow")

    timeline = susan.get("/users/Susan/timeline/").json

    assert [post["id"] for post in timeline["posts"]] == [str(theirs), str(mine)]
    assert timeline["count"] == 2
    susan.get("/users/david/timeline/").problem(403)
    susan.get("/users/nobody/timeline/").problem(404)
