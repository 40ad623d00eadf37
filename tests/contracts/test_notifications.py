"""Notifications in each storage: how they are merged, what a member then sees of them, and what is mailed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from adapters.sql.engine import Database
from application.ports.notifications import COUNTED_AT_MOST, NotificationCard
from application.ports.paging import READ_BEYOND, Window
from domain.accounts import Account
from domain.bundling import Correspondence
from domain.comments import Comment
from domain.errors import NotFound
from domain.moderation import Act, LogEntry, SubjectKind
from domain.notifications import MAIL_AFTER, Notification, NotificationKind
from domain.posts import Post
from domain.preferences import MailTime, Preference, Preferences
from domain.roles import Reader, Role
from domain.sessions import Session
from tests.contracts.community import BEGINNING, Community
from tests.contracts.costs import asked, rows_read, steps
from tests.contracts.sites import Site
from tests.contracts.storages import Storage, sql_storage
from tests.doubles import Clock

ALL = Window(50)
LATER = BEGINNING + timedelta(hours=12)
Kind = NotificationKind


class Town(Community):
    """Tells people in one line each."""

    def tell(self, member: Account, kind: NotificationKind, event_id: int, **about: int) -> Notification:
        told = Notification.of(kind, member.id, id=self.new_id(), event_id=event_id, at=self.now, **about)
        self.add(told)
        return told

    def add(self, *told: Notification) -> None:
        with self.storage.unit_of_work() as work:
            work.notifications.add(told)
            work.commit()

    def answer(self, member: Account, comment: Comment) -> Notification:
        return self.tell(member, Kind.REPLY, comment.id, **of(comment))

    def below(self, member: Account, post: Post, author: Account, kind: NotificationKind = Kind.COMMENT) -> Comment:
        comment = self.comment(author, post)
        self.tell(member, kind, comment.id, thing_id=post.id, post_id=post.id)
        return comment

    def liked(self, post: Post, fan: Account) -> None:
        like = self.like(fan, post)
        with self.storage.unit_of_work() as work:
            owner = work.accounts.get(post.author_id)
        self.tell(owner, Kind.LIKE, like.id, thing_id=post.id, post_id=post.id)

    def log(self, entry: LogEntry) -> None:
        with self.storage.unit_of_work() as work:
            work.moderation_log.add(entry)
            work.commit()

    def reader(self, member: Account) -> Reader:
        return self.storage.session_feeds.reader(member.id, BEGINNING)

    def cards(self, member: Account, window: Window = ALL) -> tuple[NotificationCard, ...]:
        return self.storage.notification_feeds.latest(self.reader(member), window).items

    def card(self, member: Account) -> NotificationCard:
        (card,) = self.cards(member)
        assert self.storage.notification_feeds.notification(self.reader(member), card.id) == card
        return card

    def unread(self, member: Account) -> int:
        viewer = self.storage.session_feeds.viewer(self.secret_of_session(member), self.now)
        assert viewer is not None
        return viewer.unread

    def secret_of_session(self, member: Account) -> str:
        """As it is stored."""
        with self.storage.unit_of_work() as work:
            id = self.new_id()
            work.sessions.add(
                Session(id=id, account_id=member.id, secret_hash=f"{id}", remember=True, device="", seen_at=self.now)
            )
            work.commit()
        return f"{id}"

    def read(self, member: Account, until: int) -> None:
        with self.storage.unit_of_work() as work:
            work.notifications.read_until(member.id, until)
            work.commit()


def of(comment: Comment) -> dict[str, int]:
    return {"thing_id": comment.id, "post_id": comment.post_id, "comment_id": comment.id}


@pytest.fixture
def town(storage: Storage) -> Town:
    return Town(storage)


def test_an_answer_names_who_gave_it_and_where_it_leads(town: Town) -> None:
    ada, bob = town.member("ada"), town.member("bob", name="Bob Bee")
    post = town.post(ada, title="Slugs")
    comment = town.comment(bob, post, "They are back.\n\nAll of them.")
    told = town.answer(ada, comment)

    card = town.card(ada)

    assert (card.id, card.kind, card.unread) == (told.id, Kind.REPLY, True)
    assert [(each.username, each.name, each.role) for each in card.actors] == [("bob", "Bob Bee", Role.USER)]
    assert (card.actor_count, card.title, card.text) == (1, "Slugs", "They are back.")
    assert card.path == f"/comments/{comment.id}"
    assert town.unread(ada) == 1
    (row,) = town.storage.notification_feeds.latest_profiles(town.reader(ada), ALL).items
    assert (row.card, row.actors) == (card, (town.storage.people_feeds.profile(None, "bob"),))


def test_fifty_likes_are_one_notification_of_fifty(town: Town) -> None:
    ada = town.member("ada")
    post = town.post(ada, "Slugs are back.\nAll of them.")
    fans = [town.member(f"fan{number}") for number in range(50)]
    for fan in fans:
        town.liked(post, fan)

    card = town.card(ada)

    assert [each.username for each in card.actors] == ["fan49", "fan48", "fan47"]
    assert (card.actor_count, card.title, card.path) == (50, "Slugs are back.", f"/posts/{post.id}")
    assert town.unread(ada) == 1


def test_who_takes_a_like_back_is_not_counted_and_nobody_is_told_when_none_is_left(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    town.liked(post, bob)
    town.liked(post, cyd)

    with town.storage.unit_of_work() as work:
        work.post_likes.remove(post.id, cyd.id)
        work.commit()
    assert (town.card(ada).actor_count, town.card(ada).actors[0].username) == (1, "bob")

    with town.storage.unit_of_work() as work:
        work.post_likes.remove(post.id, bob.id)
        work.commit()
    assert town.cards(ada) == ()
    assert town.unread(ada) == 0


def test_what_happens_after_reading_is_a_notification_of_its_own(town: Town) -> None:
    ada, bob, cyd, dan = (town.member(name) for name in ("ada", "bob", "cyd", "dan"))
    post = town.post(ada)
    town.liked(post, bob)
    town.liked(post, cyd)
    first = town.card(ada)

    town.read(ada, first.id)
    town.liked(post, dan)

    newer, older = town.cards(ada)
    assert (newer.unread, newer.actor_count, newer.actors[0].username) == (True, 1, "dan")
    assert (older.id, older.unread, older.actor_count) == (first.id, False, 2)
    assert town.unread(ada) == 1


def test_one_that_grew_is_not_read_with_what_was_seen_before(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    town.liked(post, bob)
    seen = town.card(ada).id
    town.liked(post, cyd)

    town.read(ada, seen)

    assert town.card(ada).unread
    assert town.card(ada).id > seen


def test_whatever_the_clock_says_a_new_one_is_the_first_of_the_list(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post, other = town.post(ada), town.post(ada)
    comment = town.comment(bob, other)
    town.liked(post, bob)
    seen = town.answer(ada, comment).id

    town.now -= timedelta(days=1)
    town.liked(post, cyd)
    late = town.comment(cyd, other)
    town.answer(ada, late)

    first, second, third = town.cards(ada)
    assert [first.comment_id, second.kind, third.comment_id] == [late.id, Kind.LIKE, comment.id]
    assert second.actor_count == 2
    town.read(ada, seen)
    assert [card.unread for card in town.cards(ada)] == [True, True, False]


def test_an_answer_or_a_mention_is_told_once_also_when_it_was_read(town: Town) -> None:
    ada, bob = town.member("ada"), town.member("bob")
    comment = town.comment(bob, town.post(ada))
    told = town.tell(ada, Kind.MENTION, comment.id, **of(comment))
    town.read(ada, told.id)

    town.tell(ada, Kind.MENTION, comment.id, **of(comment))

    assert (town.card(ada).id, town.card(ada).unread) == (told.id, False)


def test_many_are_told_at_once_and_each_has_their_own(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    comment = town.comment(cyd, town.post(ada))
    told = [
        Notification.of(Kind.WATCHED, each.id, id=comment.id, event_id=comment.id, at=town.now, **where)
        for each in (bob, ada)
        for where in [{"thing_id": comment.post_id, "post_id": comment.post_id}]
    ]

    town.add(*told)

    assert town.card(ada).actors == town.card(bob).actors
    assert town.cards(cyd) == ()


def test_comments_below_a_post_are_counted_by_person_and_lead_to_the_oldest(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    first = town.below(ada, post, bob)
    town.below(ada, post, cyd)
    town.below(ada, post, bob)
    town.comment(ada, post)

    card = town.card(ada)

    assert [each.username for each in card.actors] == ["bob", "cyd"]
    assert (card.actor_count, card.path) == (2, f"/comments/{first.id}")


def test_a_comment_that_is_told_as_an_answer_is_not_counted_below_the_post(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    town.below(ada, post, bob)
    answer = town.comment(cyd, post)
    town.answer(ada, answer)
    town.below(ada, post, bob)

    below, answered = town.cards(ada)

    assert [each.username for each in below.actors] == ["bob"]
    assert [each.username for each in answered.actors] == ["cyd"]


def hide_post(town: Town, comment: Comment) -> None:
    with town.storage.unit_of_work() as work:
        post = work.posts.lock(comment.post_id)
        post.hidden_by = town.new_id()
        work.posts.save(post)
        work.comments.relist(post.id, listed=False)
        work.commit()


def hide_comment(town: Town, comment: Comment) -> None:
    with town.storage.unit_of_work() as work:
        stored = work.comments.lock(comment.id)
        stored.hidden = True
        work.comments.save(stored)
        work.commit()


def delete_comment(town: Town, comment: Comment) -> None:
    with town.storage.unit_of_work() as work:
        stored = work.comments.lock(comment.id)
        stored.deleted_at, stored.deleted_by = town.now, comment.author_id
        work.comments.save(stored)
        work.commit()


def mute_author(town: Town, comment: Comment) -> None:
    with town.storage.unit_of_work() as work:
        owner_id = work.posts.get(comment.post_id).author_id
        owner, other = work.accounts.get(owner_id), work.accounts.get(comment.author_id)
    town.mute(owner, other)


def block_author(town: Town, comment: Comment) -> None:
    with town.storage.unit_of_work() as work:
        owner_id = work.posts.get(comment.post_id).author_id
        owner, other = work.accounts.get(owner_id), work.accounts.get(comment.author_id)
    town.mute(owner, other, muted=False, blocked=True)


def let_author_leave(town: Town, comment: Comment) -> None:
    with town.storage.unit_of_work() as work:
        account = work.accounts.lock(comment.author_id)
        account.leave()
        work.accounts.save(account)
        work.commit()


@pytest.mark.parametrize(
    "change", [hide_post, hide_comment, delete_comment, mute_author, block_author, let_author_leave]
)
@pytest.mark.parametrize("kind", [Kind.REPLY, Kind.MENTION, Kind.COMMENT, Kind.WATCHED])
def test_nobody_is_told_of_what_they_may_not_see_when_they_look(
    town: Town, kind: NotificationKind, change: Callable[[Town, Comment], None]
) -> None:
    ada, bob = town.member("ada"), town.member("bob")
    post = town.post(ada)
    if kind in (Kind.REPLY, Kind.MENTION):
        comment = town.comment(bob, post)
        town.tell(ada, kind, comment.id, **of(comment))
    else:
        comment = town.below(ada, post, bob, kind)
    told = town.card(ada)
    assert town.unread(ada) == 1

    change(town, comment)

    assert town.cards(ada) == ()
    assert town.unread(ada) == 0
    with pytest.raises(NotFound):
        town.storage.notification_feeds.notification(town.reader(ada), told.id)


def test_likes_and_follows_by_whom_one_mutes_are_not_counted(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    comment = town.comment(ada, post)
    for fan in (bob, cyd):
        town.liked(post, fan)
        like = town.like(fan, comment)
        town.tell(ada, Kind.LIKE, like.id, **of(comment))
        town.tell(ada, Kind.FOLLOW, town.follow(fan, ada).id)
    assert [card.actor_count for card in town.cards(ada)] == [2, 2, 2]
    assert [card.path for card in town.cards(ada)] == [
        "/@ada/followers",
        f"/comments/{comment.id}",
        f"/posts/{post.id}",
    ]

    town.mute(ada, cyd)

    assert [card.actor_count for card in town.cards(ada)] == [1, 1, 1]
    assert {card.actors[0].username for card in town.cards(ada)} == {"bob"}
    assert town.cards(ada)[0].path == "/@bob"
    assert town.unread(ada) == 3


def test_a_kind_that_is_off_on_the_site_is_not_there_and_still_goes_into_mails(town: Town) -> None:
    ada, bob = town.member("ada"), town.member("bob")
    comment = town.comment(bob, town.post(ada))
    told = town.answer(ada, comment)
    with town.storage.unit_of_work() as work:
        work.preferences.save(ada.id, Preferences({Kind.REPLY: Preference(site=False, mail=MailTime.SOON)}))
        work.commit()

    assert town.cards(ada) == ()
    assert town.unread(ada) == 0

    with town.storage.unit_of_work() as work:
        (waiting,) = work.notifications.to_mail(ada.id, LATER, 9)
        waiting.put_into_mail(77)
        work.notifications.save([waiting])
        work.commit()
    (mailed,) = town.storage.notification_feeds.of_mail(town.reader(ada), 77, 9)
    assert mailed.id == told.id


def test_the_number_stops_at_a_hundred(town: Town) -> None:
    ada, bob = town.member("ada"), town.member("bob")
    post = town.post(ada)
    with town.at_once():
        comments = [town.comment(bob, post) for _ in range(COUNTED_AT_MOST + 5)]
    town.add(
        *(
            Notification.of(Kind.REPLY, ada.id, id=each.id, event_id=each.id, at=town.now, **of(each))
            for each in comments
        )
    )

    assert town.unread(ada) == COUNTED_AT_MOST


def test_the_list_is_cut_into_pages(town: Town) -> None:
    ada, bob = town.member("ada"), town.member("bob")
    post = town.post(ada)
    told = [town.answer(ada, town.comment(bob, post)).id for _ in range(5)]
    feeds, reader = town.storage.notification_feeds, town.reader(ada)

    first = feeds.latest(reader, Window(2))
    second = feeds.latest(reader, Window(2, before=first.before))
    back = feeds.latest(reader, Window(2, after=second.after))

    assert [card.id for card in (*first.items, *second.items)] == told[:0:-1]
    assert [card.id for card in back.items] == [card.id for card in first.items]


def test_moderators_are_told_of_what_waits_while_it_waits_and_they_moderate(town: Town) -> None:
    mod, eve = town.member("mod", role=Role.MODERATOR), town.member("eve")
    post = town.post(eve)
    case = town.case(post, town.member("bob"))
    entry = LogEntry.on_person(eve.id, Act.WARN, id=town.new_id(), actor_id=mod.id, text="", reason="")
    town.log(entry)
    town.appeal(entry.id, eve)
    town.tell(mod, Kind.REPORT, town.new_id(), thing_id=case.id)
    town.tell(mod, Kind.APPEAL, town.new_id(), thing_id=entry.id)
    appealed, reported = town.cards(mod)

    assert (reported.path, reported.about and reported.about.username) == (f"/moderation/cases/{case.id}", "eve")
    assert (appealed.path, appealed.about and appealed.about.username) == (f"/appeals/{entry.id}", "eve")
    assert town.unread(mod) == 2

    with town.storage.unit_of_work() as work:
        account = work.accounts.lock(mod.id)
        account.silenced_until = town.now + timedelta(days=1)
        work.accounts.save(account)
        work.commit()
    assert town.cards(mod) == ()
    assert town.unread(mod) == 0

    with town.storage.unit_of_work() as work:
        account = work.accounts.lock(mod.id)
        account.silenced_until, account.role = None, Role.USER
        work.accounts.save(account)
        work.commit()
    assert town.cards(mod) == ()
    assert town.unread(mod) == 0


def test_a_decision_leads_to_its_page_and_names_nobody(town: Town) -> None:
    mod, eve = town.member("mod", role=Role.MODERATOR), town.member("eve")
    post = town.post(eve, title="Soup")
    entry = LogEntry(
        id=town.new_id(),
        actor_id=mod.id,
        act=Act.HIDE,
        subject_kind=SubjectKind.POST,
        subject_id=post.id,
        about_id=eve.id,
        post_id=post.id,
        text="Soup",
        reason="Rude.",
    )
    town.log(entry)
    told = Notification.of_act(entry, at=town.now)
    assert told is not None
    town.add(told)

    card = town.card(eve)

    assert (card.kind, card.act, card.title, card.path) == (Kind.HIDDEN, Act.HIDE, "Soup", f"/appeals/{entry.id}")
    assert (card.actors, card.actor_count, card.about, told.mail_at) == ((), 0, None, None)


def test_what_is_due_for_a_mail_is_found_by_its_time(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(cyd)
    told = town.answer(ada, town.comment(cyd, post))
    town.answer(bob, town.comment(cyd, post))
    assert told.mail_at is not None

    def due(at: datetime) -> list[int]:
        with town.storage.unit_of_work() as work:
            return work.notifications.accounts_to_mail(at, 9)

    assert due(told.mail_at - timedelta(seconds=1)) == []
    assert due(told.mail_at) == [ada.id]
    assert due(told.mail_at + MAIL_AFTER) == [ada.id, bob.id]
    # A clock that was wrong stored times that are far ahead.
    assert due(told.mail_at - timedelta(days=400)) == [ada.id, bob.id]

    town.read(ada, told.id)
    assert due(told.mail_at + MAIL_AFTER) == [bob.id]


def test_what_is_in_a_mail_stays_in_it_when_it_grows_and_is_considered_again(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    town.liked(post, bob)
    with town.storage.unit_of_work() as work:
        (waiting,) = work.notifications.to_mail(ada.id, LATER, 9)
        waiting.put_into_mail(77)
        work.notifications.save([waiting])
        work.commit()
    with town.storage.unit_of_work() as work:
        assert [each.id for each in work.notifications.in_mail(ada.id, 77)] == [waiting.id]
        assert work.notifications.to_mail(ada.id, LATER, 9) == []

    town.liked(post, cyd)

    with town.storage.unit_of_work() as work:
        (grown,) = work.notifications.in_mail(ada.id, 77)
        assert grown.id > waiting.id
        assert work.notifications.to_mail(ada.id, LATER, 9) == [grown]


def test_kinds_and_things_are_marked_as_read_by_themselves(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    town.liked(post, bob)
    town.below(ada, post, cyd)
    for member in (ada, bob):
        town.tell(member, Kind.REPORT, 5, thing_id=7)
        town.tell(member, Kind.REPORT, 5, thing_id=8)

    def unread() -> list[tuple[str, NotificationKind, int]]:
        with town.storage.unit_of_work() as work:
            found = [(each, work.notifications.to_mail(each.id, LATER, 9)) for each in (ada, bob)]
        return [
            (owner.username.text, each.kind, each.thing_id) for owner, rows in found for each in rows if each.unread
        ]

    with town.storage.unit_of_work() as work:
        work.notifications.read_kinds(ada.id, [Kind.LIKE, Kind.FOLLOW])
        work.notifications.read_about(Kind.REPORT, 7, [ada.id, bob.id])
        work.commit()

    assert unread() == [("ada", Kind.COMMENT, post.id), ("ada", Kind.REPORT, 8), ("bob", Kind.REPORT, 8)]


def test_saving_one_that_has_grown_meanwhile_changes_nothing(town: Town) -> None:
    ada, bob, cyd = (town.member(name) for name in ("ada", "bob", "cyd"))
    post = town.post(ada)
    town.liked(post, bob)
    with town.storage.unit_of_work() as work:
        (old,) = work.notifications.to_mail(ada.id, LATER, 9)
    town.liked(post, cyd)

    old.read()
    with town.storage.unit_of_work() as work:
        work.notifications.save([old])
        work.commit()

    assert town.card(ada).unread


def test_what_is_told_goes_with_what_it_is_about(town: Town) -> None:
    ada, bob = town.member("ada"), town.member("bob")
    post, other = town.post(ada), town.post(ada)
    one, two = town.comment(bob, post), town.comment(bob, other)
    for comment in (one, two):
        town.answer(ada, comment)

    with town.storage.unit_of_work() as work:
        work.notifications.remove_about(SubjectKind.COMMENT, one.id)
        work.commit()
    assert [card.comment_id for card in town.cards(ada)] == [two.id]

    with town.storage.unit_of_work() as work:
        work.notifications.remove_about(SubjectKind.POST, other.id)
        work.commit()
    assert town.cards(ada) == ()


def test_what_a_member_is_told_is_removed_in_parts(town: Town) -> None:
    ada, bob = town.member("ada"), town.member("bob")
    post = town.post(ada)
    for _ in range(3):
        town.answer(ada, town.comment(bob, post))

    with town.storage.unit_of_work() as work:
        assert work.notifications.remove_some_of(ada.id, 2) == 2
        assert work.notifications.remove_some_of(ada.id, 2) == 1
        assert work.notifications.remove_some_of(ada.id, 2) == 0
        work.commit()
    assert town.cards(ada) == ()


def test_what_mails_have_come_to_is_stored(town: Town) -> None:
    ada = town.member("ada")
    with town.storage.unit_of_work() as work:
        assert work.correspondence.of(ada.id) == Correspondence(account_id=ada.id)
        work.correspondence.save(Correspondence(account_id=ada.id, sent_at=BEGINNING, refused="x@y.example"))
        work.correspondence.save(Correspondence(account_id=ada.id, sent_at=BEGINNING, refused="ada@example.com"))
        work.commit()

    with town.storage.unit_of_work() as work:
        assert work.correspondence.of(ada.id).refused == "ada@example.com"
        assert work.correspondence.of(ada.id).sent_at == BEGINNING


def told_much(database: Database, size: int, *, muted: bool) -> dict[str, Callable[[], object]]:
    """The reads of a member who was told so much about one comment, and perhaps mutes its author."""
    town = Town(sql_storage(database))
    with town.at_once():
        ada, bob = town.member("ada"), town.member("bob")
        post = town.post(ada)
        comment = town.comment(bob, post)
        if muted:
            town.mute(ada, bob)
    told = [
        Notification.of(Kind.MENTION, ada.id, id=town.new_id(), event_id=comment.id, at=town.now, **of(comment))
        for _ in range(size)
    ]
    # Each is a row of its own. A statement has a limit of time, which is short on a busy machine.
    for begin in range(0, size, 1_000):
        with town.storage.unit_of_work() as work:
            work.notifications.add([replace(each, part=each.id) for each in told[begin : begin + 1_000]])
            work.commit()
    feeds, reader, middle = town.storage.notification_feeds, town.reader(ada), told[size // 2].id
    return {
        f"{name} {number}": partial(read, reader, window)
        for number, window in enumerate((Window(5), Window(5, before=middle), Window(5, after=middle)))
        for name, read in (("cards", feeds.latest), ("profiles", feeds.latest_profiles))
    } | {"viewer": partial(town.storage.session_feeds.viewer, town.secret_of_session(ada), BEGINNING)}


@pytest.mark.sql
@pytest.mark.parametrize("muted", [False, True])
def test_a_list_of_ten_thousand_takes_as_many_steps_as_a_list_of_some(sqlite_database: Database, muted: bool) -> None:
    def taken(size: int) -> dict[str, int]:
        reads = told_much(sqlite_database, size, muted=muted)
        return {name: steps(sqlite_database, *asked(sqlite_database, read)) for name, read in reads.items()}

    # More than are counted, and than are read beyond a page on both sides.
    some, many = taken(2 * READ_BEYOND + 2 * COUNTED_AT_MOST), taken(10_000)

    assert {name: (some[name], many[name]) for name in some if many[name] > 1.02 * some[name]} == {}


@pytest.mark.sql
@pytest.mark.postgres
@pytest.mark.parametrize("upkeep", ["ANALYZE", "VACUUM ANALYZE"])
@pytest.mark.parametrize("muted", [False, True])
def test_postgres_reads_few_of_ten_thousand_notifications(
    postgres_database: Database, muted: bool, upkeep: str
) -> None:
    reads = told_much(postgres_database, 10_000, muted=muted)
    with postgres_database.reads.connect() as connection:
        connection.exec_driver_sql(upkeep)
        for name, read in reads.items():
            statement, parameters = asked(postgres_database, read)
            explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
            plan = explained.scalar_one()[0]["Plan"]

            # Once to walk and once to show, on both sides of the cursor.
            assert rows_read(plan, {"notifications"}) <= 4 * (READ_BEYOND + COUNTED_AT_MOST), f"{name}\n{plan}"


def test_a_bundle_is_gathered_sent_and_noted(storage: Storage) -> None:
    clock = Clock()
    site = Site(storage, clock)
    ids = {
        name: site.members.create(
            email=f"{name}@example.com", username=name, password="a horse, a battery", confirmed=True
        )
        for name in ("ada", "bob")
    }
    post_id = site.posts.publish(actor_id=ids["ada"], title="Slugs", body="They are back.")
    while site.jobs.run_next():
        pass
    site.postbox.letters.clear()

    def work(**time: float) -> None:
        clock.move(timedelta(**time))
        site.bundling.look()
        while site.jobs.run_next():
            pass

    for body in ("Mine too.", "@ada, mine too."):
        site.comments.write(actor_id=ids["bob"], post_id=post_id, body=body)
    work(minutes=9)
    assert site.postbox.letters == []
    work(minutes=1)
    work(hours=3)
    site.liking.like_post(actor_id=ids["bob"], post_id=post_id)
    site.comments.write(actor_id=ids["bob"], post_id=post_id, body="Once more.")
    work(minutes=10)

    assert [letter.to for letter in site.postbox.letters] == ["ada@example.com"] * 2
    first, second = (letter.subject for letter in site.postbox.letters)
    assert [subject.count("NotificationCard(") for subject in (first, second)] == [2, 1]
