"""Whatever people do, in whatever order, every storage answers the same.

The sites run side by side, one unit of work at a time; after each step every read of every feed is compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from adapters.sql.engine import Database
from application.ports.paging import Window
from application.preferences import unsubscribe_token
from domain.accounts import Account
from domain.cases import Visitor
from domain.display import Language
from domain.errors import DomainError, Invalid
from domain.invitations import Invitation
from domain.job_kinds import JobKind
from domain.joining import Registration
from domain.members import MemberState, names_pattern, search_pattern
from domain.moderation import REPORTABLE
from domain.once import OnceKey
from domain.outbox import Job, Stage
from domain.roles import Reader, Role
from tests.contracts.sites import Site
from tests.contracts.storages import Storage, journal_storage, memory_storage, sql_storage
from tests.doubles import Clock

NAMES = ("Ada", "bob", "Cyd", "dan", "eve")
PASSWORD = "a horse, a battery"
WIDE = Window(50)
NOBODY = 1

names = st.sampled_from(NAMES)
spelled = st.sampled_from([*NAMES, "ADA", "nobody"])
emails = names.map("{}@example.com".format)
which = st.integers(0, 7)
onces = st.sampled_from([None, OnceKey(key="one"), OnceKey(key="two"), OnceKey(key="one", digest="another")])
versions = st.sampled_from([None, 1, 2])
kinds = st.sampled_from(["reply", "like", "waiting", "sanction", "?"])
times = st.sampled_from(["off", "soon", "daily", "?"])
texts = st.sampled_from(
    ["Hello.", "# On *engines*\n\nOne.\n\nTwo.\n\n" + "More. " * 200, "x\r\ny", "", "<script>", f"@{NAMES[0]}!"]
)
tag_words = st.sampled_from([(), ("soup",), ("#Soup", "bread"), ("汤", "bread", "soup"), ("c++",), ("Suppe",)])
tag_names = st.sampled_from(["soup", "bread", "Suppe", "汤", "nothing", "?"])
reasons = st.sampled_from(["rude", "off topic", ""])


def outcome(act: Callable[[], Any]) -> Any:
    """What was answered, or which of the domain's errors was raised with what in it."""
    try:
        return act()
    except Invalid as error:
        return type(error), error.problems
    except DomainError as error:
        return type(error), error.args


class Mishap(Exception):
    pass


