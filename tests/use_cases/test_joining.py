"""Joining: what somebody finds who registers, and what an intruder does not find out."""

import pytest

from domain.errors import AlreadyConfirmed, Forbidden, Invalid, LinkExpired, TooOften
from domain.joining import Registration
from domain.once import OnceKey
from domain.roles import Role


def problems(error: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in error.value.problems}


def test_registering_mails_a_link_that_confirms_the_address(community):
    community.register("susan")
    token = community.token_to("susan@example.com")
    assert community.joining.whose(token=token) == ("susan", "susan@example.com")
    assert community.joining.confirm(token=token) == ("susan", "susan@example.com")
    assert community.reader("susan").confirmed


def test_registering_starts_no_session_and_an_unconfirmed_member_has_no_permission(community):
    community.register("susan")
    with pytest.raises(Forbidden) as refused:
        community.posts.publish(actor_id=community.reader("susan").id, title="", body="Hello")
    assert refused.value.code == "unconfirmed"


def test_a_confirmation_link_works_once(community):
    community.register("susan")
    token = community.token_to("susan@example.com")
    assert community.joining.confirm(token=token)
    for spend in (community.joining.confirm, community.joining.whose):
        with pytest.raises(AlreadyConfirmed):
            spend(token=token)


def test_only_an_active_member_who_is_confirmed_is_told_so_by_an_old_link(community):
    community.register("susan")
    older = community.token_to("susan@example.com")
    community.joining.resend(actor_id=community.reader("susan").id)
    with pytest.raises(LinkExpired) as unconfirmed:
        community.joining.whose(token=older)
    community.deliver()
    community.joining.confirm(token=community.token_to("susan@example.com"))
    community.pass_time(days=30)
    with pytest.raises(AlreadyConfirmed):
        community.joining.whose(token=older)
    community.members.set_standing(username="susan", disabled=True)
    with pytest.raises(LinkExpired) as disabled:
        community.joining.whose(token=older)
    assert [type(error.value) for error in (unconfirmed, disabled)] == [LinkExpired] * 2


def test_a_link_is_valid_for_one_hour_after_sending(community):
    community.register("susan")
    community.pass_time(minutes=59, seconds=59)
    assert community.joining.whose(token=community.token_to("susan@example.com"))
    community.pass_time(seconds=2)
    with pytest.raises(LinkExpired):
        community.joining.confirm(token=community.token_to("susan@example.com"))


def test_a_new_link_revokes_the_older_one_at_once(community):
    community.register("susan")
    older = community.token_to("susan@example.com")
    assert community.joining.resend(actor_id=community.reader("susan").id)
    with pytest.raises(LinkExpired):
        community.joining.confirm(token=older)
    community.deliver()
    assert community.joining.confirm(token=community.token_to("susan@example.com")) == ("susan", "susan@example.com")


def test_opening_a_link_does_not_spend_it(community):
    community.register("susan")
    token = community.token_to("susan@example.com")
    for _ in range(3):
        community.joining.whose(token=token)
    assert community.joining.confirm(token=token)


def test_w10_registering_a_known_address_takes_the_same_time_and_gets_the_same_answer(community):
    community.join("susan")
    costs = []
    for email, username in (("new@example.com", "newcomer"), ("susan@example.com", "intruder")):
        before = (community.hasher.hashes, community.units_of_work)
        answer = community.joining.register(
            client="here", email=email, username=username, password="a horse, a battery"
        )
        assert answer is None
        costs.append((community.hasher.hashes - before[0], community.units_of_work - before[1]))
    assert costs[0] == costs[1]
    community.deliver()
    assert "already have an account" in community.postbox.newest_to("susan@example.com").subject
    assert "/confirm/" not in community.postbox.newest_to("susan@example.com").text


def test_w21_a_username_is_taken_in_every_spelling(community):
    community.join("susan")
    with pytest.raises(Invalid) as refused:
        community.joining.register(
            client="here", email="other@example.com", username="SuSaN", password="a horse, a battery"
        )
    assert problems(refused) == {("username", "taken")}


