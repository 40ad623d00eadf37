"""Invitations: seats, and who may invite."""

import pytest

from application.ports.paging import Window
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.joining import Registration
from domain.roles import Role

PASSWORD = "a horse, a battery"
WINDOW = Window(50)


@pytest.fixture
def invited_only(community):
    """A community whose members come by invitation, with susan as its first."""
    susan = community.join("susan")
    community.stands_in(Registration.INVITATION)
    return community, susan


def code_of(community, name):
    return community.invitations.own(reader=community.reader(name))[0].code


def register(community, name, code=""):
    community.joining.register(
        client=f"the house of {name}",
        email=f"{name}@example.com",
        username=name,
        password=PASSWORD,
        invitation=code,
    )
    community.deliver()


def confirm(community, name):
    community.joining.confirm(token=community.token_to(f"{name}@example.com"))
    community.deliver()


def test_nobody_registers_without_an_invitation_where_members_invite(invited_only):
    community, _ = invited_only
    for code, why in (("", "not_invited"), ("a guess", "invitation_over"), ("汤\0", "invitation_over")):
        with pytest.raises(Forbidden) as refused:
            register(community, "david", code)
        assert refused.value.code == why
        with pytest.raises(Forbidden):
            community.joining.require_welcome(invitation=code)


def test_a_link_says_who_invites_and_the_seat_is_taken_when_the_address_is_confirmed(invited_only):
    community, susan = invited_only
    community.invitations.make(actor_id=susan, people=2)
    code = code_of(community, "susan")

    assert community.joining.require_welcome(invitation=code).username == "susan"
    register(community, "david", code)
    assert community.invitations.own(reader=community.reader("susan"))[0].taken == 0
    confirm(community, "david")

    assert community.invitations.own(reader=community.reader("susan"))[0].taken == 1
    assert not community.reader("david").waits
    mary = community.join_as_member("mary", Role.MODERATOR)
    assert mary
    assert community.invitations.inviter(reader=community.reader("mary"), username="david").username == "susan"
    assert community.invitations.inviter(reader=community.reader("mary"), username="susan") is None
    with pytest.raises(Forbidden):
        community.invitations.inviter(reader=community.reader("david"), username="david")


@pytest.mark.parametrize("why", ["full", "ended", "over", "disabled", "suspended", "left"])
def test_who_confirms_when_no_seat_is_left_waits_for_a_moderator(invited_only, why):
    community, susan = invited_only
    made = community.invitations.make(actor_id=susan, people=1)
    code = code_of(community, "susan")
    register(community, "david", code)
    register(community, "erik", code)
    match why:
        case "full":
            confirm(community, "erik")
            assert not community.reader("erik").waits
        case "ended":
            community.invitations.end(actor_id=susan, invitation_id=made)
        case "over":
            community.pass_time(days=30)
            community.joining.resend(actor_id=community.reader("david").id)
            community.deliver()
        case "disabled":
            community.members.set_standing(username="susan", disabled=True)
        case "suspended":
            community.sanctions.sanction(actor_id=None, username="susan", act="suspend", days="9", reason="Spam.")
        case "left":
            community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")

    with pytest.raises(Forbidden) as refused:
        register(community, "late", code)
    confirm(community, "david")

    assert refused.value.code == "invitation_over"
    assert community.reader("david").waits
    with pytest.raises(Forbidden) as forbidden:
        community.posts.publish(actor_id=community.reader("david").id, title="", body="Hello")
    assert forbidden.value.code == "waiting"


def test_a_moderator_admits_who_found_no_seat(invited_only):
    community, susan = invited_only
    community.invitations.make(actor_id=susan, people=1)
    code = code_of(community, "susan")
    for act in (lambda name: register(community, name, code), lambda name: confirm(community, name)):
        for name in ("david", "erik"):
            act(name)

    community.admitting.admit(actor_id=None, username="erik")

    assert community.posts.publish(actor_id=community.reader("erik").id, title="", body="Hello")


def test_a_member_has_at_most_ten_open_invitations_each_for_twenty_people(invited_only):
    community, susan = invited_only
    for people in (0, -1, 21, 10**9):
        with pytest.raises(Invalid) as refused:
            community.invitations.make(actor_id=susan, people=people)
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [("people", "number_of_people")]
    made = [community.invitations.make(actor_id=susan, people=20) for _ in range(10)]

    with pytest.raises(Conflict) as conflict:
        community.invitations.make(actor_id=susan, people=1)
    assert (conflict.value.code, conflict.value.values) == ("too_many_invitations", {"limit": 10})

    community.invitations.end(actor_id=susan, invitation_id=made[0])
    community.invitations.make(actor_id=susan, people=1)
    community.pass_time(days=30)
    for _ in range(10):
        community.invitations.make(actor_id=susan, people=1)


def test_only_its_owner_ends_an_invitation_and_twice_is_once(invited_only):
    community, susan = invited_only
    made = community.invitations.make(actor_id=susan, people=1)
    community.stands_in(Registration.OPEN)
    david = community.join("david")
    with pytest.raises(NotFound):
        community.invitations.end(actor_id=david, invitation_id=made)
    with pytest.raises(NotFound):
        community.invitations.end(actor_id=susan, invitation_id=1)

    for _ in range(2):
        community.invitations.end(actor_id=susan, invitation_id=made)

    (card,) = community.invitations.own(reader=community.reader("susan"))
    assert card.ended
    assert not card.is_open(community.time)


def test_who_is_unconfirmed_or_waits_invites_nobody(community):
    community.register("ulla")
    community.stands_in(Registration.APPROVAL)
    community.register("wanda", why="Soup.")
    confirm(community, "wanda")
    for name, code in (("ulla", "unconfirmed"), ("wanda", "waiting")):
        for act in (
            lambda name=name: community.invitations.make(actor_id=community.reader(name).id, people=1),
            lambda name=name: community.invitations.own(reader=community.reader(name)),
            lambda name=name: community.invitations.end(actor_id=community.reader(name).id, invitation_id=1),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == code


@pytest.mark.parametrize(("mode", "waits"), [(Registration.OPEN, False), (Registration.APPROVAL, True)])
def test_elsewhere_an_invitation_says_who_invited_and_nothing_more(community, mode, waits):
    susan = community.join("susan")
    community.join_as_member("mary", Role.MODERATOR)
    community.stands_in(mode)
    community.invitations.make(actor_id=susan, people=1)
    community.register("david", why="Soup.", invitation=code_of(community, "susan"))
    community.register("erik", why="Soup.", invitation="a guess")
    confirm(community, "david")
    confirm(community, "erik")

    inviters = {
        name: community.invitations.inviter(reader=community.reader("mary"), username=name)
        for name in ("david", "erik")
    }
    assert inviters["david"].username == "susan"
    assert inviters["erik"] is None
    assert [community.reader(name).waits for name in ("david", "erik")] == [waits, waits]
    if mode is Registration.APPROVAL:
        cards = community.admitting.waiting(reader=community.reader("mary"), window=WINDOW).items
        assert [(card.username, card.inviter and card.inviter.username) for card in cards] == [
            ("david", "susan"),
            ("erik", None),
        ]


def test_codes_cannot_be_guessed(invited_only):
    community, susan = invited_only
    for _ in range(5):
        community.invitations.make(actor_id=susan, people=1)
    codes = {card.code for card in community.invitations.own(reader=community.reader("susan"))}
    assert len(codes) == 5
    assert all(len(code) >= 22 for code in codes)
