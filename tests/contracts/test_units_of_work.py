"""All or nothing, and nothing by accident: what is not saved, or not committed, is lost."""

from collections.abc import Callable

import pytest

from application.ports.paging import Window
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.comments import Comment
from domain.errors import Changed, NotFound, TryAgain
from domain.identifiers import Email, Username
from domain.posts import Post, PostText
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_a_change_without_a_save_is_lost(storage: Storage, community: Community) -> None:
    author = community.member()
    post = community.post(author)
    comment = community.comment(author, post)
    mail = community.job()
    session = community.session(author)

    with storage.unit_of_work() as work:
        for get in (work.accounts.get, work.accounts.actor, work.accounts.lock):
            get(author.id).name = "Forgotten"
        work.posts.get(post.id).text = PostText(title="Forgotten", body="Forgotten")
        work.posts.lock(post.id).text = PostText(title="Forgotten", body="Forgotten")
        work.comments.get(comment.id).body = "Forgotten"
        work.comments.lock(comment.id).body = "Forgotten"
        work.outbox.get(mail.id).attempts = 99
        work.sessions.get(session.id).device = "Forgotten"
        work.commit()

    with storage.unit_of_work() as work:
        assert work.accounts.get(author.id) == author
        assert work.posts.get(post.id) == post
        assert work.comments.get(comment.id) == comment
        assert work.outbox.get(mail.id) == mail
        assert work.sessions.get(session.id) == session


def test_a_change_after_add_is_lost(storage: Storage, community: Community) -> None:
    author = community.member()

    author.name = "Forgotten"

    with storage.unit_of_work() as work:
        assert work.accounts.get(author.id).name == ""


def test_a_unit_of_work_sees_its_own_changes_before_it_commits(storage: Storage, community: Community) -> None:
    author = community.member()
    post = community.post(author)
    comment = community.comment(author, post)

    with storage.unit_of_work() as work:
        account = work.accounts.get(author.id)
        account.name = "Ada Lovelace"
        work.accounts.save(account)
        work.comments.remove(comment.id)

        found = work.accounts.find_by_username("ada")
        assert found is not None
        assert found.name == "Ada Lovelace"
        assert work.comments.count_by_author(post.id) == {}
        assert work.comments.some_of(author.id, 10) == []
        work.posts.remove(post.id)
        assert work.posts.some_of(author.id, 10) == []
        with pytest.raises(NotFound):
            work.posts.get(post.id)


def test_readers_do_not_see_uncommitted_changes(storage: Storage, community: Community) -> None:
    author = community.member()
    kept = community.post(author)

    with storage.unit_of_work() as work:
        work.posts.remove(kept.id)
        work.accounts.add(Account(id=1, username=Username("bob"), email=Email("bob@example.com"), password_hash=None))

        assert [card.id for card in storage.post_feeds.latest(None, Window(5)).items] == [kept.id]
        assert [card.username for card in storage.member_feeds.search(None, "", Window(5)).items] == ["ada"]


def _everything(work: UnitOfWork, author: Account, post: Post, comment: Comment) -> None:
    account = work.accounts.get(author.id)
    account.name = "Somebody else"
    work.accounts.save(account)
    work.accounts.add(Account(id=1, username=Username("bob"), email=Email("bob@example.com"), password_hash=None))
    work.comments.remove(comment.id)
    work.posts.remove(post.id)
    work.sessions.remove_all_of(author.id)
    work.links.remove_all_of(author.id)


class Mishap(Exception):
    pass


@pytest.mark.parametrize("ends", ["without a commit", "with an exception"])
def test_a_unit_of_work_that_ends_without_a_commit_stores_nothing(
    storage: Storage, community: Community, ends: str
) -> None:
    author = community.member()
    post = community.post(author)
    comment = community.comment(author, post)
    session = community.session(author)
    link = community.link(author)

    def act() -> None:
        with storage.unit_of_work() as work:
            _everything(work, author, post, comment)
            if ends == "with an exception":
                raise Mishap

    if ends == "with an exception":
        with pytest.raises(Mishap):
            act()
    else:
        act()

    with storage.unit_of_work() as work:
        assert work.accounts.get(author.id) == author
        assert work.accounts.find_by_username("bob") is None
        assert work.posts.get(post.id) == post
        assert work.comments.get(comment.id) == comment
        assert work.sessions.get(session.id) == session
        assert work.links.find(author.id, link.purpose) == link


