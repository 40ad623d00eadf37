"""People as everybody sees them."""

from datetime import timedelta

import pytest

from adapters.sql.engine import Database
from application.ports.members import MemberName
from application.ports.paging import Window
from domain.accounts import Account
from domain.errors import NotFound
from domain.ids import time_of
from domain.joining import Admission
from domain.members import names_pattern
from domain.posts import Post
from domain.profiles import PublicProfile
from domain.roles import Reader, Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage, sql_storage


def test_a_profile_shows_every_field_in_any_spelling_of_the_name(storage: Storage, community: Community) -> None:
    ada = community.member("Ada")
    bob = community.member("bob")
    cyd = community.member("cyd")
    community.follow(bob, ada)
    community.follow(ada, cyd)
    ada.describe(PublicProfile(name="Ada L.", location="London", about_me="Numbers.\nAnd poetry."))
    with storage.unit_of_work() as work:
        work.accounts.save(ada)
        work.commit()

    for name in ("Ada", "ada", "ADA"):
        seen = storage.people_feeds.profile(bob.reader, name)
        assert (seen.id, seen.username, seen.name, seen.location) == (ada.id, "Ada", "Ada L.", "London")
        assert seen.about_me == "Numbers.\nAnd poetry."
        assert (seen.role, seen.last_seen_at, seen.member_since) == (Role.USER, time_of(ada.id), time_of(ada.id))
        assert (seen.follower_count, seen.following_count) == (1, 1)
        assert (seen.followed, seen.follows_you) == (True, False)
        assert storage.people_feeds.page(bob.reader, name, Window(5)).profile == seen
    assert storage.people_feeds.profile(cyd.reader, "ada").follows_you
    for stranger in (None, Reader(id=1, role=Role.USER, confirmed=True), ada.reader):
        seen = storage.people_feeds.profile(stranger, "ada")
        assert (seen.followed, seen.follows_you) == (False, False)


def test_an_unknown_username_is_not_found(storage: Storage, community: Community) -> None:
    community.member("ada")
    community.delete(community.member("left"))

    for name in ("bob", "left", "LEFT", "ad", "ada.", "", "ada%", "_da"):
        with pytest.raises(NotFound):
            storage.people_feeds.profile(None, name)
        with pytest.raises(NotFound):
            storage.people_feeds.page(None, name, Window(5))
        with pytest.raises(NotFound):
            storage.member_feeds.member(None, name)


def test_a_person_without_posts_has_a_page(storage: Storage, community: Community) -> None:
    community.post(community.member("bob"))
    community.member("ada")

    page = storage.people_feeds.page(None, "ada", Window(5))

    assert (page.posts.items, page.posts.before, page.posts.after) == ((), None, None)


