"""A community moves here from Flasky."""

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.security import generate_password_hash

from application.flasky.run import Step
from application.ports.flasky import OldComment, OldFollow, OldPost, OldUser
from application.ports.paging import Window
from domain.errors import BadCredentials, NotFound, TryAgain
from domain.flasky import AnotherSite, Kind, Note, Outcome
from domain.ids import time_of
from domain.roles import Role
from tests.doubles import BEGINNING, BusyOnce, OldRows, VersionedRenderer
from tests.use_cases.conftest import ALL, PASSWORD, Community

THEN = datetime(2014, 1, 1, 10, tzinfo=BEGINNING.tzinfo)
OLD_PASSWORD = "cat"
HASH = generate_password_hash(OLD_PASSWORD, "pbkdf2:sha256:1000")


def user(number: int, username: str = "", **given: Any) -> OldUser:
    usual: dict[str, Any] = {
        "username": username or f"old{number}",
        "email": f"{(username or f'old{number}').lower()}@example.com",
        "password_hash": HASH,
        "confirmed": True,
        "permissions": 7,
        "role": "User",
        "name": "",
        "location": "",
        "about_me": "",
        "at": THEN + timedelta(hours=number),
        "seen_at": None,
    }
    return OldUser(number=number, **(usual | given))


def post(number: int, author: int | None = 1, body: str = "Some *words*.", **given: Any) -> OldPost:
    return OldPost(number=number, author=author, body=body, **({"at": THEN + timedelta(days=number)} | given))


def comment(number: int, post: int | None = 1, author: int | None = 1, body: str = "Yes.", **given: Any) -> OldComment:
    usual: dict[str, Any] = {"at": THEN + timedelta(days=30, hours=number), "disabled": False}
    return OldComment(number=number, post=post, author=author, body=body, **(usual | given))


class Moving:
    """An old site, and the community that its members come to."""

    def __init__(self) -> None:
        self.old = OldRows()
        self.new = Community()
        self.told: list[Note] = []

    def bring(self, *, trial: bool = False) -> list[Step]:
        self.told.clear()
        return list(self.new.flasky.bring(self.old, trial=trial, report=self.told.extend))

    def notes(self, outcome: Outcome) -> list[tuple[int, str]]:
        return [(note.number, note.code) for note in self.told if note.outcome is outcome]

    def posts(self) -> list[Any]:
        cards = self.new.post_feeds.whole_latest(None, ALL).page.items
        return list(reversed(cards))

    def comments(self) -> list[Any]:
        return list(reversed(self.new.comment_feeds.latest(None, ALL).page.items))

    def account(self, username: str) -> Any:
        with self.new.open_work() as work:
            return work.accounts.find_by_username(username.lower())


@pytest.fixture
def moving() -> Moving:
    return Moving()


def tables_of(new: Community) -> dict[int, dict[Any, Any]]:
    return {number: dict(table.committed) for number, table in enumerate(new.store.tables())}


def counters_are_right(new: Community) -> bool:
    return not [drift for compared in new.mending.compare_counters() for drift in compared.drifts]


def test_a_member_comes_with_profile_role_dates_and_password(moving: Moving) -> None:
    seen_at = THEN + timedelta(days=99)
    moving.old.of_users = [
        user(1, "susan", name="Susan", location="Delft", about_me="I cook.", seen_at=seen_at),
        user(2, "mary", permissions=15, role="Moderator"),
        user(3, "ulla", confirmed=False),
    ]

    (step,) = moving.bring()

    assert (step.rows, step.brought, step.known) == (3, 3, 0)
    profile = moving.new.people_feeds.profile(None, "susan")
    assert (profile.name, profile.location, profile.about_me) == ("Susan", "Delft", "I cook.")
    assert (profile.member_since, profile.last_seen_at) == (THEN + timedelta(hours=1), seen_at)
    assert moving.account("mary").role is Role.MODERATOR
    assert (moving.account("susan").confirmed, moving.account("ulla").confirmed) == (True, False)
    assert moving.new.postbox.tries == 0
    assert moving.new.outbox_rows() == ()
    assert counters_are_right(moving.new)


