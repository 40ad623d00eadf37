"""Lists: envelopes, links, limits and cursors, also while others write (W18)."""

import threading
from typing import Any
from urllib.parse import quote

import pytest

from domain.roles import Role
from tests.api.client import Api, program_of
from tests.web.conftest import inhabited
from tests.web.site import BASE_URL, Site

LISTS = {
    "posts": ("posts", "/posts/"),
    "comments": ("comments", "/comments/"),
    "a post's comments": ("comments", "/posts/{post_id}/comments/"),
    "a person's posts": ("posts", "/users/susan/posts/"),
    "a person's comments": ("comments", "/users/david/comments/"),
    "a timeline": ("posts", "/users/susan/timeline/"),
    "followers": ("users", "/users/susan/followers/"),
    "following": ("users", "/users/susan/following/"),
    "the moderation log": ("entries", "/moderation/log/"),
}
SOME = 7


def furnished(site: Site, count: int = SOME) -> tuple[Api, dict[str, str]]:
    """`count` of everything; susan moderates, so that one program sees it all. The log begins with her new role."""
    site.container.members().set_standing(username="susan", role=Role.MODERATOR)
    posts = [site.post("susan", f"Post {number}.") for number in range(count)]
    comments = [site.comment("david", posts[-1], f"Comment {number}.") for number in range(count)]
    for number, comment_id in enumerate(comments):
        site.pass_time(seconds=1)
        if number:
            site.hide("susan", comment_id, f"Reason {number}.")
        site.join(f"reader{number}")
        site.follow(f"reader{number}", "susan")
        site.follow("susan", f"reader{number}")
    return program_of(site, "susan"), {name: path.format(post_id=posts[-1]) for name, (_, path) in LISTS.items()}


def keys(page: Any) -> list[str]:
    (items,) = page.keys() - {"prev", "next", "count"}
    return [item["id"] for item in page[items]]


@pytest.mark.parametrize("name", LISTS)
def test_a79_a83_a_list_can_be_walked_in_both_directions(free_site: Site, name: str) -> None:
    program, paths = furnished(free_site)
    whole = program.get(paths[name])
    assert whole.json.keys() == {LISTS[name][0], "prev", "next", "count"}
    assert (whole.json["prev"], whole.json["next"], whole.json["count"]) == (None, None, SOME)
    assert "Link" not in whole.headers

    pages = program.pages(f"{paths[name]}?limit=3")

    assert [len(keys(page.json)) for page in pages] == [3, 3, 1]
    assert [key for page in pages for key in keys(page.json)] == keys(whole.json)
    assert {page.json["count"] for page in pages} == {SOME}
    assert pages[0].json["prev"] is None
    for page in pages:
        told = {name: url for name in ("prev", "next") if (url := page.json[name])}
        assert page.links == told
        assert all(url.startswith(f"{BASE_URL}{page.asked.split()[1].partition('?')[0]}?") for url in told.values())
        assert all("limit=3" in url for url in told.values())
    back = program.get(pages[-1].json["prev"])
    assert keys(back.json) == keys(pages[1].json)
    first = program.get(back.json["prev"])
    assert keys(first.json) == keys(pages[0].json)
    assert first.json["prev"] is None
    assert keys(program.get(first.json["next"]).json) == keys(pages[1].json)


@pytest.mark.parametrize("name", LISTS)
def test_an_item_of_a_list_equals_the_single_resource(site: Site, name: str) -> None:
    program, paths = furnished(site, 2)
    found = program.get(paths[name]).json[LISTS[name][0]]

    assert len(found) == 2
    for one in found:
        if "url" in one:
            assert program.get(one["url"]).json == one


def test_lists_are_newest_first_and_comments_of_a_post_oldest_first(site: Site) -> None:
    program, paths = furnished(site)
    for name, path in paths.items():
        found = keys(program.get(path).json)
        if name in ("followers", "following"):
            names = [user["username"] for user in program.get(path).json["users"]]
            assert names == [f"reader{number}" for number in reversed(range(SOME))]
        else:
            assert found == sorted(found, key=int, reverse=name != "a post's comments")


def test_each_list_takes_its_default_limit_from_the_settings(make_site) -> None:
    site = make_site(rate_limits="off", posts_per_page="2", comments_per_page="3", followers_per_page="4")
    program, paths = furnished(inhabited(site))

    sizes = {name: len(keys(program.get(path).json)) for name, path in paths.items()}

    assert sizes == {
        "posts": 2,
        "comments": 3,
        "a post's comments": 3,
        "a person's posts": 2,
        "a person's comments": 3,
        "a timeline": 2,
        "followers": 4,
        "following": 4,
        "the moderation log": SOME,
    }


