"""What another unit of work did in the middle of this one, and rows that only an older backup can leave behind."""

from collections.abc import Callable

import pytest

from adapters.memory.unit_of_work import MemoryUnitOfWork
from application.comments import recount
from application.ports.tokens import Claims
from application.ports.work import UnitOfWork
from domain.credentials import Purpose
from domain.errors import LinkExpired, NotFound
from domain.job_kinds import JobKind
from domain.moderation import SubjectKind
from domain.once import VISITOR, Once, OnceKey
from domain.outbox import Job, State
from domain.roles import Role

PASSWORD = "a horse, a battery"


def meanwhile(community, repository: str, method: str, act: Callable[[UnitOfWork], object]) -> None:
    """`act` happens once, right before this method of a repository is called."""
    waiting = [act]

    def open_work() -> MemoryUnitOfWork:
        work = MemoryUnitOfWork(community.store)
        called = getattr(getattr(work, repository), method)

        def overtaken(*arguments, **values):
            if waiting:
                waiting.pop()(work)
            return called(*arguments, **values)

        setattr(getattr(work, repository), method, overtaken)
        return work

    community.open_work = open_work


def test_a_comment_that_two_delete_is_counted_off_once(community):
    susan = community.join("susan")
    post_id = community.posts.publish(actor_id=susan, title="", body="Hello")
    comment_id = community.comments.write(actor_id=susan, post_id=post_id, body="Hello")
    meanwhile(community, "posts", "lock", lambda work: work.comments.remove(comment_id))

    # The other one commits what is counted off, so this one does not.
    with pytest.raises(NotFound):
        community.comments.delete(actor_id=susan, comment_id=comment_id)
    assert community.people_feeds.profile(None, "susan").comment_count == 1


def test_a_member_who_leaves_while_their_standing_changes_is_not_found(community):
    susan = community.join("susan")

    def leave(work: UnitOfWork) -> None:
        account = work.accounts.get(susan)
        account.deleted = True
        work.accounts.save(account)

    meanwhile(community, "accounts", "lock", leave)

    with pytest.raises(NotFound):
        community.members.set_standing(username="susan", disabled=True)


def work_of(community) -> UnitOfWork:
    """Another one on the same store."""
    return MemoryUnitOfWork(community.store)


def right_after(community, repository: str, method: str, act: Callable[[UnitOfWork], object]) -> None:
    """`act` happens in each unit of work once, right after this method of a repository was called."""

    def open_work() -> MemoryUnitOfWork:
        work, waiting = MemoryUnitOfWork(community.store), [act]
        called = getattr(getattr(work, repository), method)

        def overtaken(*arguments, **values):
            found = called(*arguments, **values)
            if waiting:
                waiting.pop()(work)
            return found

        setattr(getattr(work, repository), method, overtaken)
        return work

    community.open_work = open_work


def test_a_report_keeps_nothing_of_a_text_that_is_erased_meanwhile(community):
    susan, john = community.join("susan"), community.join("john")
    post_id = community.posts.publish(actor_id=susan, title="", body="Hello")
    right_after(community, "posts", "get", lambda work: work.posts.remove(post_id))

    with pytest.raises(NotFound):
        community.reporting.report_post(actor_id=john, post_id=post_id, kind="spam")
    with community.open_work() as work:
        assert work.cases.find_open(SubjectKind.POST, post_id) is None


def test_no_note_is_made_about_a_member_who_leaves_meanwhile(community):
    susan, mod = community.join("susan"), community.join("mod", Role.MODERATOR)

    def leave(work: UnitOfWork) -> None:
        account = work.accounts.get(susan)
        account.leave()
        work.accounts.save(account)

    right_after(community, "accounts", "find_by_username", leave)

    with pytest.raises(NotFound):
        community.persons.note(actor_id=mod, username="susan", text="Writes under three names.")


def test_a_comment_that_an_appeal_brings_back_before_it_is_removed_stays(community):
    susan = community.join("susan")
    post_id = community.posts.publish(actor_id=susan, title="", body="Hello")
    comment_id = community.comments.write(actor_id=susan, post_id=post_id, body="Hello")
    community.comments.delete(actor_id=susan, comment_id=comment_id)
    community.pass_time(days=31)

    def bring_back(work: UnitOfWork) -> None:
        comment = work.comments.get(comment_id)
        comment.deleted_at = comment.deleted_by = None
        work.comments.save(comment)

    community.deleting.look()
    right_after(community, "deleted", "comments_due", bring_back)
    community.deliver()

    assert community.comment_feeds.comment(None, comment_id).body == "Hello"


