"""What a request may ask of the database (W17): the same for one element of a list as for a hundred."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from application.notifying import TOLD_AT_ONCE
from application.ports.paging import Window
from domain.roles import Role
from tests.api.client import Api, program_of
from tests.web.site import Site

pytestmark = pytest.mark.sql

LISTS = (
    *(
        "/posts/",
        "/comments/",
        "/posts/{post_id}/comments/",
        "/users/susan/posts/",
        "/users/david/comments/",
        "/users/susan/timeline/",
    ),
    *("/users/susan/followers/", "/users/susan/following/", "/moderation/log/", "/moderation/cases/"),
)
SINGLE = ("/me", "/users/susan", "/posts/{post_id}", "/comments/{comment_id}", "/moderation/cases/{case_id}")


class Scene:
    def __init__(self, site: Site, count: int) -> None:
        site.container.members().set_standing(username="susan", role=Role.MODERATOR)
        self.site = site
        posts = [site.post("susan", f"Post {number}.") for number in range(count)]
        comments = [site.comment("david", posts[0], f"Comment {number}.") for number in range(count)]
        for number, comment_id in enumerate(comments):
            if number:  # the log begins with her new role
                site.hide("susan", comment_id, f"Reason {number}.")
            site.join(f"reader{number}")
            site.follow(f"reader{number}", "susan")
            site.follow("susan", f"reader{number}")
            reader_id = site.members[f"reader{number}"]
            site.container.reporting().report_post(actor_id=reader_id, post_id=posts[number], kind="spam")
        (case,) = site.container.storage().case_feeds.waiting(None, Window(1)).items
        self.names = {"post_id": posts[0], "comment_id": comments[0], "case_id": case.id}
        self.program: Api = program_of(site, "susan")

    def path(self, path: str) -> str:
        return path.format(**self.names)


@contextmanager
def counting_commits(site: Site) -> Iterator[list[object]]:
    found: list[object] = []
    assert site.database is not None
    engine = site.database.engine

    def note(connection: object) -> None:
        found.append(connection)

    event.listen(engine, "commit", note)
    try:
        yield found
    finally:
        event.remove(engine, "commit", note)


@pytest.mark.parametrize("count", [1, 100])
def test_w17_a_list_of_any_length_takes_two_statements(sqlite_site: Site, count: int) -> None:
    scene = Scene(sqlite_site, count)
    for path in map(scene.path, LISTS):
        with sqlite_site.counting_statements() as asked:
            answer = scene.program.get(f"{path}?limit=100")
        assert [len(value) for value in answer.json.values() if isinstance(value, list)] == [count]
        assert len(asked) == 2, (path, asked)


@pytest.mark.parametrize("query", ["", "?q=r", "?q=reader", "?q=nobody"])
def test_the_list_of_people_takes_two_statements(sqlite_site: Site, query: str) -> None:
    scene = Scene(sqlite_site, 7)

    with sqlite_site.counting_statements() as asked:
        assert scene.program.get(f"/users/{query}").status == 200

    assert len(asked) == 2, asked


def test_a_page_at_any_depth_takes_as_many_statements_as_the_first(sqlite_site: Site) -> None:
    scene = Scene(sqlite_site, 7)
    for path in map(scene.path, LISTS):
        for page in scene.program.pages(f"{path}?limit=2"):
            for url in filter(None, (page.json["prev"], page.json["next"])):
                with sqlite_site.counting_statements() as asked:
                    assert scene.program.get(url).status == 200
                assert len(asked) == 2, (url, asked)


def test_a_single_resource_and_its_304_take_two_statements_each(sqlite_site: Site) -> None:
    scene = Scene(sqlite_site, 1)
    for path in map(scene.path, (*SINGLE, *LISTS)):
        with sqlite_site.counting_statements() as asked:
            etag = scene.program.get(path).etag
        assert len(asked) == 2, (path, asked)
        with sqlite_site.counting_statements() as asked:
            assert scene.program.get(path, headers={"If-None-Match": etag}).status == 304
        assert len(asked) == 2, (path, asked)


def test_a_search_takes_three_statements(sqlite_site: Site) -> None:
    scene = Scene(sqlite_site, 30)
    for path in ("/search/?q=post", "/search/?q=from:susan+post&limit=3", "/search/?q=comment&in=comments"):
        with sqlite_site.counting_statements() as asked:
            assert scene.program.get(path).status == 200
        assert len(asked) <= 3, (path, asked)


def test_public_and_missing_paths_take_no_statement(sqlite_site: Site) -> None:
    with sqlite_site.counting_statements() as asked:
        for path in ("/openapi.json", "/api/docs", "/me", "/nowhere", "/posts/x"):
            Api(sqlite_site).get(path)
    assert asked == []


def test_a_post_is_published_in_six_statements_and_one_commit(sqlite_site: Site) -> None:
    scene = Scene(sqlite_site, 1)
    with sqlite_site.counting_statements() as asked, counting_commits(sqlite_site) as commits:
        assert scene.program.post("/posts/", {"body": "x" * 1_000}).status == 201
    # The account is read by its token, and once more under its lock.
    assert len(asked) == 6, asked
    assert sum("FROM accounts" in statement for statement in asked) == 2
    assert len(commits) == 1
    # Tags are counted, or made, in one statement, and the post stands under them by another.
    for tags in (["soup"], ["soup", "bread", "fog", "rain", "汤"]):
        with sqlite_site.counting_statements() as more, counting_commits(sqlite_site) as commits:
            assert scene.program.post("/posts/", {"body": "x" * 1_000, "tags": tags}).status == 201
        assert len(more) == len(asked) + 2, more
        assert len(commits) == 1
    # Whom a text mentions is looked up at once, and told at once.
    with sqlite_site.counting_statements() as more, counting_commits(sqlite_site) as commits:
        answer = scene.program.post("/posts/", {"body": f"@david, @mary and @ada: {'x' * 1_000}"})
    assert answer.json["body_html"].count("<a href=") == 3
    assert len(more) == len(asked) + 2, more
    assert len(commits) == 1


@pytest.mark.parametrize("count", [1, 50])
def test_tags_take_two_statements(sqlite_site: Site, count: int) -> None:
    for number in range(count):
        sqlite_site.post("susan", tags=["soup", f"t{number}"])
    david = program_of(sqlite_site, "david")

    for path in ("/tags/", "/tags/soup/posts/"):
        with sqlite_site.counting_statements() as asked:
            assert david.get(path).json["count"] in (count, count + 1)
        assert len(asked) == 2, (path, asked)


@pytest.mark.parametrize("count", [1, 100])
def test_what_one_is_told_takes_two_statements(sqlite_site: Site, count: int) -> None:
    site = sqlite_site
    posts = [site.post("susan") for _ in range(count)]
    for number, post_id in enumerate(posts):
        for name in ("david", "mary", "ada")[: number % 3 + 1]:
            site.like(name, post_id)
            site.comment(name, post_id)
    susan = program_of(site, "susan")

    with site.counting_statements() as asked:
        answer = susan.get("/notifications/?limit=100")
    assert len(answer.json["notifications"]) == min(2 * count, 100)
    assert len(asked) == 2, asked
    with site.counting_statements() as asked:
        assert susan.get("/notifications/", headers={"If-None-Match": susan.get("/notifications/").etag}).status == 304
    assert len(asked) == 4, asked


# Of these, two tell who is to be told. Where many watch, a third one leaves the rest to a job.
COMMENT_COSTS, ANSWER_COSTS = 12, 17


def test_a_comment_takes_as_many_statements_whoever_is_told(sqlite_site: Site) -> None:
    scene = Scene(sqlite_site, 1)
    path = scene.path("/posts/{post_id}/comments/")
    david = program_of(sqlite_site, "david")

    def cost(**body: str) -> int:
        sqlite_site.pass_time(minutes=1)
        with sqlite_site.counting_statements() as asked, counting_commits(sqlite_site) as commits:
            assert david.post(path, body).status == 201
        assert len(commits) == 1
        return len(asked)

    answer = {"body": "@mary, @ada and @reader0!", "reply_to": str(scene.names["comment_id"])}
    for watchers in (0, 3, 60):
        for number in range(watchers):
            name = f"watcher{watchers}.{number}"
            sqlite_site.join(name)
            sqlite_site.watch(name, scene.names["post_id"])
        assert cost(body="Words.") == COMMENT_COSTS + (watchers > TOLD_AT_ONCE)
        assert cost(**answer) == ANSWER_COSTS + (watchers > TOLD_AT_ONCE)


def test_an_idempotency_key_takes_two_more_statements_and_no_more_commits(sqlite_site: Site) -> None:
    scene = Scene(sqlite_site, 1)
    for path in map(scene.path, ("/posts/", "/posts/{post_id}/comments/")):
        key = {"Idempotency-Key": path}
        with sqlite_site.counting_statements() as plain:
            assert scene.program.post(path, {"body": "x"}).status == 201
        with sqlite_site.counting_statements() as asked, counting_commits(sqlite_site) as commits:
            assert scene.program.post(path, {"body": "x"}, headers=key).status == 201
        assert len(asked) == len(plain) + 2, asked
        assert len(commits) == 1
        with sqlite_site.counting_statements() as asked, counting_commits(sqlite_site) as commits:
            assert scene.program.post(path, {"body": "x"}, headers=key).status == 201
        assert len(asked) < len(plain)
        assert commits == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/posts/{post_id}", {"body": "y"}),
        ("PATCH", "/posts/{post_id}", {"title": "y"}),
        ("PUT", "/comments/{comment_id}", {"body": "y"}),
        ("PATCH", "/me", {"name": "y"}),
        ("PUT", "/users/david/follow", None),
        ("PUT", "/comments/{comment_id}/hiding", {"reason": "y"}),
        ("POST", "/comments/{comment_id}/report", {"kind": "spam"}),
        ("PATCH", "/moderation/cases/{case_id}", {"act": "none"}),
        ("DELETE", "/users/david/follow", None),
        ("DELETE", "/comments/{comment_id}", None),
        ("DELETE", "/posts/{post_id}", None),
        ("DELETE", "/tokens/", None),
    ],
)
def test_each_change_takes_one_commit(sqlite_site: Site, method: str, path: str, body: dict[str, str] | None) -> None:
    scene = Scene(sqlite_site, 1)
    if path.startswith("/comments/") and not path.endswith(("hiding", "report")):
        scene.names["comment_id"] = sqlite_site.comment("susan", scene.names["post_id"])
    if method == "DELETE":
        sqlite_site.follow("susan", "david")
    # The case is about susan, so somebody else settles it.
    program = program_of(sqlite_site, "mary") if path.startswith("/moderation/cases/") else scene.program
    with counting_commits(sqlite_site) as commits:
        answer = program(method, scene.path(path), body)
    assert answer.status in (200, 202, 204), answer
    assert len(commits) == 1
