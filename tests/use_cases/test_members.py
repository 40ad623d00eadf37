"""Members: one's own profile, and administration."""

from datetime import timedelta

import pytest

from application.ports.members import MemberCounts
from application.ports.paging import Window
from domain.errors import AlreadyTaken, BadCredentials, Changed, Forbidden, Invalid, NotFound, TooOften, TooSoon
from domain.moderation import Act
from domain.roles import Role

ALL = Window(100)
PASSWORD = "a horse, a battery"


def administer(community, actor_id: int, member: str, **changes) -> str:
    card = community.member_feeds.member(None, member)
    values = {
        "email": card.email,
        "username": card.username,
        "confirmed": card.confirmed,
        "role": card.role.value,
        "disabled": card.disabled,
        "name": card.name,
        "location": card.location,
        "about_me": card.about_me,
    }
    return community.members.administer(actor_id=actor_id, member=member, **(values | changes))


def test_an_administrator_sets_everything_about_a_member(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.join("susan")
    renamed = administer(
        community, boss, "susan", username="Suzanne", email="S@Example.org", role="Moderator", name="Susan S."
    )
    assert renamed == "Suzanne"
    card = community.member_feeds.member(None, "suzanne")
    assert (card.email, card.role, card.name) == ("S@Example.org", Role.MODERATOR, "Susan S.")
    with pytest.raises(NotFound):
        community.people_feeds.profile(None, "susan")


def test_an_edit_does_not_overwrite_a_newer_edit(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    susan = community.join("susan")
    shown = community.member_feeds.member(None, "susan").fingerprint
    community.members.edit_profile(actor_id=susan, about_me="I cook.")

    with pytest.raises(Changed):
        administer(community, boss, "susan", about_me="She cooks.", shown=shown)

    assert community.member_feeds.member(None, "susan").about_me == "I cook."
    seen = community.member_feeds.member(None, "susan").fingerprint
    administer(community, boss, "susan", about_me="She cooks.", shown=seen)
    assert community.member_feeds.member(None, "susan").about_me == "She cooks."


def test_changes_of_other_fields_are_no_conflict(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    susan = community.join("susan")
    shown = community.member_feeds.member(None, "susan").fingerprint
    community.members.edit_profile(actor_id=susan, theme="dark")
    community.posts.publish(actor_id=susan, title="", body="Soup.")
    community.sign_in("susan")

    administer(community, boss, "susan", about_me="She cooks.", shown=shown)

    assert community.member_feeds.member(None, "susan").about_me == "She cooks."


def test_the_same_edit_twice_is_no_conflict(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.join("susan")
    shown = community.member_feeds.member(None, "susan").fingerprint
    for _ in range(2):
        administer(community, boss, "susan", about_me="She cooks.", shown=shown)


def test_w22_a_member_whose_address_is_set_in_capitals_can_sign_in(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.join("susan")
    administer(community, boss, "susan", email="SUSAN@EXAMPLE.ORG")
    assert community.sessions.sign_in(client="x", email="susan@example.org", password=PASSWORD)


def test_all_errors_are_reported_at_once(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.join("susan")
    community.join("john")
    with pytest.raises(Invalid) as refused:
        administer(community, boss, "susan", email="john@example.com", username="JOHN", role="King", name="x" * 65)
    assert {(problem.field, problem.code) for problem in refused.value.problems} == {
        ("email", "taken"),
        ("username", "taken"),
        ("role", "choice"),
        ("name", "too_long"),
    }


def test_only_administrators_administer(community):
    susan = community.join("susan")
    moderator = community.join("mod", Role.MODERATOR)
    for actor in (susan, moderator):
        with pytest.raises(Forbidden):
            administer(community, actor, "susan", role="Administrator")
    for name in ("susan", "mod"):
        with pytest.raises(Forbidden):
            community.members.search(reader=community.reader(name), typed="", window=ALL)
        with pytest.raises(Forbidden):
            community.members.member(reader=community.reader(name), username="susan")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"role": "User"}, "role"), ({"disabled": True}, "disabled"), ({"confirmed": False}, "confirmed")],
)
def test_w23_the_last_administrator_cannot_be_demoted_or_disabled(community, change, field):
    boss = community.join("boss", Role.ADMINISTRATOR)
    with pytest.raises(Invalid) as refused:
        administer(community, boss, "boss", **change)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, "last_administrator")]
    community.join("deputy", Role.ADMINISTRATOR)
    administer(community, boss, "boss", **change)