class SitesAlike(RuleBasedStateMachine):
    def __init__(self, storages: list[Storage]) -> None:
        super().__init__()
        self.clock = Clock()
        self.sites = [Site(storage, self.clock) for storage in storages]
        self.members: list[int] = [NOBODY]
        self.posts: list[int] = [NOBODY]
        self.comments: list[int] = [NOBODY]
        self.entries: list[int] = [NOBODY]
        self.secrets: list[str] = ["unknown"]
        self.invitations: list[int] = [NOBODY]
        self.stale: list[tuple[Any, ...]] = []
        self._steps = 0

    def all_do(self, act: Callable[[Site], Any]) -> Any:
        answers = [outcome(partial(act, site)) for site in self.sites]
        for answer in answers[1:]:
            assert answer == answers[0]
        self.clock.move(timedelta(seconds=1))
        return answers[0]

    def know_members(self) -> None:
        with self.sites[0].storage.unit_of_work() as work:
            for name in NAMES:
                account = work.accounts.find_by_username(name.lower())
                if account is not None and account.id not in self.members:
                    self.members.append(account.id)

    def member(self, index: int) -> int:
        return self.members[index % len(self.members)]

    def post(self, index: int) -> int:
        return self.posts[-1 - index % len(self.posts)]

    def entry(self, index: int) -> int:
        """A sanction, or the newest act that is in the log."""
        newest = self.sites[0].storage.moderation_feeds.log(None, Window(1)).page.items
        known = [*self.entries, *(card.id for card in newest)]
        return known[-1 - index % len(known)]

    def comment(self, index: int) -> int:
        return self.comments[-1 - index % len(self.comments)]

    @initialize()
    def two_members(self) -> None:
        for name, role in (("Ada", Role.ADMINISTRATOR), ("bob", Role.USER)):
            known = {"email": f"{name}@example.com", "username": name, "password": PASSWORD}
            for site in self.sites:
                site.members.create(**known, role=role, confirmed=True)
            self.clock.move(timedelta(seconds=1))
        self.know_members()
        self.invite(1, 2)

    # Joining, signing in, and what comes by mail.

    @rule(mode=st.sampled_from(Registration))
    def stand_in_another_mode(self, mode: Registration) -> None:
        for site in self.sites:
            site.stands_in(mode)
        self.all_do(lambda site: site.admitting.ask())

    @rule(name=spelled, email=emails, index=which, once=onces, language=st.sampled_from(Language))
    def register(self, name: str, email: str, index: int, once: OnceKey | None, language: Language) -> None:
        """Sometimes with a typo, sometimes without a reason, sometimes by an invitation."""
        again, why, code = index != 3, "I like soup." if index % 4 else "", self.code(index)
        self.all_do(
            lambda site: site.joining.register(
                client="1.2.3.4",
                email=email,
                username=name,
                password=PASSWORD,
                again=PASSWORD if again else "a typo",
                once=once,
                language=language,
                why=why,
                invitation=code,
            )
        )
        self.know_members()

    @rule(
        name=st.sampled_from(NAMES[2:]),
        mode=st.sampled_from([Registration.APPROVAL, Registration.INVITATION]),
        invited=which,
        then=st.sampled_from(["admit", "decline", ""]),
    )
    def join(self, name: str, mode: Registration, invited: int, then: str) -> None:
        """All at once, because the steps one by one seldom come in this order."""
        self.open_or_close_the_post_office(False)
        self.stand_in_another_mode(mode)
        known = {"email": f"{name}@example.com", "username": name, "password": PASSWORD, "why": "I like soup."}
        client, code = f"client {self._steps}", self.code(invited)
        self.all_do(lambda site: site.joining.register(client=client, **known, invitation=code))
        self.know_members()
        self.work_on_the_outbox(9)
        letters = [letter for letter in self.sites[0].postbox.letters if letter.to == known["email"]]
        if letters and letters[-1].text:
            self.all_do(lambda site: site.joining.confirm(token=letters[-1].text))
        if then:
            self.all_do(lambda site: getattr(site.admitting, then)(actor_id=None, username=name))
            self.work_on_the_outbox(9)

    @rule(actor=which, people=st.sampled_from([1, 2, 0]))
    def invite(self, actor: int, people: int) -> None:
        made = self.all_do(lambda site: site.invitations.make(actor_id=self.member(actor), people=people))
        if isinstance(made, int):
            self.invitations.append(made)

    @rule(actor=which, invitation=which)
    def end_an_invitation(self, actor: int, invitation: int) -> None:
        invitation_id = self.invitations[-1 - invitation % len(self.invitations)]
        self.all_do(lambda site: site.invitations.end(actor_id=self.member(actor), invitation_id=invitation_id))

    @rule(actor=st.none() | which, name=spelled, account=st.none() | which)
    def admit(self, actor: int | None, name: str, account: int | None) -> None:
        self.all_do(lambda site: site.admitting.admit(**self.decided(actor, name, account)))

    @rule(actor=st.none() | which, name=spelled, account=st.none() | which, reason=reasons)
    def decline(self, actor: int | None, name: str, account: int | None, reason: str) -> None:
        self.all_do(lambda site: site.admitting.decline(**self.decided(actor, name, account), reason=reason))

    def decided(self, actor: int | None, name: str, account: int | None) -> dict[str, Any]:
        return {
            "actor_id": None if actor is None else self.member(actor),
            "username": name,
            "account_id": None if account is None else self.member(account),
        }

    def code(self, index: int) -> str:
        """Of an invitation, if there is one. Its secret is a number on every site."""
        invitation_id = self.invitations[-1 - index % len(self.invitations)]
        with self.sites[0].storage.unit_of_work() as work:
            found = outcome(partial(work.invitations.lock, invitation_id))
        return found.code if isinstance(found, Invitation) else "a guess" if index % 2 else ""

    @rule(actor=which)
    def ask_for_another_confirmation(self, actor: int) -> None:
        self.all_do(lambda site: site.joining.resend(actor_id=self.member(actor)))

    @rule(times=st.integers(1, 9))
    def work_on_the_outbox(self, times: int) -> None:
        for _ in range(times):
            self.all_do(lambda site: site.jobs.run_next())
        letters = [site.postbox.letters for site in self.sites]
        assert all(each == letters[0] for each in letters)

    @rule(away=st.booleans())
    def open_or_close_the_post_office(self, away: bool) -> None:
        for site in self.sites:
            site.postbox.away = away

    @precondition(lambda self: any(letter.text for letter in self.sites[0].postbox.letters))
    @rule(index=which, actor=which)
    def follow_a_link(self, index: int, actor: int) -> None:
        tokens = [letter.text for letter in self.sites[0].postbox.letters if letter.text][::-1]
        token = tokens[index % len(tokens)]
        purpose = token.partition("/")[0]
        if purpose == "confirm":
            self.all_do(lambda site: site.joining.whose(token=token))
            self.all_do(lambda site: site.joining.confirm(token=token))
        elif purpose == "reset-password":
            self.all_do(lambda site: site.passwords.reset(token=token, password=PASSWORD))
        else:
            self.all_do(lambda site: site.addresses.change(actor_id=self.member(actor), token=token))

    @rule(actor=which, email=emails)
    def ask_for_a_change_of_address(self, actor: int, email: str) -> None:
        self.all_do(
            lambda site: site.addresses.request_change(actor_id=self.member(actor), email=email, password=PASSWORD)
        )

    @rule(email=emails)
    def ask_for_a_reset(self, email: str) -> None:
        self.all_do(lambda site: site.passwords.request_reset(client="1.2.3.4", email=email))

    @rule(email=emails | spelled, right=st.booleans(), remember=st.booleans())
    def sign_in(self, email: str, right: bool, remember: bool) -> None:
        password = PASSWORD if right else "a guess too far"
        secret = self.all_do(
            lambda site: site.sessions.sign_in(client="1.2.3.4", email=email, password=password, remember=remember)
        )
        if isinstance(secret, str):
            self.secrets.append(secret)

    @rule(index=which, act=st.sampled_from(["visit", "sign out", "end", "end all"]), actor=which)
    def use_a_session(self, index: int, act: str, actor: int) -> None:
        secret = f"hash of {self.secrets[-1 - index % len(self.secrets)]}"
        viewer = self.all_do(lambda site: site.storage.session_feeds.viewer(secret, self.clock()))
        session_id = viewer.session_id if viewer else NOBODY
        match act:
            case "visit":
                self.all_do(lambda site: site.sessions.note_visit(session_id=session_id))
            case "sign out":
                self.all_do(lambda site: site.sessions.sign_out(session_id=session_id))
            case "end":
                self.all_do(lambda site: site.sessions.end(actor_id=self.member(actor), session_id=session_id))
            case "end all":
                self.all_do(lambda site: site.sessions.end_all(actor_id=self.member(actor)))

    @rule(hours=st.sampled_from([0, 2, 24, 8 * 24, 30 * 24]))
    def time_passes(self, hours: int) -> None:
        self.clock.move(timedelta(hours=hours, seconds=10))

    @rule()
    def tidy(self) -> None:
        self.all_do(lambda site: site.jobs.tidy())
        self.all_do(lambda site: site.deleting.look())
        self.all_do(lambda site: site.sessions.forget_idle())

    # Writing and following.

    @rule(actor=which, title=st.sampled_from(["", "On engines"]), body=texts, tags=tag_words, once=onces)
    def publish(self, actor: int, title: str, body: str, tags: tuple[str, ...], once: OnceKey | None) -> None:
        made = self.all_do(
            lambda site: site.posts.publish(actor_id=self.member(actor), title=title, body=body, tags=tags, once=once)
        )
        if isinstance(made, int) and made not in self.posts:
            self.posts.append(made)

    @rule(actor=which, post=which, body=texts, tags=st.none() | tag_words, version=versions)
    def edit_a_post(self, actor: int, post: int, body: str, tags: tuple[str, ...] | None, version: int | None) -> None:
        self.all_do(
            lambda site: site.posts.edit(
                actor_id=self.member(actor),
                post_id=self.post(post),
                title="Edited",
                body=body,
                tags=tags,
                version=version,
            )
        )

    @rule(actor=which, post=which, tags=tag_words)
    def tag(self, actor: int, post: int, tags: tuple[str, ...]) -> None:
        self.all_do(lambda site: site.posts.edit(actor_id=self.member(actor), post_id=self.post(post), tags=tags))

    @rule(actor=which, name=tag_names, to=tag_names)
    def rename_a_tag(self, actor: int, name: str, to: str) -> None:
        self.all_do(lambda site: site.tags.rename(actor_id=self.member(actor), name=name, to=to))

    @rule(actor=which, post=which, version=versions)
    def delete_a_post(self, actor: int, post: int, version: int | None) -> None:
        self.all_do(
            lambda site: site.posts.delete(actor_id=self.member(actor), post_id=self.post(post), version=version)
        )

    @rule(actor=which, post=which, answered=which, body=texts, once=onces)
    def comment_on(self, actor: int, post: int, answered: int, body: str, once: OnceKey | None) -> None:
        made = self.all_do(
            lambda site: site.comments.write(
                actor_id=self.member(actor),
                post_id=self.post(post),
                body=body,
                # Most comments answer none.
                reply_to=self.comment(answered) if answered < 3 else None,
                once=once,
            )
        )
        if isinstance(made, int) and made not in self.comments:
            self.comments.append(made)

    @rule(actor=which, comment=which, body=texts, version=versions)
    def edit_a_comment(self, actor: int, comment: int, body: str, version: int | None) -> None:
        self.all_do(
            lambda site: site.comments.edit(
                actor_id=self.member(actor), comment_id=self.comment(comment), body=body, version=version
            )
        )

    @rule(actor=which, comment=which, version=versions)
    def delete_a_comment(self, actor: int, comment: int, version: int | None) -> None:
        self.all_do(
            lambda site: site.comments.delete(
                actor_id=self.member(actor), comment_id=self.comment(comment), version=version
            )
        )

    @rule(actor=which, name=spelled)
    def follow(self, actor: int, name: str) -> None:
        self.all_do(lambda site: site.following.follow(actor_id=self.member(actor), username=name))

    @rule(actor=which, name=spelled)
    def unfollow(self, actor: int, name: str) -> None:
        self.all_do(lambda site: site.following.unfollow(actor_id=self.member(actor), username=name))

    @rule(actor=which, post=which, act=st.sampled_from(["like", "like", "unlike"]))
    def like_a_post(self, actor: int, post: int, act: str) -> None:
        self.all_do(
            lambda site: getattr(site.liking, f"{act}_post")(actor_id=self.member(actor), post_id=self.post(post))
        )

    @rule(actor=which, comment=which, act=st.sampled_from(["like", "like", "unlike"]))
    def like_a_comment(self, actor: int, comment: int, act: str) -> None:
        comment_id = self.comment(comment)
        self.all_do(
            lambda site: getattr(site.liking, f"{act}_comment")(actor_id=self.member(actor), comment_id=comment_id)
        )

    @rule(
        actor=which,
        post=which,
        what=st.sampled_from(["bookmarks.add", "bookmarks.remove", "watching.watch", "watching.unwatch"]),
    )
    def bookmark_or_watch(self, actor: int, post: int, what: str) -> None:
        capability, verb = what.split(".")
        self.all_do(
            lambda site: getattr(getattr(site, capability), verb)(actor_id=self.member(actor), post_id=self.post(post))
        )

    @rule(actor=which, name=spelled, act=st.sampled_from(["mute", "unmute", "block", "unblock"]))
    def mute_or_block(self, actor: int, name: str, act: str) -> None:
        self.all_do(lambda site: getattr(site.muting, act)(actor_id=self.member(actor), username=name))

    @rule(
        actor=which, kind=st.sampled_from(["reply", "like", "waiting", "sanction", "?"]), site=st.booleans(), mail=times
    )
    def prefer(self, actor: int, kind: str, site: bool, mail: str) -> None:
        wanted = {kind: (site, mail), "follow": (not site, "off")}
        self.all_do(lambda each: each.preferences.change(actor_id=self.member(actor), wanted=wanted))

    @rule(actor=which)
    def unsubscribe(self, actor: int) -> None:
        def unsubscribe(site: Site) -> str:
            with site.storage.unit_of_work(reading=True) as work:
                account = work.accounts.get(self.member(actor))
            token = unsubscribe_token(site.tokens, account, at=self.clock())
            username: str = site.preferences.unsubscribe(token=token)
            return username

        self.all_do(unsubscribe)

    @rule(actor=which, name=st.sampled_from(["", "Ada L."]), about_me=texts, theme=st.sampled_from([None, "dark", "?"]))
    def describe(self, actor: int, name: str, about_me: str, theme: str | None) -> None:
        self.all_do(
            lambda site: site.members.edit_profile(
                actor_id=self.member(actor), name=name, location="London", about_me=about_me, theme=theme
            )
        )

    @rule(actor=which, username=spelled, right=st.sampled_from([True, True, False]))
    def choose_a_username(self, actor: int, username: str, right: bool) -> None:
        password = PASSWORD if right else "a guess too far"
        self.all_do(
            lambda site: site.members.edit_profile(
                actor_id=self.member(actor), username=username, password=password, location="London"
            )
        )

    # Moderating, administering, leaving.

    @rule(actor=which, comment=which, reason=reasons)
    def hide(self, actor: int, comment: int, reason: str) -> None:
        self.all_do(
            lambda site: site.moderation.hide(
                actor_id=self.member(actor), comment_id=self.comment(comment), reason=reason
            )
        )

    @rule(actor=which, comment=which, reason=reasons)
    def restore(self, actor: int, comment: int, reason: str) -> None:
        self.all_do(
            lambda site: site.moderation.restore(
                actor_id=self.member(actor), comment_id=self.comment(comment), reason=reason
            )
        )

    @rule(actor=which, post=which, act=st.sampled_from(["hide", "hide", "restore"]), reason=reasons)
    def judge_a_post(self, actor: int, post: int, act: str, reason: str) -> None:
        self.all_do(
            lambda site: getattr(site.moderation, f"{act}_post")(
                actor_id=self.member(actor), post_id=self.post(post), reason=reason
            )
        )

    @rule(actor=which, post=which, closed=st.booleans())
    def close(self, actor: int, post: int, closed: bool) -> None:
        self.all_do(lambda site: site.posts.close(actor_id=self.member(actor), post_id=self.post(post), closed=closed))

    @rule(actor=which, post=which, comment=which, is_post=st.booleans())
    def undelete(self, actor: int, post: int, comment: int, is_post: bool) -> None:
        if is_post:
            self.all_do(lambda site: site.deleting.undelete_post(actor_id=self.member(actor), post_id=self.post(post)))
        else:
            self.all_do(
                lambda site: site.deleting.undelete_comment(
                    actor_id=self.member(actor), comment_id=self.comment(comment)
                )
            )

    @rule(
        actor=which,
        name=spelled,
        act=st.sampled_from(["warn", "silence", "suspend", "silence", "?"]),
        days=st.sampled_from(["", "1", "30", "x"]),
        by_command=st.booleans(),
    )
    def sanction(self, actor: int, name: str, act: str, days: str, by_command: bool) -> None:
        actor_id = None if by_command else self.member(actor)
        made = self.all_do(
            lambda site: site.sanctions.sanction(
                actor_id=actor_id, username=name, act=act, days=days, reason="rude", rule="2"
            )
        )
        if isinstance(made, int):
            self.entries.append(made)

    @rule(actor=which, name=spelled, by_command=st.booleans())
    def lift(self, actor: int, name: str, by_command: bool) -> None:
        actor_id = None if by_command else self.member(actor)
        self.all_do(lambda site: site.sanctions.lift(actor_id=actor_id, username=name, reason="enough"))

    @rule(actor=which, name=spelled)
    def hide_all(self, actor: int, name: str) -> None:
        made = self.all_do(
            lambda site: site.hiding_all.hide_all(actor_id=self.member(actor), username=name, reason="spam", rule="1")
        )
        if isinstance(made, int):
            self.entries.append(made)

    @rule(actor=which, name=spelled)
    def restore_all(self, actor: int, name: str) -> None:
        self.all_do(
            lambda site: site.hiding_all.restore_all(actor_id=self.member(actor), username=name, reason="enough")
        )

    @rule(actor=which, name=spelled, text=texts)
    def note(self, actor: int, name: str, text: str) -> None:
        self.all_do(lambda site: site.persons.note(actor_id=self.member(actor), username=name, text=text))

    @rule(actor=which, entry=which)
    def lift_one(self, actor: int, entry: int) -> None:
        self.all_do(lambda site: site.sanctions.lift_one(actor_id=self.member(actor), sanction_id=self.entry(entry)))

    @rule(actor=which, entry=which, text=texts)
    def appeal(self, actor: int, entry: int, text: str) -> None:
        self.all_do(
            lambda site: site.appeals.appeal(actor_id=self.member(actor), entry_id=self.entry(entry), text=text)
        )

    @rule(actor=which, entry=which, outcome=st.sampled_from(["upheld", "reversed", "reversed", "?"]))
    def decide_an_appeal(self, actor: int, entry: int, outcome: str) -> None:
        self.all_do(
            lambda site: site.appeals.decide(
                actor_id=self.member(actor), entry_id=self.entry(entry), outcome=outcome, reason="so it is"
            )
        )

    @rule(
        actor=st.none() | which,
        what=st.sampled_from(["post", "comment", "person"]),
        index=which,
        kind=st.sampled_from(["abuse", "spam", "illegal", "illegal", "?"]),
        text=texts,
    )
    def report(self, actor: int | None, what: str, index: int, kind: str, text: str) -> None:
        """Nobody is a visitor, who may have an address."""
        visitor = None
        if actor is None:
            email = "eve@elsewhere.example" if index % 2 else ""
            visitor = Visitor(client="1.2.3.4", name="", email=email, language=Language.ENGLISH)
        things: dict[str, dict[str, Any]] = {
            "post": {"post_id": self.post(index)},
            "comment": {"comment_id": self.comment(index)},
            "person": {"username": NAMES[index % len(NAMES)]},
        }
        actor_id = None if actor is None else self.member(actor)
        self.all_do(
            lambda site: getattr(site.reporting, f"report_{what}")(
                **things[what], actor_id=actor_id, kind=kind, text=text, visitor=visitor
            )
        )

    @rule(
        actor=which,
        index=which,
        act=st.sampled_from(["none", "hide", "hide", "warn", "silence", "suspend", "?"]),
        reason=reasons,
    )
    def settle(self, actor: int, index: int, act: str, reason: str) -> None:
        self.all_do(
            lambda site: site.cases.settle(
                actor_id=self.member(actor), case_id=self.case(index), act=act, days="2", reason=reason
            )
        )

    def case(self, index: int) -> int:
        """One that waits, or one that is settled."""
        feeds = self.sites[0].storage.case_feeds
        known = [NOBODY, *(card.id for feed in (feeds.settled, feeds.waiting) for card in feed(None, WIDE).items)]
        return known[-1 - index % len(known)]

    @rule()
    def tell_of_ended_sanctions(self) -> None:
        self.all_do(lambda site: site.sanctions.look())

    @rule(
        name=spelled,
        role=st.sampled_from(Role),
        confirmed=st.booleans(),
        disabled=st.sampled_from([False, True, False]),
    )
    def set_standing(self, name: str, role: Role, confirmed: bool, disabled: bool) -> None:
        self.all_do(
            lambda site: site.members.set_standing(username=name, role=role, confirmed=confirmed, disabled=disabled)
        )

    @rule(actor=which, member=names, username=names, email=emails, role=st.sampled_from(Role))
    def administer(self, actor: int, member: str, username: str, email: str, role: Role) -> None:
        self.all_do(
            lambda site: site.members.administer(
                actor_id=self.member(actor),
                member=member,
                email=email,
                username=username,
                confirmed=True,
                role=role.value,
                disabled=False,
                name="Named",
                location="",
                about_me="",
            )
        )

    @rule(actor=which, posts=st.sampled_from(["keep", "delete"]), right=st.sampled_from([True, True, False]))
    def leave(self, actor: int, posts: str, right: bool) -> None:
        password = PASSWORD if right else "a guess too far"
        self.all_do(lambda site: site.leaving.leave(actor_id=self.member(actor), password=password, posts=posts))

    # What goes wrong halfway, and what is out of date.

    @rule(actor=which, post=which, comment=which, committed=st.booleans())
    def roll_back(self, actor: int, post: int, comment: int, committed: bool) -> None:
        """Everything inside is lost, unless it was committed before the mishap."""
        account_id, post_id, comment_id = self.member(actor), self.post(post), self.comment(comment)

        def half_of_it(site: Site) -> None:
            try:
                with site.storage.unit_of_work() as work:
                    account = work.accounts.get(account_id)
                    account.name = "Rolled back?"
                    work.accounts.save(account)
                    work.sessions.remove_all_of(account_id)
                    if committed:
                        work.commit()
                        raise Mishap
                    work.comments.remove(comment_id)
                    work.posts.remove(work.posts.lock(post_id).id)
                    work.outbox.add(Job(id=NOBODY, kind=JobKind.CONFIRM, address="?", due_at=self.clock()))
                    raise Mishap
            except Mishap:
                pass

        self.all_do(half_of_it)

    @rule(actor=which, post=which, comment=which)
    def look(self, actor: int, post: int, comment: int) -> None:
        """Keeps what each storage has now, to be saved when it may be out of date."""
        account_id, post_id, comment_id = self.member(actor), self.post(post), self.comment(comment)
        self.stale = []
        for site in self.sites:
            with site.storage.unit_of_work() as work:
                found = (
                    outcome(partial(work.accounts.get, account_id)),
                    outcome(partial(work.posts.get, post_id)),
                    outcome(partial(work.comments.get, comment_id)),
                )
            self.stale.append(found)
        assert all(found == self.stale[0] for found in self.stale)

    @precondition(lambda self: bool(self.stale))
    @rule(index=st.integers(0, 2))
    def save_what_may_be_stale(self, index: int) -> None:
        copies = {id(site): found[index] for site, found in zip(self.sites, self.stale, strict=True)}

        def save(site: Site) -> None:
            copy = copies[id(site)]
            with site.storage.unit_of_work() as work:
                if isinstance(copy, Account):
                    work.accounts.save(copy)
                elif not isinstance(copy, tuple):
                    (work.posts if index == 1 else work.comments).save(copy)
                work.commit()

        self.all_do(save)

    # What is counted.

    @invariant()
    def every_counter_is_right(self) -> None:
        for site in self.sites:
            drifts = [drift for part in site.mending.compare_counters() for drift in part.drifts]
            assert drifts == []

    @invariant()
    def a_tag_shows_what_it_counts(self) -> None:
        for site in self.sites:
            feeds = site.storage.tag_feeds
            for card in feeds.used(None):
                assert len(feeds.posts(None, card.name, Window(100)).page.items) == card.post_count

    # What is read.

    @invariant()
    def every_feed_answers_the_same(self) -> None:
        self._steps += 1
        cursors = [NOBODY, *self.posts[1:], *self.comments[1:], *self.members[1:]]
        cursor = cursors[self._steps % len(cursors)]
        window = (Window(2), Window(2, before=cursor), Window(2, after=cursor))[self._steps % 3]
        self.compare(
            lambda site: self.reads(
                site,
                window,
                member=self.member(self._steps),
                reader=self.reader(self._steps // 2),
                name=(*NAMES, "NOBODY", "ADA")[self._steps % 7],
                post=self.post(self._steps),
                comment=self.comment(self._steps),
                secret=self.secrets[self._steps % len(self.secrets)],
            )
        )

    def teardown(self) -> None:
        """Once more, and all of it."""

        def everything(site: Site) -> Iterator[Any]:
            for index, member in enumerate(self.members):
                yield from self.reads(
                    site,
                    WIDE,
                    member=member,
                    reader=self.reader(index),
                    name=NAMES[index % len(NAMES)],
                    post=self.post(index),
                    comment=self.comment(index),
                    secret=self.secrets[-1],
                )

        self.compare(everything)
        for card in self.sites[0].storage.outbox_feeds.latest(WIDE).items:
            assert not card.last_error.startswith("program error"), card

    def compare(self, reads: Callable[[Site], Iterator[Any]]) -> None:
        expected = list(reads(self.sites[0]))
        for site in self.sites[1:]:
            for number, (found, wanted) in enumerate(zip(reads(site), expected, strict=True)):
                assert found == wanted, f"read {number}"

    def reader(self, index: int) -> Reader | None:
        """Who looks: a visitor, or anybody as they stand now."""
        found = outcome(lambda: self.sites[0].storage.session_feeds.reader(self.member(index), self.clock()))
        return found if isinstance(found, Reader) else None

    def reads(
        self,
        site: Site,
        window: Window,
        *,
        member: int,
        reader: Reader | None,
        name: str,
        post: int,
        comment: int,
        secret: str,
    ) -> Iterator[Any]:
        """Every method of every feed."""
        stored, at = site.storage, self.clock()
        someone = Reader(id=member, role=Role.USER, confirmed=True, mutes=self._steps % 2 == 1)
        signed_in = reader or Reader(id=NOBODY, role=Role.MODERATOR, confirmed=True)
        yield stored.post_feeds.latest(reader, window)
        yield stored.post_feeds.timeline(someone, window)
        yield outcome(lambda: stored.post_feeds.post(reader, post))
        yield stored.post_feeds.whole_latest(reader, window)
        yield stored.post_feeds.whole_timeline(someone, window)
        yield outcome(lambda: stored.post_feeds.whole_by(reader, name, window))
        yield stored.post_feeds.sitemap(reader, window.after or 0, window.before or 2**63 - 1, window.size)
        yield stored.tag_feeds.used(reader)
        for tag in ("soup", "suppe", "汤", "nothing"):
            yield outcome(partial(stored.tag_feeds.posts, reader, tag, window))
            yield outcome(partial(stored.tag_feeds.whole_posts, signed_in, tag, window))
        yield outcome(lambda: stored.comment_feeds.thread(reader, post, window))
        yield stored.comment_feeds.latest(signed_in, window)
        yield outcome(lambda: stored.comment_feeds.comment(reader, comment))
        yield outcome(lambda: stored.comment_feeds.position(reader, comment))
        yield stored.mention_feeds.mentionable(member, NAMES)
        yield outcome(lambda: stored.people_feeds.page(reader, name, window))
        yield outcome(lambda: stored.people_feeds.comments(reader, name, window))
        yield stored.people_feeds.people(reader, names_pattern(name[: self._steps % 5]) or "", window, at)
        yield outcome(lambda: stored.people_feeds.profile(reader, name))
        yield outcome(lambda: stored.people_feeds.present_username(reader, name))
        yield stored.follow_feeds.followers(reader, member, window)
        yield stored.follow_feeds.following(reader, member, window)
        yield outcome(lambda: stored.follow_feeds.follower_profiles(signed_in, name, window))
        yield outcome(lambda: stored.follow_feeds.following_profiles(signed_in, name, window))
        yield stored.follow_feeds.suggestions(someone, window.size, at)
        yield stored.like_feeds.of_post(reader, post, window)
        yield stored.bookmark_feeds.posts(someone, window)
        yield stored.bookmark_feeds.whole_posts(signed_in, window)
        yield stored.mute_feeds.people(someone, window)
        yield stored.notification_feeds.latest(someone, window)
        yield stored.notification_feeds.latest_profiles(someone, window)
        yield stored.mute_feeds.muted_profiles(someone, window)
        yield stored.preference_feeds.of(someone)
        yield stored.mute_feeds.blocked_profiles(someone, window)
        yield stored.session_feeds.viewer(f"hash of {secret}", at)
        yield outcome(lambda: stored.session_feeds.reader(member, at))
        yield stored.session_feeds.of_account(member, at)
        yield stored.admitting_feeds.waiting(signed_in, window)
        yield stored.invitation_feeds.of_member(someone, window.size)
        yield stored.invitation_feeds.inviter(signed_in, name)
        yield outcome(lambda: stored.credential_feeds.token_reader(member, at))
        yield stored.site_feeds.site()
        yield stored.site_feeds.facts(reader)
        yield stored.site_feeds.moderators(reader, at, window.size)
        yield stored.moderation_feeds.comments(signed_in, window)
        yield stored.moderation_feeds.log(signed_in, window)
        yield stored.sanction_feeds.of_person(signed_in, member, window)
        yield stored.sanction_feeds.about_person(signed_in, member, window)
        yield outcome(lambda: stored.sanction_feeds.sanction(signed_in, self.entry(0)))
        yield stored.person_feeds.standing(signed_in, member, at, window.size)
        yield stored.person_feeds.background(signed_in, member, self.entry(1), limit=window.size, counted=3)
        yield stored.appeal_feeds.record(someone, window)
        yield outcome(lambda: stored.appeal_feeds.entry(someone, self.entry(0)))
        yield outcome(lambda: stored.appeal_feeds.entry(signed_in, self.entry(0)))
        for looking in (someone, signed_in):
            yield stored.appeal_feeds.hidden_comments(looking, self.entry(0), window)
        yield stored.appeal_feeds.waiting(signed_in, window)
        yield stored.case_feeds.waiting(signed_in, window, shown=2)
        yield stored.case_feeds.waiting(signed_in, window, about_id=member)
        yield stored.case_feeds.settled(signed_in, window, shown=2)
        yield stored.case_feeds.settled(signed_in, window, about_id=member)
        for case_id in map(self.case, range(3)):
            yield outcome(partial(stored.case_feeds.case, signed_in, case_id, shown=2))
            yield stored.case_feeds.next_waiting(someone, case_id)
        yield stored.case_feeds.around(signed_in, comment, post, before=2, after=1)
        for kind, subject in zip(REPORTABLE, (post, comment, member), strict=True):
            yield stored.case_feeds.own(signed_in, kind, subject)
        yield stored.deleted_feeds.own(someone, at - timedelta(days=30), window)
        yield stored.member_feeds.search(signed_in, search_pattern(name[:1]) or "", window)
        yield stored.member_feeds.search(signed_in, "example", window, role=Role.USER, state=MemberState.UNCONFIRMED)
        yield stored.member_feeds.search(signed_in, "", window, state=MemberState.DISABLED)
        yield stored.member_feeds.counts()
        yield outcome(lambda: stored.member_feeds.member(signed_in, name))
        yield stored.member_feeds.is_empty()
        yield stored.outbox_feeds.latest(window)
        yield stored.outbox_feeds.latest(window, stage=Stage.FAILING, mails=True)
        yield stored.outbox_feeds.mail_health()
        # What the storage is, and how large, is its own.
        yield replace(stored.overview_feeds.standing(), storage="", storage_bytes=None)
        yield stored.overview_feeds.days(at.date() - timedelta(days=60), at.date())
        yield list(stored.archive_feeds.posts(someone))
        yield list(stored.archive_feeds.comments(someone))
        yield list(stored.archive_feeds.following(someone))
        yield list(stored.archive_feeds.likes(someone))
        yield list(stored.archive_feeds.bookmarks(someone))
        yield list(stored.archive_feeds.watches(someone))


def run(storages: Callable[[], list[Storage]], *, examples: int, steps: int) -> None:
    class Machine(SitesAlike):
        def __init__(self) -> None:
            super().__init__(storages())

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_memory_and_a_journal_do_the_same(tmp_path: Path) -> None:
    numbers = count(1)
    run(lambda: [memory_storage(), journal_storage(tmp_path / f"journal {next(numbers)}")], examples=2, steps=20)


@pytest.mark.sql
def test_memory_and_sqlite_do_the_same(sqlite_database: Database) -> None:
    run(lambda: [memory_storage(), sql_storage(sqlite_database)], examples=2, steps=20)


@pytest.mark.sql
@pytest.mark.postgres
def test_memory_sqlite_and_postgres_do_the_same(sqlite_database: Database, postgres_database: Database) -> None:
    run(
        lambda: [memory_storage(), sql_storage(sqlite_database), sql_storage(postgres_database)],
        examples=6,
        steps=20,
    )
