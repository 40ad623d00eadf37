"""Pictures in each storage: who sees them, what shows them, and how much room they take."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.ports.paging import Window
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.errors import NotFound, TryAgain
from domain.ids import make_id
from domain.moderation import SITE_ID
from domain.pictures import Picture, Shape
from domain.posts import Post
from domain.roles import Role
from domain.site import Site, SiteText
from tests.contracts.community import Community
from tests.contracts.storages import Storage
from tests.contracts.test_two_at_once import Meet, both

ALL = Window(50)


def kept(storage: Storage, picture: Picture) -> Picture:
    with storage.unit_of_work() as work:
        return work.pictures.lock(picture.id)


def show(storage: Storage, community: Community, post: Post, *pictures: Picture) -> None:
    with storage.unit_of_work() as work:
        work.pictures.show(post.id, [picture.id for picture in pictures], community.now)
        work.commit()


def change(storage: Storage, post: Post, **values: object) -> None:
    with storage.unit_of_work() as work:
        stored = work.posts.lock(post.id)
        for name, value in values.items():
            setattr(stored, name, value)
        work.posts.save(stored)
        work.commit()


def is_served(storage: Storage, picture: Picture, reader: Account | None = None) -> bool:
    try:
        storage.picture_feeds.served(None if reader is None else reader.reader, picture.id)
    except NotFound:
        return False
    return True


def test_a_picture_is_stored_as_it_was(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    picture = community.picture(ada, width=640)

    assert kept(storage, picture) == picture
    card = storage.picture_feeds.picture(ada.reader, picture.id)
    assert (card.owner_id, card.alt, card.width, card.height, card.portrait) == (ada.id, "", 640, 900, False)
    assert card.owner is not None
    assert (card.owner.username, card.unused_since, card.created_at) == ("ada", community.now, community.now)


def test_a_picture_that_was_not_committed_is_not_there(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with storage.unit_of_work() as work:
        work.pictures.add(Picture(id=7, owner_id=ada.id, alt="", width=1, height=1, size=1))

    with storage.unit_of_work() as work, pytest.raises(NotFound):
        work.pictures.lock(7)


def test_everybody_sees_a_picture_while_a_post_in_the_lists_shows_it(storage: Storage, community: Community) -> None:
    ada, bob, mary = community.member("ada"), community.member("bob"), community.member("mary", role=Role.MODERATOR)
    post = community.post(ada)
    picture = community.picture(ada)
    others = (None, bob)

    assert [is_served(storage, picture, reader) for reader in (*others, ada, mary)] == [False, False, True, True]
    show(storage, community, post, picture)
    assert all(is_served(storage, picture, reader) for reader in (*others, ada, mary))
    change(storage, post, hidden_by=9, hidden_reason="no")
    assert [is_served(storage, picture, reader) for reader in (*others, ada, mary)] == [False, False, True, True]
    change(storage, post, hidden_by=None, deleted_at=community.now, deleted_by=ada.id)
    assert [is_served(storage, picture, reader) for reader in (*others, ada, mary)] == [False, False, True, True]
    change(storage, post, deleted_at=None, deleted_by=None)
    assert is_served(storage, picture)


def test_a_hidden_post_hides_its_pictures_in_other_posts_too(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    hidden, other = community.post(ada), community.post(ada)
    picture = community.picture(ada, hidden, other)

    change(storage, hidden, hidden_by=9)

    assert not is_served(storage, picture)
    change(storage, hidden, hidden_by=None, deleted_at=community.now, deleted_by=ada.id)
    assert is_served(storage, picture)


def test_the_words_of_the_site_and_a_profile_show_pictures_to_everybody(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    of_site, of_ada = community.picture(ada), community.picture(ada, portrait=True)
    with storage.unit_of_work() as work:
        work.site.save(Site(text=SiteText(name="Chapbook")))
        work.pictures.show(SITE_ID, [of_site.id], community.now)
        work.commit()

    assert is_served(storage, of_site)
    assert is_served(storage, of_ada)
    served = storage.picture_feeds.served(None, of_ada.id)
    assert (served.portrait, served.width, served.shown) == (True, 1600, True)


def test_a_picture_is_unused_since_the_last_text_ceased_to_show_it(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    one, other = community.post(ada), community.post(ada)
    picture, second = community.picture(ada, one, other), community.picture(ada, one)
    assert kept(storage, picture).unused_since is None

    show(storage, community, one, second)
    assert kept(storage, picture).unused_since is None
    show(storage, community, other)
    ceased = community.now
    assert kept(storage, picture).unused_since == ceased
    community.new_id()
    show(storage, community, other)
    assert kept(storage, picture).unused_since == ceased
    show(storage, community, one, second, picture)
    assert kept(storage, picture).unused_since is None
    with storage.unit_of_work() as work:
        assert work.pictures.shown_by(one.id) == [picture.id, second.id]
        assert work.pictures.shown_by(other.id) == []


def test_no_text_shows_a_picture_that_is_gone(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    post = community.post(ada)
    picture, gone = community.picture(ada), community.picture(ada, post)
    with storage.unit_of_work() as work:
        work.pictures.remove(gone.id)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.pictures.shown_by(post.id) == []
        assert work.pictures.there([picture.id, gone.id]) == {picture.id}
        with pytest.raises(TryAgain):
            work.pictures.show(post.id, [picture.id, gone.id], community.now)


def test_the_unused_are_found_oldest_first_and_no_used_one(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    post = community.post(ada)
    old = [community.picture(ada) for _ in range(3)]
    community.picture(ada, post)
    community.picture(ada, portrait=True)
    before = community.now + timedelta(seconds=1)
    community.picture(ada)

    with storage.unit_of_work() as work:
        assert work.pictures.unused(before, 10) == [picture.id for picture in old]
        assert work.pictures.unused(before, 2) == [picture.id for picture in old[:2]]
        assert work.pictures.unused(old[0].unused_since or before, 10) == []


def test_the_lists_are_newest_first_and_in_pages(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    pictures = [community.picture(ada) for _ in range(3)]
    of_bob = community.picture(bob, portrait=True)
    feeds = storage.picture_feeds

    page = feeds.own(ada.reader, Window(2))
    assert [card.id for card in page.items] == [pictures[2].id, pictures[1].id]
    following = feeds.own(ada.reader, Window(2, before=page.before))
    assert ([card.id for card in following.items], following.before) == ([pictures[0].id], None)
    assert feeds.own(bob.reader, ALL).items == ()
    assert feeds.latest(None, ALL).items[0].id == of_bob.id
    assert len(feeds.latest(None, ALL).items) == 4
    assert [card.id for card in feeds.latest(None, ALL, "BOB").items] == [of_bob.id]
    with pytest.raises(NotFound):
        feeds.latest(None, ALL, "nobody")


def test_a_text_may_show_pictures_of_an_owner_and_those_that_it_shows(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    own, of_bob, shown = community.picture(ada), community.picture(bob), community.picture(bob, post)
    portrait = community.picture(ada, portrait=True)
    ids = [own.id, of_bob.id, shown.id, portrait.id, 5]
    feeds = storage.picture_feeds

    assert feeds.shapes(ids, owner_id=ada.id, text_id=None) == {own.id: Shape(1600, 900)}
    assert feeds.shapes(ids, owner_id=ada.id, text_id=post.id).keys() == {own.id, shown.id}
    assert feeds.shapes(ids, owner_id=bob.id, text_id=None).keys() == {of_bob.id, shown.id}
    assert feeds.shapes([], owner_id=ada.id, text_id=post.id) == {}


def test_texts_with_a_removed_picture_are_rendered_anew(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    post, other = community.post(ada, html_version=4), community.post(ada, html_version=4)
    picture = community.picture(ada, post)
    change(storage, post, html=replace(post.html, picture_id=picture.id))
    assert storage.post_feeds.post(None, post.id).picture_id == picture.id

    with storage.unit_of_work() as work:
        work.pictures.render_anew(picture.id)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.posts.get(post.id).html.picture_id is None
        assert [text.id for text in work.rendered_texts.some_older(4, 9)] == [post.id]
        assert work.posts.get(other.id).html.version == 4


def test_the_first_picture_of_a_post_is_on_its_cards_and_a_members_own_beside_their_name(
    storage: Storage, community: Community
) -> None:
    ada = community.member("ada")
    post = community.post(ada)
    change(storage, post, html=replace(post.html, picture_id=77))
    with storage.unit_of_work() as work:
        account = work.accounts.lock(ada.id)
        account.picture_id = 99
        work.accounts.save(account)
        work.commit()

    (card,) = storage.post_feeds.latest(None, ALL).items
    detail = storage.comment_feeds.thread(None, post.id, ALL).post
    assert (card.picture_id, detail.picture_id) == (77, 77)
    assert [one.author.picture_id for one in (card, detail) if one.author] == [99, 99]
    assert storage.people_feeds.profile(None, "ada").picture_id == 99
    assert storage.member_feeds.member(None, "ada").picture_id == 99


def test_what_no_text_shows_of_a_member_is_found(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    community.picture(ada, post)
    unused, portrait = community.picture(ada), community.picture(ada, portrait=True)
    community.picture(bob)

    with storage.unit_of_work() as work:
        assert work.pictures.unshown_of(ada.id, 9) == [unused.id, portrait.id]
        assert work.pictures.unshown_of(ada.id, 1) == [unused.id]


def test_the_room_that_pictures_take_is_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.picture(ada, size=3_000_000_000 // 2)
    community.picture(ada, size=3_000_000_000 // 2)

    assert storage.picture_feeds.bytes_of(ada.id) == 3_000_000_000
    with storage.unit_of_work() as work:
        assert work.pictures.bytes_of(ada.id) == 3_000_000_000


def test_strays_are_found_in_parts_and_released(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    gone, stays = community.post(ada), community.post(ada)
    only_there, in_both = community.picture(ada, gone), community.picture(ada, gone, stays)
    portrait, unused = community.picture(ada, portrait=True), community.picture(ada)
    with storage.unit_of_work() as work:
        work.posts.remove(gone.id)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.pictures.strays(0, 2) == ([only_there.id], in_both.id)
        assert work.pictures.strays(in_both.id, 9) == ([portrait.id], unused.id)
        assert work.pictures.strays(unused.id, 9) == ([], None)
        for picture in (only_there, in_both, portrait):
            work.pictures.release(picture.id, community.now)
        work.commit()

    assert [kept(storage, each).unused_since is None for each in (only_there, in_both, portrait)] == [
        False,
        True,
        False,
    ]
    assert not is_served(storage, portrait)
    stored = kept(storage, in_both)
    with storage.unit_of_work() as work:
        assert work.pictures.shown_by(stays.id) == [in_both.id]
        assert work.pictures.shown_by(gone.id) == []
        assert work.pictures.get(in_both.id) == stored


def test_a_post_takes_a_picture_or_it_is_removed_but_not_both(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    post, picture = community.post(ada), community.picture(ada)

    def take(work: UnitOfWork, meet: Meet) -> None:
        meet()
        work.pictures.show(post.id, [picture.id], community.now)
        work.commit()

    def remove(work: UnitOfWork, meet: Meet) -> None:
        meet()
        if work.pictures.lock(picture.id).unused_since is not None:
            work.pictures.remove(picture.id)
        work.commit()

    taken, _ = both(storage, take, remove)

    with storage.unit_of_work() as work:
        is_there = work.pictures.there([picture.id]) == {picture.id}
        assert work.pictures.shown_by(post.id) == ([picture.id] if is_there else [])
    assert is_there == (taken is None)


def test_ids_of_pictures_tell_their_time(community: Community) -> None:
    assert community.picture(community.member("ada")).id == make_id(community.now, 7)
