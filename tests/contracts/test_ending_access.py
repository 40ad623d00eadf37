"""Whatever ends the standing of a member also ends what was begun before: two units of work are open at once, in either
order.

The first one stops before its commit, when it has read and written all it needs. The second one begins then. The first
one goes on when the second one waits, or has ended.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from application.ports.paging import Window
from application.ports.work import OpenWork, UnitOfWork
from domain.credentials import Purpose
from domain.errors import BadCredentials, Conflict, DomainError, Forbidden, Invalid, LinkExpired, NotFound, TooSoon
from domain.job_kinds import JobKind
from domain.roles import Role
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.doubles import Clock

PATIENCE = 20
ALL = Window(50)
PASSWORD, NEW = "a horse, a battery", "another horse, a battery"
HELD = "held"

Act = Callable[[], object]


class HeldCommits:
    """Units of work of which one waits with its commit until the test goes on, in a thread of this name."""

    def __init__(self, open_work: OpenWork) -> None:
        self._open_work = open_work
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.earlier = 0  # so many commits do not wait

    def __call__(self, *, reading: bool = False, patient: bool = True) -> UnitOfWork:
        work = self._open_work(reading=reading, patient=patient)
        if threading.current_thread().name == HELD:
            commit = work.commit

            def held() -> None:
                if self.earlier:
                    self.earlier -= 1
                else:
                    self.reached.set()
                    assert self.go_on.wait(PATIENCE)
                commit()

            work.commit = held  # type: ignore[method-assign]
        return work


class Town:
    """susan is a moderator, ada and otto administer, and john is a member who wrote a post and a comment."""

    def __init__(self, storage: Storage) -> None:
        self._overlaps = storage.overlaps
        self._commits = HeldCommits(storage.unit_of_work)
        self.site = Site(replace(storage, unit_of_work=self._commits), Clock())
        self.ids = {
            name: self.site.members.create(
                email=f"{name}@example.com", username=name, password=PASSWORD, role=role, confirmed=True
            )
            for name, role in (
                ("john", Role.USER),
                ("susan", Role.MODERATOR),
                ("ada", Role.ADMINISTRATOR),
                ("otto", Role.ADMINISTRATOR),
            )
        }
        self.post = self.site.posts.publish(actor_id=self.ids["john"], title="", body="A post.")
        self.comment = self.site.comments.write(actor_id=self.ids["john"], post_id=self.post, body="A comment.")
        self.secret = self.sign_in()
        self.session = self.viewer(self.secret).session_id

    def meet(self, first: Act, second: Act, *, earlier: int = 0) -> tuple[Any, Any]:
        """What each answered, or the error that it raised. The first one stops after so many `earlier` commits."""
        self._commits.earlier = earlier
        ended: dict[str, Any] = {}

        def run(name: str, act: Act) -> None:
            try:
                ended[name] = act()
            except DomainError as error:
                ended[name] = error

        held = threading.Thread(target=run, args=("first", first), name=HELD, daemon=True)
        other = threading.Thread(target=run, args=("second", second), name="second", daemon=True)
        held.start()
        assert self._commits.reached.wait(PATIENCE), ended
        other.start()
        # Where units of work overlap, this is how long a second one gets that does not wait, and should.
        other.join(0.3 if self._overlaps else 0.02)
        self._commits.go_on.set()
        for thread in (held, other):
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a unit of work hangs"
        return ended["first"], ended["second"]

    def sign_in(self, password: str = PASSWORD, name: str = "susan") -> str:
        secret: str = self.site.sessions.sign_in(client="x", email=f"{name}@example.com", password=password).secret
        return secret

    def viewer(self, secret: str) -> Any:
        return self.site.storage.session_feeds.viewer(f"hash of {secret}", self.site.now())

    def sessions_of(self, name: str) -> int:
        return len(self.site.storage.session_feeds.of_account(self.ids[name], self.site.now()))

    def deliver(self) -> None:
        while self.site.jobs.run_next():
            pass

    def token(self, address: str) -> str:
        self.deliver()
        text: str = self.site.postbox.newest_to(address).text
        return text

    # What ends the standing of susan.

    def change_password(self) -> object:
        return self.site.passwords.change(
            actor_id=self.ids["susan"], session_id=self.session, old_password=PASSWORD, password=NEW
        )

    def reset(self) -> object:
        return self.site.passwords.reset(token=self.reset_token, password=NEW)

    def ask_for_a_reset(self) -> None:
        self.site.passwords.request_reset(client="x", email="susan@example.com")
        self.reset_token = self.token("susan@example.com")

    def disable(self) -> object:
        return self.site.members.set_standing(username="susan", disabled=True)

    def demote(self) -> object:
        return self.site.members.set_standing(username="susan", role=Role.USER)

    def suspend(self) -> object:
        return self.sanction("suspend")

    def sanction(self, act: str, *, actor: str | None = "ada", member: str = "susan") -> int:
        made: int = self.site.sanctions.sanction(
            actor_id=None if actor is None else self.ids[actor], username=member, act=act, days="7", reason="Rude."
        )
        return made

    def end_all(self) -> object:
        return self.site.sessions.end_all(actor_id=self.ids["susan"])

    def sign_out(self, actor: str = "ada", member: str = "susan") -> object:
        return self.site.assisting.sign_out_everywhere(actor_id=self.ids[actor], member=member)

    def leave(self) -> object:
        return self.site.leaving.leave(actor_id=self.ids["susan"], password=PASSWORD, posts="delete")

    def set_password(self) -> object:
        return self.site.members.set_password(username="susan", password=NEW)


@pytest.fixture
def town(storage: Storage) -> Town:
    return Town(storage)


# These end sessions and tokens. The password stays, and so do mailed links.
SIGN_OUTS = ("end_all", "sign_out")
ENDERS = ("change_password", "reset", "set_password", *SIGN_OUTS, "disable", "leave")
SPEECH: dict[str, Callable[[Town], object]] = {
    "a post": lambda town: town.site.posts.publish(actor_id=town.ids["susan"], title="", body="Late."),
    "a comment": lambda town: town.site.comments.write(actor_id=town.ids["susan"], post_id=town.post, body="Late."),
    "a follow": lambda town: town.site.following.follow(actor_id=town.ids["susan"], username="john"),
    "a profile": lambda town: town.site.members.edit_profile(actor_id=town.ids["susan"], name="Susan"),
    "a hiding": lambda town: town.site.moderation.hide(
        actor_id=town.ids["susan"], comment_id=town.comment, reason="Rude."
    ),
}


def test_a_sign_in_that_runs_beside_a_suspension_does_not_outlive_it(town: Town) -> None:
    secret, suspended = town.meet(town.sign_in, town.suspend)

    assert not isinstance(suspended, DomainError), suspended
    assert town.viewer(secret) is None
    assert town.sessions_of("susan") == 0


def test_a_sign_in_that_waits_for_a_suspension_opens_no_session_under_the_old_standing(town: Town) -> None:
    suspended, signed_in = town.meet(town.suspend, town.sign_in)

    assert not isinstance(suspended, DomainError), suspended
    if isinstance(signed_in, BadCredentials):
        assert town.sessions_of("susan") == 0
    else:
        # The whole sign-in ran after it.
        assert town.viewer(signed_in).suspended_until is not None
    assert town.viewer(town.sign_in()).suspended_until is not None


@pytest.mark.parametrize("act", ["silence", "suspend"])
@pytest.mark.parametrize("speech", SPEECH)
def test_nothing_is_said_after_a_sanction_that_came_first(town: Town, speech: str, act: str) -> None:
    _, refused = town.meet(lambda: town.sanction(act), lambda: SPEECH[speech](town))

    assert isinstance(refused, Forbidden), refused
    assert refused.code == ("silenced" if act == "silence" else "suspended")


@pytest.mark.parametrize("speech", SPEECH)
def test_what_is_said_before_a_sanction_stays(town: Town, speech: str) -> None:
    said, sanctioned = town.meet(lambda: SPEECH[speech](town), lambda: town.sanction("silence"))

    assert not isinstance(said, DomainError), said
    assert not isinstance(sanctioned, DomainError), sanctioned
    assert town.site.storage.session_feeds.reader(town.ids["susan"], town.site.now()).silenced_until is not None


def test_a_moderator_sanctions_nobody_after_being_silenced(town: Town) -> None:
    _, refused = town.meet(
        lambda: town.sanction("silence"), lambda: town.sanction("silence", actor="susan", member="john")
    )

    assert isinstance(refused, Forbidden), refused


def test_two_sanctions_of_one_member_at_once_both_hold(town: Town) -> None:
    ended = town.meet(
        lambda: town.sanction("silence", member="john"), lambda: town.sanction("suspend", actor="otto", member="john")
    )

    assert all(isinstance(each, int) for each in ended), ended
    reader = town.site.storage.session_feeds.reader(town.ids["john"], town.site.now())
    assert reader.silenced_until is not None
    assert reader.suspended_until is not None


def test_a_sanction_and_a_lifting_at_once_leave_what_came_last(town: Town) -> None:
    town.sanction("silence", member="john")

    def lift() -> object:
        return town.site.sanctions.lift(actor_id=town.ids["susan"], username="john", reason="Enough.")

    town.meet(lift, lambda: town.sanction("suspend", member="john"))

    reader = town.site.storage.session_feeds.reader(town.ids["john"], town.site.now())
    assert (reader.silenced_until is None, reader.suspended_until is None) == (True, False)


def test_nobody_becomes_an_administrator_while_being_sanctioned(town: Town) -> None:
    _, refused = town.meet(
        lambda: town.sanction("suspend", member="john"),
        lambda: town.site.members.set_standing(username="john", role=Role.ADMINISTRATOR),
    )

    assert isinstance(refused, Invalid), refused


def test_whoever_becomes_an_administrator_first_is_not_sanctioned(town: Town) -> None:
    _, refused = town.meet(
        lambda: town.site.members.set_standing(username="john", role=Role.ADMINISTRATOR),
        lambda: town.sanction("suspend", member="john"),
    )

    assert isinstance(refused, Forbidden), refused


def test_an_appeal_that_is_sent_twice_at_once_is_one(town: Town) -> None:
    entry = town.sanction("silence", member="john")

    def appeal() -> object:
        return town.site.appeals.appeal(actor_id=town.ids["john"], entry_id=entry, text="I was not.")

    made, refused = town.meet(appeal, appeal)

    assert made is None
    assert isinstance(refused, Conflict), refused


def test_of_two_who_decide_an_appeal_at_once_the_second_is_told(town: Town) -> None:
    entry = town.sanction("silence", actor=None, member="john")
    town.site.appeals.appeal(actor_id=town.ids["john"], entry_id=entry, text="I was not.")

    def decide(name: str, outcome: str) -> object:
        return town.site.appeals.decide(actor_id=town.ids[name], entry_id=entry, outcome=outcome, reason="So it is.")

    first, second = town.meet(lambda: decide("ada", "reversed"), lambda: decide("susan", "upheld"))

    assert first is None
    assert isinstance(second, Conflict), second
    assert second.code == "appeal_reversed"
    assert town.site.storage.session_feeds.reader(town.ids["john"], town.site.now()).silenced_until is None


def test_a_deletion_of_the_account_and_an_appeal_at_once_leave_no_text(town: Town) -> None:
    entry = town.sanction("silence", member="john")

    def appeal() -> object:
        return town.site.appeals.appeal(actor_id=town.ids["john"], entry_id=entry, text="I was not.")

    def leave() -> object:
        return town.site.leaving.leave(actor_id=town.ids["john"], password=PASSWORD, posts="delete")

    town.meet(appeal, leave)

    with town.site.storage.unit_of_work(reading=True) as work:
        found = work.appeals.find(entry)
    assert found is None or found.text == ""


@pytest.mark.parametrize("ender", ENDERS)
def test_a_sign_in_that_runs_beside_it_does_not_outlive_it(town: Town, ender: str) -> None:
    town.ask_for_a_reset()

    secret, ended = town.meet(town.sign_in, getattr(town, ender))

    assert not isinstance(ended, DomainError), ended
    assert town.viewer(secret) is None
    assert town.sessions_of("susan") == (1 if ender == "change_password" else 0)


@pytest.mark.parametrize("ender", ENDERS)
def test_a_sign_in_that_waits_for_it_is_refused(town: Town, ender: str) -> None:
    town.ask_for_a_reset()

    ended, refused = town.meet(getattr(town, ender), town.sign_in)

    assert not isinstance(ended, DomainError), ended
    if ender in SIGN_OUTS and isinstance(refused, str):
        # The whole sign-in ran after it: where units of work do not overlap, the first read waits already.
        return
    assert isinstance(refused, BadCredentials), refused
    assert town.sessions_of("susan") == (1 if ender == "change_password" else 0)


def test_a_password_that_is_changed_beside_a_reset_does_not_come_after_it(town: Town) -> None:
    town.ask_for_a_reset()

    _, refused = town.meet(town.reset, town.change_password)

    assert isinstance(refused, Invalid), refused
    assert town.sessions_of("susan") == 0


def test_ending_a_session_while_the_password_changes_leaves_the_renewed_one(town: Town) -> None:
    renewed, _ = town.meet(
        town.change_password, lambda: town.site.sessions.end(actor_id=town.ids["susan"], session_id=town.session)
    )
    assert town.viewer(renewed.secret) is not None
    assert town.viewer(town.secret) is None


def test_a_session_that_is_ended_is_not_renewed_by_a_change_of_password(town: Town) -> None:
    def end() -> object:
        return town.site.sessions.end(actor_id=town.ids["susan"], session_id=town.session)

    _, refused = town.meet(end, town.change_password)

    assert isinstance(refused, NotFound), refused
    assert town.sessions_of("susan") == 0


@pytest.mark.parametrize("ender", ["reset", "disable"])
def test_nobody_deletes_an_account_under_a_standing_that_has_ended(town: Town, ender: str) -> None:
    town.ask_for_a_reset()

    _, refused = town.meet(getattr(town, ender), town.leave)

    assert isinstance(refused, Invalid), refused
    assert town.site.storage.people_feeds.profile(None, "susan").username == "susan"


@pytest.mark.parametrize("ender", ENDERS)
def test_a_link_to_a_new_address_does_not_outlive_it(town: Town, ender: str) -> None:
    """The request and the job of the mail are asked for before, the mail is written after."""
    town.ask_for_a_reset()

    def ask() -> object:
        return town.site.addresses.request_change(
            actor_id=town.ids["susan"], email="thief@example.org", password=PASSWORD
        )

    town.meet(ask, getattr(town, ender))
    town.deliver()

    with town.site.storage.unit_of_work() as work:
        link = work.links.find(town.ids["susan"], Purpose.CHANGE_EMAIL)
    assert link is None or ender in SIGN_OUTS


def test_a_link_that_is_mailed_beside_a_change_of_password_does_not_outlive_it(town: Town) -> None:
    town.site.passwords.request_reset(client="x", email="susan@example.com")

    _, changed = town.meet(town.site.jobs.run_next, town.change_password, earlier=1)

    assert not isinstance(changed, DomainError), changed
    with pytest.raises(LinkExpired):
        town.site.passwords.whose(token=town.site.postbox.newest_to("susan@example.com").text)


@pytest.mark.parametrize("ender", ["demote", "disable", "leave"])
def test_a_moderator_hides_nothing_after_it(town: Town, ender: str) -> None:
    def hide() -> object:
        return town.site.moderation.hide(actor_id=town.ids["susan"], comment_id=town.comment, reason="rude")

    _, refused = town.meet(getattr(town, ender), hide)

    assert isinstance(refused, Forbidden), refused
    assert not town.site.storage.comment_feeds.comment(None, town.comment).hidden


def test_an_administrator_does_nothing_after_a_demotion(town: Town) -> None:
    def demote() -> object:
        return town.site.members.set_standing(username="otto", role=Role.USER)

    def promote() -> object:
        return administer(town, "otto", "john", Role.ADMINISTRATOR)

    _, refused = town.meet(demote, promote)

    assert isinstance(refused, Forbidden), refused
    assert town.site.storage.session_feeds.reader(town.ids["john"], town.site.now()).role is Role.USER


@pytest.mark.parametrize("act", ["sign_out_everywhere", "send_reset"])
def test_an_administrator_does_nothing_for_a_member_after_a_demotion(town: Town, act: str) -> None:
    def demote() -> object:
        return town.site.members.set_standing(username="otto", role=Role.USER)

    _, refused = town.meet(demote, lambda: getattr(town.site.assisting, act)(actor_id=town.ids["otto"], member="susan"))

    assert isinstance(refused, Forbidden), refused
    assert town.sessions_of("susan") == 1
    assert [card.kind for card in town.site.storage.outbox_feeds.latest(ALL).items] == [JobKind.NOTICE]


def test_administrators_who_sign_each_other_out_both_do(town: Town) -> None:
    for name in ("ada", "otto"):
        town.sign_in(name=name)

    ended = town.meet(lambda: town.sign_out("ada", "otto"), lambda: town.sign_out("otto", "ada"))

    assert ended == (town.ids["otto"], town.ids["ada"])
    assert town.sessions_of("ada") == town.sessions_of("otto") == 0


def administer(town: Town, actor: str, member: str, role: Role) -> object:
    return town.site.members.administer(
        actor_id=town.ids[actor],
        member=member,
        email=f"{member}@example.com",
        username=member,
        confirmed=True,
        role=role.value,
        disabled=False,
        name="",
        location="",
        about_me="",
    )


def test_administrators_who_demote_each_other_are_refused_and_not_asked_to_try_again(town: Town) -> None:
    _, refused = town.meet(
        lambda: administer(town, "ada", "otto", Role.USER), lambda: administer(town, "otto", "ada", Role.USER)
    )

    assert isinstance(refused, Forbidden), refused
    with town.site.storage.unit_of_work() as work:
        assert work.accounts.lock_administrators() == [town.ids["ada"]]


def choose_username(town: Town, username: str) -> object:
    return town.site.members.edit_profile(actor_id=town.ids["susan"], username=username, password=PASSWORD)


@pytest.mark.parametrize("ender", ENDERS)
def test_a_username_that_waits_for_it_is_not_changed(town: Town, ender: str) -> None:
    town.ask_for_a_reset()

    ended, refused = town.meet(getattr(town, ender), lambda: choose_username(town, "sue"))

    assert not isinstance(ended, DomainError), ended
    if ender in SIGN_OUTS and isinstance(refused, str):
        # The whole change ran after it, as with a sign-in.
        return
    assert isinstance(refused, (Invalid, Forbidden)), refused
    with pytest.raises(NotFound):
        town.site.storage.people_feeds.profile(None, "sue")


def test_a_member_who_chooses_two_usernames_at_once_gets_one(town: Town) -> None:
    chosen, refused = town.meet(lambda: choose_username(town, "sue"), lambda: choose_username(town, "suzie"))

    assert chosen == "sue"
    assert isinstance(refused, TooSoon), refused
    assert town.site.members.create(email="new@example.com", username="suzie", password=PASSWORD)


def test_a_form_that_is_sent_twice_at_once_changes_the_username_once(town: Town) -> None:
    assert town.meet(lambda: choose_username(town, "sue"), lambda: choose_username(town, "sue")) == ("sue", "sue")


WRITES: dict[str, Callable[[Town], object]] = {
    "a post": lambda town: town.site.posts.publish(actor_id=town.ids["susan"], title="", body="Late."),
    "a comment": lambda town: town.site.comments.write(actor_id=town.ids["susan"], post_id=town.post, body="Late."),
    "a follow": lambda town: town.site.following.follow(actor_id=town.ids["susan"], username="john"),
    "a follower": lambda town: town.site.following.follow(actor_id=town.ids["john"], username="susan"),
    "a profile": lambda town: town.site.members.edit_profile(actor_id=town.ids["susan"], name="Susan"),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("first", ["the member leaves", "the write"])
def test_nothing_stays_of_a_member_who_left_while_a_write_waited(town: Town, write: str, first: str) -> None:
    def act() -> object:
        return WRITES[write](town)

    if first == "the write":
        written, left = town.meet(act, town.leave)
        assert not isinstance(written, DomainError), written
        assert left is None
    else:
        left, refused = town.meet(town.leave, act)
        assert left is None
        assert isinstance(refused, (Forbidden, NotFound)), refused
    town.deliver()

    stored = town.site.storage
    assert [post.id for post in stored.post_feeds.latest(None, ALL).items] == [town.post]
    assert [card.id for card in stored.moderation_feeds.comments(None, ALL).items] == [town.comment]
    assert stored.follow_feeds.followers(None, town.ids["john"], ALL).items == ()
    john = stored.people_feeds.profile(None, "john")
    assert (john.follower_count, john.following_count) == (0, 0)
    assert stored.post_feeds.post(None, town.post).comment_count == 1
    with stored.unit_of_work() as work:
        assert work.accounts.get(town.ids["susan"]).name == ""


@pytest.mark.parametrize("write", ["a post", "a comment", "a follow"])
def test_a_disabled_member_writes_nothing_that_waited(town: Town, write: str) -> None:
    _, refused = town.meet(town.disable, lambda: WRITES[write](town))

    assert isinstance(refused, (Forbidden, NotFound)), refused


@pytest.mark.parametrize("write", ["a post", "a comment", "a follow"])
def test_two_writes_of_one_member_do_not_wait_for_their_standing(town: Town, write: str) -> None:
    first, second = town.meet(lambda: WRITES[write](town), lambda: WRITES["a post"](town))

    assert not isinstance(first, DomainError), first
    assert not isinstance(second, DomainError), second
