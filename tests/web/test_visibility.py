"""What is hidden or deleted leaks through no surface, on any storage."""

from collections.abc import Callable

import pytest

from adapters.memory import posts as memory_posts
from adapters.memory.store import Store
from tests.web import visibility
from tests.web.addresses import CHANGES, set_scene
from tests.web.conftest import SQL, MakeSite, inhabited
from tests.web.site import Site
from tests.web.visibility import COMMENTS, ON_COMMENTS, ON_POSTS, POSTS, put, scene_on, seen

TABLES = {"post": (POSTS, ON_POSTS), "comment": (COMMENTS, ON_COMMENTS)}
STATES = [(thing, state) for thing, (table, _) in TABLES.items() for state in next(iter(table.values()))]


@pytest.fixture(params=["memory", *SQL])
def any_site(make_site: MakeSite, request: pytest.FixtureRequest) -> Site:
    return inhabited(make_site(request.param, rate_limits="off"))


def looked_at(site: Site, thing: str, state: str) -> dict[str, str]:
    """By surface: who sees the thing in this state."""
    scene = scene_on(site)
    put(scene, thing, state)
    return {name: seen(scene, surface) for name, surface in TABLES[thing][1].items()}


@pytest.mark.parametrize(("thing", "state"), STATES)
def test_who_sees_what_where(any_site: Site, thing: str, state: str) -> None:
    table, surfaces = TABLES[thing]

    assert table.keys() == surfaces.keys()
    assert looked_at(any_site, thing, state) == {name: cells[state] for name, cells in table.items()}


def test_a_planted_leak_is_found(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(store: Store, reader: object) -> object:
        return store.posts.committed

    monkeypatch.setattr(memory_posts, "listed_posts", everything)

    found = looked_at(inhabited(make_site(rate_limits="off")), "post", "hidden")

    leaks = {name for name, letters in found.items() if letters != POSTS[name]["hidden"]}
    assert {"first page", "site feed", "API posts", "sitemap"} <= leaks


def test_a_missing_cell_is_an_error() -> None:
    with pytest.raises(AssertionError, match="first page: a cell is missing"):
        visibility.read("surface                  listed   hidden\nfirst page               vm")


ON_WHAT = {
    name: change for name, change in CHANGES.items() if "{post_id}" in change.path or "{comment_id}" in change.path
}


def hide(site: Site, post_id: int) -> None:
    site.container.moderation().hide_post(actor_id=site.members["mary"], post_id=post_id, reason="Not here.")


def delete(site: Site, post_id: int) -> None:
    site.container.posts().delete(actor_id=site.members["susan"], post_id=post_id)


@pytest.mark.parametrize("name", ON_WHAT)
@pytest.mark.parametrize(("make_unseen", "readers"), [(hide, ["david"]), (delete, ["david", "susan", "mary", "ada"])])
def test_acting_on_what_one_may_not_see_is_not_found(
    site: Site, name: str, make_unseen: Callable[[Site, int], None], readers: list[str]
) -> None:
    """Where only moderators may act, the others are told that first: it reveals nothing."""
    scene = set_scene(site)
    make_unseen(site, scene.post_id)
    change = ON_WHAT[name]

    for reader in readers:
        browser = site.browser(reader)
        token = browser.token()
        before = site.dump()
        answer = browser.post(change.where(scene), change.data, token=token)
        is_for_others = change.who in ("mary", "ada") and reader in ("david", "susan")
        assert answer.status == (403 if is_for_others else 404), reader
        assert site.dump() == before
