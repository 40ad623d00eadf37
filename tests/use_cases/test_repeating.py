"""A storage is busy for a moment: the part inside the unit of work is tried again, nothing else happens twice."""

import pytest

from adapters.memory.unit_of_work import MemoryUnitOfWork
from application.ports.paging import Window
from application.repeating import TRIES
from domain import limits
from domain.errors import Invalid, TooOften, TryAgain
from domain.once import OnceKey
from domain.outbox import State
from tests.doubles import BusyOnce

PASSWORD = "a horse, a battery"


def busy(community, *numbers: int) -> None:
    """Those of the next units of work are busy, counted from 1; the others work."""
    opened = iter(range(1, 1_000))

    def open_work() -> MemoryUnitOfWork:
        return (BusyOnce if next(opened) in numbers else MemoryUnitOfWork)(community.store)

    community.open_work = open_work


def room(community, rule) -> int:
    """How often the rule lets this happen from now on."""
    times = 0
    while True:
        try:
            community.limits.take(rule, community.time)
        except TooOften:
            return times
        times += 1


def test_a_post_that_is_stored_at_the_third_try_counts_once(community):
    susan = community.join("susan")
    busy(community, 1, 2)

    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")

    assert community.post_feeds.post(None, post_id).body == "Soup."
    assert room(community, limits.publish(susan)) == limits.publish(susan)[f"post:account:{susan}"].times - 1


def test_a_comment_that_is_stored_at_the_third_try_counts_once(community):
    susan = community.join("susan")
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")
    busy(community, 1, 2)

    community.comments.write(actor_id=susan, post_id=post_id, body="Leeks.")

    assert room(community, limits.comment(susan)) == limits.comment(susan)[f"comment:account:{susan}"].times - 1


def test_a_post_that_could_not_be_stored_does_not_count(community):
    susan = community.join("susan")
    busy(community, *range(1, TRIES + 1))

    with pytest.raises(TryAgain):
        community.posts.publish(actor_id=susan, title="", body="Soup.")

    assert community.post_feeds.latest(None, Window(9)).items == ()
    assert room(community, limits.publish(susan)) == limits.publish(susan)[f"post:account:{susan}"].times


def test_a_form_that_a_busy_storage_refused_does_not_count(community):
    susan = community.join("susan")
    community.register("john")
    newcomer = {"client": "x", "email": "nils@example.com", "username": "nils", "password": PASSWORD}
    community.pass_time(hours=7)
    for rule, act in (
        (limits.register("x", "nils@example.com"), lambda: community.joining.register(**newcomer)),
        (limits.reset("x", "susan@example.com"),
         lambda: community.passwords.request_reset(client="x", email="susan@example.com")),
        (limits.address_change(susan),
         lambda: community.addresses.request_change(actor_id=susan, email="new@example.com", password=PASSWORD)),
        (limits.confirmation_mail(community.reader("john").id),
         lambda: community.joining.resend(actor_id=community.reader("john").id)),
    ):  # fmt: skip
        for _ in range(6):
            busy(community, *range(1, 20))
            with pytest.raises(TryAgain):
                act()
        assert room(community, rule) == min(limit.times for limit in rule.values())


def test_an_idempotency_key_is_valid_for_all_tries(community):
    susan = community.join("susan")
    once = OnceKey(key="a key")
    busy(community, 1, 2)

    first = community.posts.publish(actor_id=susan, title="", body="Soup.", once=once)

    assert community.posts.publish(actor_id=susan, title="", body="Soup.", once=once) == first
    assert [card.id for card in community.post_feeds.latest(None, Window(9)).items] == [first]
    assert room(community, limits.publish(susan)) == limits.publish(susan)[f"post:account:{susan}"].times - 1


@pytest.mark.parametrize("number", [1, 2, 3], ids=["claimed", "linked", "noted"])
def test_a_mail_is_sent_once_whichever_unit_of_work_is_busy(community, number):
    community.joining.register(client="x", email="susan@example.com", username="susan", password="a horse, a battery")
    busy(community, number)

    community.deliver()

    (letter,) = community.postbox.letters
    assert letter.to == "susan@example.com"
    assert [row.state for row in community.outbox_rows()] == [State.DONE]
    assert community.joining.confirm(token=community.token_to("susan@example.com")) == ("susan", "susan@example.com")


def test_a_password_is_hashed_once_for_all_tries(community):
    community.join("susan")
    secret = community.sign_in("susan")
    viewer = community.viewer(secret)
    community.hasher.hashes = 0
    busy(community, 2, 3)

    community.passwords.change(
        actor_id=viewer.id, session_id=viewer.session_id, old_password="a horse, a battery", password="new and long"
    )

    assert community.hasher.hashes == 2  # the old one looked at, the new one made
    assert community.sign_in("susan", password="new and long")


def test_an_edit_keeps_what_was_stored_while_it_was_rendered(community):
    susan = community.join("susan")
    post_id = community.posts.publish(actor_id=susan, title="Old", body="Old *body*.")
    rendered = community.renderer.post
    changes = iter(["New"])

    def post(body, **more):
        for title in changes:
            community.posts.edit(actor_id=susan, post_id=post_id, title=title)
        return rendered(body, **more)

    community.renderer.post = post
    community.posts.edit(actor_id=susan, post_id=post_id, body="New **body**.")

    stored = community.post_feeds.post(None, post_id)
    assert (stored.title, stored.body) == ("New", "New **body**.")
    assert "<strong>body</strong>" in stored.body_html


def test_an_edit_of_the_title_renders_nothing(community):
    susan = community.join("susan")
    post_id = community.posts.publish(actor_id=susan, title="Old", body="Old *body*.")
    stored = community.post_feeds.post(None, post_id)
    community.renderer.post = None

    community.posts.edit(actor_id=susan, post_id=post_id, title="New")

    edited = community.post_feeds.post(None, post_id)
    assert (edited.title, edited.body, edited.body_html) == ("New", stored.body, stored.body_html)


def test_a_password_that_changed_after_it_was_checked_is_refused(community):
    """Somebody else changes it while the new one is being hashed: the old one is wrong by now."""
    community.join("susan")
    here, elsewhere = (community.viewer(community.sign_in("susan")) for _ in range(2))
    hashed, changes = community.hasher.hash, iter(["in between"])

    def hash(password):
        for change in changes:
            community.passwords.change(
                actor_id=elsewhere.id, session_id=elsewhere.session_id, old_password=PASSWORD, password=change
            )
        return hashed(password)

    community.hasher.hash = hash

    with pytest.raises(Invalid) as refused:
        community.passwords.change(
            actor_id=here.id, session_id=here.session_id, old_password=PASSWORD, password="too late by now"
        )

    assert [problem.code for problem in refused.value.problems] == ["wrong_password"]
    assert community.sign_in("susan", password="in between")


def test_a_better_hash_of_the_same_password_does_not_stop_a_change(community):
    susan = community.join("susan")
    viewer = community.viewer(community.sign_in("susan"))
    hashed, uses = community.hasher.hash, iter([1])

    def hash(password):
        for _ in uses:
            with community.storage.unit_of_work() as work:
                account = work.accounts.get(susan)
                account.rehash(hashed(PASSWORD))
                work.accounts.save(account)
                work.commit()
        return hashed(password)

    community.hasher.hash = hash

    community.passwords.change(
        actor_id=viewer.id, session_id=viewer.session_id, old_password=PASSWORD, password="new and long"
    )

    assert community.sign_in("susan", password="new and long")
