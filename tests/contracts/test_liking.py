"""Likes in each storage: each once, counted beside the thing, and seen by their reader in every list."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from application.ports.paging import READ_BEYOND, Window
from application.ports.posts import PostCard, PostDetail
from domain.accounts import Account
from domain.comments import Comment
from domain.errors import DomainError, NotFound, TryAgain
from domain.job_kinds import JobKind
from domain.liking import Like
from domain.posts import Post
from domain.roles import Reader, Role
from tests.contracts.community import Community
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.doubles import Clock

ALL = Window(50)
PATIENCE = 30


def names(storage: Storage, reader: Reader | None, post: Post, window: Window = ALL) -> list[str]:
    return [card.member.username for card in storage.like_feeds.of_post(reader, post.id, window).items]


@pytest.fixture(params=["post", "comment"])
def thing(request: pytest.FixtureRequest, community: Community) -> Post | Comment:
    susan = community.member("susan")
    post = community.post(susan)
    return post if request.param == "post" else community.comment(susan, post)


def kept(storage: Storage, thing: Post | Comment, account: Account) -> list[Like]:
    with storage.unit_of_work() as work:
        likes = work.post_likes if isinstance(thing, Post) else work.comment_likes
        return likes.some_of(account.id, 9)


def test_a_like_comes_back_as_it_was_added_and_keeps_its_first_id(
    storage: Storage, community: Community, thing: Post | Comment
) -> None:
    ada = community.member("ada")
    like = community.like(ada, thing)

    with storage.unit_of_work() as work:
        likes = work.post_likes if isinstance(thing, Post) else work.comment_likes
        assert not likes.add(Like(id=community.new_id(), thing_id=thing.id, account_id=ada.id))
        work.commit()

    assert kept(storage, thing, ada) == [like]


def test_a_like_is_removed_once_and_may_be_added_again(
    storage: Storage, community: Community, thing: Post | Comment
) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.like(ada, thing)

    with storage.unit_of_work() as work:
        likes = work.post_likes if isinstance(thing, Post) else work.comment_likes
        assert not likes.remove(thing.id, bob.id)
        assert likes.remove(thing.id, ada.id)
        assert not likes.remove(thing.id, ada.id)
        work.commit()
    assert kept(storage, thing, ada) == []

    again = community.like(ada, thing)

    assert kept(storage, thing, ada) == [again]


@pytest.mark.parametrize("missing", ["thing_id", "account_id"])
def test_a_like_needs_a_thing_and_an_account(
    storage: Storage, community: Community, thing: Post | Comment, missing: str
) -> None:
    ids = {"thing_id": thing.id, "account_id": community.member("ada").id, missing: 1}

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        likes = work.post_likes if isinstance(thing, Post) else work.comment_likes
        likes.add(Like(id=community.new_id(), **ids))
        work.commit()


def test_likes_of_posts_and_of_comments_are_apart(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(bob)
    comment = community.comment(bob, post)
    liked = community.like(ada, comment)

    with storage.unit_of_work() as work:
        assert work.post_likes.some_of(ada.id, 9) == []
        assert work.comment_likes.some_of(ada.id, 9) == [liked]
    assert names(storage, None, post) == []


def test_what_is_removed_for_good_takes_its_likes_along(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post, other = community.post(bob), community.post(bob)
    comment, below = community.comment(bob, other), community.comment(bob, post)
    for thing in (post, comment, below):
        community.like(ada, thing)
    community.bookmark(ada, post)
    community.watch(ada, post)

    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.comments.remove(comment.id)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.post_likes.some_of(ada.id, 9) == work.comment_likes.some_of(ada.id, 9) == []
        assert work.bookmarks.remove_some_of(ada.id, 9) == work.watches.remove_some_of(ada.id, 9) == 0


def every_list_of_posts(
    storage: Storage, author: Account, post: Post
) -> list[Callable[[Reader], PostCard | PostDetail]]:
    """Each answers the record of the post."""
    return [
        lambda reader: storage.post_feeds.latest(reader, ALL).items[0],
        lambda reader: storage.post_feeds.timeline(reader, ALL).items[0],
        lambda reader: storage.post_feeds.whole_latest(reader, ALL).page.items[0],
        lambda reader: storage.post_feeds.whole_timeline(reader, ALL).page.items[0],
        lambda reader: storage.post_feeds.whole_by(reader, author.username.text, ALL).page.items[0],
        lambda reader: storage.people_feeds.page(reader, author.username.text, ALL).posts.items[0],
        lambda reader: storage.post_feeds.post(reader, post.id),
        lambda reader: storage.comment_feeds.thread(reader, post.id, ALL).post,
    ]


@pytest.mark.parametrize("mutes", [False, True])
def test_every_list_says_what_its_reader_likes_and_has_bookmarked(
    storage: Storage, community: Community, mutes: bool
) -> None:
    author, ada, bob, cyd = (community.member(name) for name in ("susan", "ada", "bob", "cyd"))
    post = community.post(author)
    for reader in (ada, bob):
        community.follow(reader, author)
        if mutes:
            community.mute(reader, cyd)
    for liker in (ada, cyd):
        community.like(liker, post)
    community.bookmark(bob, post)

    for read in every_list_of_posts(storage, author, post):
        hers, his = (read(storage.session_feeds.reader(reader.id, community.now)) for reader in (ada, bob))
        assert (hers.like_count, hers.liked, hers.bookmarked) == (2, True, False)
        assert (his.like_count, his.liked, his.bookmarked) == (2, False, True)
    seen = storage.post_feeds.latest(None, ALL).items[0]
    assert (seen.like_count, seen.liked, seen.bookmarked) == (2, False, False)


def test_a_comment_says_how_many_like_it_and_whether_its_reader_does(storage: Storage, community: Community) -> None:
    author, ada, bob = (community.member(name) for name in ("susan", "ada", "bob"))
    post = community.post(author)
    comment, other = community.comment(author, post), community.comment(author, post)
    for liker in (ada, bob):
        community.like(liker, comment)

    for reader, liked in ((ada.reader, True), (author.reader, False), (None, False)):
        below = storage.comment_feeds.thread(reader, post.id, ALL).comments.items
        assert [(card.like_count, card.liked) for card in below] == [(2, liked), (0, False)]
        alone = storage.comment_feeds.comment(reader, comment.id)
        assert (alone.like_count, alone.liked) == (2, liked)
    listed = storage.comment_feeds.latest(bob.reader, ALL).page.items
    assert [(card.id, card.like_count, card.liked) for card in listed] == [(other.id, 0, False), (comment.id, 2, True)]
    assert storage.post_feeds.post(ada.reader, post.id).like_count == 0


def test_who_likes_a_post_is_listed_newest_first_without_who_has_left(storage: Storage, community: Community) -> None:
    author, ada, bob, cyd = (community.member(name) for name in ("susan", "ada", "bob", "cyd"))
    post, other = community.post(author), community.post(author)
    first, second = community.like(bob, post), community.like(ada, post)
    community.like(cyd, post)
    community.like(author, other)
    community.delete(cyd)
    community.follow(bob, ada)

    cards = storage.like_feeds.of_post(bob.reader, post.id, ALL).items
    assert [(card.id, card.member.username, card.followed) for card in cards] == [
        (second.id, "ada", True),
        (first.id, "bob", False),
    ]
    assert cards[0].since > cards[1].since
    assert names(storage, None, post, Window(1, before=second.id)) == ["bob"]
    assert names(storage, None, other) == ["susan"]


def test_nobody_reads_who_likes_a_post_that_they_may_not_see(storage: Storage, community: Community) -> None:
    author, ada = community.member("susan"), community.member("ada")
    post = community.post(author)
    community.like(ada, post)
    post.hidden_by = 7
    with storage.unit_of_work() as work:
        work.posts.save(post)
        work.commit()

    assert names(storage, None, post) == names(storage, ada.reader, post) == []
    assert names(storage, author.reader, post) == ["ada"]


def test_whom_the_reader_mutes_is_not_among_them_however_many_they_are(storage: Storage, community: Community) -> None:
    author, ada, bob = (community.member(name) for name in ("susan", "ada", "bob"))
    post = community.post(author)
    with community.at_once():
        community.like(bob, post)
        for number in range(READ_BEYOND + 3):
            muted = community.member(f"m{number}")
            community.like(muted, post)
            community.mute(ada, muted)
    reader = storage.session_feeds.reader(ada.id, community.now)

    page = storage.like_feeds.of_post(reader, post.id, Window(2))
    assert page.items == ()
    assert page.before is not None
    assert names(storage, reader, post, Window(2, before=page.before)) == ["bob"]
    assert len(names(storage, bob.reader, post, Window(2))) == 2


def test_likes_at_the_same_moment_lose_no_count(storage: Storage, community: Community) -> None:
    """Some like, some take it back, one leaves, and a moderator hides the post and shows it again."""
    site = Site(storage, Clock())
    author, mary = community.member("susan"), community.member("mary", role=Role.MODERATOR)
    post = community.post(author)
    comment = community.comment(author, post)
    members = [community.member(f"m{number}") for number in range(6)]
    for member in members[::2]:
        community.like(member, post)
        community.like(member, comment)
    leaver = members[0]
    community.delete(leaver)
    community.job(JobKind.ERASE_ALL, "", account_id=leaver.id)

    def of_member(member: Account, verb: str) -> None:
        for _ in range(3):
            # The post may be hidden, and the storage busy.
            with suppress(DomainError):
                getattr(site.liking, f"{verb}_post")(actor_id=member.id, post_id=post.id)
            with suppress(DomainError):
                getattr(site.liking, f"{verb}_comment")(actor_id=member.id, comment_id=comment.id)

    def of_moderator() -> None:
        for _ in range(2):
            with suppress(TryAgain):
                site.moderation.hide_post(actor_id=mary.id, post_id=post.id, reason="rude")
            with suppress(TryAgain):
                site.moderation.restore_post(actor_id=mary.id, post_id=post.id)

    acts: list[Callable[[], object]] = [of_moderator, lambda: [site.jobs.run_next() for _ in range(9)]]
    acts += [partial(of_member, member, "unlike" if number % 2 else "like") for number, member in enumerate(members)]
    threads = [threading.Thread(target=act, daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a unit of work hangs"
    while site.jobs.run_next():
        pass

    assert [drift for part in site.mending.compare_counters() for drift in part.drifts] == []
    with storage.unit_of_work() as work:
        assert work.post_likes.some_of(leaver.id, 9) == work.comment_likes.some_of(leaver.id, 9) == []