def test_the_old_password_is_replaced_at_the_next_sign_in(moving: Moving) -> None:
    moving.old.of_users = [user(1, "susan")]
    moving.bring()

    moving.new.sign_in("susan", password=OLD_PASSWORD)

    assert moving.account("susan").password_hash.startswith("$argon2id$")
    moving.new.sign_in("susan", password=OLD_PASSWORD)
    with pytest.raises(BadCredentials):
        moving.new.sign_in("susan", password="dog")


@pytest.mark.parametrize(
    ("stored", "code"), [("", "none"), (f"sha1$salt${'0' * 40}", "unknown"), ("\ud800", "unknown")]
)
def test_without_a_hash_that_can_be_verified_a_member_resets_the_password(
    moving: Moving, stored: str, code: str
) -> None:
    moving.old.of_users = [user(1, "susan", password_hash=stored)]

    moving.bring()

    assert moving.notes(Outcome.PASSWORD) == [(1, code)]
    with pytest.raises(BadCredentials):
        moving.new.sign_in("susan", password=OLD_PASSWORD)
    moving.new.passwords.request_reset(client="here", email="susan@example.com")
    moving.new.deliver()
    moving.new.passwords.reset(token=moving.new.token_to("susan@example.com"), password=PASSWORD)
    moving.new.sign_in("susan")


def test_a_password_that_was_not_typed_in_its_normal_form_works_as_it_was_typed(moving: Moving) -> None:
    typed = unicodedata.normalize("NFD", "cafétière")
    moving.old.of_users = [user(1, "susan", password_hash=generate_password_hash(typed, "pbkdf2:sha256:1000"))]
    moving.bring()

    moving.new.sign_in("susan", password=typed)

    moving.new.sign_in("susan", password="cafétière")
    moving.new.sign_in("susan", password=typed)


def test_posts_and_comments_come_with_their_dates_and_are_rendered_anew(moving: Moving) -> None:
    moving.old.of_users = [user(1, "susan"), user(2, "david")]
    moving.old.of_posts = [post(1), post(2, author=2)]
    moving.old.of_comments = [comment(1, author=2, body="<b>Bold</b> *words*"), comment(2, disabled=True)]

    moving.bring()

    first, second = moving.posts()
    assert first.created_at == THEN + timedelta(days=1)
    assert (first.author.username, first.title, first.body_html) == ("susan", "", "<p>Some <em>words</em>.</p>")
    assert second.author.username == "david"
    said, hidden = moving.comments()
    assert said.created_at == THEN + timedelta(days=30, hours=1)
    assert "<em>words</em>" in said.body_html
    assert (hidden.hidden, hidden.body) == (True, None)
    assert moving.new.moderation_feeds.log(None, ALL).page.items == ()
    assert counters_are_right(moving.new)


def test_a_disabled_comment_can_be_restored_here(moving: Moving) -> None:
    mary = moving.new.join("mary", Role.MODERATOR)
    moving.old.of_users, moving.old.of_posts = [user(1)], [post(1)]
    moving.old.of_comments = [comment(1, disabled=True)]
    moving.bring()
    (hidden,) = moving.new.moderation_feeds.comments(moving.new.reader("mary"), ALL).items
    assert hidden.hidden_reason == "A moderator of the old site had disabled this comment."

    moving.new.moderation.restore(actor_id=mary, comment_id=hidden.id, reason="")

    assert moving.comments()[0].body == "Yes."


def test_follows_come_without_those_of_oneself(moving: Moving) -> None:
    moving.old.of_users = [user(1, "susan"), user(2, "david")]
    later = THEN + timedelta(days=5)
    moving.old.of_follows = [
        OldFollow(1, 1, THEN),
        OldFollow(1, 2, later),
        OldFollow(2, 1, None),
        OldFollow(2, 9, None),
    ]

    *_, step = moving.bring()

    assert (step.rows, step.brought, step.needless) == (4, 2, 1)
    (follow,) = moving.new.follow_feeds.following(None, moving.account("susan").id, ALL).items
    assert (follow.member.username, follow.since) == ("david", later)
    assert moving.notes(Outcome.DATED) == [(2, "no_date")]
    assert moving.notes(Outcome.LEFT_OUT) == [(2, "no_user")]
    assert counters_are_right(moving.new)