def test_a_comment_that_is_deleted_while_its_author_is_erased_is_counted_off_once(community):
    susan, john = community.join("susan"), community.join("john")
    post_id = community.posts.publish(actor_id=john, title="", body="Hello")
    comment_id = community.comments.write(actor_id=susan, post_id=post_id, body="Hello")
    community.comments.write(actor_id=john, post_id=post_id, body="Hello yourself")
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="delete")

    def delete(work: UnitOfWork) -> None:
        comment = work.comments.get(comment_id)
        comment.deleted_at, comment.deleted_by = community.time, john
        work.comments.save(comment)
        recount(work, comment, -1)

    right_after(community, "comments", "some_of", delete)
    community.deliver()

    assert community.post_feeds.post(None, post_id).comment_count == 1


def test_a_follow_that_its_owner_removes_first_is_not_counted_off_again(community):
    susan, john = community.join("susan"), community.join("john")
    community.following.follow(actor_id=john, username="susan")
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")
    meanwhile(
        community, "follows", "remove", lambda work: MemoryUnitOfWork(community.store).follows.remove(john, susan)
    )

    community.deliver()

    assert community.people_feeds.profile(None, "john").following_count == 1


def test_a_form_that_is_sent_twice_at_once_registers_once(community):
    key = OnceKey(key="key", digest="")

    def registered(work: UnitOfWork) -> None:
        work.once.add(Once(owner_id=VISITOR, key="key", digest="", made_id=7, made_at=community.time))

    def open_work() -> MemoryUnitOfWork:
        work = MemoryUnitOfWork(community.store)
        if community.hasher.hashes:
            registered(work)
        return work

    community.open_work = open_work
    community.joining.register(client="a", email="susan@example.com", username="susan", password=PASSWORD, once=key)

    assert community.outbox_rows() == ()


def test_a_link_to_an_account_that_is_not_there_has_expired(community):
    token = community.tokens.issue(Claims(subject=7, purpose=Purpose.CONFIRM, token_id="a"), at=community.time)

    with pytest.raises(LinkExpired):
        community.joining.confirm(token=token)


@pytest.mark.parametrize("account_id", [None, 7])
def test_a_mail_about_an_account_that_is_not_there_is_dropped(community, account_id):
    with community.open_work() as work:
        job = Job(id=5, kind=JobKind.CONFIRM, address="susan@example.com", account_id=account_id, due_at=community.time)
        work.outbox.add(job)
        work.commit()

    community.deliver()

    assert [row.state for row in community.outbox_rows()] == [State.DROPPED]
    assert community.postbox.letters == []


def test_a_mail_with_the_link_to_a_new_address_that_is_sent_again_warns_the_old_one_once(community):
    susan = community.join("susan")
    community.addresses.request_change(actor_id=susan, email="new@example.com", password=PASSWORD)
    community.postbox.away = True
    community.deliver()
    community.postbox.away = False
    community.pass_time(minutes=10)
    community.deliver()

    assert [mail.subject for mail in community.postbox.to("new@example.com")] == ["Confirm your new address"]
    warnings = [mail for mail in community.postbox.to("susan@example.com") if "being changed" in mail.subject]
    assert len(warnings) == 1


def test_a_link_to_a_member_whom_an_administrator_has_confirmed_is_not_needed(community):
    community.register("susan")
    token = community.token_to("susan@example.com")
    with community.open_work() as work:
        account = work.accounts.find_by_username("susan")
        account.confirmed = True
        work.accounts.save(account)
        work.commit()

    assert community.joining.confirm(token=token) == ("susan", "susan@example.com")
    assert community.reader("susan").confirmed


def test_a_trusted_caller_checks_a_password_without_counting(community):
    community.join("susan")

    assert community.credentials.find(email="susan", password=PASSWORD) is not None
    for _ in range(30):
        assert community.credentials.find(email="susan", password="wrong") is None
    assert community.sign_in("susan")


def test_where_no_mail_fails_none_has_failed_since(community):
    assert community.outbox_feeds.mail_health().failing_since is None


def test_an_incident_may_be_forgotten_while_its_mail_is_sent(community):
    send = community.postbox.send

    def forget(letter):
        with community.open_work() as work:
            work.incidents.remove_unseen(community.time.replace(year=2030))
            work.commit()
        send(letter)

    community.postbox.send = forget
    for away in (False, True):
        community.postbox.away = away
        community.incidents.note(fingerprint="a" * 12, what="A", first_at=community.time, last_at=community.time)
        community.deliver()

    assert [row.state for row in community.outbox_rows()] == [State.WAITING, State.DONE]
