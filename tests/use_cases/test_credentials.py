"""Passwords, addresses and tokens: proving that one holds them, and changing them."""

import pytest

from domain.credentials import Purpose
from domain.errors import BadCredentials, Invalid, LinkExpired, TooOften

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


def test_a_password_gets_a_token_that_names_the_account(community):
    susan = community.join("susan")
    assert community.credentials.check_token(token=token(community)).id == susan


def test_a_token_is_valid_for_one_hour(community):
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
def test_w6_a_token_is_revoked_by(community, ends_it):
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


def test_w8_a_mailed_link_is_no_api_token_and_an_api_token_is_no_link(community):
    community.register("susan")
    assert not works(community, community.token_to("susan@example.com"))
    text = token(community)
    for purpose in (Purpose.CONFIRM, Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL):
        with pytest.raises(LinkExpired):
            community.tokens.read(text, purpose, at=community.time)


def test_w9_failures_take_the_same_time_and_count_together_with_signing_in(community):
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


NEW = "another horse, another battery"


def reset_token(community, name: str) -> str:
    community.passwords.request_reset(client="here", email=f"{name}@example.com")
    community.deliver()
    return community.token_to(f"{name}@example.com")


def test_changing_the_password_ends_all_other_sessions_and_renews_this_one(community):
    susan = community.join("susan")
    here, there = community.sign_in("susan"), community.sign_in("susan")
    renewed = community.passwords.change(
        actor_id=susan,
        session_id=community.viewer(here).session_id,
        old_password="a horse, a battery",
        password=NEW,
        again=NEW,
    )
    assert community.viewer(there) is None
    assert community.viewer(here) is None
    assert community.viewer(renewed.secret).username == "susan"
    assert community.sign_in("susan", password=NEW)
    with pytest.raises(BadCredentials):
        community.sign_in("susan")


def test_the_owner_gets_a_mail_about_a_changed_password(community):
    susan = community.join("susan")
    secret = community.sign_in("susan")
    community.passwords.change(
        actor_id=susan,
        session_id=community.viewer(secret).session_id,
        old_password="a horse, a battery",
        password=NEW,
    )
    community.deliver()
    assert community.postbox.newest_to("susan@example.com").subject == "Your password was changed"


def test_a_change_needs_the_old_password_and_reports_all_errors(community):
    susan = community.join("susan")
    secret = community.sign_in("susan")
    with pytest.raises(Invalid) as refused:
        community.passwords.change(
            actor_id=susan,
            session_id=community.viewer(secret).session_id,
            old_password="wrong",
            password="password",
            again="passwort",
        )
    assert {problem.code for problem in refused.value.problems} == {
        "wrong_password",
        "passwords_differ",
        "password_common",
    }
    assert community.viewer(secret) is not None


def test_guessing_the_old_password_from_within_a_session_is_limited(community):
    susan = community.join("susan")
    session_id = community.viewer(community.sign_in("susan")).session_id
    for _ in range(10):
        with pytest.raises(Invalid):
            community.passwords.change(actor_id=susan, session_id=session_id, old_password="no", password=NEW)
    with pytest.raises(TooOften):
        community.passwords.change(
            actor_id=susan, session_id=session_id, old_password="a horse, a battery", password=NEW
        )


def test_w5_a_reset_link_works_once(community):
    community.join("susan")
    token = reset_token(community, "susan")
    community.passwords.reset(token=token, password=NEW)
    with pytest.raises(LinkExpired):
        community.passwords.reset(token=token, password="yet another horse")
    assert community.sign_in("susan", password=NEW)


def test_w6_a_reset_ends_every_session_and_starts_none(community):
    community.join("susan")
    secret = community.sign_in("susan", remember=True)
    community.passwords.reset(token=reset_token(community, "susan"), password=NEW)
    assert community.viewer(secret) is None
    assert not list(community.store.sessions.rows())


def test_a_reset_confirms_the_address(community):
    community.register("susan")
    community.passwords.reset(token=reset_token(community, "susan"), password=NEW)
    assert community.reader("susan").confirmed