def test_usernames_that_differ_in_case_are_told_and_renamed(moving: Moving) -> None:
    moving.old.of_users = [user(1, "john"), user(2, "John"), user(3, "john_2"), user(4, "JOHN"), user(5, "admin")]
    for number, row in enumerate(moving.old.of_users):
        moving.old.of_users[number] = replace(row, email=f"{number}@example.com")

    moving.bring()

    renamed = {note.before: note.after for note in moving.told if note.outcome is Outcome.RENAMED}
    assert renamed == {"John": "John_3", "JOHN": "JOHN_4", "admin": "admin_2"}
    feeds = moving.new.flasky_feeds
    assert [feeds.username(None, name) for name in ("john", "John", "JOHN", "john_2", "admin", "jOHN")] == [
        *("john", "John_3", "JOHN_4", "john_2", "admin_2", "john"),
    ]


def test_addresses_that_differ_in_case_or_cannot_be_used_are_replaced(moving: Moving) -> None:
    moving.old.of_users = [
        user(1, "one", email="A@example.com"),
        user(2, "two", email="a@example.com"),
        user(3, "three", email=""),
    ]

    moving.bring()

    assert moving.notes(Outcome.READDRESSED) == [(2, "taken"), (3, "no_address")]
    two = moving.account("two")
    assert (two.email.text, two.confirmed) == ("user-2@flasky.invalid", False)
    assert moving.account("one").confirmed
    moving.new.sessions.sign_in(client="here", email="two", password=OLD_PASSWORD)


@pytest.mark.parametrize(("here", "there"), [(True, False), (False, True), (False, False)])
def test_an_account_is_joined_only_if_both_sites_confirmed_the_address(moving: Moving, here: bool, there: bool) -> None:
    moving.new.register("susan")
    if here:
        moving.new.joining.confirm(token=moving.new.token_to("susan@example.com"))
    mine = moving.account("susan")
    moving.old.of_users, moving.old.of_posts = [user(1, "susan", confirmed=there)], [post(1)]

    moving.bring()

    assert moving.notes(Outcome.JOINED) == []
    assert moving.account("susan") == mine
    assert moving.posts()[0].author.username == "susan_2"
    assert moving.account("susan_2").email.text == "user-1@flasky.invalid"


def test_an_account_of_the_same_person_is_joined_and_stays_as_it_is(moving: Moving) -> None:
    moving.new.join("susan")
    mine = moving.account("susan")
    moving.old.of_users = [
        user(1, "Suse", email="Susan@example.com", permissions=31, role="Administrator"),
        user(2, "other", email="SUSAN@example.com"),
    ]
    moving.old.of_posts = [post(1)]
    moving.old.of_follows = [OldFollow(1, 2, THEN)]

    moving.bring()

    assert moving.notes(Outcome.JOINED) == [(1, "same_address")]
    assert moving.notes(Outcome.READDRESSED) == [(2, "taken")]
    assert moving.account("susan") == mine
    assert moving.posts()[0].author.username == "susan"
    assert moving.new.flasky_feeds.username(None, "Suse") == "susan"
    moving.new.sign_in("susan")
    assert counters_are_right(moving.new)


def test_two_users_of_the_old_site_never_become_one_member(moving: Moving) -> None:
    moving.old.of_users = [user(1, "susan", about_me="x" * 3_000)]
    moving.bring()
    assert (Outcome.KEPT, "about_me") in [(note.outcome, note.code) for note in moving.told]
    moving.old.of_users.append(user(2, "suse", email="SUSAN@example.com"))

    moving.bring()

    assert moving.notes(Outcome.READDRESSED) == [(2, "taken")]
    assert moving.account("susan").id != moving.account("suse").id


def test_a_follow_that_was_here_already_is_counted_once(moving: Moving) -> None:
    susan = moving.new.join("susan")
    moving.new.join("david")
    moving.new.following.follow(actor_id=susan, username="david")
    moving.old.of_users = [user(1, "susan"), user(2, "david")]
    moving.old.of_follows = [OldFollow(1, 2, THEN)]

    moving.bring()

    assert moving.new.people_feeds.profile(None, "david").follower_count == 1
    assert counters_are_right(moving.new)


def test_an_unconfirmed_administrator_comes_without_the_role(moving: Moving) -> None:
    moving.old.of_users = [
        user(1, "boss", permissions=31, role="Administrator", confirmed=False),
        user(2, "ada", permissions=31, role="Administrator"),
        user(3, "banned", permissions=0, role="Banned"),
    ]

    moving.bring()

    assert moving.account("boss").role is Role.USER
    assert moving.account("ada").administers
    assert moving.account("banned").disabled
    assert moving.notes(Outcome.ROLE) == [(1, "unconfirmed"), (3, "disabled")]
    assert moving.notes(Outcome.ADMINISTRATOR) == [(2, "administrator")]


