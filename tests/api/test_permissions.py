"""The table of permissions, driven through the API; and every operation is in it, or open to all."""

import io
from dataclasses import dataclass
from typing import Any

import pytest

from application.ports.paging import Window
from domain.ids import LARGEST
from domain.roles import Role
from tests.api.client import ROOT, Answer, Api, visitor, with_password
from tests.permissions import PEOPLE, Act, acts_on
from tests.web.conftest import inhabited
from tests.web.site import Site

NAMES = {
    "anonymous": None,
    "unconfirmed": "ulla",
    "user": "david",
    "author": "susan",
    "moderator": "mary",
    "administrator": "ada",
    "waiting": "wanda",
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`stores` is False where even success leaves nothing behind."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    file: bytes | None = None
    stores: bool = True


def reads(path: str) -> Operation:
    return Operation(method="GET", path=path, stores=False)


# What stands for an act; some have more than one operation.
ACTS: dict[str, list[Operation]] = {
    "publish a post": [Operation(method="POST", path="/posts/", body={"body": "Words."})],
    "edit a post": [
        Operation(method="PUT", path="/posts/{post_id}", body={"body": "Words."}),
        Operation(method="PATCH", path="/posts/{post_id}", body={"title": "A title"}),
    ],
    "delete a post": [Operation(method="DELETE", path="/posts/{post_id}")],
    "comment": [Operation(method="POST", path="/posts/{post_id}/comments/", body={"body": "Words."})],
    "answer a comment": [
        Operation(method="POST", path="/posts/{post_id}/comments/", body={"body": "Words.", "reply_to": "{comment_id}"})
    ],
    "edit a comment": [Operation(method="PUT", path="/comments/{comment_id}", body={"body": "Words."})],
    "delete a comment": [Operation(method="DELETE", path="/comments/{comment_id}")],
    "edit a hidden comment": [Operation(method="PUT", path="/comments/{hidden_id}", body={"body": "Words."})],
    "delete a hidden comment": [Operation(method="DELETE", path="/comments/{hidden_id}")],
    "hide a comment": [Operation(method="PUT", path="/comments/{comment_id}/hiding", body={"reason": "Rude."})],
    "restore a comment": [Operation(method="DELETE", path="/comments/{hidden_id}/hiding")],
    "hide a post": [Operation(method="PUT", path="/posts/{post_id}/hiding", body={"reason": "Rude."})],
    "restore a post": [Operation(method="DELETE", path="/posts/{hidden_post_id}/hiding")],
    "read a hidden post": [reads("/posts/{hidden_post_id}"), reads("/posts/{hidden_post_id}/comments/")],
    "edit a hidden post": [
        Operation(method="PUT", path="/posts/{hidden_post_id}", body={"body": "Words."}),
        Operation(method="PATCH", path="/posts/{hidden_post_id}", body={"title": "A title"}),
    ],
    "delete a hidden post": [Operation(method="DELETE", path="/posts/{hidden_post_id}")],
    "comment on a hidden post": [
        Operation(method="POST", path="/posts/{hidden_post_id}/comments/", body={"body": "Words."})
    ],
    "comment where they are closed": [
        Operation(method="POST", path="/posts/{closed_post_id}/comments/", body={"body": "Words."})
    ],
    "follow": [Operation(method="PUT", path="/users/erik/follow")],
    "unfollow": [Operation(method="DELETE", path="/users/anna/follow")],
    "like a post": [Operation(method="PUT", path="/posts/{erik_post_id}/like")],
    "unlike a post": [Operation(method="DELETE", path="/posts/{liked_post_id}/like")],
    "like a comment": [Operation(method="PUT", path="/comments/{erik_comment_id}/like")],
    "unlike a comment": [Operation(method="DELETE", path="/comments/{liked_comment_id}/like")],
    "bookmark a post": [Operation(method="PUT", path="/posts/{erik_post_id}/bookmark")],
    "end a bookmark": [Operation(method="DELETE", path="/posts/{liked_post_id}/bookmark")],
    "see one's bookmarks": [reads("/me/bookmarks/")],
    "see one's pictures": [reads("/pictures/")],
    "send a picture": [Operation(method="POST", path="/pictures/", file=b"640x480")],
    "see an unused picture": [reads("/pictures/{picture_id}")],
    "remove a picture of one's own": [Operation(method="DELETE", path="/pictures/{picture_id}")],
    "show a picture of oneself": [Operation(method="PUT", path="/me/picture", file=b"640x480")],
    "show one's woodcut again": [Operation(method="DELETE", path="/me/picture", stores=False)],
    "watch a post": [Operation(method="PUT", path="/posts/{erik_post_id}/watch")],
    "stop watching": [Operation(method="DELETE", path="/posts/{liked_post_id}/watch")],
    "see one's notifications": [reads("/notifications/")],
    "mark notifications as read": [Operation(method="PUT", path="/notifications/read", body={"until": str(LARGEST)})],
    "read one's timeline": [reads("/users/{own_name}/timeline/")],
    "read another's timeline": [reads("/users/susan/timeline/")],
    "read a post": [reads("/posts/"), reads("/posts/{post_id}"), reads("/users/susan/posts/")],
    "read the tags": [reads("/tags/"), reads("/tags/soup/posts/")],
    "read a comment": [reads("/comments/"), reads("/comments/{comment_id}"), reads("/posts/{post_id}/comments/")],
    "search": [reads("/search/?q=soup"), reads("/search/?q=soup&in=comments")],
    "read a person": [
        *(reads("/users/susan"), reads("/users/susan/followers/"), reads("/users/susan/following/")),
        *(reads("/users/"), reads("/users/?q=su"), reads("/users/david/comments/")),
    ],
    "see of what one is told": [reads("/me/notification-settings")],
    "choose of what one is told": [
        Operation(method="PUT", path="/me/notification-settings", body={"like": {"site": False, "mail": "daily"}})
    ],
    "mute": [Operation(method="PUT", path="/users/erik/mute")],
    "end a mute": [Operation(method="DELETE", path="/users/nora/mute")],
    "block": [Operation(method="PUT", path="/users/erik/block")],
    "end a block": [Operation(method="DELETE", path="/users/nora/block")],
    "see whom one mutes": [reads("/me/mutes/"), reads("/me/blocks/")],
    "report by program": [
        Operation(method="POST", path="/posts/{post_id}/report", body={"kind": "spam"}),
        Operation(method="POST", path="/comments/{comment_id}/report", body={"kind": "spam"}),
        Operation(method="POST", path="/users/susan/report", body={"kind": "spam"}),
    ],
    "read the cases": [reads("/moderation/cases/"), reads("/moderation/cases/{case_id}")],
    "settle a case": [Operation(method="PATCH", path="/moderation/cases/{case_id}", body={"act": "none"})],
    "read the moderation log": [reads("/moderation/log/")],
    "see one's profile": [reads("/me")],
    "see one's record": [reads("/me/record/")],
    "read a member's sanctions": [reads("/users/erik/sanctions/")],
    "sanction a user": [
        Operation(method="POST", path="/users/erik/sanctions/", body={"act": "silence", "days": 7, "reason": "Rude."})
    ],
    "sanction a moderator": [
        Operation(method="POST", path="/users/iris/sanctions/", body={"act": "warn", "reason": "Rude."})
    ],
    "sanction an administrator": [
        Operation(method="POST", path="/users/otto/sanctions/", body={"act": "warn", "reason": "Rude."})
    ],
    "lift the sanctions of a user": [Operation(method="DELETE", path="/sanctions/{sanction_id}")],
    "edit one's profile": [Operation(method="PATCH", path="/me", body={"name": "Somebody"})],
    "get an API token": [Operation(method="POST", path="/tokens/", stores=False)],
    "revoke one's API tokens": [Operation(method="DELETE", path="/tokens/")],
}

OPEN = {("GET", "/openapi.json"), ("POST", "/users/"), ("POST", "/confirmations/")}
CASES = [(act, operation) for act in acts_on("api") for operation in ACTS.get(act.name, ())]


@pytest.mark.parametrize(
    ("act", "operation"), CASES, ids=[f"{act.name}: {operation.method} {operation.path}" for act, operation in CASES]
)
def test_a1_v8_2_1_each_role_may_do_exactly_what_the_table_says(act: Act, operation: Operation, site: Site) -> None:
    outcomes = {}
    for person in PEOPLE:
        site.reset()
        outcomes[person] = outcome(inhabited(site), operation, NAMES[person])

    assert outcomes == {person: act.outcome(person, edge="api") for person in PEOPLE}


def outcome(site: Site, operation: Operation, name: str | None) -> str:
    """What becomes of it; what is refused must leave no trace, and what is allowed must leave one."""
    if name == "wanda":
        site.join(name)
    ids = scene(site)
    path = operation.path.format(**ids, own_name=name or "susan")
    body = operation.body
    if body is not None and "reply_to" in body:
        body = body | {"reply_to": body["reply_to"].format(**ids)}
    if name == "wanda":
        site.let_wait(name)
    program = visitor(site) if name is None else with_password(site, name)
    before = site.dump()
    if operation.file is None:
        answer = program(operation.method, path, body)
    else:
        form = {"file": (io.BytesIO(operation.file), "boat.jpg")}
        answer = program(operation.method, path, content_type="multipart/form-data", data=form)
    found = named(answer)
    changed = site.dump() != before
    assert changed == (found == "allowed" and operation.stores), f"{name}: {answer}"
    return found


def scene(site: Site) -> dict[str, int]:
    """susan has written posts and comments, some of them hidden or closed; everybody follows anna, and nobody erik.
    Everybody who may likes and keeps what dora wrote, and nobody what erik wrote. dora follows
    everybody who may like."""
    for name in list(site.members):
        if name != "ulla":
            if "anna" not in site.members:
                site.join("anna")
                site.join("erik")
                site.join("iris", Role.MODERATOR)
                site.join("otto", Role.ADMINISTRATOR)
                site.join("nora")
            site.follow(name, "anna")
    for name in [name for name in site.members if name != "nora"]:
        site.mute(name, "nora")
        site.block(name, "nora")
    keepers = [name for name in site.members if name not in ("ulla", "erik")]
    site.join("dora")
    erik_post_id, liked_post_id = site.post("erik"), site.post("dora")
    erik_comment_id, liked_comment_id = site.comment("erik", erik_post_id), site.comment("dora", liked_post_id)
    for name in keepers:
        site.like(name, liked_post_id)
        site.like_comment(name, liked_comment_id)
        site.bookmark(name, liked_post_id)
        site.watch(name, liked_post_id)
    post_id = site.post("susan", tags=["soup"])
    comment_id, hidden_id = site.comment("susan", post_id), site.comment("susan", post_id)
    site.hide("mary", hidden_id)
    hidden_post_id, closed_post_id = site.post("susan"), site.post("susan")
    site.container.moderation().hide_post(actor_id=site.members["mary"], post_id=hidden_post_id, reason="Rude.")
    site.container.posts().close(actor_id=site.members["susan"], post_id=closed_post_id)
    sanctions = site.container.sanctions()
    sanction_id = sanctions.sanction(
        actor_id=site.members["mary"], username="erik", act="silence", days="7", reason="Rude."
    )
    site.container.reporting().report_person(actor_id=site.members["iris"], username="erik", kind="spam")
    (case,) = site.container.storage().case_feeds.waiting(None, Window(2)).items
    for name in keepers:
        site.follow("dora", name)
    return {
        "post_id": post_id,
        "picture_id": site.picture("susan"),
        "comment_id": comment_id,
        "case_id": case.id,
        "hidden_id": hidden_id,
        "hidden_post_id": hidden_post_id,
        "closed_post_id": closed_post_id,
        "erik_post_id": erik_post_id,
        "erik_comment_id": erik_comment_id,
        "liked_post_id": liked_post_id,
        "liked_comment_id": liked_comment_id,
        "sanction_id": sanction_id,
    }


def named(answer: Answer) -> str:
    if answer.status == 401:
        answer.problem(401, "Invalid credentials")
        return "signed_out"
    if answer.status == 403:
        return {
            "Unconfirmed account": "unconfirmed",
            "A moderator has not admitted this account yet": "waiting",
        }.get(answer.problem(403).json["message"], "forbidden")
    if answer.status == 404:
        answer.problem(404)
        return "not_found"
    return "allowed" if answer.status in (200, 201, 202, 204) else str(answer.status)


def test_every_action_of_the_table_is_tested() -> None:
    assert {act.name for act in acts_on("api")} == set(ACTS)


def test_every_operation_is_in_the_table_or_public(site: Site) -> None:
    driven = {(operation.method, operation.path) for act in acts_on("api") for operation in ACTS[act.name]}
    shapes = site.app.url_map.bind("chapbook.example")
    names = {shapes.match(ROOT + _concrete(path).partition("?")[0], method=method)[0] for method, path in driven | OPEN}
    offered = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api_docs"
    }

    assert offered == names
    assert not driven & OPEN


def _concrete(path: str) -> str:
    ids = (
        *("post_id", "comment_id", "hidden_id", "hidden_post_id", "closed_post_id", "sanction_id", "case_id"),
        *("erik_post_id", "erik_comment_id", "liked_post_id", "liked_comment_id", "picture_id"),
    )
    return path.format(**dict.fromkeys(ids, 1), own_name="susan")


def test_a_public_operation_needs_no_credentials(site: Site) -> None:
    nobody: Api = visitor(site)

    assert nobody.get("/openapi.json").status == 200
    assert nobody.get("/api/docs").status == 200
    nobody.post("/users/", {}).problem(422)
    nobody.post("/confirmations/", {"token": "x"}).problem(422)