def test_disabling_ends_sessions_at_once(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.join("susan")
    secret = community.sign_in("susan")
    administer(community, boss, "susan", disabled=True)
    assert community.viewer(secret) is None


def test_members_are_found_by_any_part_of_name_and_address(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    for name in ("susan", "susanne", "john"):
        community.join(name)
    reader = community.session_feeds.reader(boss, community.time)

    def found(typed: str) -> list[str]:
        return [card.username for card in community.members.search(reader=reader, typed=typed, window=ALL).items]

    assert found("SUS") == ["susanne", "susan"]
    assert found("anne") == ["susanne"]
    assert found("ne") == []
    assert found("john@ex") == ["john"]
    assert found("%") == found("s_s") == found("a\0") == found("\ud800") == []
    assert len(found("")) == 4


def test_members_are_counted_as_they_join_and_leave(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    reader = community.session_feeds.reader(boss, community.time)
    susan = community.join("susan")
    community.register("john")
    community.joining.register(client="x", email="JOHN@example.com", username="johnny", password=PASSWORD)
    community.members.create(email="mod@example.com", username="mod", password=PASSWORD, role=Role.MODERATOR)

    assert community.members.counts(reader=reader) == MemberCounts(
        members=4, unconfirmed=2, disabled=0, moderators=1, administrators=1
    )
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")
    community.members.set_standing(username="john", disabled=True)
    assert community.members.counts(reader=reader) == MemberCounts(
        members=3, unconfirmed=2, disabled=1, moderators=1, administrators=1
    )
    with pytest.raises(Forbidden):
        community.members.counts(reader=community.session_feeds.reader(community.join("kate"), community.time))


def test_the_command_line_makes_members(community):
    community.members.create(
        email="susan@example.com", username="susan", password=PASSWORD, role=Role.MODERATOR, confirmed=True
    )
    assert community.reader("susan").role is Role.MODERATOR
    assert community.sign_in("susan")
    with pytest.raises(AlreadyTaken):
        community.members.create(email="Susan@example.com", username="other", password=PASSWORD)
    with pytest.raises(Invalid):
        community.members.create(email="x@example.com", username="x", password="password")


def test_the_command_line_sets_passwords(community):
    community.join("susan")
    secret = community.sign_in("susan")
    community.members.set_password(username="SUSAN", password="a quite different horse")
    assert community.viewer(secret) is None
    assert community.sign_in("susan", password="a quite different horse")


def test_a_member_edits_their_profile_within_limits(community):
    susan = community.join("susan")
    community.members.edit_profile(actor_id=susan, name="  Susan ", location="北京", about_me="one\r\ntwo")
    profile = community.people_feeds.profile(None, "susan")
    assert (profile.name, profile.location, profile.about_me) == ("  Susan ", "北京", "one\ntwo")
    with pytest.raises(Invalid) as refused:
        community.members.edit_profile(actor_id=susan, name="\u202eevil", location="x" * 65, about_me="x" * 2_001)
    assert {(problem.field, problem.code) for problem in refused.value.problems} == {
        ("name", "forbidden_character")
    } or len(refused.value.problems) == 3


def choose(community, actor_id: int, username: str, password: str = PASSWORD, **more) -> str:
    return community.members.edit_profile(actor_id=actor_id, username=username, password=password, **more)


def is_taken(community, username: str) -> bool:
    """Whether nobody can join with this username."""
    with pytest.raises(Invalid) as refused:
        community.joining.register(client="x", email="new@example.com", username=username, password=PASSWORD)
    return codes(refused) == [("username", "taken")]


def codes(refused) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in refused.value.problems]


def test_a_member_chooses_another_username_and_keeps_the_old_one(community):
    susan = community.join("susan")
    post = community.posts.publish(actor_id=susan, title="", body="Soup.")

    assert choose(community, susan, "Suzanne") == "Suzanne"

    assert community.people_feeds.profile(None, "suzanne").id == susan
    assert community.post_feeds.post(None, post).author.username == "Suzanne"
    with pytest.raises(NotFound):
        community.people_feeds.profile(None, "susan")
    assert community.people_feeds.present_username(None, "SUSAN") == "Suzanne"
    for name in ("susan", "Suzanne", "susan@example.com"):
        assert community.sessions.sign_in(client="x", email=name, password=PASSWORD)
    assert is_taken(community, "SUSAN")


def test_a_username_can_be_changed_once_in_thirty_days(community):
    susan = community.join("susan")
    begun_at = community.time
    choose(community, susan, "suzanne")
    community.pass_time(days=30, seconds=-1)

    for name in ("sue", "susan"):
        with pytest.raises(TooSoon) as refused:
            choose(community, susan, name, name="Susan S.")
        assert refused.value.possible_at == begun_at + timedelta(days=30)
    assert community.people_feeds.profile(None, "suzanne").name == ""
    community.pass_time(seconds=1)
    assert choose(community, susan, "susan") == "susan"
    with pytest.raises(TooSoon):
        choose(community, susan, "suzanne")


def test_the_present_username_needs_no_password_and_is_no_change(community):
    susan = community.join("susan")

    for _ in range(2):
        assert choose(community, susan, "susan", password="", name="Susan S.") == "susan"

    assert community.people_feeds.profile(None, "susan").name == "Susan S."
    assert choose(community, susan, "Susan") == "Susan"


def test_profile_and_username_change_in_one_commit_or_not_at_all(community):
    susan = community.join("susan")
    community.join("john")
    with pytest.raises(Invalid) as refused:
        choose(community, susan, "John", password="wrong", name="x" * 65, theme="pink")
    assert set(codes(refused)) == {
        ("username", "taken"),
        ("password", "wrong_password"),
        ("name", "too_long"),
        ("theme", "choice"),
    }

    before = community.units_of_work
    choose(community, susan, "sue", name="Sue", about_me="I cook.")

    # Two of them only read: the account, and who has the name.
    assert community.units_of_work - before == 3
    profile = community.people_feeds.profile(None, "sue")
    assert (profile.name, profile.about_me, profile.location) == ("Sue", "I cook.", "")


@pytest.mark.parametrize(
    ("name", "code"), [("", "required"), ("admin", "reserved"), ("1st", "username_form"), ("x" * 65, "too_long")]
)
def test_a_username_that_nobody_can_have_is_refused(community, name, code):
    susan = community.join("susan")
    with pytest.raises(Invalid) as refused:
        choose(community, susan, name)
    assert codes(refused) == [("username", code)]


def test_guesses_of_the_password_are_limited(community):
    susan = community.join("susan")
    for _ in range(10):
        with pytest.raises(Invalid):
            choose(community, susan, "sue", password="wrong")
    with pytest.raises(TooOften):
        choose(community, susan, "sue")
    assert choose(community, susan, "susan", password="wrong", name="Susan") == "susan"


def test_an_unconfirmed_member_may_choose_another_username(community):
    community.register("susann")
    susan = community.reader("susann").id

    assert choose(community, susan, "susan") == "susan"
    community.joining.confirm(token=community.token_to("susann@example.com"))
    assert community.reader("susan").confirmed


def test_what_an_administrator_chooses_does_not_count(community):
    boss, susan = community.join("boss", Role.ADMINISTRATOR), community.join("susan")
    administer(community, boss, "susan", username="sue")
    assert choose(community, susan, "suzanne") == "suzanne"

    assert administer(community, boss, "suzanne", username="susan") == "susan"
    with pytest.raises(TooSoon):
        choose(community, susan, "suzanne")


def test_an_administrator_cannot_give_a_former_username_of_another_member(community):
    boss, susan = community.join("boss", Role.ADMINISTRATOR), community.join("susan")
    community.join("john")
    choose(community, susan, "suzanne")

    with pytest.raises(Invalid) as refused:
        administer(community, boss, "john", username="Susan")
    assert codes(refused) == [("username", "taken")]


def test_the_command_line_finds_a_member_by_a_former_username(community):
    susan = community.join("susan")
    choose(community, susan, "suzanne")

    community.members.set_standing(username="Susan", role=Role.MODERATOR)
    community.members.set_password(username="susan", password="a quite different horse")

    assert community.reader("suzanne").role is Role.MODERATOR
    assert community.sign_in("susan", password="a quite different horse")
    with pytest.raises(AlreadyTaken):
        community.members.create(email="new@example.com", username="susan", password=PASSWORD)


def test_all_usernames_of_a_member_who_left_stay_reserved(community):
    susan = community.join("susan")
    choose(community, susan, "suzanne")
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")

    for name in ("susan", "suzanne"):
        assert is_taken(community, name)
        with pytest.raises(NotFound):
            community.people_feeds.present_username(None, name)
        with pytest.raises(BadCredentials):
            community.sessions.sign_in(client="x", email=name, password=PASSWORD)


def test_nobody_is_followed_by_a_former_username(community):
    susan, john = community.join("susan"), community.join("john")
    choose(community, susan, "suzanne")
    for act in (community.following.follow, community.following.unfollow):
        with pytest.raises(NotFound):
            act(actor_id=john, username="susan")


def test_what_administrators_decide_about_a_member_is_on_the_log(community):
    boss, susan = community.join("boss", Role.ADMINISTRATOR), community.join("susan")
    administer(community, boss, "susan", role="Moderator", disabled=True)
    community.members.set_standing(username="susan", disabled=False, confirmed=False)
    community.members.set_standing(username="susan", disabled=False)

    log = community.moderation.log(reader=community.reader("boss"), window=Window(9))

    assert [(entry.act, entry.actor_id, entry.subject_id, entry.text) for entry in reversed(log.page.items)] == [
        (Act.ROLE, None, boss, "Administrator"),
        (Act.ROLE, boss, susan, "Moderator"),
        (Act.DISABLE, boss, susan, ""),
        (Act.UNCONFIRM, None, susan, ""),
        (Act.ENABLE, None, susan, ""),
    ]
    assert log.count == 5
