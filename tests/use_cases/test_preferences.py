"""What a member wants to be told of, the time zone, and the link that ends mails."""

import json

import pytest

from application.preferences import unsubscribe_token
from domain.credentials import Purpose
from domain.errors import Forbidden, Invalid, LinkExpired
from domain.notifications import NotificationKind
from domain.preferences import MailTime, Preference, Preferences
from domain.roles import Role
from tests.use_cases.conftest import PASSWORD

DAILY = Preference(site=False, mail=MailTime.DAILY)


def preferences_of(community, account_id):
    with community.open_work() as work:
        return work.preferences.of(account_id)


def account_named(community, name):
    with community.open_work() as work:
        return work.accounts.find_by_username(name)


def link_to(community, name):
    return unsubscribe_token(community.tokens, account_named(community, name), at=community.time)


def mailed(preferences):
    return {kind for kind in NotificationKind if preferences.of(kind).mail is not MailTime.OFF}


NOTICES = {kind for kind in NotificationKind if kind.is_notice}


def test_a_member_chooses_and_the_rest_stays(community):
    john = community.join("john")

    community.preferences.change(actor_id=john, wanted={"like": (False, "daily")})
    community.preferences.change(actor_id=john, wanted={"follow": (True, "soon")})

    assert preferences_of(community, john) == Preferences(
        {NotificationKind.LIKE: DAILY, NotificationKind.FOLLOW: Preference(site=True, mail=MailTime.SOON)}
    )


def test_an_unconfirmed_member_may_choose_and_a_suspended_one_may_not(community):
    community.register("john")
    john = account_named(community, "john").id
    community.preferences.change(actor_id=john, wanted={"like": (False, "daily")})
    assert preferences_of(community, john).of(NotificationKind.LIKE) == DAILY

    moderator = community.join("mary", Role.MODERATOR)
    susan = community.join("susan")
    community.sanctions.sanction(actor_id=moderator, username="susan", act="suspend", reason="So.")
    with pytest.raises(Forbidden):
        community.preferences.change(actor_id=susan, wanted={"like": (False, "daily")})
    assert preferences_of(community, susan) == Preferences()


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"like": (True, "weekly")}, ("like.mail", "choice")),
        ({"gossip": (True, "off")}, ("gossip", "kind_unknown")),
        ({"waiting": (True, "off")}, ("waiting", "kind_unknown")),
        ({"sanction": (True, "off")}, ("sanction", "notice_fixed")),
    ],
)
def test_a_choice_that_is_none_changes_nothing(community, wanted, problem):
    john = community.join("john")

    with pytest.raises(Invalid) as refused:
        community.preferences.change(actor_id=john, wanted={"reply": (False, "off")} | wanted)

    assert [(found.field, found.code) for found in refused.value.problems] == [problem]
    assert preferences_of(community, john) == Preferences()


def test_a_link_ends_all_mails_but_the_notices_any_number_of_times(community):
    john = community.join("john", Role.MODERATOR)
    community.preferences.change(actor_id=john, wanted={"like": (False, "daily"), "report": (True, "soon")})
    token = link_to(community, "john")
    assert community.preferences.whose(token=token) == "john"

    for _ in range(3):
        assert community.preferences.unsubscribe(token=token) == "john"

    assert mailed(preferences_of(community, john)) == NOTICES
    assert not preferences_of(community, john).of(NotificationKind.LIKE).site
    community.preferences.change(actor_id=john, wanted={"reply": (True, "soon")})
    community.preferences.unsubscribe(token=token)
    assert mailed(preferences_of(community, john)) == NOTICES


def test_the_standing_of_an_account_does_not_keep_it_from_ending_mails(community):
    moderator = community.join("mary", Role.MODERATOR)
    community.register("unconfirmed")
    community.join("suspended")
    community.sanctions.sanction(actor_id=moderator, username="suspended", act="suspend", reason="So.")
    community.join("disabled")
    community.members.set_standing(username="disabled", disabled=True)

    for name in ("unconfirmed", "suspended", "disabled"):
        community.preferences.unsubscribe(token=link_to(community, name))
        assert mailed(preferences_of(community, account_named(community, name).id)) == NOTICES


