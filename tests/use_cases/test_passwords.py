"""Changing a password, and resetting a forgotten one."""

import pytest

from domain.errors import BadCredentials, Invalid, LinkExpired, TooOften

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


def test_the_owner_is_told_of_a_changed_password(community):
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


def test_a_change_needs_the_old_password_and_says_all_that_is_wrong(community):
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


def test_w6_a_reset_ends_every_session_and_signs_nobody_in(community):
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
    sent = len(community.postbox.letters)
    community.passwords.request_reset(client="here", email="susan@example.com")
    community.deliver()
    assert len(community.postbox.letters) == sent


def test_links_die_with_a_change_of_password(community):
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
