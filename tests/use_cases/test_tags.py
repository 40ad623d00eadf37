"""Tags of posts: published and edited, kept while a post is away, and renamed for all."""

import pytest

from application.ports.paging import Window
from application.tags import BATCH
from domain.errors import Changed, Forbidden, Invalid, NotFound
from domain.job_kinds import JobKind
from domain.moderation import Act
from domain.outbox import State
from domain.roles import Role
from tests.use_cases.conftest import PASSWORD

ALL = Window(200)


def used(community) -> dict[str, int]:
    return {card.name: card.post_count for card in community.tag_feeds.used(None)}


def ids(community, name: str) -> list[int]:
    return [card.id for card in community.tag_feeds.posts(None, name, ALL).page.items]


def tags_of(community, post_id: int) -> tuple[str, ...]:
    return community.post_feeds.post(community.reader("boss"), post_id).tags


def work_off(community) -> None:
    while community.jobs.run_next():
        pass


@pytest.fixture
def scene(community):
    community.boss = community.join("boss", role=Role.ADMINISTRATOR)
    community.mod = community.join("mod", role=Role.MODERATOR)
    community.susan = community.join("susan")
    return community


def publish(scene, *tags: str) -> int:
    return scene.posts.publish(actor_id=scene.susan, title="", body="Soup.", tags=tags)


def test_a_post_is_published_under_its_tags(scene):
    post_id = publish(scene, "#Soup", "bread", "SOUP")

    assert tags_of(scene, post_id) == ("soup", "bread")
    assert used(scene) == {"soup": 1, "bread": 1}


def test_a_post_with_tags_that_are_none_is_not_published(scene):
    with pytest.raises(Invalid) as refused:
        scene.posts.publish(actor_id=scene.susan, title="", body=" ", tags=["c++"])

    assert [problem.field for problem in refused.value.problems] == ["body", "tags"]
    assert used(scene) == {}


def test_an_edit_that_names_no_tags_keeps_them(scene):
    post_id = publish(scene, "soup")

    scene.posts.edit(actor_id=scene.susan, post_id=post_id, body="Bread.")

    assert tags_of(scene, post_id) == ("soup",)
    assert used(scene) == {"soup": 1}


def test_tags_alone_can_be_edited_and_are_a_version(scene):
    post_id = publish(scene, "soup", "fog")

    scene.posts.edit(actor_id=scene.susan, post_id=post_id, tags=["fog", "Rain"], version=1)

    stored = scene.post_feeds.post(None, post_id)
    assert (stored.tags, stored.version, stored.body) == (("fog", "rain"), 2, "Soup.")
    assert stored.edited_at is not None
    assert used(scene) == {"fog": 1, "rain": 1}
    with pytest.raises(Changed):
        scene.posts.edit(actor_id=scene.susan, post_id=post_id, tags=[], version=1)
    scene.posts.edit(actor_id=scene.susan, post_id=post_id, tags=[])
    assert (tags_of(scene, post_id), used(scene)) == ((), {})


def test_a_post_that_is_away_is_not_counted_and_comes_back_with_its_tags(scene):
    post_id = publish(scene, "soup")
    away_and_back = (
        (
            lambda: scene.moderation.hide_post(actor_id=scene.mod, post_id=post_id, reason="rude"),
            lambda: scene.moderation.restore_post(actor_id=scene.mod, post_id=post_id),
        ),
        (
            lambda: scene.posts.delete(actor_id=scene.susan, post_id=post_id),
            lambda: scene.deleting.undelete_post(actor_id=scene.susan, post_id=post_id),
        ),
        (
            lambda: scene.hiding_all.hide_all(actor_id=scene.mod, username="susan", reason="spam"),
            lambda: scene.hiding_all.restore_all(actor_id=scene.mod, username="susan", reason="no spam"),
        ),
    )
    for away, back in away_and_back:
        away()
        work_off(scene)
        assert (used(scene), ids(scene, "soup")) == ({}, [])
        back()
        work_off(scene)
        assert (used(scene), ids(scene, "soup"), tags_of(scene, post_id)) == ({"soup": 1}, [post_id], ("soup",))


def test_what_a_former_member_wrote_is_counted_no_more(scene):
    publish(scene, "soup")
    publish(scene)

    scene.leaving.leave(actor_id=scene.susan, password=PASSWORD, posts="delete")
    work_off(scene)

    assert used(scene) == {}