def test_the_log_has_thirty_entries_a_page(free_site: Site) -> None:
    program, paths = furnished(free_site, 31)

    assert len(keys(program.get(paths["the moderation log"]).json)) == 30


@pytest.mark.parametrize("limit", ["100", "101", "0100", "1000000000", "9" * 30, "9" * 3_000])
def test_a_limit_above_a_hundred_counts_as_a_hundred(free_site: Site, limit: str) -> None:
    for number in range(102):
        free_site.post("susan", f"Post {number}.")

    page = program_of(free_site, "susan").get(f"/posts/?limit={limit}")

    assert len(page.json["posts"]) == 100
    assert page.json["next"]


@pytest.mark.parametrize("limit", ["0", "00", "-1", "", "+1", "1.0", "1_0", "1e1", "١", "0x1", " 1", "1 ", "a", "null"])
def test_an_invalid_limit_is_a_bad_request(site: Site, limit: str) -> None:
    program, paths = furnished(site, 1)
    for path in paths.values():
        program.get(f"{path}?limit={quote(limit)}").problem(400, "limit")
        program.get(f"{path}?limit=1&limit=2").problem(400, "limit")


@pytest.mark.parametrize(
    "cursor",
    ["", "0", "x", "Yg", "YjA", "YjAx", "Yi0x", "Y2E", "a" * 500, "é", "\0", "../..", "YjE=x", "Yjk5" + "OTk5" * 9],
)
def test_n8_a_broken_cursor_is_a_bad_request(site: Site, cursor: str) -> None:
    program, paths = furnished(site, 1)
    for path in paths.values():
        program.get(f"{path}?cursor={quote(cursor)}").problem(400, "cursor")
    program.get(f"/posts/?cursor={quote(cursor)}&cursor=YjE").problem(400, "cursor")


def test_a79_a_page_number_is_not_accepted(site: Site) -> None:
    program, paths = furnished(site)

    assert program.get(f"{paths['posts']}?page=-4").json == program.get(paths["posts"]).json


def test_a_cursor_works_after_its_item_is_deleted(site: Site) -> None:
    program, paths = furnished(site)
    first = program.get(f"{paths['posts']}?limit=3").json
    later = keys(program.get(first["next"]).json)

    for post in first["posts"]:
        assert program.delete(post["url"]).status == 204

    assert keys(program.get(first["next"]).json) == later


def test_the_count_leaves_out_hidden_and_deleted_items(site: Site) -> None:
    program, paths = furnished(site, 3)
    comment_id = keys(program.get(paths["a post's comments"]).json)[0]
    assert program.get(paths["comments"]).json["count"] == 3

    program_of(site, "david").delete(f"/comments/{comment_id}")

    for name in ("comments", "a post's comments"):
        assert program.get(paths[name]).json["count"] == 2
    assert program.get("/users/david").json["comment_count"] == 2
    program.delete(paths["a post's comments"].removesuffix("comments/"))
    counts = {name: program.get(path).json["count"] for name, path in paths.items() if name != "a post's comments"}
    assert counts == {
        "posts": 2,
        "comments": 0,
        "a person's posts": 2,
        "a person's comments": 0,
        "a timeline": 2,
        "followers": 3,
        "following": 3,
        "the moderation log": 3,
    }


@pytest.mark.parametrize("which", ["posts", "a post's comments"])
def test_w18_walking_a_list_while_others_write_skips_and_repeats_nothing(any_site: Site, which: str) -> None:
    """Two write and delete what they wrote; a third pages through what was there before."""
    site = any_site
    program, paths = furnished(site, 15)
    there = set(keys(program.get(f"{paths[which]}?limit=100").json))
    path = paths["posts"] if which == "posts" else paths[which]
    done, broken = threading.Event(), []

    def write(name: str) -> None:
        writer = program_of(site, name)
        mine: list[str] = []
        while not done.is_set():
            answer = writer.post(path, {"body": "Noise."})
            if answer.status != 201:
                broken.append(answer)
                return
            mine.append(answer.json["url"])
            if len(mine) > 3:
                writer.delete(mine.pop(0))

    writers = [threading.Thread(target=write, args=(name,)) for name in ("david", "mary")]
    for writer in writers:
        writer.start()
    try:
        for _ in range(3):
            found = [key for page in program.pages(f"{path}?limit=2") for key in keys(page.json)]
            assert len(found) == len(set(found))
            assert there <= set(found)
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert not broken
