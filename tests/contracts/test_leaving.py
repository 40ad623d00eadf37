"""What a member takes home."""

from dataclasses import replace

from domain.cases import ReportKind
from domain.moderation import SITE_ID, Act, SubjectKind
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_the_archive_holds_all_that_a_member_wrote_oldest_first(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    with community.at_once():
        posts = [community.post(ada, title=str(number)) for number in range(201)]
        community.post(bob)
        comments = [community.comment(ada, posts[number % 3]) for number in range(5)]
        community.comment(bob, posts[0])
        follow = community.follow(ada, bob)
        community.follow(bob, ada)
    community.hide(comments[0])

    archived = list(storage.archive_feeds.comments(ada.reader))
    assert list(storage.archive_feeds.posts(ada.reader)) == [storage.post_feeds.post(None, post.id) for post in posts]
    assert [comment.id for comment in archived] == [comment.id for comment in comments]
    shown = [storage.comment_feeds.comment(ada.reader, comment.id) for comment in comments]
    assert archived[1:] == shown[1:]
    # On the site its text is for moderators only. It is hers to take home.
    assert archived[0] == replace(shown[0], body="A comment.", body_html="<p>A comment.</p>")
    assert (archived[0].hidden, bool(archived[0].hidden_reason)) == (True, True)
    assert [(card.id, card.member.username) for card in storage.archive_feeds.following(ada.reader)] == [
        (follow.id, "bob")
    ]


def test_the_archive_has_what_a_member_reported_and_never_what_was_decided(
    storage: Storage, community: Community
) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    post = community.post(bob)
    with community.at_once():
        settled = community.case(post, cyd, ada, kind=ReportKind.SPAM)
        many = [community.case(community.comment(bob, post), ada) for _ in range(200)]
        community.case(bob, cyd, None)
    community.settle(settled, cyd, Act.HIDE)

    first, *rest = storage.archive_feeds.reports(ada.reader)

    assert (first.kind, first.text, first.settled) == (ReportKind.SPAM, "It is rude.", True)
    assert (first.subject_kind, first.subject_id) == (SubjectKind.POST, post.id)
    assert [(each.subject_id, each.settled) for each in rest] == [(case.subject_id, False) for case in many]
    assert list(storage.archive_feeds.reports(bob.reader)) == []


def test_the_archive_lists_pictures_with_the_posts_that_show_them(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    posts = [community.post(ada) for _ in range(2)]
    with community.at_once():
        shown = community.picture(ada, *posts, width=900)
        face = community.picture(ada, width=320, portrait=True)
        many = [community.picture(ada) for _ in range(200)]
        community.picture(bob)
    with storage.unit_of_work() as work:
        work.pictures.show(SITE_ID, [shown.id], community.now)
        work.commit()

    first, second, *rest = storage.archive_feeds.pictures(ada.reader)

    assert (first.id, first.width, first.height, first.portrait) == (shown.id, 900, 900, False)
    assert first.shown_in == tuple(post.id for post in posts)
    assert (second.id, second.portrait, second.shown_in) == (face.id, True, ())
    assert [each.id for each in rest] == [each.id for each in many]
    assert not any(each.shown_in for each in rest)


def test_the_archive_of_a_member_without_texts_is_empty(storage: Storage, community: Community) -> None:
    ada = community.member()

    assert list(storage.archive_feeds.posts(ada.reader)) == []
    assert list(storage.archive_feeds.comments(ada.reader)) == []
    assert list(storage.archive_feeds.following(ada.reader)) == []
    assert list(storage.archive_feeds.pictures(ada.reader)) == []


def test_the_archive_lists_more_people_than_fit_in_a_batch(storage: Storage, community: Community) -> None:
    ada = community.member()
    with community.at_once():
        follows = [community.follow(ada, community.member(f"m{number}")) for number in range(201)]

    assert [card.id for card in storage.archive_feeds.following(ada.reader)] == [follow.id for follow in follows]
