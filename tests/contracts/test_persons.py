"""What moderators see of a member, on all storages."""

from datetime import timedelta

from domain.accounts import Account
from domain.moderation import Act, LogEntry, SubjectKind
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def add(storage: Storage, community: Community, about: Account, act: Act, text: str = "") -> LogEntry:
    entry = LogEntry.on_person(about.id, act, id=community.new_id(), actor_id=None, text=text)
    with storage.unit_of_work() as work:
        work.moderation_log.add(entry)
        work.commit()
    return entry


def test_the_standing_of_a_member_has_what_holds(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    mod = community.member("mod", role=Role.MODERATOR)
    first = community.sanction(mod, ada, Act.SILENCE, days=1)
    second = community.sanction(mod, ada, Act.SUSPEND, days=30)
    community.sanction(mod, ada, Act.WARN)
    community.sanction(mod, bob, Act.SILENCE, days=30)
    notes = [add(storage, community, ada, Act.NOTE, f"Note {number}") for number in range(3)]
    add(storage, community, bob, Act.NOTE, "Of bob")
    hiding = add(storage, community, ada, Act.HIDE_ALL)

    found = storage.person_feeds.standing(mod.reader, ada.id, community.now, 2)
    assert [card.id for card in found.present] == [second.id, first.id]
    assert [card.entry.text for card in found.notes] == ["Note 2", "Note 1"]
    assert found.hiding_all is not None
    assert found.hiding_all.id == hiding.id

    add(storage, community, ada, Act.RESTORE_ALL, str(hiding.id))
    later = storage.person_feeds.standing(mod.reader, ada.id, community.now + timedelta(days=2), 9)
    assert [card.id for card in later.present] == [second.id]
    assert [card.id for card in later.notes] == [note.id for note in reversed(notes)]
    assert later.hiding_all is None
    nothing = storage.person_feeds.standing(mod.reader, 7, community.now, 9)
    assert (nothing.present, nothing.notes, nothing.hiding_all) == ((), (), None)


def test_the_background_has_who_invited_and_what_was_written_last(storage: Storage, community: Community) -> None:
    mod, host = community.member("mod", role=Role.MODERATOR), community.member("host", name="The Host")
    ada = community.member("ada", invitation_id=community.invitation(host).id)
    posts = [community.post(ada, f"Body {number}", title=f"Post {number}") for number in range(3)]
    comments = [community.comment(ada, posts[0], f"Comment {number}" + "x" * 500) for number in range(3)]
    community.comment(host, posts[0])
    entry_id = community.new_id()
    with storage.unit_of_work() as work:
        entry = LogEntry.on_person(ada.id, Act.HIDE_ALL, id=entry_id, actor_id=None)
        posts[2].hide_with_all(entry)
        comments[1].hide_with_all(entry)
        work.posts.save(posts[2])
        work.comments.save(comments[1])
        posts[1].deleted_at = community.now
        work.posts.save(posts[1])
        work.commit()

    found = storage.person_feeds.background(mod.reader, ada.id, entry_id, limit=2, counted=5)

    assert found.inviter is not None
    assert (found.inviter.username, found.inviter.name) == ("host", "The Host")
    assert found.hidden_count == 2
    assert [(each.id, each.kind, each.title, each.hidden) for each in found.writings] == [
        (comments[2].id, SubjectKind.COMMENT, "Post 0", False),
        (comments[1].id, SubjectKind.COMMENT, "Post 0", True),
        (posts[2].id, SubjectKind.POST, "Post 2", True),
        (posts[0].id, SubjectKind.POST, "Post 0", False),
    ]
    assert found.writings[0].opening == comments[2].body[:300]
    plain = storage.person_feeds.background(mod.reader, host.id, 0, limit=5, counted=5)
    assert (plain.inviter, plain.hidden_count, len(plain.writings)) == (None, 0, 1)
    assert storage.person_feeds.background(mod.reader, mod.id, 0, limit=5, counted=5).writings == ()
    counted = storage.person_feeds.background(mod.reader, ada.id, entry_id, limit=1, counted=0)
    assert counted.hidden_count > 0
