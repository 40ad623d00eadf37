"""Tags in the API: in posts, their list, and the posts of one."""

from typing import Any
from urllib.parse import quote

from tests.api.client import program_of
from tests.api.objects import API, publish
from tests.web.site import BASE_URL, Site


def test_tags_are_published_replaced_and_kept_where_they_are_not_named(site: Site) -> None:
    susan = program_of(site, "susan")
    made = publish(susan, tags=["#Soup", "汤", "soup"])
    path = f"/posts/{made['id']}"
    assert made["tags"] == ["soup", "汤"]

    assert susan.put(path, {"body": "Bread."}).json["tags"] == ["soup", "汤"]
    assert susan.patch(path, {"title": "On bread"}).json["tags"] == ["soup", "汤"]
    assert susan.patch(path, {"tags": ["bread"]}).json["tags"] == ["bread"]
    assert susan.put(path, {"body": "Fog.", "tags": ["fog"]}).json["tags"] == ["fog"]
    assert susan.put(path, {"body": "Fog.", "tags": []}).json["tags"] == []
    assert publish(susan)["tags"] == []


def test_what_is_no_tag_is_a_problem_of_its_field(site: Site) -> None:
    susan = program_of(site, "susan")

    for tags in (["c++"], ["a b"], [""], ["x" * 31], list("abcdef"), ["a,b"]):
        problem = susan.post("/posts/", {"body": "Soup.", "tags": tags}).problem(422)
        assert [error["field"] for error in problem.json["errors"]] == ["tags"]
    malformed: tuple[Any, ...] = ("soup", [1], None, {})
    for wrong in malformed:
        susan.post("/posts/", {"body": "Soup.", "tags": wrong}).problem(400)
    susan.post("/posts/", {"body": "Soup.", "tags": ["b\0"]}).problem(422)


def test_the_list_has_the_most_used_first(site: Site) -> None:
    for tags in (["soup"], ["soup", "汤"]):
        site.post("susan", tags=tags)
    david = program_of(site, "david")

    answer = david.get("/tags/").json

    path = f"/tags/{quote('汤')}"
    assert answer == {
        "tags": [
            {
                "name": "soup",
                "url": f"{API}/tags/soup/posts/",
                "web_url": f"{BASE_URL}/tags/soup",
                "post_count": 2,
            },
            {"name": "汤", "url": f"{API}{path}/posts/", "web_url": f"{BASE_URL}{path}", "post_count": 1},
        ],
        "prev": None,
        "next": None,
        "count": 2,
    }


def test_the_posts_of_a_tag_are_read_in_parts_in_any_spelling_and_by_a_former_name(site: Site) -> None:
    post_ids = [site.post("susan", tags=["suppe"]) for _ in range(3)]
    site.container.tags().rename(actor_id=site.members["ada"], name="suppe", to="soup")
    david = program_of(site, "david")

    for tag in ("soup", "SOUP", "%23soup", "suppe"):
        first = david.get(f"/tags/{tag}/posts/?limit=2").json
        assert [post["id"] for post in first["posts"]] == [str(post_ids[2]), str(post_ids[1])]
        assert first["count"] == 3
        second = david.get(first["next"].partition("/api/v1")[2]).json
        assert ([post["id"] for post in second["posts"]], second["next"]) == ([str(post_ids[0])], None)
    for tag in ("nothing", "c%2B%2B", "%00"):
        david.get(f"/tags/{tag}/posts/").problem(404)
