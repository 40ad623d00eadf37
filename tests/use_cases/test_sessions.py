"""Signing in and out, and how long it lasts."""

import pytest

from domain.errors import BadCredentials, NotFound, TooOften


def test_a_session_is_found_by_its_secret_only(community):
    community.join("susan")
    secret = community.sign_in("susan")
    assert community.viewer(secret).username == "susan"
    assert community.viewer("something else") is None


def test_the_storage_has_only_hashes_of_secrets(community):
    community.join("susan")
    secret = community.sign_in("susan")
    assert all(secret not in repr(session) for session in community.store.sessions.rows())


def test_w9_an_unknown_address_takes_as_long_as_a_wrong_password(community):
    community.join("susan")
    costs = []
    for name in ("susan", "nobody"):
        before = (community.hasher.hashes, community.units_of_work)
        with pytest.raises(BadCredentials):
            community.sign_in(name, password="not the password")
        costs.append((community.hasher.hashes - before[0], community.units_of_work - before[1]))
    assert costs[0] == costs[1]


def test_an_address_is_found_in_any_case(community):
    community.join("susan")
    assert community.sessions.sign_in(client="x", email="SUSAN@Example.COM", password="a horse, a battery")


@pytest.mark.parametrize("password", ["", "A horse, a battery", "a horse, a battery ", "x" * 5000, "\ud800" * 9, "\0"])
def test_a_password_must_match_exactly(community, password):
    community.join("susan")
    with pytest.raises(BadCredentials):
        community.sign_in("susan", password=password)


@pytest.mark.parametrize("email", ["", "\0@example.com", "susan", "a@example.com, susan@example.com", "\ud800"])
def test_a_malformed_address_is_bad_credentials(community, email):
    with pytest.raises(BadCredentials):
        community.sessions.sign_in(client="x", email=email, password="a horse, a battery")


def test_signing_in_again_replaces_the_former_session(community):
    community.join("susan")
    first = community.sign_in("susan")
    second = community.sessions.sign_in(
        client="x",
        email="susan@example.com",
        password="a horse, a battery",
        replaces=community.viewer(first).session_id,
    ).secret
    assert first != second
    assert community.viewer(first) is None
    assert community.viewer(second) is not None


def test_signing_out_ends_this_session_only(community):
    community.join("susan")
    here, there = community.sign_in("susan"), community.sign_in("susan")
    community.sessions.sign_out(session_id=community.viewer(here).session_id)
    assert community.viewer(here) is None
    assert community.viewer(there) is not None


def test_signing_out_everywhere_ends_all_sessions(community):
    susan = community.join("susan")
    secrets = [community.sign_in("susan") for _ in range(3)]
    community.sessions.end_all(actor_id=susan)
    assert [community.viewer(secret) for secret in secrets] == [None] * 3


def test_a_member_cannot_end_the_session_of_another(community):
    community.join("susan")
    john = community.join("john")
    secret = community.sign_in("susan")
    with pytest.raises(NotFound):
        community.sessions.end(actor_id=john, session_id=community.viewer(secret).session_id)
    assert community.viewer(secret) is not None


@pytest.mark.parametrize(("remember", "hours"), [(False, 12), (True, 30 * 24)])
def test_an_idle_session_ends(community, remember, hours):
    community.join("susan")
    secret = community.sign_in("susan", remember=remember)
    community.pass_time(hours=hours)
    assert community.viewer(secret) is not None
    community.pass_time(seconds=1)
    assert community.viewer(secret) is None


def test_a_session_that_is_used_lasts_180_days_at_most(community):
    community.join("susan")
    secret = community.sign_in("susan", remember=True)
    for _ in range(9):
        community.pass_time(days=20)
        community.sessions.note_visit(session_id=community.viewer(secret).session_id)
    assert community.viewer(secret) is not None
    community.pass_time(seconds=1)
    assert community.viewer(secret) is None


def test_w29_the_time_of_a_visit_is_stored(community):
    community.join("susan")
    secret = community.sign_in("susan")
    community.pass_time(hours=1)
    community.sessions.note_visit(session_id=community.viewer(secret).session_id)
    assert community.people_feeds.profile(None, "susan").last_seen_at == community.time
    assert community.viewer(secret).seen_at == community.time


def test_w11_ten_failures_in_five_minutes_are_enough_and_success_never_counts(community):
    community.join("susan")
    for _ in range(20):
        community.sign_in("susan")
    for _ in range(10):
        with pytest.raises(BadCredentials):
            community.sign_in("susan", password="not the password")
    with pytest.raises(TooOften) as refused:
        community.sign_in("susan")
    assert refused.value.retry_after <= 300
    community.pass_time(seconds=301)
    assert community.sign_in("susan")


def test_an_account_with_a_broken_hash_cannot_sign_in_and_nothing_breaks(community):
    susan = community.join("susan")
    with community.open_work() as work:
        account = work.accounts.get(susan)
        account.password_hash = "not a hash"
        work.accounts.save(account)
        work.commit()
    with pytest.raises(BadCredentials):
        community.sign_in("susan")


def test_disabling_ends_the_session_and_the_member_cannot_sign_in(community):
    community.join("susan")
    secret = community.sign_in("susan")
    community.members.set_standing(username="susan", disabled=True)
    assert community.viewer(secret) is None
    with pytest.raises(BadCredentials):
        community.sign_in("susan")
    community.members.set_standing(username="susan", disabled=False)
    assert community.sign_in("susan")


def test_a_sign_in_is_counted_when_it_succeeds(community):
    community.join("susan")
    with pytest.raises(BadCredentials):
        community.sign_in("susan", password="a wrong one")
    assert community.meter.counts["sessions_opened_total",] == 0

    community.sign_in("susan")

    assert community.meter.counts["sessions_opened_total",] == 1
