"""Admitting: who waits for a moderator, what becomes of them, and that nobody waits for ever."""

from dataclasses import replace

import pytest

from application.ports.mailing import MailRefused
from application.ports.paging import Window
from domain.display import Language
from domain.errors import AlreadyDecided, BadCredentials, Conflict, Forbidden, Invalid, NotFound
from domain.job_kinds import JobKind
from domain.joining import Registration
from domain.moderation import Act
from domain.outbox import State
from domain.roles import Permission, Role

PASSWORD = "a horse, a battery"
ALL = Window(100)


@pytest.fixture
def approving(community):
    """A community that admits its members, with mary as its moderator."""
    community.join_as_member("mary", Role.MODERATOR)
    community.stands_in(Registration.APPROVAL)
    return community


def come(community, *names, **more):
    """They register and confirm."""
    for name in names:
        community.register(name, **({"why": f"{name} likes soup."} | more))
        community.joining.confirm(token=community.token_to(f"{name}@example.com"))
    community.deliver()


def waiting(community):
    cards = community.admitting.waiting(reader=community.reader("mary"), window=ALL).items
    return [(card.username, card.why) for card in cards]


def subjects(community, address):
    return [letter.subject for letter in community.postbox.letters if letter.to == address]


def log(community):
    page = community.moderation.log(reader=community.reader("mary"), window=ALL).page
    return [(card.act, card.actor and card.actor.username, card.text, card.reason) for card in page.items]


@pytest.mark.parametrize(
    ("why", "code"), [("", "required"), (" \u200b", "required"), ("x" * 501, "too_long"), ("\0", "forbidden_character")]
)
def test_whoever_registers_says_why(approving, why, code):
    with pytest.raises(Invalid) as refused:
        approving.register("david", why=why)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("why", code)]


def test_elsewhere_nobody_is_asked_why_and_nothing_of_it_is_kept(community):
    community.register("david", why="Soup.")
    assert all(row.account.why == "" for row in community.store.accounts.committed.values())


def test_whoever_has_confirmed_waits_reads_and_uses_the_settings_and_does_nothing_else(approving):
    come(approving, "david")
    david = approving.reader("david")

    assert david.confirmed
    assert david.waits
    assert not any(david.can(permission) for permission in Permission)
    approving.sign_in("david")
    approving.members.edit_profile(actor_id=david.id, name="David")
    post_id = approving.posts.publish(actor_id=approving.reader("mary").id, title="", body="Soup.")
    for act in (
        lambda: approving.posts.publish(actor_id=david.id, title="", body="Soup."),
        lambda: approving.comments.write(actor_id=david.id, post_id=post_id, body="Soup."),
        lambda: approving.following.follow(actor_id=david.id, username="mary"),
        lambda: approving.admitting.admit(actor_id=david.id, username="david"),
        lambda: approving.admitting.waiting(reader=david, window=ALL),
    ):
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.code == "waiting"


def test_moderators_see_who_waits_oldest_first(approving):
    come(approving, "david", "erik")
    approving.register("ulla", why="Not confirmed.")
    assert waiting(approving) == [("david", "david likes soup."), ("erik", "erik likes soup.")]
    approving.join_as_member("susan")
    with pytest.raises(Forbidden):
        approving.admitting.waiting(reader=approving.reader("susan"), window=ALL)


def test_the_configured_administrator_never_waits(approving):
    approving.joining.register(
        client="here", email="Admin@example.com", username="alma", password=PASSWORD, why="To run it."
    )
    approving.deliver()
    approving.joining.confirm(token=approving.token_to("Admin@example.com"))
    assert approving.reader("alma").role is Role.ADMINISTRATOR
    assert not approving.reader("alma").waits


