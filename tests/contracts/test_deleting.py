"""What is deleted and not yet gone: what a member sees of it, and what is due."""

from datetime import timedelta

from application.ports.paging import Window
from domain.accounts import Account
from domain.comments import Comment
from domain.moderation import SubjectKind
from domain.posts import Post
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def delete(storage: Storage, community: Community, thing: Post | Comment, by: Account) -> None:
    thing.deleted_at, thing.deleted_by = community.now, by.id
    with storage.unit_of_work() as work:
        if isinstance(thing, Post):
            work.posts.save(thing)
            work.comments.relist(thing.id, listed=False)
        else:
            work.comments.save(thing)
        work.commit()


def test_a_member_sees_their_own_newest_first_in_pages(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    posts = [community.post(ada, title=f"Post {number}") for number in range(3)]
    comments = [community.comment(ada, posts[0], f"Comment {number}") for number in range(3)]
    for thing in (posts[1], comments[0], comments[2], posts[2]):
        delete(storage, community, thing, ada)
    delete(storage, community, comments[1], bob)
    since = community.now - timedelta(days=1)
    expected = [comments[2].id, comments[0].id, posts[2].id, posts[1].id]

    first = storage.deleted_feeds.own(ada.reader, since, Window(3))
    rest = storage.deleted_feeds.own(ada.reader, since, Window(3, before=first.before))
    back = storage.deleted_feeds.own(ada.reader, since, Window(3, after=rest.after))

    assert [card.id for card in (*first.items, *rest.items)] == expected
    assert (first.after, rest.before) == (None, None)
    assert back.items == first.items
    assert [(card.kind, card.title, card.body) for card in first.items[:1]] == [
        (SubjectKind.COMMENT, "Post 0", "Comment 2")
    ]
    assert storage.deleted_feeds.own(bob.reader, since, Window(3)).items == ()
    assert storage.deleted_feeds.own(ada.reader, community.now, Window(3)).items == ()


def test_what_was_deleted_before_a_time_is_due_oldest_first(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    posts = [community.post(ada) for _ in range(3)]
    comment = community.comment(ada, posts[2])
    delete(storage, community, posts[1], ada)
    first_at = community.now
    community.now += timedelta(hours=1)
    delete(storage, community, posts[0], ada)
    delete(storage, community, comment, ada)

    with storage.unit_of_work() as work:
        assert work.deleted.posts_due(community.now, 9) == [posts[1].id, posts[0].id]
        assert work.deleted.posts_due(community.now, 1) == [posts[1].id]
        assert work.deleted.posts_due(first_at, 9) == [posts[1].id]
        assert work.deleted.comments_due(first_at, 9) == []
        assert work.deleted.comments_due(community.now, 9) == [comment.id]