def test_what_has_no_author_or_post_is_told_with_its_text(moving: Moving) -> None:
    moving.old.of_users = [user(1)]
    moving.old.of_posts = [post(1), post(2, author=None, body="Lost"), post(3, author=77)]
    moving.old.of_comments = [comment(1, post=2), comment(2, author=77), comment(3, post=None), comment(4, body=" ")]

    steps = moving.bring()

    assert [step.brought for step in steps] == [1, 1, 0]
    left_out = [(note.kind, note.number, note.code) for note in moving.told if note.outcome is Outcome.LEFT_OUT]
    assert left_out == [
        (Kind.POST, 2, "no_author"),
        (Kind.POST, 3, "no_author"),
        (Kind.COMMENT, 1, "no_post"),
        (Kind.COMMENT, 2, "no_author"),
        (Kind.COMMENT, 3, "no_post"),
        (Kind.COMMENT, 4, "empty"),
    ]
    assert moving.told[0].before == "Lost"


def test_a_text_that_the_renderer_refuses_is_shown_as_it_was_typed(moving: Moving) -> None:
    moving.new.renderer.post = VersionedRenderer(2).post
    moving.new.renderer.comment = VersionedRenderer(2).comment
    moving.old.of_users = [user(1)]
    moving.old.of_posts = [
        post(1, body="refuse"),
        post(2, body="nothing"),
        post(3, body=""),
    ]
    moving.old.of_comments = [comment(1, body="refuse")]

    moving.bring()

    assert [found.body_html for found in moving.posts()][:2] == ["<p>refuse</p>", "<p>nothing</p>"]
    assert moving.comments()[0].body_html == "<p>refuse</p>"
    assert moving.notes(Outcome.PLAIN) == [(1, "refused"), (2, "refused"), (1, "refused")]
    assert moving.notes(Outcome.KEPT) == [(3, "empty")]
    assert moving.new.rerendering.ask() is None


def test_a_text_that_is_longer_than_a_new_one_may_be_is_kept(moving: Moving) -> None:
    long, long_too = "Words.\n\n" * 8_000, "Words.\n\n" * 1_000
    moving.old.of_users, moving.old.of_posts = [user(1)], [post(1, body=long)]
    moving.old.of_comments = [comment(1, body=long_too)]

    moving.bring()

    assert (moving.posts()[0].body, moving.comments()[0].body) == (long, long_too)
    assert moving.notes(Outcome.KEPT) == [(1, "over_limit"), (1, "over_limit")]


def test_an_empty_post_is_kept_with_its_comments(moving: Moving) -> None:
    moving.old.of_users, moving.old.of_posts, moving.old.of_comments = [user(1)], [post(1, body="  ")], [comment(1)]

    moving.bring()

    assert [(found.body, found.body_html) for found in moving.posts()] == [("", "")]
    assert len(moving.comments()) == 1
    assert moving.notes(Outcome.PLAIN) == []


def test_a_text_is_escaped_where_it_is_shown_as_typed(moving: Moving) -> None:
    moving.old.of_users = [user(1)]
    body = "<script>alert(1)</script>\n&"
    moving.old.of_posts = [post(1, body=body)]

    def refuse(body: str, **more: Any) -> Any:
        return VersionedRenderer(2).post("refuse", **more)

    moving.new.renderer.post = refuse
    moving.bring()

    assert moving.posts()[0].body_html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;<br>\n&amp;</p>"
    assert moving.posts()[0].body == body


def test_a_second_run_brings_only_what_is_new_and_overwrites_nothing(moving: Moving) -> None:
    moving.old.of_users, moving.old.of_posts = [user(1, "susan")], [post(1)]
    moving.old.of_comments, moving.old.of_follows = [comment(1)], []
    moving.bring()
    before = tables_of(moving.new)

    again = moving.bring()
    assert tables_of(moving.new) == before
    assert [(step.brought, step.known) for step in again] == [(0, 1)] * 3
    assert moving.told == []

    moving.old.of_users[0] = user(1, "susan", name="Changed")
    moving.old.of_users.append(user(2, "david"))
    moving.old.of_posts.append(post(2, author=2))
    moving.old.of_follows.append(OldFollow(2, 1, THEN))
    assert [step.brought for step in moving.bring()] == [1, 1, 0, 1]
    assert moving.new.people_feeds.profile(None, "susan").name == ""
    assert counters_are_right(moving.new)


