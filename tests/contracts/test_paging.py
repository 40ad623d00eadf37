"""Every list page by page: each window shape at each cursor, and readers who turn pages while others write."""

import dataclasses
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from application.ports.paging import Page, Window
from domain.ids import LARGEST
from domain.members import search_pattern
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage


@dataclass(frozen=True, slots=True)
class Listing:
    """`add` puts one more item at the list's newest end and answers its cursor; `disturb` adds what is not in it."""

    read: Callable[[Window], Page[Any]]
    add: Callable[[], int]
    disturb: Callable[[], object]
    newest_first: bool = True


class Crowd:
    """Makes members with names of their own."""

    def __init__(self, community: Community) -> None:
        self._community = community
        self._size = 0

    def another(self, **values: Any) -> Any:
        self._size += 1
        return self._community.member(f"m{self._size}", **values)


def latest(storage: Storage, community: Community) -> Listing:
    ada, crowd = community.member("ada"), Crowd(community)
    return Listing(
        lambda window: storage.post_feeds.latest(None, window), lambda: community.post(ada).id, crowd.another
    )


def timeline(storage: Storage, community: Community) -> Listing:
    ada, bob, cyd = community.member("ada"), community.member("bob"), community.member("cyd")
    community.follow(ada, bob)
    community.follow(bob, cyd)
    authors = [ada, bob]

    def add() -> int:
        authors.reverse()
        return community.post(authors[0]).id

    return Listing(lambda window: storage.post_feeds.timeline(ada.reader, window), add, lambda: community.post(cyd))


def thread(storage: Storage, community: Community) -> Listing:
    ada = community.member("ada")
    post, other = community.post(ada), community.post(ada)
    return Listing(
        lambda window: storage.comment_feeds.thread(None, post.id, window).comments,
        lambda: community.comment(ada, post).id,
        lambda: community.comment(ada, other),
        newest_first=False,
    )


def posts_of_a_person(storage: Storage, community: Community) -> Listing:
    ada, bob = community.member("ada"), community.member("bob")
    return Listing(
        lambda window: storage.people_feeds.page(bob.reader, "ada", window).posts,
        lambda: community.post(ada).id,
        lambda: community.post(bob),
    )


def followers(storage: Storage, community: Community) -> Listing:
    ada, crowd = community.member("ada"), Crowd(community)

    def disturb() -> None:
        community.follow(ada, crowd.another())
        left = crowd.another()
        community.follow(left, ada)
        community.delete(left)

    return Listing(
        lambda window: storage.follow_feeds.followers(None, ada.id, window),
        lambda: community.follow(crowd.another(), ada).id,
        disturb,
    )


def following(storage: Storage, community: Community) -> Listing:
    ada, crowd = community.member("ada"), Crowd(community)

    def disturb() -> None:
        community.follow(crowd.another(), ada)
        left = crowd.another()
        community.follow(ada, left)
        community.delete(left)

    return Listing(
        lambda window: storage.follow_feeds.following(None, ada.id, window),
        lambda: community.follow(ada, crowd.another()).id,
        disturb,
    )


def all_comments(storage: Storage, community: Community) -> Listing:
    ada = community.member("ada", role=Role.MODERATOR)
    posts = [community.post(ada), community.post(ada)]

    def add() -> int:
        posts.reverse()
        return community.comment(ada, posts[0]).id

    return Listing(
        lambda window: storage.moderation_feeds.comments(ada.reader, window), add, lambda: community.post(ada)
    )


def moderation_log(storage: Storage, community: Community) -> Listing:
    ada = community.member("ada")
    comment = community.comment(ada, community.post(ada))
    return Listing(
        lambda window: storage.moderation_feeds.log(None, window).page,
        lambda: community.log_entry(ada, comment).id,
        lambda: community.comment(ada, community.post(ada)),
    )


def members(storage: Storage, community: Community) -> Listing:
    crowd = Crowd(community)
    return Listing(
        lambda window: storage.member_feeds.search(None, "", window),
        lambda: int(crowd.another().id),
        lambda: community.delete(crowd.another()),
    )


def members_found(storage: Storage, community: Community) -> Listing:
    crowd = Crowd(community)
    others = itertools.count()

    def add() -> int:
        number = next(others)
        return community.member(f"x{number}", email=f"{'z' if number % 2 else 'x'}{number}@example.com").id

    def disturb() -> None:
        community.member(f"b{next(others)}")
        community.delete(crowd.another())

    beginning = search_pattern("x") or ""
    return Listing(lambda window: storage.member_feeds.search(None, beginning, window), add, disturb)


def catalogue_of_posts(storage: Storage, community: Community) -> Listing:
    listed = latest(storage, community)
    return dataclasses.replace(listed, read=lambda window: storage.post_feeds.whole_latest(None, window).page)


def catalogue_of_a_timeline(storage: Storage, community: Community) -> Listing:
    listed = timeline(storage, community)
    reader = storage.session_feeds.reader(storage.member_feeds.member(None, "ada").id, community.now)
    return dataclasses.replace(listed, read=lambda window: storage.post_feeds.whole_timeline(reader, window).page)


def catalogue_of_posts_of_a_person(storage: Storage, community: Community) -> Listing:
    listed = posts_of_a_person(storage, community)
    return dataclasses.replace(listed, read=lambda window: storage.post_feeds.whole_by(None, "ADA", window).page)