def test_a_person_has_a_page_of_their_comments(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    post, hidden_post = community.post(bob, title="Soup"), community.post(bob)
    written = [community.comment(ada, post, f"Comment {number}.") for number in range(5)]
    community.comment(bob, post)
    community.comment(ada, hidden_post)
    community.like(cyd, written[4])
    community.hide(written[3])
    hide(storage, hidden_post, cyd)

    first = storage.people_feeds.comments(cyd.reader, "ADA", Window(3))
    second = storage.people_feeds.comments(cyd.reader, "ada", Window(3, before=first.comments.before))

    assert first.profile == storage.people_feeds.profile(cyd.reader, "ada")
    assert [card.id for card in first.comments.items] == [written[4].id, written[3].id, written[2].id]
    assert [card.id for card in second.comments.items] == [written[1].id, written[0].id]
    assert (second.comments.before, second.comments.after) == (None, written[1].id)
    liked, hidden, _ = first.comments.items
    assert (liked.post_title, liked.author, liked.liked, liked.like_count) == ("Soup", name_of(ada), True, 1)
    assert (hidden.hidden, hidden.body, hidden.body_html, hidden.hidden_reason) == (True, None, None, None)
    assert storage.people_feeds.comments(ada.reader, "ada", Window(9)).comments.items[1].hidden_reason == "rude"


def test_the_comments_of_a_person_are_there_for_who_mutes_them(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    comment = community.comment(ada, community.post(ada))
    community.mute(bob, ada)

    found = storage.people_feeds.comments(reader_of(storage, bob, community), "ada", Window(5))

    assert [card.id for card in found.comments.items] == [comment.id]
    assert found.profile.muted
    assert storage.people_feeds.comments(None, "bob", Window(5)).comments.items == ()
    with pytest.raises(NotFound):
        storage.people_feeds.comments(None, "nobody", Window(5))


def test_people_are_listed_newest_first_and_found_by_either_name(storage: Storage, community: Community) -> None:
    community.member("ada", name="Augusta King", email="secret@example.com")
    community.member("bob")
    community.member("augustus")

    assert people(storage, community, "") == ["augustus", "bob", "ada"]
    assert people(storage, community, "gust") == ["augustus", "ada"]
    assert people(storage, community, "KING") == ["ada"]
    assert people(storage, community, "au") == ["augustus", "ada"]
    assert people(storage, community, "b") == ["bob"]
    community.member("jose", name="José Müller-Æsir")
    for typed in ("josé", "JOSE", "muller", "ＭÜLLER", "aesir"):
        assert people(storage, community, typed) == ["jose"], typed
    assert people(storage, community, "ki") == [], "two characters find beginnings"
    assert people(storage, community, "secret") == people(storage, community, "example") == [], "no address"
    assert people(storage, community, "%") == people(storage, community, "...") == []


def test_who_is_no_member_at_present_is_on_no_list_of_people(storage: Storage, community: Community) -> None:
    community.member("unconfirmed", confirmed=False)
    community.member("disabled", disabled=True)
    community.member("waits", admission=Admission.APPROVAL)
    community.member("no_seat", admission=Admission.NO_SEAT)
    community.delete(community.member("left"))
    suspended, silenced = community.member("suspended"), community.member("silenced")
    end = community.now + timedelta(days=2)
    save(storage, suspended, suspended_until=end)
    save(storage, silenced, silenced_until=end)
    for member in (suspended, silenced):
        community.post(member)
    reader = community.member("reader")

    assert people(storage, community, "") == ["reader", "silenced"]
    assert people(storage, community, "sus") == people(storage, community, "dis") == []
    suggested = storage.follow_feeds.suggestions(reader.reader, 5, community.now)
    assert [profile.username for profile in suggested] == ["silenced"]
    community.now = end
    assert people(storage, community, "") == ["reader", "silenced", "suspended"]
    assert people(storage, community, "sus") == ["suspended"]


def test_a_list_of_people_follows_what_becomes_of_them(storage: Storage, community: Community) -> None:
    ada = community.member("ada", confirmed=False)
    assert people(storage, community, "ada") == []

    save(storage, ada, confirmed=True)
    assert people(storage, community, "ada") == people(storage, community, "") == ["ada"]
    save(storage, ada, name="Countess")
    assert people(storage, community, "countess") == people(storage, community, "ada") == ["ada"]
    community.rename(ada, "augusta")
    assert people(storage, community, "ada") == []
    assert people(storage, community, "august") == ["augusta"]
    save(storage, ada, disabled=True)
    assert people(storage, community, "") == people(storage, community, "august") == []
    save(storage, ada, disabled=False)
    assert people(storage, community, "august") == ["augusta"]
    community.delete(ada)
    assert people(storage, community, "") == people(storage, community, "august") == []


@pytest.mark.parametrize(
    "change",
    ["deleted = TRUE", "disabled = TRUE", "confirmed = FALSE", "admission = 'approval'", "admission = 'no_seat'"],
)
def test_whom_a_process_of_the_version_before_takes_off_the_lists_is_on_none(database: Database, change: str) -> None:
    """It does not know the column that the lists are made from."""
    storage = sql_storage(database)
    community = Community(storage)
    ada, reader = community.member("ada"), community.member("reader")
    community.post(ada)
    assert people(storage, community, "") == ["reader", "ada"]

    with database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE accounts SET {change} WHERE id = {ada.id}")
        assert connection.exec_driver_sql(f"SELECT names_text <> '' FROM accounts WHERE id = {ada.id}").scalar_one()
        connection.commit()

    assert people(storage, community, "") == ["reader"]
    assert people(storage, community, "ada") == people(storage, community, "a") == []
    assert storage.follow_feeds.suggestions(reader.reader, 5, community.now) == ()


@pytest.mark.parametrize("typed", ["", "ada", "a", "..."])
def test_pages_of_people_hold_everybody_once_without_the_muted(
    storage: Storage, community: Community, typed: str
) -> None:
    reader = community.member("reader")
    with community.at_once():
        for number in range(20):
            member = community.member(f"ada{number}", name="..." if number % 2 else "")
            if number % 5 == 3:
                community.mute(reader, member)
    wanted = [f"ada{number}" for number in range(19, -1, -1) if number % 5 != 3 and (typed != "..." or number % 2)]
    wanted += ["reader"] if not typed else []
    pattern, seen = names_pattern(typed) or "", reader_of(storage, reader, community)

    down, window = list[str](), Window(3)
    while True:
        page = storage.people_feeds.people(seen, pattern, window, community.now)
        down += [profile.username for profile in page.items]
        if page.before is None:
            break
        window = Window(3, before=page.before)
    up, window = [profile.username for profile in page.items[::-1]], Window(3, after=page.after)
    while window.after is not None:
        page = storage.people_feeds.people(seen, pattern, window, community.now)
        up += [profile.username for profile in page.items[::-1]]
        window = Window(3, after=page.after)

    assert down == wanted
    assert up == wanted[::-1]


def test_a_person_on_the_list_shows_every_field(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada", name="Augusta"), community.member("bob")
    community.follow(bob, ada)
    community.follow(ada, bob)

    for pattern in ("", "augusta"):
        page = storage.people_feeds.people(bob.reader, pattern, Window(5), community.now)
        assert storage.people_feeds.profile(bob.reader, "ada") in page.items


def people(storage: Storage, community: Community, typed: str) -> list[str]:
    page = storage.people_feeds.people(None, names_pattern(typed) or "", Window(50), community.now)
    assert (page.before, page.after) == (None, None)
    return [profile.username for profile in page.items]


def name_of(account: Account) -> MemberName:
    return MemberName(account.id, account.username.text, account.name, account.role)


def reader_of(storage: Storage, account: Account, community: Community) -> Reader:
    return storage.session_feeds.reader(account.id, community.now)


def save(storage: Storage, account: Account, **changes: object) -> None:
    for name, value in changes.items():
        setattr(account, name, value)
    with storage.unit_of_work() as work:
        work.accounts.save(account)
        work.commit()


def hide(storage: Storage, post: Post, moderator: Account) -> None:
    with storage.unit_of_work() as work:
        stored = work.posts.get(post.id)
        stored.hidden_by, stored.hidden_reason = moderator.id, "rude"
        work.posts.save(stored)
        work.comments.relist(post.id, listed=False)
        work.commit()


@pytest.mark.parametrize("typed", ["", "ada", "a", "..."])
def test_an_empty_page_of_people_leads_back(storage: Storage, community: Community, typed: str) -> None:
    community.member("ada", name="...")
    pattern = names_pattern(typed) or ""

    page = storage.people_feeds.people(None, pattern, Window(5, before=1), community.now)

    assert (page.items, page.before, page.after) == ((), None, 0)