def test_what_was_deleted_here_does_not_come_back(moving: Moving) -> None:
    moving.old.of_users = [user(1, "susan"), user(2, "david")]
    moving.old.of_posts, moving.old.of_comments = [post(1), post(2)], [comment(1), comment(2, post=2)]
    moving.old.of_follows = [OldFollow(1, 2, THEN)]
    moving.bring()
    susan = moving.account("susan").id
    moving.new.posts.delete(actor_id=susan, post_id=moving.posts()[0].id)
    moving.new.comments.delete(actor_id=susan, comment_id=moving.comments()[0].id)
    moving.new.following.unfollow(actor_id=susan, username="david")
    moving.new.leaving.leave(actor_id=moving.account("david").id, password=OLD_PASSWORD, posts="delete")
    moving.new.deliver()
    before = tables_of(moving.new)

    moving.old.of_comments.append(comment(3, post=1))
    moving.old.of_posts.append(post(3, author=2))
    moving.old.of_follows.append(OldFollow(2, 1, THEN))
    moving.bring()

    assert tables_of(moving.new) == before
    assert [code for _, code in moving.notes(Outcome.LEFT_OUT)] == ["author_left", "post_deleted", "user_left"]
    with pytest.raises(NotFound):
        moving.new.flasky_feeds.post_id(None, 1)
    with pytest.raises(NotFound):
        moving.new.flasky_feeds.username(None, "david")


def test_old_posts_lead_on(moving: Moving) -> None:
    moving.old.of_users, moving.old.of_posts = [user(1)], [post(1), post(2)]
    moving.bring()

    assert [moving.new.flasky_feeds.post_id(None, number) for number in (1, 2)] == [
        found.id for found in moving.posts()
    ]
    for number in (0, 3, 2**62):
        with pytest.raises(NotFound):
            moving.new.flasky_feeds.post_id(None, number)


def test_a_trial_stores_nothing_and_tells_the_same(moving: Moving) -> None:
    moving.new.join("susan")
    moving.old.of_users = [
        user(1, "Suse", email="susan@example.com"),
        user(2, "john"),
        user(3, "John"),
        user(4, "susan"),
    ]
    moving.old.of_users[2] = replace(moving.old.of_users[2], email="JOHN@example.com")
    moving.old.of_users[3] = replace(moving.old.of_users[3], email="SUSAN@example.com")
    moving.old.of_posts = [post(1), post(2, author=3), post(3, author=9)]
    moving.old.of_comments, moving.old.of_follows = [comment(1), comment(2, post=3)], [OldFollow(1, 2, THEN)]
    before = tables_of(moving.new)

    steps = moving.bring(trial=True)

    assert tables_of(moving.new) == before
    told = list(moving.told)
    assert moving.bring() == steps
    assert moving.told == told


def test_a_busy_storage_stops_the_import_which_then_goes_on(moving: Moving) -> None:
    moving.old.of_users = [user(number) for number in range(1, 450)]
    moving.old.of_posts = [post(1)]
    steps = moving.new.flasky.bring(moving.old)
    next(steps)
    moving.new.open_work = lambda: BusyOnce(moving.new.store)  # type: ignore[method-assign]
    with pytest.raises(TryAgain):
        next(steps)
    del moving.new.open_work
    assert len(moving.new.store.accounts.committed) == 200

    assert [(step.brought, step.known) for step in moving.bring()] == [(0, 200), (200, 0), (49, 0), (1, 0)]
    assert counters_are_right(moving.new)


def test_a_second_old_site_is_refused(moving: Moving) -> None:
    moving.old.of_users = [user(1, "susan"), user(2, "david")]
    moving.bring()
    later = THEN + timedelta(minutes=1)
    moving.old.of_users = [user(1, "kim", at=later), user(2, "lee", at=later), user(3, "susan", at=later)]

    with pytest.raises(AnotherSite):
        moving.bring()
    with pytest.raises(AnotherSite):
        moving.bring(trial=True)


