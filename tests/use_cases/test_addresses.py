"""Changing one's address."""

import pytest

from domain.errors import Invalid, LinkExpired

PASSWORD = "a horse, a battery"


def ask(community, actor_id: int, email: str) -> None:
    community.addresses.request_change(actor_id=actor_id, email=email, password=PASSWORD)
    community.deliver()


def test_the_new_address_counts_once_its_link_is_opened(community):
    susan = community.join("susan")
    ask(community, susan, "susan@example.org")
    assert community.sign_in("susan")
    token = community.token_to("susan@example.org")
    assert community.addresses.pending(actor_id=susan, token=token) == "susan@example.org"
    community.addresses.change(actor_id=susan, token=token)
    assert community.sessions.sign_in(client="x", email="susan@example.org", password=PASSWORD)


def test_the_old_address_is_told(community):
    susan = community.join("susan")
    ask(community, susan, "susan@example.org")
    letter = community.postbox.newest_to("susan@example.com")
    assert letter.subject == "Your address is being changed"
    assert "susan@example.org" not in letter.text


def test_asking_needs_the_password(community):
    susan = community.join("susan")
    with pytest.raises(Invalid) as refused:
        community.addresses.request_change(actor_id=susan, email="nonsense", password="wrong")
    assert {(problem.field, problem.code) for problem in refused.value.problems} == {
        ("email", "email_form"),
        ("password", "wrong_password"),
    }


def test_e5_a_taken_address_is_answered_like_a_free_one_and_gets_no_link(community):
    susan = community.join("susan")
    community.join("john")
    sent = len([letter for letter in community.postbox.letters if letter.to == "john@example.com"])
    ask(community, susan, "JOHN@example.com")
    assert len([letter for letter in community.postbox.letters if letter.to.lower() == "john@example.com"]) == sent


def test_t6_a_link_is_of_no_use_to_anybody_else(community):
    susan, john = community.join("susan"), community.join("john")
    ask(community, susan, "susan@example.org")
    token = community.token_to("susan@example.org")
    with pytest.raises(LinkExpired):
        community.addresses.change(actor_id=john, token=token)
    community.addresses.change(actor_id=susan, token=token)


def test_of_two_who_want_one_address_the_first_gets_it(community):
    susan, john = community.join("susan"), community.join("john")
    ask(community, susan, "wanted@example.org")
    first = community.token_to("wanted@example.org")
    ask(community, john, "wanted@example.org")
    second = community.token_to("wanted@example.org")
    community.addresses.change(actor_id=susan, token=first)
    with pytest.raises(LinkExpired):
        community.addresses.change(actor_id=john, token=second)


def test_other_links_die_with_the_old_address(community):
    susan = community.join("susan")
    community.passwords.request_reset(client="here", email="susan@example.com")
    community.deliver()
    reset = community.token_to("susan@example.com")
    ask(community, susan, "susan@example.org")
    community.addresses.change(actor_id=susan, token=community.token_to("susan@example.org"))
    with pytest.raises(LinkExpired):
        community.passwords.whose(token=reset)


def test_an_unconfirmed_member_may_correct_the_address_and_is_confirmed_by_it(community):
    community.register("susan")
    susan = community.reader("susan").id
    ask(community, susan, "susan@example.org")
    community.addresses.change(actor_id=susan, token=community.token_to("susan@example.org"))
    assert community.reader("susan").confirmed