def test_only_the_newest_reset_link_works(community):
    community.join("susan")
    older = reset_token(community, "susan")
    newer = reset_token(community, "susan")
    with pytest.raises(LinkExpired):
        community.passwords.whose(token=older)
    assert community.passwords.whose(token=newer) == "susan"


def test_a_refused_password_does_not_spend_the_link(community):
    community.join("susan")
    token = reset_token(community, "susan")
    with pytest.raises(Invalid):
        community.passwords.reset(token=token, password="short")
    community.passwords.reset(token=token, password=NEW)


def test_e2_asking_for_a_reset_queues_one_row_whether_or_not_the_address_is_known(community):
    community.join("susan")
    queued = []
    for email in ("susan@example.com", "nobody@example.com"):
        before = len(list(community.store.outbox.rows()))
        community.passwords.request_reset(client="here", email=email)
        queued.append(len(list(community.store.outbox.rows())) - before)
    assert queued == [1, 1]
    community.deliver()
    assert not [letter for letter in community.postbox.letters if letter.to == "nobody@example.com"]


def test_a_disabled_member_gets_no_reset_link(community):
    community.join("susan")
    community.members.set_standing(username="susan", disabled=True)
    community.deliver()
    sent = len(community.postbox.letters)
    community.passwords.request_reset(client="here", email="susan@example.com")
    community.deliver()
    assert len(community.postbox.letters) == sent


def test_a_change_of_password_revokes_links(community):
    susan = community.join("susan")
    token = reset_token(community, "susan")
    community.passwords.change(
        actor_id=susan,
        session_id=community.viewer(community.sign_in("susan")).session_id,
        old_password="a horse, a battery",
        password=NEW,
    )
    with pytest.raises(LinkExpired):
        community.passwords.reset(token=token, password="yet another horse")


@pytest.mark.parametrize("used_for", ["confirm", "reset", "change"])
def test_w8_a_link_serves_one_purpose(community, used_for):
    susan = community.join("susan")
    community.addresses.request_change(actor_id=susan, email="s@example.org", password="a horse, a battery")
    community.deliver()
    tokens = {"change": community.token_to("s@example.org"), "reset": reset_token(community, "susan")}
    community.register("john")
    tokens["confirm"] = community.token_to("john@example.com")
    use = {
        "confirm": lambda token: community.joining.confirm(token=token),
        "reset": lambda token: community.passwords.reset(token=token, password=NEW),
        "change": lambda token: community.addresses.change(actor_id=susan, token=token),
    }[used_for]
    for purpose, token in tokens.items():
        if purpose != used_for:
            with pytest.raises(LinkExpired):
                use(token)
    use(tokens[used_for])


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


def test_the_old_address_gets_a_mail(community):
    susan = community.join("susan")
    ask(community, susan, "susan@example.org")
    letter = community.postbox.newest_to("susan@example.com")
    assert letter.subject == "Your address is being changed"
    assert "susan@example.org" not in letter.text


def test_a_change_of_address_needs_the_password(community):
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


def test_t6_another_member_cannot_use_a_link(community):
    susan, john = community.join("susan"), community.join("john")
    ask(community, susan, "susan@example.org")
    token = community.token_to("susan@example.org")
    with pytest.raises(LinkExpired):
        community.addresses.change(actor_id=john, token=token)
    community.addresses.change(actor_id=susan, token=token)


def test_the_first_of_two_members_gets_an_address(community):
    susan, john = community.join("susan"), community.join("john")
    ask(community, susan, "wanted@example.org")
    first = community.token_to("wanted@example.org")
    ask(community, john, "wanted@example.org")
    second = community.token_to("wanted@example.org")
    community.addresses.change(actor_id=susan, token=first)
    with pytest.raises(LinkExpired):
        community.addresses.change(actor_id=john, token=second)


def test_a_change_of_address_revokes_other_links(community):
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