def test_a_second_old_site_is_refused_though_it_begins_with_the_same_username(moving: Moving) -> None:
    moving.old.of_users = [user(1, "john"), user(2, "susan"), user(3, "david")]
    moving.bring()
    later = THEN + timedelta(minutes=1)
    moving.old.of_users = [user(1, "john", at=later), user(2, "kim", at=later), user(3, "lee", at=later)]

    with pytest.raises(AnotherSite):
        moving.bring()


@pytest.mark.parametrize(("before", "now"), [("", ""), ("x" * 65, "x" * 65), ("susan", "Susan")])
def test_a_site_is_the_same_whose_only_user_has_no_username_or_another_one(
    moving: Moving, before: str, now: str
) -> None:
    moving.old.of_users = [replace(user(1), username=before)]
    moving.bring()
    moving.old.of_users = [replace(user(1), username=now)]

    assert [(step.brought, step.known) for step in moving.bring()] == [(0, 1)]


def test_dates_that_cannot_be_are_replaced_and_told(moving: Moving) -> None:
    moving.old.of_users = [user(1), user(2, at=None), user(3, at=datetime(1900, 1, 1, tzinfo=THEN.tzinfo))]
    moving.old.of_posts = [post(1), post(2, at=None), post(3, at=BEGINNING + timedelta(days=1))]

    moving.bring()

    assert moving.notes(Outcome.DATED) == [(2, "no_date"), (3, "too_early"), (2, "no_date"), (3, "in_future")]
    assert [found.created_at for found in moving.posts()] == [
        THEN + timedelta(days=1),
        THEN + timedelta(days=1),
        BEGINNING,
    ]
    assert time_of(moving.account("old2").id) == THEN + timedelta(hours=1)


def test_an_id_that_is_taken_is_stepped_over(moving: Moving) -> None:
    moving.old.of_users = [user(1)]
    far = 2**18
    moving.old.of_posts = [
        post(1, at=THEN, body="1"),
        post(1 + far, at=THEN, body="2"),
        post(1 + 2 * far, at=THEN, body="3"),
    ]

    moving.bring()

    assert [found.body for found in moving.posts()] == ["1", "2", "3"]


ODD = st.text(alphabet=st.characters(), max_size=20)
DATES = st.none() | st.datetimes(timezones=st.just(THEN.tzinfo))
NUMBERS = st.none() | st.integers(1, 5)


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(
            user,
            number=st.just(0),
            username=ODD | st.sampled_from(["john", "John", "admin", ""]),
            email=ODD | st.sampled_from(["a@example.com", "A@example.com"]),
            password_hash=ODD | st.just(HASH),
            confirmed=st.booleans(),
            permissions=st.none() | st.integers(0, 255),
            role=ODD,
            name=ODD,
            location=ODD,
            about_me=ODD,
            at=DATES,
            seen_at=DATES,
        ),
        max_size=4,
    ),
    st.lists(st.tuples(NUMBERS, ODD, DATES), max_size=4),
    st.lists(st.tuples(NUMBERS, NUMBERS, ODD, DATES, st.booleans()), max_size=4),
    st.sets(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=4),
)
def test_odd_rows_come_or_are_told_and_the_counters_are_right(
    users: Any, posts: Any, comments: Any, follows: Any
) -> None:
    moving = Moving()
    moving.new.join("john")
    moving.old.of_users = [replace(row, number=number) for number, row in enumerate(users, 1)]
    moving.old.of_posts = [post(number, author, body, at=at) for number, (author, body, at) in enumerate(posts, 1)]
    moving.old.of_comments = [
        comment(number, of, author, body, at=at, disabled=disabled)
        for number, (of, author, body, at, disabled) in enumerate(comments, 1)
    ]
    moving.old.of_follows = [OldFollow(follower, followed, None) for follower, followed in sorted(follows)]

    steps = moving.bring()

    left_out = len(moving.notes(Outcome.LEFT_OUT))
    assert sum(step.rows for step in steps) == sum(step.brought + step.needless for step in steps) + left_out
    assert counters_are_right(moving.new)
    stored = tables_of(moving.new)
    assert not any(step.brought for step in moving.bring())
    assert tables_of(moving.new) == stored
    for card in moving.new.post_feeds.latest(None, Window(100)).items:
        assert BEGINNING >= card.created_at > datetime(1970, 1, 1, tzinfo=THEN.tzinfo)
