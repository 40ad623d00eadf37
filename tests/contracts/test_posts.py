"""Posts in the storage, and as readers see them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from application.ports.members import MemberName
from application.ports.paging import Window
from domain.errors import NotFound
from domain.ids import LARGEST
from domain.posts import Post, PostHtml, PostText
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage

EDITED_AT = datetime(2026, 2, 1, 9, 30, 15, 123_456, tzinfo=UTC)
TEXT = PostText(title="Ünï ‘code’ %s", body="Line one\n\n\\ 'quotes' \"too\" 🦔\n" + "x" * 49_000)
HTML = PostHtml(body_html="<p>All of it</p>", excerpt_html="<p>All</p>", cut=True, version=7)


@pytest.mark.parametrize("edited_at", [None, EDITED_AT])
def test_a_post_comes_back_as_it_was_added(storage: Storage, community: Community, edited_at: datetime | None) -> None:
    author = community.member()
    post = Post(id=LARGEST, author_id=author.id, text=TEXT, html=HTML, edited_at=edited_at, version=3)

    with storage.unit_of_work() as work:
        work.posts.add(post)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.posts.get(post.id) == post
        assert work.posts.lock(post.id) == post


def test_a_post_comes_back_as_it_was_saved(storage: Storage, community: Community) -> None:
    post = community.post(community.member())
    post.text, post.html = TEXT, HTML
    post.edited_at = EDITED_AT.astimezone(timezone(timedelta(hours=5, minutes=30)))

    with storage.unit_of_work() as work:
        work.posts.save(post)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.posts.get(post.id) == post
        assert post.version == 2


def test_a_post_needs_an_account(storage: Storage) -> None:
    post = Post(id=2, author_id=1, text=TEXT, html=HTML)

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.posts.add(post)
        work.commit()


def test_some_posts_of_an_author_are_no_more_than_asked_for(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    hers = {community.post(ada).id for _ in range(3)}
    community.post(bob)

    with storage.unit_of_work() as work:
        assert len(work.posts.some_of(ada.id, 2)) == 2
        assert set(work.posts.some_of(ada.id, 9)) == hers


def test_a_post_is_removed_with_its_comments_and_no_others(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    gone, kept = community.post(ada), community.post(ada)
    comment, other = community.comment(bob, gone), community.comment(bob, kept)

    with storage.unit_of_work() as work:
        work.posts.remove(gone.id)
        work.posts.remove(gone.id)
        work.commit()

    with storage.unit_of_work() as work:
        assert [left.id for left in work.comments.some_of(bob.id, 9)] == [other.id]
        assert work.posts.some_of(ada.id, 9) == [kept.id]
    for read in (
        lambda: storage.post_feeds.post(None, gone.id),
        lambda: storage.comment_feeds.thread(None, gone.id, Window(5)),
        lambda: storage.comment_feeds.comment(None, comment.id),
        lambda: storage.comment_feeds.position(None, comment.id),
    ):
        with pytest.raises(NotFound):
            read()


def test_a_card_and_a_post_show_every_field(storage: Storage, community: Community) -> None:
    ada = community.member("Ada", name="Ada L.")
    post = community.post(ada, "A post that is longer than its excerpt.", title="On engines")
    comment = community.comment(ada, post)
    post.edited_at = EDITED_AT
    with storage.unit_of_work() as work:
        work.posts.save(post)
        work.commit()

    face = MemberName(ada.id, "Ada", "Ada L.", Role.USER)
    card = storage.post_feeds.latest(None, Window(5)).items[0]
    assert (card.id, card.author, card.title) == (post.id, face, "On engines")
    assert (card.excerpt_html, card.cut, card.edited_at) == (post.html.excerpt_html, True, EDITED_AT)
    assert card.comment_count == 1
    assert storage.post_feeds.timeline(ada.reader, Window(5)).items == (card,)
    assert storage.people_feeds.page(None, "ada", Window(5)).posts.items == (card,)
    shown = storage.post_feeds.post(None, post.id)
    assert (shown.id, shown.author, shown.author_id, shown.title) == (post.id, face, ada.id, "On engines")
    assert (shown.body, shown.body_html) == (post.text.body, post.html.body_html)
    assert (shown.edited_at, shown.version, shown.comment_count) == (EDITED_AT, 2, 1)
    thread = storage.comment_feeds.thread(None, post.id, Window(5))
    assert thread.post == shown
    assert [below.id for below in thread.comments.items] == [comment.id]


def test_a_post_without_comments_has_a_thread(storage: Storage, community: Community) -> None:
    post = community.post(community.member())

    thread = storage.comment_feeds.thread(None, post.id, Window(5))

    assert thread.post == storage.post_feeds.post(None, post.id)
    assert (thread.comments.items, thread.comments.before, thread.comments.after) == ((), None, None)


def test_saving_a_post_leaves_its_comment_count_alone(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)

    with storage.unit_of_work() as work:
        stale = work.posts.get(post.id)
        work.tallies.add_comments(post.id, 2)
        work.tallies.add_comments(post.id, -1)
        work.posts.save(stale)
        work.commit()

    assert storage.post_feeds.post(None, post.id).comment_count == 1


def test_posts_of_a_deleted_member_stay_without_an_author(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)

    community.delete(ada)

    assert storage.post_feeds.latest(None, Window(5)).items[0].author is None
    assert storage.post_feeds.post(None, post.id).author is None
    assert storage.post_feeds.post(None, post.id).author_id == ada.id
    assert storage.comment_feeds.thread(None, post.id, Window(5)).post.author is None
    assert storage.post_feeds.timeline(ada.reader, Window(5)).items[0].author is None


def test_posts_are_whole_and_counted(storage: Storage, community: Community) -> None:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    community.follow(ada, bob)
    posts = [community.post(author, title="T") for author in (ada, bob, cyd, bob)]
    details = [storage.post_feeds.post(None, post.id) for post in posts][::-1]
    window = Window(9)

    counted = storage.post_feeds.whole_latest(None, window)
    assert (list(counted.page.items), counted.count) == (details, 4)
    counted = storage.post_feeds.whole_by(None, "BOB", window)
    assert (list(counted.page.items), counted.count) == ([details[0], details[2]], 2)
    counted = storage.post_feeds.whole_timeline(ada.reader, window)
    assert (list(counted.page.items), counted.count) == ([details[0], details[2], details[3]], 3)


def test_a_page_beyond_the_end_is_still_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.post(ada)

    counted = storage.post_feeds.whole_by(None, "ada", Window(5, before=1))

    assert (counted.page.items, counted.count) == ((), 1)