def test_whom_the_command_line_makes_never_waits(approving):
    approving.members.create(email="erik@example.com", username="erik", password=PASSWORD)
    approving.joining.resend(actor_id=approving.reader("erik").id)
    approving.deliver()
    approving.joining.confirm(token=approving.token_to("erik@example.com"))
    approving.join_as_member("david")
    assert not approving.reader("erik").waits
    assert not approving.reader("david").waits


@pytest.mark.parametrize("by", ["a reset", "an administrator", "a change of address"])
def test_who_confirms_in_another_way_waits_too(approving, by):
    approving.register("david", why="Soup.")
    match by:
        case "a reset":
            approving.passwords.request_reset(client="here", email="david@example.com")
            approving.deliver()
            approving.passwords.reset(token=approving.token_to("david@example.com"), password="seven quiet herons")
        case "an administrator":
            approving.members.set_standing(username="david", confirmed=True)
        case "a change of address":
            david = approving.reader("david").id
            approving.addresses.request_change(actor_id=david, email="new@example.com", password=PASSWORD)
            approving.deliver()
            approving.addresses.change(actor_id=david, token=approving.token_to("new@example.com"))
    assert waiting(approving) == [("david", "Soup.")]


def test_admitting_makes_a_member_mails_them_and_tells_the_administrator(approving):
    come(approving, "david")
    assert "New user" not in subjects(approving, "admin@example.com")

    approving.admitting.admit(actor_id=approving.reader("mary").id, username="DAVID")
    approving.deliver()

    assert approving.posts.publish(actor_id=approving.reader("david").id, title="", body="Soup.")
    assert subjects(approving, "david@example.com")[-1] == "You are a member now"
    assert subjects(approving, "admin@example.com") == ["New user"]
    assert waiting(approving) == []
    assert log(approving)[0] == (Act.ADMIT, "mary", "", "")
    assert all(row.account.why == "" for row in approving.store.accounts.committed.values())


def test_who_gets_a_role_need_not_wait(approving):
    come(approving, "david")
    approving.members.set_standing(username="david", role=Role.MODERATOR)
    approving.deliver()
    assert approving.reader("david").can(Permission.MODERATE)
    assert subjects(approving, "david@example.com")[-2:] == ["You are a member now", "Your role was changed"]
    assert subjects(approving, "admin@example.com") == ["New user"]


def test_declining_ends_the_account_mails_the_reason_and_then_frees_name_and_address(approving):
    come(approving, "david", language=Language.SIMPLIFIED_CHINESE)
    secret = approving.sign_in("david")
    old = approving.reader("david").id
    members = approving.member_feeds.counts().members
    approving.following.follow(actor_id=approving.reader("mary").id, username="david")
    approving.postbox.away = True

    approving.admitting.decline(actor_id=approving.reader("mary").id, username="david", reason="Spam,\nplainly.")
    approving.deliver()

    assert approving.viewer(secret) is None
    assert approving.member_feeds.counts().members == members - 1
    with pytest.raises(BadCredentials):
        approving.sign_in("david")
    with pytest.raises(NotFound):
        approving.people_feeds.profile(None, "david")
    with pytest.raises(Invalid):
        approving.register("david", why="Before the mail has left.")

    approving.postbox.away = False
    approving.pass_time(hours=1)
    approving.deliver()

    assert subjects(approving, "david@example.com")[-1] == "你的注册未获批准"
    assert "Spam, plainly." in approving.postbox.newest_to("david@example.com").text
    row = approving.store.accounts.committed[old].account
    assert "david" not in f"{row}"
    assert "soup" not in f"{row}"
    assert approving.people_feeds.profile(None, "mary").following_count == 0
    come(approving, "david")
    assert approving.reader("david").id != old
    assert [entry[:3] for entry in log(approving)] == [(Act.DECLINE, "mary", "@david")]


