"""Watching posts."""

from tests.api.client import program_of
from tests.web.site import Site


def test_watching_is_idempotent(site: Site) -> None:
    post_id = site.post("susan")
    david = program_of(site, "david")

    for method in (david.put, david.delete):
        for _ in range(2):
            answer = method(f"/posts/{post_id}/watch")
            assert (answer.status, answer.data) == (204, b"")
        watched = site.browser("david").get(f"/posts/{post_id}").texts(".//button[@name='watch']")
        assert watched == ["Stop watching" if method == david.put else "Watch"]
    david.put("/posts/1/watch").problem(404)
    david.delete("/posts/1/watch").problem(404)