def catalogue_of_comments(storage: Storage, community: Community) -> Listing:
    listed = all_comments(storage, community)
    reader = storage.session_feeds.reader(storage.member_feeds.member(None, "ada").id, community.now)
    return dataclasses.replace(listed, read=lambda window: storage.comment_feeds.latest(reader, window).page)


def catalogue_of_followers(storage: Storage, community: Community) -> Listing:
    listed = followers(storage, community)
    reader = storage.session_feeds.reader(storage.member_feeds.member(None, "ada").id, community.now)
    return dataclasses.replace(
        listed, read=lambda window: storage.follow_feeds.follower_profiles(reader, "ada", window).page
    )


def catalogue_of_following(storage: Storage, community: Community) -> Listing:
    listed = following(storage, community)
    reader = storage.session_feeds.reader(storage.member_feeds.member(None, "ada").id, community.now)
    return dataclasses.replace(
        listed, read=lambda window: storage.follow_feeds.following_profiles(reader, "ada", window).page
    )


def who_likes_a_post(storage: Storage, community: Community) -> Listing:
    ada, crowd = community.member("ada"), Crowd(community)
    post, other = community.post(ada), community.post(ada)

    def disturb() -> None:
        community.like(crowd.another(), other)
        left = crowd.another()
        community.like(left, post)
        community.delete(left)

    return Listing(
        lambda window: storage.like_feeds.of_post(None, post.id, window),
        lambda: community.like(crowd.another(), post).id,
        disturb,
    )


def outbox(storage: Storage, community: Community) -> Listing:
    return Listing(storage.outbox_feeds.latest, lambda: community.job().id, lambda: None)


LISTS = [
    latest,
    timeline,
    thread,
    posts_of_a_person,
    followers,
    following,
    all_comments,
    who_likes_a_post,
    moderation_log,
    members,
    members_found,
    outbox,
    catalogue_of_posts,
    catalogue_of_a_timeline,
    catalogue_of_posts_of_a_person,
    catalogue_of_comments,
    catalogue_of_followers,
    catalogue_of_following,
]


@pytest.fixture(params=LISTS, ids=lambda made: made.__name__)
def listing(request: pytest.FixtureRequest, storage: Storage, community: Community) -> Listing:
    made: Listing = request.param(storage, community)
    return made


def fill(listing: Listing, community: Community, size: int) -> list[int]:
    """The cursors of the list's items, rising; other things lie before, between and after them."""
    with community.at_once():
        listing.disturb()
        cursors = []
        for _ in range(size):
            cursors.append(listing.add())
            listing.disturb()
    return cursors


def ids(page: Page[Any]) -> list[int]:
    return [item.id for item in page.items]


def expected(listing: Listing, cursors: list[int], window: Window) -> tuple[list[int], int | None, int | None]:
    """The same in words: the nearest on one side of a cursor, or the first page; a cursor exactly where more lies."""
    if window.before is not None:
        shown = [id for id in cursors if id < window.before][-window.size :]
    elif window.after is not None:
        shown = [id for id in cursors if id > window.after][: window.size]
    else:
        shown = cursors[-window.size :] if listing.newest_first else cursors[: window.size]
    before = shown[0] if shown and cursors[0] < shown[0] else None
    after = shown[-1] if shown and cursors[-1] > shown[-1] else None
    return (shown[::-1] if listing.newest_first else shown), before, after


def test_every_window_shows_the_right_page_and_its_neighbours(listing: Listing, community: Community) -> None:
    cursors = fill(listing, community, 3)
    around = sorted({0, LARGEST, *(id + step for id in cursors for step in (0, 1))})
    for size in (1, 2, 3):
        windows = [Window(size)]
        windows += [Window(size, before=cursor) for cursor in around]
        windows += [Window(size, after=cursor) for cursor in around]

        for window in windows:
            page = listing.read(window)
            assert (ids(page), page.before, page.after) == expected(listing, cursors, window), window


def test_an_empty_list_has_one_empty_page(listing: Listing, community: Community) -> None:
    cursors = fill(listing, community, 0)

    for window in (Window(3), Window(3, before=LARGEST), Window(3, after=0)):
        page = listing.read(window)
        assert (page.items, page.before, page.after) == ((), None, None)
    assert cursors == []


def test_when_both_cursors_are_set_before_counts(listing: Listing, community: Community) -> None:
    cursors = fill(listing, community, 3)

    page = listing.read(Window(1, before=cursors[2], after=cursors[0]))

    assert page == listing.read(Window(1, before=cursors[2]))


def test_turning_pages_while_others_write_skips_and_repeats_nothing(listing: Listing, community: Community) -> None:
    cursors = fill(listing, community, 7)

    downwards = []
    window: Window | None = Window(2, before=LARGEST)
    while window is not None:
        page = listing.read(window)
        downwards += sorted(ids(page), reverse=True)
        listing.add()
        listing.disturb()
        window = None if page.before is None else Window(2, before=page.before)
    assert downwards == cursors[::-1]

    upwards: list[int] = []
    cursor: int | None = 0
    while cursor is not None and len(upwards) < 9:
        page = listing.read(Window(2, after=cursor))
        upwards += sorted(ids(page))
        listing.add()
        cursor = page.after
    assert upwards[:7] == cursors
    assert len(set(upwards)) == len(upwards)
