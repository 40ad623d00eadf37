"""Bookmarks, and their list."""

from tests.api.client import program_of
from tests.web.site import Site


def test_a_bookmark_is_idempotent_and_nobody_else_sees_it(site: Site) -> None:
    post_id = site.post("susan")
    david, mary = program_of(site, "david"), program_of(site, "mary")

    for method, bookmarked in ((david.put, True), (david.delete, False)):
        for _ in range(2):
            answer = method(f"/posts/{post_id}/bookmark")
            assert (answer.status, answer.data) == (204, b"")
            assert david.get(f"/posts/{post_id}").json["bookmarked"] is bookmarked
            assert mary.get(f"/posts/{post_id}").json["bookmarked"] is False
            assert [post["id"] for post in david.get("/me/bookmarks/").json["posts"]] == [str(post_id)] * bookmarked
    david.put("/posts/1/bookmark").problem(404)
    david.delete("/posts/1/bookmark").problem(404)


def test_the_list_begins_with_the_newest_bookmark_and_is_read_in_parts(site: Site) -> None:
    post_ids = [site.post("susan") for _ in range(3)]
    for post_id in post_ids[::-1]:
        site.bookmark("david", post_id)
    david = program_of(site, "david")

    first = david.get("/me/bookmarks/?limit=2").json
    second = david.get(first["next"].partition("/api/v1")[2]).json

    assert [post["id"] for post in first["posts"]] == [str(post_ids[0]), str(post_ids[1])]
    assert ([post["id"] for post in second["posts"]], second["next"]) == ([str(post_ids[2])], None)
    assert "count" not in first