@pytest.mark.parametrize("how", ["refused for good", "given up"])
def test_a_name_is_free_also_when_the_mail_can_never_be_sent(approving, how):
    come(approving, "david")
    approving.admitting.decline(actor_id=None, username="david")
    if how == "refused for good":
        approving.postbox.refusal = MailRefused("no such mailbox")
    else:
        approving.postbox.away = True
    for _ in range(100):
        approving.deliver()
        approving.pass_time(hours=1)
    approving.postbox.away, approving.postbox.refusal = False, None
    (job,) = [row for row in approving.outbox_rows() if row.kind is JobKind.DECLINED]
    assert job.state is State.GIVEN_UP

    come(approving, "david")

    assert waiting(approving) == [("david", "david likes soup.")]


def test_a_worker_that_dies_after_the_mail_loses_nothing(approving, monkeypatch):
    come(approving, "david")
    approving.admitting.decline(actor_id=None, username="david")
    jobs = approving.jobs
    handler = jobs.job_handlers[JobKind.DECLINED]

    def die(job):
        handler(job)
        raise KeyboardInterrupt

    dying = replace(jobs, job_handlers={**jobs.job_handlers, JobKind.DECLINED: die})
    with pytest.raises(KeyboardInterrupt):
        while dying.run_next():
            pass
    approving.pass_time(minutes=5)
    approving.deliver()

    come(approving, "david")
    assert waiting(approving) == [("david", "david likes soup.")]


def test_the_second_of_two_moderators_is_told_what_the_first_did(approving):
    approving.join_as_member("ruth", Role.MODERATOR)
    come(approving, "david", "erik")
    mary, ruth = approving.reader("mary").id, approving.reader("ruth").id
    ids = {name: approving.reader(name).id for name in ("david", "erik")}
    approving.admitting.admit(actor_id=mary, username="david")
    approving.admitting.decline(actor_id=mary, username="erik")

    def refusals(id_of):
        for name in ("david", "erik"):
            for act in (approving.admitting.admit, approving.admitting.decline):
                with pytest.raises(AlreadyDecided) as refused:
                    act(actor_id=ruth, username=name, account_id=id_of(name))
                yield refused.value.code

    assert list(refusals(lambda name: None)) == ["admitted", "admitted", "declined", "declined"]
    approving.deliver()
    # The name is free now, and the form still says whom it was about.
    come(approving, "erik")
    assert list(refusals(ids.get)) == ["admitted", "admitted", "declined", "declined"]
    assert waiting(approving) == [("erik", "erik likes soup.")]


def test_who_does_not_wait_cannot_be_decided_about(approving):
    approving.register("ulla", why="Soup.")
    with pytest.raises(Conflict) as refused:
        approving.admitting.admit(actor_id=None, username="ulla")
    assert refused.value.code == "not_confirmed"
    for name in ("nobody", "ＵＬＬＡ", ""):
        with pytest.raises(NotFound):
            approving.admitting.decline(actor_id=None, username=name)
    with pytest.raises(AlreadyDecided):
        approving.admitting.decline(actor_id=None, username="mary")
    come(approving, "david")
    with pytest.raises(Invalid):
        approving.admitting.decline(actor_id=None, username="david", reason="x" * 501)
    approving.join_as_member("susan")
    for name in ("david", "nobody"):
        with pytest.raises(Forbidden):
            approving.admitting.admit(actor_id=approving.reader("susan").id, username=name)


def test_fifty_who_wait_are_one_mail_an_hour_to_each_moderator(approving):
    approving.join_as_member("ruth", Role.MODERATOR)
    approving.join_as_member("gone", Role.MODERATOR)
    approving.members.set_standing(username="gone", disabled=True)

    def mails():
        words = "Somebody waits to be admitted"
        return [subjects(approving, f"{name}@example.com").count(words) for name in ("mary", "ruth", "gone")]

    come(approving, "david")
    assert mails() == [1, 1, 0]
    for number in range(50):
        approving.pass_time(seconds=30)
        come(approving, f"n{number}")
    assert mails() == [1, 1, 0]
    approving.pass_time(minutes=60)
    approving.deliver()
    assert mails() == [2, 2, 0]
    approving.pass_time(hours=9)
    approving.deliver()
    assert mails() == [2, 2, 0]
    come(approving, "erik")
    assert mails() == [3, 3, 0]