def test_a_link_lives_for_ninety_days(community):
    community.join("john")
    token = link_to(community, "john")

    community.pass_time(days=90, seconds=-1)
    community.preferences.unsubscribe(token=token)
    community.pass_time(seconds=1)
    for use in (community.preferences.whose, community.preferences.unsubscribe):
        with pytest.raises(LinkExpired):
            use(token=token)


def test_a_link_dies_with_the_address_and_with_the_account(community):
    john = community.join("john")
    first = link_to(community, "john")
    community.addresses.request_change(actor_id=john, email="johnny@example.com", password=PASSWORD)
    community.deliver()
    community.addresses.change(actor_id=john, token=community.token_to("johnny@example.com"))
    with pytest.raises(LinkExpired):
        community.preferences.unsubscribe(token=first)

    second = link_to(community, "john")
    community.leaving.leave(actor_id=john, password=PASSWORD, posts="keep")
    with pytest.raises(LinkExpired):
        community.preferences.unsubscribe(token=second)


def test_another_spelling_of_the_address_keeps_the_link(community):
    community.join("john")
    token = link_to(community, "john")
    with community.open_work() as work:
        account = work.accounts.find_by_username("john")
        account.readdress(type(account.email)("John@Example.com"))
        work.accounts.save(account)
        work.commit()

    assert community.preferences.unsubscribe(token=token) == "john"


def test_the_link_of_one_purpose_serves_no_other(community):
    john = community.join("john")
    token = link_to(community, "john")

    for purpose in set(Purpose) - {Purpose.UNSUBSCRIBE}:
        with pytest.raises(LinkExpired):
            community.tokens.read(token, purpose, at=community.time)
    community.passwords.request_reset(client="a client", email="john@example.com", language=account_language(community))
    community.deliver()
    with pytest.raises(LinkExpired):
        community.preferences.unsubscribe(token=community.token_to("john@example.com"))
    assert preferences_of(community, john) == Preferences()


def account_language(community):
    return account_named(community, "john").language


def test_the_browser_says_the_time_zone_of_who_has_none(community):
    community.join("john")

    def sign_in(zone):
        secret = community.sessions.sign_in(
            client="a client", email="john@example.com", password=PASSWORD, time_zone=zone
        ).secret
        return community.viewer(secret).time_zone

    assert sign_in("") == ""
    assert sign_in("Mars/Olympus") == ""
    assert sign_in("Asia/Shanghai") == "Asia/Shanghai"
    assert sign_in("Europe/Berlin") == "Asia/Shanghai"


def test_a_member_chooses_a_time_zone_or_none(community):
    john = community.join("john")

    community.members.edit_profile(actor_id=john, time_zone="Europe/Berlin")
    community.members.edit_profile(actor_id=john, name="John")
    assert account_named(community, "john").time_zone == "Europe/Berlin"

    with pytest.raises(Invalid):
        community.members.edit_profile(actor_id=john, time_zone="Mars/Olympus")
    community.members.edit_profile(actor_id=john, time_zone="")
    assert account_named(community, "john").time_zone == ""


def test_what_was_chosen_is_in_the_export_and_goes_when_the_member_leaves(community):
    john = community.join("john")
    community.members.edit_profile(actor_id=john, time_zone="Europe/Berlin")
    community.preferences.change(actor_id=john, wanted={"like": (False, "daily")})

    viewer = community.viewer(community.sign_in("john"))
    files = {
        path: json.loads(b"".join(parts))
        for path, parts in community.leaving.export(reader=viewer)
        if path in ("profile.json", "notification-settings.json")
    }
    assert files["profile.json"]["time_zone"] == "Europe/Berlin"
    assert files["notification-settings.json"]["like"] == {"site": False, "mail": "daily"}
    assert "report" not in files["notification-settings.json"]

    community.leaving.leave(actor_id=john, password=PASSWORD, posts="keep")
    assert preferences_of(community, john) == Preferences()
    with community.open_work() as work:
        assert work.accounts.get(john).time_zone == ""