def test_all_errors_of_a_form_are_reported_at_once(community):
    community.join("susan")
    with pytest.raises(Invalid) as refused:
        community.joining.register(
            client="here", email="nonsense", username="susan", password="short", again="different"
        )
    assert problems(refused) == {
        ("email", "email_form"),
        ("username", "taken"),
        ("password", "too_short"),
        ("password2", "passwords_differ"),
    }


def test_w27_a_registration_that_is_sent_twice_makes_one_account(community):
    for _ in range(2):
        community.joining.register(
            client="here",
            email="susan@example.com",
            username="susan",
            password="a horse, a battery",
            once=OnceKey(key="the same"),
        )
    community.deliver()
    assert [letter.subject for letter in community.postbox.letters] == ["Confirm your account"]


def test_w11_registering_is_limited_for_each_client(community):
    for number in range(5):
        community.joining.register(
            client="here", email=f"a{number}@example.com", username=f"a{number}", password="a horse, a battery"
        )
    with pytest.raises(TooOften) as refused:
        community.joining.register(client="here", email="a6@example.com", username="a6", password="a horse, a battery")
    assert 0 < refused.value.retry_after <= 30 * 60
    community.pass_time(minutes=31)
    community.joining.register(client="here", email="a6@example.com", username="a6", password="a horse, a battery")


def test_confirmation_mails_are_limited_to_three_in_six_hours(community):
    community.register("susan")
    susan = community.reader("susan").id
    for _ in range(3):
        community.joining.resend(actor_id=susan)
    with pytest.raises(TooOften):
        community.joining.resend(actor_id=susan)


def test_w13_only_the_member_who_confirms_the_administrators_address_becomes_administrator(community):
    community.register("admin2")
    community.joining.register(
        client="there", email="Admin@Example.com", username="boss", password="a horse, a battery"
    )
    community.deliver()
    assert community.reader("boss").role is Role.USER
    community.joining.confirm(token=community.token_to("Admin@Example.com"))
    assert community.reader("boss").role is Role.ADMINISTRATOR


def test_a14_the_administrator_gets_a_mail_when_a_new_member_confirms(community):
    community.register("susan")
    assert not [letter for letter in community.postbox.letters if letter.to == "admin@example.com"]
    community.joining.confirm(token=community.token_to("susan@example.com"))
    community.deliver()
    assert community.postbox.newest_to("admin@example.com").subject == "New user"


def test_a_confirmed_member_needs_no_new_link(community):
    susan = community.join("susan")
    assert not community.joining.resend(actor_id=susan)
    community.deliver()
    assert len([letter for letter in community.postbox.letters if letter.to == "susan@example.com"]) == 1


def test_nobody_joins_a_closed_community(community):
    community.stands_in(Registration.CLOSED)
    closed = community.joining
    with pytest.raises(Forbidden) as refused:
        closed.register(client="here", email="a@example.com", username="a", password="a horse, a battery")
    assert refused.value.code == "registration_closed"


def test_accounts_and_confirmed_addresses_are_counted_and_a_known_address_is_not(community):
    community.register("susan")
    counts = community.meter.counts
    assert counts["sign_ups_total", "registered"] == 1
    assert counts["sign_ups_total", "confirmed"] == 0

    community.joining.register(
        client="192.0.2.7", email="susan@example.com", username="other", password="a horse, a battery"
    )
    token = community.token_to("susan@example.com")
    community.joining.confirm(token=token)
    with pytest.raises(AlreadyConfirmed):
        community.joining.confirm(token=token)

    assert counts["sign_ups_total", "registered"] == 1
    assert counts["sign_ups_total", "confirmed"] == 1


def test_the_same_registration_sent_twice_is_counted_once(community):
    for _ in range(2):
        community.joining.register(
            client="192.0.2.7",
            email="susan@example.com",
            username="susan",
            password="a horse, a battery",
            once=OnceKey(key="the same"),
        )

    assert community.meter.counts["sign_ups_total", "registered"] == 1
