"""Likes of posts and comments."""

from tests.api.client import program_of
from tests.web.site import Site


def test_liking_a_post_is_idempotent_and_shown_to_everybody_as_a_count(site: Site) -> None:
    post_id = site.post("susan")
    david, mary = program_of(site, "david"), program_of(site, "mary")

    for method, count, liked in ((david.put, 1, True), (david.delete, 0, False)):
        for _ in range(2):
            answer = method(f"/posts/{post_id}/like")
            assert (answer.status, answer.data) == (204, b"")
            own, theirs = (program.get(f"/posts/{post_id}").json for program in (david, mary))
            assert (own["like_count"], own["liked"], theirs["like_count"], theirs["liked"]) == (
                count,
                liked,
                count,
                False,
            )


def test_liking_a_comment_is_idempotent_and_in_every_list(site: Site) -> None:
    post_id = site.post("david")
    comment_id = site.comment("susan", post_id)
    david = program_of(site, "david")

    for method, expected in ((david.put, (1, True)), (david.delete, (0, False))):
        for _ in range(2):
            assert method(f"/comments/{comment_id}/like").status == 204
            shown = [
                david.get(f"/comments/{comment_id}").json,
                david.get("/comments/").json["comments"][0],
                david.get(f"/posts/{post_id}/comments/").json["comments"][0],
            ]
            assert {(comment["like_count"], comment["liked"]) for comment in shown} == {expected}


def test_every_list_of_posts_has_the_counts(site: Site) -> None:
    post_id = site.post("susan")
    site.follow("david", "susan")
    site.like("david", post_id)
    site.bookmark("david", post_id)
    david = program_of(site, "david")

    for path in ("/posts/", "/users/susan/posts/", "/users/david/timeline/", "/me/bookmarks/"):
        (post,) = david.get(path).json["posts"]
        assert (post["like_count"], post["liked"], post["bookmarked"]) == (1, True, True), path


def test_ones_own_and_what_is_not_there_cannot_be_liked(site: Site) -> None:
    post_id = site.post("susan")
    susan = program_of(site, "susan")

    susan.put(f"/posts/{post_id}/like").problem(422, "You cannot like what you wrote yourself.")
    susan.put("/posts/1/like").problem(404)
    susan.delete("/comments/1/like").problem(404)


def test_a_block_refuses_and_names_no_reason(site: Site) -> None:
    post_id = site.post("susan")
    site.block("susan", "david")

    program_of(site, "david").put(f"/posts/{post_id}/like").problem(403, "You cannot like this")


def test_a_like_changes_the_etag_of_its_post(site: Site) -> None:
    post_id = site.post("susan")
    david = program_of(site, "david")
    before = david.get(f"/posts/{post_id}").headers["ETag"]

    site.like("david", post_id)

    assert david.get(f"/posts/{post_id}").headers["ETag"] != before
