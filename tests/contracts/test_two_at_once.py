"""Two units of work that are open at once: exactly one succeeds, and the other gets the domain's error.

Where units of work overlap, both have read before either writes; elsewhere the second waits until the first is done.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.ports.paging import Window
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.comments import Comment
from domain.credentials import Link
from domain.errors import AlreadyTaken, Changed, DomainError, LinkExpired, NotFound, TryAgain
from domain.following import Follow
from domain.identifiers import Email, Username
from domain.job_kinds import JobKind
from domain.members import someone_else_administers
from domain.once import VISITOR, Once
from domain.outbox import Job
from domain.posts import PostText
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.doubles import Clock

PATIENCE = 20

Meet = Callable[[], object]
Act = Callable[[UnitOfWork, Meet], Any]


def both(storage: Storage, *acts: Act) -> list[Any]:
    """What each answered or raised, the acts in threads of their own; `meet` waits until both are there."""
    begin = threading.Barrier(len(acts), timeout=PATIENCE)
    inside = threading.Barrier(len(acts), timeout=PATIENCE)
    ended: list[Any] = [None] * len(acts)

    def meet() -> None:
        if storage.overlaps:
            inside.wait()

    def run(number: int, act: Act) -> None:
        begin.wait()
        try:
            with storage.unit_of_work() as work:
                ended[number] = act(work, meet)
        except (DomainError, threading.BrokenBarrierError) as error:
            ended[number] = error
            inside.abort()

    threads = [threading.Thread(target=run, args=numbered, daemon=True) for numbered in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a unit of work hangs"
    return ended


def one_wins(ended: list[Any], error: type[DomainError]) -> None:
    """Exactly one answered "done"."""
    assert [type(each) for each in ended if each != "done"] == [error], ended
    assert ended.count("done") == 1, ended


def newcomer(community: Community, username: str, email: str) -> Account:
    return Account(id=community.new_id(), username=Username(username), email=Email(email), password_hash=None)


def test_one_of_two_gets_a_username(storage: Storage, community: Community) -> None:
    def register(account: Account) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            work.accounts.find_by_username("ada")
            meet()
            work.accounts.add(account)
            work.commit()
            return "done"

        return act

    first, second = (newcomer(community, name, f"{number}@example.com") for number, name in enumerate(("ada", "Ada")))

    ended = both(storage, register(first), register(second))

    one_wins(ended, AlreadyTaken)
    assert len(storage.member_feeds.search(None, "", Window(5)).items) == 1


@pytest.mark.parametrize("former", [False, True])
def test_one_of_two_who_rename_gets_a_username(storage: Storage, community: Community, former: bool) -> None:
    """The owner of a former one always gets it back."""
    ada, bob = community.member("wanted" if former else "ada"), community.member("bob")
    if former:
        community.rename(ada, "ada")

    ended = both(storage, rename(ada, "wanted"), rename(bob, "Wanted"))

    one_wins(ended, AlreadyTaken)
    assert not former or ended[0] == "done"
    winner = (ada, bob)[ended.index("done")]
    assert storage.people_feeds.profile(None, "wanted").id == winner.id


def test_a_member_who_renames_twice_at_once_is_renamed_once(storage: Storage, community: Community) -> None:
    ada = community.member("ada")

    ended = both(storage, rename(replace(ada), "one"), rename(replace(ada), "other"))

    one_wins(ended, TryAgain)
    name, lost = ("one", "other") if ended[0] == "done" else ("other", "one")
    assert storage.people_feeds.profile(None, name).id == ada.id
    with storage.unit_of_work() as work:
        assert work.accounts.find_by_username(lost) is None


@pytest.mark.parametrize("waits", ["who registers", "who renames"])
def test_one_of_two_gets_a_username_by_registering_or_by_renaming(
    storage: Storage, community: Community, waits: str
) -> None:
    ada, new = community.member("ada"), newcomer(community, "wanted", "new@example.com")
    first_has_written = threading.Event()

    def in_turn(name: str, write: Act) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> Any:
            meet()
            if name == waits and storage.overlaps:
                assert first_has_written.wait(PATIENCE)
            done = write(work, first_has_written.set)
            work.commit()
            return done

        return act

    def register(work: UnitOfWork, written: Meet) -> str:
        work.accounts.add(new)
        written()
        return "done"

    def take(work: UnitOfWork, written: Meet) -> str:
        ada.rename(Username("wanted"))
        work.accounts.save(ada)
        written()
        return "done"

    ended = both(storage, in_turn("who registers", register), in_turn("who renames", take))

    one_wins(ended, AlreadyTaken)
    assert storage.people_feeds.profile(None, "wanted").id == (new, ada)[ended.index("done")].id


def rename(account: Account, name: str) -> Act:
    def act(work: UnitOfWork, meet: Meet) -> str:
        work.accounts.find_by_username(name.lower())
        account.rename(Username(name))
        meet()
        work.accounts.save(account)
        work.commit()
        return "done"

    return act


def test_one_of_two_gets_an_address_and_the_other_gets_false(storage: Storage, community: Community) -> None:
    def register(account: Account) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> bool:
            work.accounts.find_by_email("ada@example.com")
            meet()
            added = work.accounts.add(account)
            work.commit()
            return added

        return act

    first, second = (newcomer(community, name, "ada@example.com") for name in ("ada", "bob"))

    assert sorted(both(storage, register(first), register(second))) == [False, True]
    assert len(storage.member_feeds.search(None, "", Window(5)).items) == 1


def test_one_of_two_saves_an_account(storage: Storage, community: Community) -> None:
    ada = community.member()
    with storage.unit_of_work() as work:
        copies = [work.accounts.get(ada.id), work.accounts.get(ada.id)]

    def rename(account: Account, name: str) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            account.name = name
            meet()
            work.accounts.save(account)
            work.commit()
            return "done"

        return act

    one_wins(both(storage, rename(copies[0], "Ada"), rename(copies[1], "Lovelace")), TryAgain)


def test_one_of_two_moves_to_an_address(storage: Storage, community: Community) -> None:
    def move(account: Account) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            account.email = Email("new@example.com")
            meet()
            work.accounts.save(account)
            work.commit()
            return "done"

        return act

    ada, bob = community.member("ada"), community.member("bob")

    one_wins(both(storage, move(ada), move(bob)), AlreadyTaken)


def test_one_of_two_spends_a_link(storage: Storage, community: Community) -> None:
    link = community.link(community.member())

    def spend(work: UnitOfWork, meet: Meet) -> str:
        work.links.find(link.account_id, link.purpose)
        meet()
        work.links.spend(link)
        work.commit()
        return "done"

    one_wins(both(storage, spend, spend), LinkExpired)


def test_one_of_two_links_of_a_purpose_is_the_newest(storage: Storage, community: Community) -> None:
    link = community.link(community.member())

    def put(token_id: str) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            work.links.find(link.account_id, link.purpose)
            meet()
            work.links.put(Link(link.account_id, link.purpose, token_id, link.email))
            work.commit()
            return token_id

        return act

    ended = both(storage, put("one"), put("other"))

    with storage.unit_of_work() as work:
        newest = work.links.find(link.account_id, link.purpose)
    assert newest is not None
    assert newest.token_id in ended
    assert all(each in ("one", "other") or isinstance(each, TryAgain) for each in ended), ended


def test_following_twice_at_once_makes_one_follow(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")

    def follow(id: int) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> bool:
            work.accounts.get(ada.id)
            meet()
            added = work.follows.add(Follow(id=id, follower_id=ada.id, followed_id=bob.id))
            work.commit()
            return added

        return act

    ended = both(storage, follow(community.new_id()), follow(community.new_id()))

    assert sorted(ended) == [False, True]
    assert len(storage.follow_feeds.followers(None, bob.id, Window(5)).items) == 1


def test_two_members_can_follow_each_other_at_once(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")

    def follow(id: int, follower: Account, followed: Account) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            work.accounts.get(follower.id)
            meet()
            work.follows.add(Follow(id=id, follower_id=follower.id, followed_id=followed.id))
            work.commit()
            return "done"

        return act

    ended = both(storage, follow(community.new_id(), ada, bob), follow(community.new_id(), bob, ada))

    assert ended == ["done", "done"]


def test_unfollowing_twice_at_once_removes_one_follow(storage: Storage, community: Community) -> None:
    follow = community.follow(community.member("ada"), community.member("bob"))

    def unfollow(work: UnitOfWork, meet: Meet) -> bool:
        meet()
        removed = work.follows.remove(follow.follower_id, follow.followed_id)
        work.commit()
        return removed

    assert sorted(both(storage, unfollow, unfollow)) == [False, True]


def test_one_of_two_makes_something_under_a_key(storage: Storage, community: Community) -> None:
    def make(made_id: int) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            work.once.find(VISITOR, "key")
            meet()
            work.once.add(Once(owner_id=VISITOR, key="key", digest="", made_id=made_id, made_at=community.now))
            work.commit()
            return "done"

        return act

    ended = both(storage, make(1), make(2))

    one_wins(ended, TryAgain)
    with storage.unit_of_work() as work:
        once = work.once.find(VISITOR, "key")
    assert once is not None
    assert once.made_id == ended.index("done") + 1


def test_one_of_two_edits_a_post_and_the_other_is_refused(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)

    def edit(body: str) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            read = work.posts.get(post.id)
            meet()
            read.edit(ada, text=PostText(title="", body=body), html=post.html, version=1, at=community.now)
            work.posts.save(read)
            work.commit()
            return "done"

        return act

    ended = both(storage, edit("one"), edit("other"))

    one_wins(ended, Changed)
    assert storage.post_feeds.post(None, post.id).body == ("one", "other")[ended.index("done")]


def test_one_of_two_edits_a_comment_and_the_other_is_refused(storage: Storage, community: Community) -> None:
    ada = community.member()
    comment = community.comment(ada, community.post(ada))

    def edit(body: str) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            read = work.comments.get(comment.id)
            meet()
            read.edit(ada, body=body, body_html=body, html_version=1, version=1, at=community.now)
            work.comments.save(read)
            work.commit()
            return "done"

        return act

    one_wins(both(storage, edit("one"), edit("other")), Changed)


@pytest.mark.parametrize("first", ["the comment", "the deletion"])
def test_no_comment_stays_below_a_post_that_is_deleted_meanwhile(
    storage: Storage, community: Community, first: str
) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    comment = Comment(
        id=community.new_id(), post_id=post.id, author_id=bob.id, body="Wait!", body_html="Wait!", html_version=1
    )
    written = threading.Event()

    def write(work: UnitOfWork, meet: Meet) -> str:
        work.posts.get(post.id)
        meet()
        if first == "the deletion" and storage.overlaps:
            assert written.wait(PATIENCE)
        work.comments.add(comment)
        written.set()
        work.commit()
        return "written"

    def delete(work: UnitOfWork, meet: Meet) -> dict[int, int]:
        work.posts.get(post.id)
        meet()
        if first == "the comment" and storage.overlaps:
            assert written.wait(PATIENCE)
        work.posts.lock(post.id)
        written.set()
        counted = work.comments.count_by_author(post.id)
        work.posts.remove(post.id)
        work.commit()
        return counted

    wrote, deleted = both(storage, write, delete)

    assert storage.moderation_feeds.comments(ada.reader, Window(5)).items == ()
    if wrote == "written":
        assert deleted == {bob.id: 1}
    else:
        assert isinstance(wrote, NotFound), wrote
        assert deleted == {}


def test_a_post_is_deleted_once(storage: Storage, community: Community) -> None:
    post = community.post(community.member())

    def delete(work: UnitOfWork, meet: Meet) -> str:
        work.posts.get(post.id)
        meet()
        work.posts.lock(post.id)
        work.posts.remove(post.id)
        work.commit()
        return "done"

    one_wins(both(storage, delete, delete), NotFound)


def test_a_comment_is_deleted_once(storage: Storage, community: Community) -> None:
    ada = community.member()
    comment = community.comment(ada, community.post(ada))

    def delete(work: UnitOfWork, meet: Meet) -> bool:
        meet()
        removed = work.comments.remove(comment.id)
        work.commit()
        return removed

    assert sorted(both(storage, delete, delete)) == [False, True]


class LastOne(DomainError):
    pass


def test_two_administrators_cannot_demote_each_other(storage: Storage, community: Community) -> None:
    ada, bob = (community.member(name, role=Role.ADMINISTRATOR) for name in ("ada", "bob"))

    def demote(other: Account) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            account = work.accounts.get(other.id)
            account.role = Role.USER
            meet()
            if not someone_else_administers(account, work.accounts.lock_administrators()):
                raise LastOne
            work.accounts.save(account)
            work.commit()
            return "done"

        return act

    one_wins(both(storage, demote(bob), demote(ada)), LastOne)
    with storage.unit_of_work() as work:
        assert len(work.accounts.lock_administrators()) == 1


def test_two_workers_are_never_given_the_same_mail(storage: Storage, community: Community) -> None:
    mail = community.job()

    def claim(work: UnitOfWork, meet: Meet) -> int | None:
        claimed = work.outbox.claim(community.now)
        meet()
        if claimed is None:
            return None
        claimed.lease(at=community.now)
        work.outbox.save(claimed)
        work.commit()
        return claimed.id

    ended = both(storage, claim, claim)

    assert sorted(ended, key=str) == sorted([mail.id, None], key=str)


def test_two_workers_take_two_mails(storage: Storage, community: Community) -> None:
    mails = {community.job().id, community.job().id}

    def claim(work: UnitOfWork, meet: Meet) -> int | None:
        claimed = work.outbox.claim(community.now)
        meet()
        assert claimed is not None
        claimed.lease(at=community.now)
        work.outbox.save(claimed)
        work.commit()
        return claimed.id

    assert set(both(storage, claim, claim)) == mails


def test_two_workers_tell_once_that_a_sanction_ended(storage: Storage, community: Community) -> None:
    clock = Clock()
    site, begin = Site(storage, clock), threading.Barrier(2, timeout=PATIENCE)
    members = [community.member(f"member{number}") for number in range(20)]
    for member in members:
        site.sanctions.sanction(actor_id=None, username=member.username.text, act="silence", days="1", reason="Rude.")
    clock.move(timedelta(days=2))

    def look() -> None:
        begin.wait()
        site.sanctions.look()

    threads = [threading.Thread(target=look, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    jobs = storage.outbox_feeds.latest(Window(100)).items
    told = [job.username for job in jobs if job.kind is JobKind.SANCTION_ENDED]
    assert sorted(map(str, told)) == sorted(member.username.text for member in members)


def test_two_requests_under_one_key_make_one_job(storage: Storage, community: Community) -> None:
    ids = [community.new_id(), community.new_id()]

    def ask(job_id: int) -> Act:
        def act(work: UnitOfWork, meet: Meet) -> str:
            meet()
            work.outbox.add(Job(id=job_id, kind=JobKind.CONFIRM, key="a key", due_at=community.now))
            work.commit()
            return "asked"

        return act

    assert both(storage, *map(ask, ids)) == ["asked", "asked"]
    (card,) = storage.outbox_feeds.latest(Window(9)).items
    assert card.id in ids


def test_counters_lose_no_change(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)

    def count(work: UnitOfWork, meet: Meet) -> str:
        work.posts.get(post.id)
        meet()
        work.tallies.add_comments(post.id, 1)
        work.commit()
        return "done"

    assert both(storage, count, count) == ["done", "done"]
    assert storage.post_feeds.post(None, post.id).comment_count == 2


def test_a_unit_of_work_that_fails_lets_the_next_one_in(storage: Storage, community: Community) -> None:
    for _ in range(30):
        with pytest.raises(NotFound), storage.unit_of_work() as work:
            work.posts.get(1)

    assert community.member().version == 1