def test_a_tag_is_renamed_at_once_and_beside_its_posts_by_a_job(scene):
    posts = [publish(scene, "suppe", "fog") for _ in range(3)]

    assert scene.tags.rename(actor_id=scene.boss, name="suppe", to="#Soup") == "soup"

    assert used(scene) == {"fog": 3, "soup": 3}
    assert ids(scene, "soup") == posts[::-1]
    assert scene.tag_feeds.posts(None, "suppe", ALL).tag.name == "soup"
    work_off(scene)
    assert {tags_of(scene, post_id) for post_id in posts} == {("soup", "fog")}
    assert scene.post_feeds.post(None, posts[0]).version == 1
    (entry,) = scene.moderation.log(reader=scene.reader("boss"), window=ALL).page.items[:1]
    assert (entry.act, entry.actor.username, entry.text) == (Act.RENAME_TAG, "boss", "#suppe → #soup")
    record = scene.sanctions.of_person(reader=scene.reader("mod"), username="boss", window=ALL)
    assert record.page.items == ()


def test_two_tags_become_one(scene):
    both, old, new = publish(scene, "fog", "suppe", "soup"), publish(scene, "suppe"), publish(scene, "soup")
    hidden = publish(scene, "suppe")
    scene.moderation.hide_post(actor_id=scene.mod, post_id=hidden, reason="rude")

    assert scene.tags.rename(actor_id=scene.boss, name="SUPPE", to="soup") == "soup"
    late = publish(scene, "Suppe")
    work_off(scene)

    assert ids(scene, "soup") == [late, new, old, both]
    assert used(scene) == {"soup": 4, "fog": 1}
    assert [tags_of(scene, post_id) for post_id in (both, old, late)] == [("fog", "soup"), ("soup",), ("soup",)]
    # Its author still sees the old name, which leads on.
    assert tags_of(scene, hidden) == ("suppe",)
    scene.moderation.restore_post(actor_id=scene.mod, post_id=hidden)
    assert (tags_of(scene, hidden), used(scene)["soup"]) == (("soup",), 5)


def test_an_edit_while_the_job_is_under_way_is_right(scene):
    posts = [publish(scene, "suppe") for _ in range(2)]
    scene.tags.rename(actor_id=scene.boss, name="suppe", to="soup")

    scene.posts.edit(actor_id=scene.susan, post_id=posts[0], tags=["suppe", "fog"])
    scene.posts.edit(actor_id=scene.susan, post_id=posts[1], body="Bread.")

    assert (used(scene), tags_of(scene, posts[0])) == ({"soup": 2, "fog": 1}, ("soup", "fog"))
    work_off(scene)
    assert (used(scene), tags_of(scene, posts[1])) == ({"soup": 2, "fog": 1}, ("soup",))


@pytest.mark.parametrize("merged", [False, True])
def test_a_job_that_is_killed_after_any_part_is_done_again(scene, merged):
    scene.pass_time(hours=1)
    posts = []
    for _ in range(BATCH + 2):
        posts.append(publish(scene, "suppe"))
        scene.pass_time(minutes=2)
    if merged:
        publish(scene, "soup")
    scene.tags.rename(actor_id=scene.boss, name="suppe", to="soup")
    handler = scene.tags.handlers()[JobKind.RENAME_TAG]
    job = next(card for card in scene.outbox_rows() if card.kind is JobKind.RENAME_TAG)
    with scene.open_work() as work:
        lost = work.outbox.get(job.id)
    # Its progress is lost with it.
    handler(lost)
    assert len({tags_of(scene, post_id) for post_id in posts}) == 2

    work_off(scene)

    assert {tags_of(scene, post_id) for post_id in posts} == {("soup",)}
    assert used(scene) == {"soup": len(posts) + merged}
    assert [card.state for card in scene.outbox_rows() if card.kind is JobKind.RENAME_TAG] == [State.DONE]


def test_renaming_to_its_own_name_changes_nothing(scene):
    publish(scene, "soup")

    assert scene.tags.rename(actor_id=scene.boss, name="soup", to="Soup") == "soup"

    assert all(card.kind is not JobKind.RENAME_TAG for card in scene.outbox_rows())


def test_a_tag_gets_its_old_name_back(scene):
    post_id = publish(scene, "suppe")
    scene.tags.rename(actor_id=scene.boss, name="suppe", to="soup")
    scene.tags.rename(actor_id=scene.boss, name="soup", to="suppe")
    work_off(scene)

    assert (ids(scene, "suppe"), tags_of(scene, post_id)) == ([post_id], ("suppe",))
    assert scene.tag_feeds.posts(None, "soup", ALL).tag.name == "suppe"


def test_only_administrators_rename(scene):
    publish(scene, "soup")
    for actor_id in (scene.mod, scene.susan):
        for name, to in (("soup", "bread"), ("nothing", "?")):
            with pytest.raises(Forbidden):
                scene.tags.rename(actor_id=actor_id, name=name, to=to)
    with pytest.raises(NotFound):
        scene.tags.rename(actor_id=scene.boss, name="nothing", to="bread")
    with pytest.raises(Invalid) as refused:
        scene.tags.rename(actor_id=scene.boss, name="soup", to="c++")
    assert (refused.value.problems[0].field, refused.value.problems[0].code) == ("to", "tag_form")
    assert used(scene) == {"soup": 1}
