"""What administrators do for one member at once."""

import pytest

from domain.errors import BadCredentials, Forbidden, LinkExpired, NotFound, TooOften
from domain.job_kinds import JobKind
from domain.roles import Role

PASSWORD = "a horse, a battery"


def test_an_administrator_sends_the_confirmation_again(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.register("susan")
    older = community.token_to("susan@example.com")

    assert community.assisting.send_confirmation(actor_id=boss, member="Susan")
    with pytest.raises(LinkExpired):
        community.joining.confirm(token=older)
    community.deliver()
    community.joining.confirm(token=community.token_to("susan@example.com"))
    assert community.reader("susan").confirmed

    assert not community.assisting.send_confirmation(actor_id=boss, member="susan")
    assert community.outbox_rows()[0].kind is not JobKind.CONFIRM


def test_confirmations_that_an_administrator_sends_are_limited_with_the_members_own(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.register("susan")
    community.joining.resend(actor_id=community.people_feeds.profile(None, "susan").id)
    for _ in range(2):
        assert community.assisting.send_confirmation(actor_id=boss, member="susan")

    with pytest.raises(TooOften):
        community.assisting.send_confirmation(actor_id=boss, member="susan")


def test_an_administrator_sends_a_reset(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.join("susan")
    secret = community.sign_in("susan")

    assert community.assisting.send_reset(actor_id=boss, member="susan")
    community.deliver()

    assert community.viewer(secret) is not None
    assert community.sign_in("susan")
    community.passwords.reset(token=community.token_to("susan@example.com"), password="seven quiet herons")
    assert community.sign_in("susan", password="seven quiet herons")
    for _ in range(4):
        community.assisting.send_reset(actor_id=boss, member="susan")
    with pytest.raises(TooOften):
        community.assisting.send_reset(actor_id=boss, member="susan")


def test_no_mail_is_sent_to_a_disabled_member(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.register("susan")
    community.members.set_standing(username="susan", disabled=True)
    rows = community.outbox_rows()

    assert not community.assisting.send_confirmation(actor_id=boss, member="susan")
    assert not community.assisting.send_reset(actor_id=boss, member="susan")
    assert community.outbox_rows() == rows


def test_an_administrator_signs_a_member_out_everywhere(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    susan = community.join("susan")
    secrets, own = [community.sign_in("susan") for _ in range(2)], community.sign_in("boss")
    reader = community.credentials.check(client="x", email="susan@example.com", password=PASSWORD).reader
    token = community.credentials.issue_token(reader=reader)

    assert community.assisting.sign_out_everywhere(actor_id=boss, member="susan") == susan

    assert [community.viewer(secret) for secret in secrets] == [None, None]
    with pytest.raises(BadCredentials):
        community.credentials.check_token(token=token)
    assert community.viewer(own) is not None
    assert community.sign_in("susan")


@pytest.mark.parametrize("act", ["send_confirmation", "send_reset", "sign_out_everywhere"])
def test_only_administrators_act_on_members_and_only_on_those_who_are_there(community, act):
    boss, moderator = community.join("boss", Role.ADMINISTRATOR), community.join("mod", Role.MODERATOR)
    community.register("susan")

    for member in ("susan", "nobody"):
        with pytest.raises(Forbidden):
            getattr(community.assisting, act)(actor_id=moderator, member=member)
    with pytest.raises(NotFound):
        getattr(community.assisting, act)(actor_id=boss, member="nobody")
