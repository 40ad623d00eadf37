"""Access for programs: passwords and tokens."""

import pytest

from domain.credentials import Purpose
from domain.errors import BadCredentials, LinkExpired, TooOften

PASSWORD = "a horse, a battery"


def token(community, name: str = "susan") -> str:
    reader = community.credentials.check(client="x", email=f"{name}@example.com", password=PASSWORD).reader
    return community.credentials.issue_token(reader=reader)


def works(community, text: str) -> bool:
    try:
        community.credentials.check_token(token=text)
    except BadCredentials:
        return False
    return True


def test_a_password_gets_a_token_that_says_who_asks(community):
    susan = community.join("susan")
    assert community.credentials.check_token(token=token(community)).id == susan


def test_a_token_lives_one_hour(community):
    community.join("susan")
    text = token(community)
    community.pass_time(minutes=59, seconds=59)
    assert works(community, text)
    community.pass_time(seconds=2)
    assert not works(community, text)


def test_tokens_can_be_revoked_and_new_ones_work(community):
    susan = community.join("susan")
    secret = community.sign_in("susan")
    old = token(community)
    community.credentials.revoke_tokens(actor_id=susan)
    assert not works(community, old)
    assert works(community, token(community))
    assert community.viewer(secret) is not None


@pytest.mark.parametrize("ends_it", ["password", "reset", "email", "everywhere", "disabled", "left", "by the operator"])
def test_w6_a_token_dies_with(community, ends_it):
    susan = community.join("susan")
    text = token(community)
    session_id = community.viewer(community.sign_in("susan")).session_id
    match ends_it:
        case "password":
            community.passwords.change(
                actor_id=susan, session_id=session_id, old_password=PASSWORD, password="another horse, battery"
            )
        case "reset":
            community.passwords.request_reset(client="x", email="susan@example.com")
            community.deliver()
            community.passwords.reset(token=community.token_to("susan@example.com"), password="another horse, battery")
        case "email":
            community.addresses.request_change(actor_id=susan, email="s@example.org", password=PASSWORD)
            community.deliver()
            community.addresses.change(actor_id=susan, token=community.token_to("s@example.org"))
        case "everywhere":
            community.sessions.end_all(actor_id=susan)
        case "disabled":
            community.members.set_standing(username="susan", disabled=True)
            assert not works(community, text)
            community.members.set_standing(username="susan", disabled=False)
        case "left":
            community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")
        case "by the operator":
            community.members.set_password(username="susan", password="another horse, battery")
    assert not works(community, text)


def test_w8_a_mailed_link_is_no_api_token_and_the_other_way_round(community):
    community.register("susan")
    assert not works(community, community.token_to("susan@example.com"))
    text = token(community)
    for purpose in (Purpose.CONFIRM, Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL):
        with pytest.raises(LinkExpired):
            community.tokens.read(text, purpose, at=community.time)


def test_w9_failures_cost_the_same_and_count_together_with_signing_in(community):
    community.join("susan")
    costs = []
    for email in ("susan@example.com", "nobody@example.com"):
        before = (community.hasher.hashes, community.units_of_work)
        with pytest.raises(BadCredentials):
            community.credentials.check(client="x", email=email, password="wrong")
        costs.append((community.hasher.hashes - before[0], community.units_of_work - before[1]))
    assert costs[0] == costs[1]
    for _ in range(9):
        with pytest.raises(BadCredentials):
            community.sign_in("susan", password="wrong")
    with pytest.raises(TooOften):
        community.credentials.check(client="y", email="susan@example.com", password=PASSWORD)


def test_success_never_counts(community):
    community.join("susan")
    for _ in range(15):
        token(community)
