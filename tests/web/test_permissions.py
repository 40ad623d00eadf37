"""The table of permissions, driven through the web; and every address of the web is in it, or open to all."""

from dataclasses import dataclass

import pytest

from domain.roles import Role
from tests.permissions import PEOPLE, Act, acts_on
from tests.web.browser import Page
from tests.web.changes import CHANGES, Change, set_scene
from tests.web.conftest import inhabited
from tests.web.site import Site

NAMES = {
    "anonymous": None,
    "unconfirmed": "ulla",
    "user": "david",
    "author": "susan",
    "moderator": "mary",
    "administrator": "ada",
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """A page that takes a permission to see."""

    endpoint: str
    path: str


LOOKS = {
    "open a post for editing": Look(endpoint="posts.edit", path="/posts/{post_id}/edit"),
    "open a comment for editing": Look(endpoint="comments.edit", path="/comments/{comment_id}/edit"),
    "read one's timeline": Look(endpoint="following.timeline", path="/following"),
    "moderate": Look(endpoint="moderation.queue", path="/moderation"),
    "read the moderation log": Look(endpoint="moderation.log", path="/moderation/log"),
    "search members": Look(endpoint="members.search", path="/admin/users?q=s"),
    "look at a member": Look(endpoint="members.edit", path="/admin/users/susan"),
    "read the outbox": Look(endpoint="outbox.listed", path="/admin/outbox"),
    "see one's profile": Look(endpoint="members.edit_own", path="/settings/profile"),
    "open the password form": Look(endpoint="credentials.change_password", path="/settings/password"),
    "open the address form": Look(endpoint="credentials.request_address", path="/settings/email"),
    "open the link to an address": Look(endpoint="credentials.change_address", path="{email_link}"),
    "see one's sessions": Look(endpoint="sessions.listed", path="/settings/sessions"),
    "see one's account": Look(endpoint="leaving.account", path="/settings/account"),
    "take one's data home": Look(endpoint="leaving.data", path="/settings/account/data.zip"),
    "open the confirmation page": Look(endpoint="joining.unconfirmed", path="/confirm"),
}

MORE_CHANGES = {
    "edit a hidden comment": Change(
        endpoint="comments.edit", path="/comments/{hidden_id}/edit", who=None, data={"body": "Q"}
    ),
    "delete a hidden comment": Change(endpoint="comments.delete", path="/comments/{hidden_id}/delete", who=None),
    "end another's session": Change(
        endpoint="sessions.end", path="/settings/sessions/{their_session_id}/end", who=None
    ),
}

ACTS: dict[str, Look | Change] = {**LOOKS, **CHANGES, **MORE_CHANGES}

# What anybody may ask for, with the method. Signing out needs nobody's permission, nor does any mailed link but one.
PUBLIC = {
    "GET posts.home",
    "GET posts.post",
    "GET comments.comment",
    "GET people.profile",
    "GET following.follows",
    "GET joining.register",
    "POST joining.register",
    "GET joining.confirm",
    "POST joining.confirm",
    "GET sessions.login",
    "POST sessions.login",
    "POST sessions.logout",
    "GET credentials.request_reset",
    "POST credentials.request_reset",
    "GET credentials.reset_password",
    "POST credentials.reset_password",
    "GET display.choose",
    "POST display.chosen",
    "GET display.styleguide",
    "GET syndication.site_atom",
    "GET syndication.site_json",
    "GET syndication.person_atom",
    "GET syndication.person_json",
    "GET syndication.comments_atom",
    "GET syndication.comments_json",
    "GET syndication.robots",
    "GET syndication.sitemap",
    "GET syndication.sitemap_of",
    "GET health.healthz",
    "GET health.readyz",
    "GET static_files.static",
    "GET static_files.script",
    "GET static_files.icon",
    "GET avatars.avatar_of",
}


@pytest.mark.parametrize("act", acts_on("web"), ids=lambda act: act.name)
def test_everybody_may_do_what_the_table_says_and_nothing_else(act: Act, site: Site) -> None:
    outcomes = {}
    for person in PEOPLE:
        site.reset()
        outcomes[person] = outcome(inhabited(site), ACTS[act.name], NAMES[person])

    assert outcomes == {person: act.outcome(person, edge="web") for person in PEOPLE}


def outcome(site: Site, act: Look | Change, name: str | None) -> str:
    """What becomes of it; what is refused must leave no trace, and what is allowed must leave one."""
    scene = set_scene(site, name)
    path = act.path.format(**{field: getattr(scene, field) for field in scene.__dataclass_fields__})
    browser = site.browser(name)
    token = browser.token()
    before = site.dump()
    page = browser.get(path) if isinstance(act, Look) else browser.post(path, act.data, token=token)
    found = named(page)
    # For somebody whose address is confirmed already there is nothing to do.
    wants_change = isinstance(act, Change) and act.stores and act.endpoint != "joining.unconfirmed"
    if found != "allowed" or isinstance(act, Look):
        assert site.dump() == before, f"{name} changed something"
    elif wants_change:
        assert site.dump() != before, f"{name} changed nothing"
    return found


def named(page: Page) -> str:
    if page.status == 303 and page.location.startswith("/login?next="):
        return "signed_out"
    if page.status == 403:
        return "unconfirmed" if "/confirm" in page.links else "forbidden"
    return {200: "allowed", 303: "allowed", 404: "not_found"}.get(page.status, str(page.status))


def test_every_act_of_the_table_is_driven() -> None:
    assert {act.name for act in acts_on("web")} <= set(ACTS)


def test_every_address_is_in_the_table_or_open_to_all(site: Site) -> None:
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


def test_a_disabled_member_is_nobody_from_the_next_request_on(site: Site) -> None:
    browser = site.browser("susan")

    site.container.members().set_standing(username="susan", disabled=True)

    assert browser.get("/settings/profile").location.startswith("/login?next=")
    assert browser.sign_in("susan@example.com", "a horse, a battery").status == 422


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(site: Site) -> None:
    browser = site.browser("mary")
    assert browser.get("/moderation").status == 200

    site.container.members().set_standing(username="mary", role=Role.USER)

    assert browser.get("/moderation").status == 403


def test_menus_offer_only_what_the_reader_may_do(site: Site) -> None:
    menus = {name: set(site.browser(name).get("/").links) for name in ("susan", "mary", "ada")}

    assert "/moderation" not in menus["susan"]
    assert "/moderation" in menus["mary"]
    assert "/admin/users" not in menus["mary"]
    assert {"/moderation", "/admin/users"} <= menus["ada"]
