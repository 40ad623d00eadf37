"""The table of permissions, driven through the web; and every address of the web is in it, or open to all."""

import pytest

from domain.roles import Role
from tests.permissions import PEOPLE, Act, acts_on
from tests.web.addresses import CHANGES, LOOKS, PUBLIC, Change, Look, set_scene
from tests.web.browser import Page
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


MORE_CHANGES = {
    "edit a hidden comment": Change(
        endpoint="comments.edit", path="/comments/{hidden_id}/edit", who=None, data={"body": "Q"}
    ),
    "edit a hidden post": Change(
        endpoint="posts.edit", path="/posts/{hidden_post_id}/edit", who=None, data={"body": "Q"}
    ),
    "delete a hidden post": Change(endpoint="posts.delete", path="/posts/{hidden_post_id}/delete", who=None),
    "comment on a hidden post": Change(
        endpoint="comments.write", path="/posts/{hidden_post_id}/comments", who=None, data={"body": "Q"}
    ),
    "answer a comment": Change(
        endpoint="comments.write",
        path="/posts/{post_id}/comments",
        who=None,
        data={"body": "Q", "reply_to": "{comment_id}"},
    ),
    "reopen the comments": Change(endpoint="comments.close", path="/posts/{closed_post_id}/reopen", who=None),
    "comment where they are closed": Change(
        endpoint="comments.write", path="/posts/{closed_post_id}/comments", who=None, data={"body": "Q"}
    ),
    "undo another's deletion": Change(
        endpoint="deleting.undelete_post", path="/posts/{removed_post_id}/undelete", who=None
    ),
    "delete a hidden comment": Change(endpoint="comments.delete", path="/comments/{hidden_id}/delete", who=None),
    "end another's invitation": Change(
        endpoint="invitations.end", path="/settings/invitations/{their_invitation_id}/end", who=None
    ),
    "sanction a moderator": Change(
        endpoint="sanctions.sanction",
        path="/moderation/people/iris/sanction",
        who=None,
        data={"act": "warn", "reason": "Rude."},
    ),
    "sanction an administrator": Change(
        endpoint="sanctions.sanction",
        path="/moderation/people/anna/sanction",
        who=None,
        data={"act": "warn", "reason": "Rude."},
    ),
    "hide all of a moderator": Change(
        endpoint="hiding_all.hide_all", path="/moderation/people/iris/hide-all", who=None, data={"reason": "Spam."}
    ),
    "end another's session": Change(
        endpoint="sessions.end", path="/settings/sessions/{their_session_id}/end", who=None
    ),
}

ACTS: dict[str, Look | Change] = {**LOOKS, **CHANGES, **MORE_CHANGES}


@pytest.mark.parametrize("act", acts_on("web"), ids=lambda act: act.name)
def test_each_role_may_do_exactly_what_the_table_says(act: Act, site: Site) -> None:
    outcomes = {}
    for person in PEOPLE:
        site.reset()
        outcomes[person] = outcome(inhabited(site), ACTS[act.name], NAMES[person])

    assert outcomes == {person: act.outcome(person, edge="web") for person in PEOPLE}


def outcome(site: Site, act: Look | Change, name: str | None) -> str:
    """What becomes of it; what is refused must leave no trace, and what is allowed must leave one."""
    if name == "wanda":
        site.join(name)
    scene = set_scene(site, name)
    if name == "wanda":
        site.let_wait(name)
    ids = {field: getattr(scene, field) for field in scene.__dataclass_fields__}
    path = act.path.format(**ids)
    browser = site.browser(name)
    token = browser.token()
    before = site.dump()
    if isinstance(act, Look):
        page = browser.get(path)
    else:
        page = browser.post(path, {name: value.format(**ids) for name, value in act.data.items()}, token=token)
    found = named(page)
    # For somebody whose address is confirmed already there is nothing to do.
    wants_change = isinstance(act, Change) and act.stores and act.endpoint != "joining.unconfirmed"
    if isinstance(act, Change) and act.endpoint == "pictures.remove_portrait" and name in ("ulla", "wanda"):
        # Who takes no part yet shows none.
        wants_change = False
    if found != "allowed" or isinstance(act, Look):
        assert site.dump() == before, f"{name} changed something"
    elif wants_change:
        assert site.dump() != before, f"{name} changed nothing"
    return found


def named(page: Page) -> str:
    if page.status == 303 and page.location.startswith("/login?next="):
        return "signed_out"
    if page.status == 403:
        if "/confirm" not in page.links:
            return "forbidden"
        return "waiting" if "A moderator looks" in page.text else "unconfirmed"
    return {200: "allowed", 303: "allowed", 404: "not_found"}.get(page.status, str(page.status))


def test_every_action_of_the_table_is_tested() -> None:
    assert {act.name for act in acts_on("web")} <= set(ACTS)


def test_every_route_is_in_the_table_or_public(site: Site) -> None:
    in_table = {
        ("GET " if isinstance(ACTS[act.name], Look) else "POST ") + ACTS[act.name].endpoint for act in acts_on("web")
    }
    offered = {
        f"{method} {rule.endpoint}"
        for rule in site.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        if not rule.rule.startswith("/api")
    }

    assert offered == in_table | PUBLIC
    assert not in_table & PUBLIC


def test_a_disabled_member_is_a_visitor_from_the_next_request(site: Site) -> None:
    browser = site.browser("susan")

    site.container.members().set_standing(username="susan", disabled=True)

    assert browser.get("/settings/profile").location.startswith("/login?next=")
    assert browser.sign_in("susan@example.com", "a horse, a battery").status == 422


def test_a_removed_role_is_missing_at_the_next_request(site: Site) -> None:
    browser = site.browser("mary")
    assert browser.get("/moderation").status == 200

    site.container.members().set_standing(username="mary", role=Role.USER)

    assert browser.get("/moderation").status == 403


def test_menus_have_only_the_actions_the_reader_may_do(site: Site) -> None:
    menus = {name: set(site.browser(name).get("/").links) for name in ("susan", "mary", "ada")}

    assert "/moderation" not in menus["susan"]
    assert "/moderation" in menus["mary"]
    assert "/admin" not in menus["mary"]
    assert {"/moderation", "/admin"} <= menus["ada"]
