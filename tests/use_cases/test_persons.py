"""What moderators see of a member, and the notes about them, which nobody else ever reads."""

import json

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, Invalid, NotFound
from domain.moderation import NOTE_LIMIT, Act
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Susan, and mod, who moderates."""
    community.susan, community.mod = community.join("susan"), community.join("mod", Role.MODERATOR)
    community.sent = len(community.postbox.letters)
    return community


def note(scene, text="Was warned by mail.", *, actor="mod", username="susan") -> None:
    scene.persons.note(actor_id=getattr(scene, actor), username=username, text=text)


def look(scene, username="susan", *, reader="mod"):
    return scene.persons.look(reader=scene.reader(reader), username=username, window=ALL)


def test_moderators_read_the_notes_newest_first_and_in_the_log(scene):
    note(scene, "First.")
    note(scene, "Second.")

    found = look(scene)
    assert [card.entry.text for card in found.standing.notes] == ["Second.", "First."]
    assert found.standing.notes[0].entry.actor.username == "mod"
    assert [card.entry.act for card in found.record.items] == [Act.NOTE, Act.NOTE]
    newest = scene.moderation.log(reader=scene.reader("mod"), window=ALL).page.items[0]
    assert (newest.act, newest.text, newest.about.username) == (Act.NOTE, "Second.", "susan")


def test_a_note_never_reaches_the_member(scene):
    note(scene, "Writes under three names.")
    scene.deliver()
    viewer = scene.viewer(scene.sign_in("susan"))

    assert len(scene.postbox.letters) == scene.sent
    assert scene.appeal_feeds.record(viewer, ALL).items == ()
    for path, parts in scene.leaving.export(reader=viewer):
        content = b"".join(parts).decode()
        assert "three names" not in content
        if path == "record.jsonl":
            assert [json.loads(line) for line in content.splitlines()] == []
    entry_id = look(scene).standing.notes[0].id
    with pytest.raises(NotFound):
        scene.appeals.look(reader=scene.reader("susan"), entry_id=entry_id)
    with pytest.raises(NotFound):
        scene.appeals.appeal(actor_id=scene.susan, entry_id=entry_id, text="What?")


def test_who_moderates_notes_and_nobody_else(scene):
    for username in ("susan", "mod", "nobody"):
        with pytest.raises(Forbidden):
            note(scene, actor="susan", username=username)
        with pytest.raises(Forbidden):
            look(scene, username, reader="susan")
    with pytest.raises(NotFound):
        note(scene, username="nobody")
    for text in (" ", "x" * (NOTE_LIMIT + 1)):
        with pytest.raises(Invalid):
            note(scene, text)
    note(scene, "x" * NOTE_LIMIT)


def test_erasing_an_account_empties_the_notes_about_it(scene):
    note(scene, "Writes under three names.")
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts="delete")
    scene.deliver()

    newest = scene.moderation.log(reader=scene.reader("mod"), window=ALL).page.items[0]
    assert (newest.act, newest.text) == (Act.NOTE, "")


def test_the_page_says_what_is_hidden_at_once(scene):
    posted = scene.posts.publish(actor_id=scene.susan, title="On soup", body="Words.")
    scene.comments.write(actor_id=scene.susan, post_id=posted, body="More words.")
    assert look(scene).standing.hiding_all is None

    entry_id = scene.hiding_all.hide_all(actor_id=scene.mod, username="susan", reason="Spam.")
    scene.deliver()

    found = look(scene)
    assert (found.standing.hiding_all.id, found.background.hidden_count) == (entry_id, 2)
    assert [(writing.title, writing.opening, writing.hidden) for writing in found.background.writings] == [
        ("On soup", "More words.", True),
        ("On soup", "Words.", True),
    ]


@pytest.mark.parametrize("posts", ["keep", "delete"])
def test_the_notes_about_who_has_left_are_forgotten(scene, posts):
    note(scene, "Writes under three names.")
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts=posts)
    scene.deliver()

    newest = scene.moderation.log(reader=scene.reader("mod"), window=ALL).page.items[0]
    assert (newest.act, newest.text) == (Act.NOTE, "")