@pytest.mark.parametrize("act", ["silence", "suspend"])
def test_a_moderator_who_may_not_act_is_not_mailed_about_who_waits(approving, act):
    approving.join_as_member("ruth", Role.MODERATOR)
    approving.sanctions.sanction(actor_id=None, username="ruth", act=act, days="9", reason="Away.")

    come(approving, "david")

    words = "Somebody waits to be admitted"
    assert [subjects(approving, f"{name}@example.com").count(words) for name in ("mary", "ruth")] == [1, 0]


def test_nobody_is_mailed_about_those_who_wait_no_longer(approving):
    approving.postbox.away = True
    approving.register("david", why="Soup.")
    approving.postbox.away = False
    approving.pass_time(minutes=1)
    approving.deliver()
    approving.joining.confirm(token=approving.token_to("david@example.com"))
    approving.admitting.admit(actor_id=None, username="david")
    approving.deliver()
    assert "Somebody waits to be admitted" not in subjects(approving, "mary@example.com")


@pytest.mark.parametrize("mode", [Registration.OPEN, Registration.CLOSED, Registration.INVITATION])
def test_leaving_the_mode_admits_who_waits(approving, mode):
    names = [f"n{number}" for number in range(25)]
    come(approving, *names)
    approving.stands_in(mode)

    # A worker that has not been restarted does it too: the process that asked knew the mode.
    assert approving.admitting.ask()
    approving.admitting.ask()
    approving.stands_in(Registration.APPROVAL)
    approving.deliver()

    assert not any(approving.reader(name).waits for name in names)
    assert subjects(approving, "n3@example.com").count("You are a member now") == 1
    assert subjects(approving, "admin@example.com").count("New user") == len(names)
    assert [entry[:2] for entry in log(approving)] == [(Act.ADMIT, None)] * len(names)
    assert not approving.admitting.ask()


def test_who_found_no_seat_waits_until_the_site_leaves_both_modes(community):
    susan = community.join("susan")
    community.join_as_member("mary", Role.MODERATOR)
    community.stands_in(Registration.INVITATION)
    made = community.invitations.make(actor_id=susan, people=1)
    code = community.invitations.own(reader=community.reader("susan"))[0].code
    community.register("david", invitation=code)
    community.invitations.end(actor_id=susan, invitation_id=made)
    community.joining.confirm(token=community.token_to("david@example.com"))
    for mode in (Registration.INVITATION, Registration.APPROVAL):
        community.stands_in(mode)
        assert not community.admitting.ask()
    community.stands_in(Registration.OPEN)
    assert community.admitting.ask()
    community.deliver()
    assert not community.reader("david").waits


def test_who_registered_while_the_site_was_open_waits_when_it_is_not(community):
    community.join_as_member("mary", Role.MODERATOR)
    for name in ("david", "erik"):
        community.register(name)
    community.stands_in(Registration.APPROVAL)
    community.joining.confirm(token=community.token_to("david@example.com"))
    assert waiting(community) == [("david", "")]
    community.stands_in(Registration.OPEN)
    community.joining.confirm(token=community.token_to("erik@example.com"))
    assert not community.reader("erik").waits


def test_the_log_forgets_the_name_of_who_was_declined_after_half_a_year(approving):
    come(approving, "david")
    approving.admitting.decline(actor_id=approving.reader("mary").id, username="david", reason="Spam.")
    approving.deliver()
    approving.pass_time(days=184)

    approving.deleting.look()
    approving.deliver()

    log = approving.moderation.log(reader=approving.reader("mary"), window=Window(9)).page.items
    assert [(entry.text, entry.reason) for entry in log if entry.act is Act.DECLINE] == [("", "Spam.")]