def test_an_exception_after_the_commit_changes_nothing(storage: Storage, community: Community) -> None:
    author = community.member()

    with pytest.raises(Mishap), storage.unit_of_work() as work:
        account = work.accounts.get(author.id)
        account.name = "Ada Lovelace"
        work.accounts.save(account)
        work.commit()
        raise Mishap

    assert storage.people_feeds.profile(None, "ada").name == "Ada Lovelace"


def test_saving_a_stale_version_is_refused(storage: Storage, community: Community) -> None:
    author = community.member()
    post = community.post(author)
    comment = community.comment(author, post)
    with storage.unit_of_work() as work:
        old_account, old_post, old_comment = (
            work.accounts.get(author.id),
            work.posts.get(post.id),
            work.comments.get(comment.id),
        )
        work.accounts.save(work.accounts.get(author.id))
        work.posts.save(work.posts.get(post.id))
        work.comments.save(work.comments.get(comment.id))
        work.commit()

    def saved_again(save: Callable[[UnitOfWork], None]) -> None:
        with storage.unit_of_work() as work:
            save(work)

    with pytest.raises(TryAgain):
        saved_again(lambda work: work.accounts.save(old_account))
    with pytest.raises(Changed):
        saved_again(lambda work: work.posts.save(old_post))
    with pytest.raises(Changed):
        saved_again(lambda work: work.comments.save(old_comment))
    assert (old_account.version, old_post.version, old_comment.version) == (1, 1, 1)


def test_saving_raises_the_version_of_the_row_and_of_the_entity(storage: Storage, community: Community) -> None:
    author = community.member()
    post = community.post(author)
    comment = community.comment(author, post)

    with storage.unit_of_work() as work:
        for _ in range(2):
            work.accounts.save(author)
            work.posts.save(post)
            work.comments.save(comment)
        work.commit()

    assert (author.version, post.version, comment.version) == (3, 3, 3)
    with storage.unit_of_work() as work:
        assert work.accounts.get(author.id) == author
        assert work.posts.get(post.id) == post
        assert work.comments.get(comment.id) == comment


def test_saving_a_removed_row_is_refused(storage: Storage, community: Community) -> None:
    author = community.member()
    post = community.post(author)
    comment = community.comment(author, post)
    never_added = Account(id=1, username=Username("bob"), email=Email("bob@example.com"), password_hash=None)

    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        with pytest.raises(Changed):
            work.posts.save(post)
        with pytest.raises(Changed):
            work.comments.save(comment)
        with pytest.raises(TryAgain):
            work.accounts.save(never_added)


def test_a_missing_row_is_not_found(storage: Storage) -> None:
    with storage.unit_of_work() as work:
        accounts = work.accounts
        for get in (
            accounts.get,
            accounts.actor,
            accounts.lock,
            work.posts.get,
            work.posts.lock,
            work.comments.get,
            work.comments.lock,
            work.sessions.get,
        ):
            with pytest.raises(NotFound):
                get(1)
        with pytest.raises(NotFound):
            work.outbox.get(1)


def test_a_duplicate_id_raises_try_again(storage: Storage, community: Community) -> None:
    author = community.member()
    post = community.post(author)
    comment = community.comment(author, post)
    session = community.session(author)
    entry = community.log_entry(author, comment)
    mail = community.job()
    namesake = Account(id=author.id, username=Username("bob"), email=Email("bob@example.com"), password_hash=None)
    session.secret_hash = "another hash"
    additions: list[Callable[[UnitOfWork], object]] = [
        lambda work: work.accounts.add(namesake),
        lambda work: work.posts.add(post),
        lambda work: work.comments.add(comment),
        lambda work: work.sessions.add(session),
        lambda work: work.moderation_log.add(entry),
        lambda work: work.outbox.add(mail),
    ]

    for add in additions:
        with pytest.raises(TryAgain), storage.unit_of_work() as work:
            add(work)
