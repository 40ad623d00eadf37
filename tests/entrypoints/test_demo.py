"""The demo: what it makes, that it makes the same again, and that it leaves no door open."""

import re
import stat
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.ports.comments import CommentCard
from application.ports.members import MemberCard
from application.ports.moderation import LogCard
from application.ports.notifications import NotificationCard
from application.ports.paging import Window
from application.ports.people import Profile
from application.ports.posts import PostCard
from domain.appeals import Verdict
from domain.display import Language
from domain.errors import AlreadyTaken, BadCredentials
from domain.ids import time_of
from domain.moderation import Act
from domain.notifications import NotificationKind
from domain.overview import Daily, Series
from domain.pictures import file_names, shown_in
from domain.roles import Reader, Role
from entrypoints.container import Container
from entrypoints.demo import ADMIN_EMAIL, administrator_password, password_works, texts
from entrypoints.demo.loading import load
from entrypoints.demo.pictures import FACES, SCENES
from entrypoints.demo.texts import conversations, people
from entrypoints.web.languages import language_of
from tests.doubles import Postbox, put_in, settings_with, wired

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
PASSWORD = "plinth-otter-vesper-quill"
EVERYTHING = Window(10_000)
# Chinese text has no space before or after Latin letters and digits.
SPACED = re.compile(r"[\u4e00-\u9fff] [A-Za-z0-9]|[A-Za-z0-9] [\u4e00-\u9fff]")
MODERATOR = Reader(id=1, role=Role.MODERATOR, confirmed=True)


def empty() -> Container:
    """A storage without accounts, where the time is NOW, with the cheapest hashes."""
    return wired(settings_with(), now=lambda: NOW)


class Community:
    """Everything that the feeds tell of a demo."""

    def __init__(self, seed: int) -> None:
        self.container = empty()
        feeds = self.container.storage()
        load(self.container, seed=seed, administrator_password=PASSWORD)
        self.members: tuple[MemberCard, ...] = feeds.member_feeds.search(None, "", EVERYTHING).items
        self.posts: tuple[PostCard, ...] = feeds.post_feeds.latest(None, EVERYTHING).items
        self.comments: tuple[CommentCard, ...] = feeds.moderation_feeds.comments(MODERATOR, EVERYTHING).items
        self.log: tuple[LogCard, ...] = feeds.moderation_feeds.log(MODERATOR, EVERYTHING).page.items
        self.following = {
            member.username: [
                follow.member.username for follow in feeds.follow_feeds.following(None, member.id, EVERYTHING).items
            ]
            for member in self.members
        }

    def administrator(self) -> Reader:
        [id] = [member.id for member in self.members if member.role is Role.ADMINISTRATOR]
        return self.container.storage().session_feeds.reader(id, NOW)

    def notifications(self) -> tuple[NotificationCard, ...]:
        """Those of the administrator."""
        return self.container.storage().notification_feeds.latest(self.administrator(), EVERYTHING).items

    def profiles(self) -> Iterator[Profile]:
        for member in self.members:
            yield self.container.storage().people_feeds.profile(None, member.username)


@pytest.fixture(scope="module")
def community() -> Community:
    return Community(seed=1)


def test_the_same_seed_and_moment_make_the_same_community(community: Community) -> None:
    again = Community(seed=1)

    assert again.members == community.members
    assert again.posts == community.posts
    assert again.comments == community.comments
    assert again.log == community.log
    assert again.following == community.following
    assert again.notifications() == community.notifications()


def test_another_seed_makes_the_same_texts_at_other_times(community: Community) -> None:
    other = Community(seed=2)

    assert {post.title for post in other.posts} == {post.title for post in community.posts}
    assert {comment.body for comment in other.comments} == {comment.body for comment in community.comments}
    assert [post.id for post in other.posts] != [post.id for post in community.posts]
    assert other.following != community.following


def test_counters_equal_the_stored_rows(community: Community) -> None:
    posts = Counter(post.author.id for post in community.posts if post.author)
    comments = Counter(comment.author_id for comment in community.comments)
    below = Counter(comment.post_id for comment in community.comments)
    followers = Counter(followed for following in community.following.values() for followed in following)

    assert [post.comment_count for post in community.posts] == [below[post.id] for post in community.posts]
    for profile in community.profiles():
        assert profile.post_count == posts[profile.id]
        assert profile.comment_count == comments[profile.id]
        assert profile.follower_count == followers[profile.username]
        assert profile.following_count == len(community.following[profile.username])


def test_the_days_of_the_overview_count_all_that_happened(community: Community) -> None:
    feeds = community.container.storage().overview_feeds
    days = feeds.days(NOW.date() - timedelta(days=366), NOW.date())

    written = Counter(Daily.of(Series.POSTS, post.id) for post in community.posts)
    written += Counter(Daily.of(Series.COMMENTS, comment.id) for comment in community.comments)
    written += Counter(Daily.of(Series.SIGN_UPS, member.id) for member in community.members if member.confirmed)
    # Lists leave out what is hidden or deleted. A day has it.
    assert written <= Counter(days)
    counted = {series: sum(number for day, number in days.items() if day.series is series) for series in Series}
    assert counted[Series.SIGN_UPS] == sum(person.confirmed for person in people())
    assert counted[Series.POSTS] == len(conversations())
    assert counted[Series.COMMENTS] == sum(len(conversation.remarks) for conversation in conversations())
    assert sum(day.series is Series.MAILS for day in days) > 30


def test_every_text_is_stored_with_its_author(community: Community) -> None:
    written = conversations()
    said = [remark for conversation in written for remark in conversation.remarks]

    hidden = "sailsale"
    assert Counter([hidden, *(post.author.username for post in community.posts if post.author)]) == Counter(
        conversation.author for conversation in written
    )
    assert Counter((comment.author.username, comment.body) for comment in community.comments if comment.author) == (
        Counter((remark.author, remark.body) for remark in said)
    )
    assert sorted(post.title for post in community.posts) == sorted(
        conversation.title for conversation in written if conversation.author != hidden
    )


def test_texts_name_only_people_and_posts_that_exist() -> None:
    written = conversations()
    usernames = {person.username for person in people()}
    folders = {path.name for path in (Path(texts.__file__).parent / "content/posts").iterdir() if path.is_dir()}
    keys = [conversation.key for conversation in written]

    assert folders <= usernames
    assert len(set(keys)) == len(keys)
    for conversation in written:
        assert conversation.after <= set(keys), conversation.key
        assert conversation.body, conversation.key
        said_by: list[str] = []
        for remark in conversation.remarks:
            assert remark.author in usernames, conversation.key
            assert remark.body, conversation.key
            if remark.answered:
                assert remark.answered in said_by, conversation.key
            said_by.append(remark.author)
            # A line that was meant to begin a comment, and does not.
            assert "\n===" not in f"\n{remark.body}", conversation.key
        assert "\n===" not in f"\n{conversation.body}", conversation.key


@pytest.mark.parametrize("seed", [1, 2])
def test_every_date_is_within_the_last_year_and_in_order(seed: int) -> None:
    community = Community(seed)
    joined = {member.id: member.member_since for member in community.members}
    published = {post.id: post.created_at for post in community.posts}
    written: list[PostCard | CommentCard] = [*community.posts, *community.comments]
    dates = [thing.created_at for thing in written] + [entry.created_at for entry in community.log]
    dates += joined.values()
    dates += [thing.edited_at for thing in written if thing.edited_at]
    dates += [member.last_seen_at for member in community.members]

    assert min(dates) > NOW - timedelta(days=365)
    assert max(dates) <= NOW
    assert all(thing.edited_at is None or thing.edited_at > thing.created_at for thing in written)
    assert all(post.author and joined[post.author.id] < post.created_at for post in community.posts)
    assert all(joined[comment.author_id] < comment.created_at for comment in community.comments)
    assert all(published[comment.post_id] < comment.created_at for comment in community.comments)
    assert all(member.last_seen_at >= joined[member.id] for member in community.members)
    assert max(published.values()) > NOW - timedelta(days=1)
    assert community.posts[-1].title == "The shutters are open"


def test_a_conversation_is_in_the_order_in_which_it_was_written(community: Community) -> None:
    by_title = {conversation.title: conversation for conversation in conversations() if conversation.title}

    for post in community.posts:
        if post.title:
            thread = community.container.storage().comment_feeds.thread(MODERATOR, post.id, EVERYTHING)
            assert [comment.body for comment in thread.comments.items] == [
                remark.body for remark in by_title[post.title].remarks
            ]


def test_the_demo_has_an_example_of_every_feature(community: Community) -> None:
    html = "".join(community.container.storage().post_feeds.post(None, post.id).body_html for post in community.posts)

    for tag in ("<h2", "<pre", "<code", "<ul", "<ol", "<table", "<blockquote", "<del", "<sup", "<a ", "☑", "☐"):
        assert tag in html
    assert any(len(post.body) > 5_500 for post in conversations())
    assert any(len(post.body.split()) == 1 for post in conversations())
    assert any(not post.title for post in community.posts)
    assert any(post.edited_at for post in community.posts)
    assert max(post.comment_count for post in community.posts) > 30


# Pictures.


def test_posts_show_pictures_in_all_the_ways_there_are(community: Community) -> None:
    html = {
        post.title or str(post.id): community.container.storage().post_feeds.post(None, post.id).body_html
        for post in community.posts
    }
    shown = {title: shown_in(body) for title, body in html.items() if shown_in(body)}
    cards = community.container.storage().picture_feeds.latest(MODERATOR, EVERYTHING).items
    everything = "".join(html.values())

    assert 10 <= sum(len(ids) for ids in shown.values()) < len(community.posts) / 2
    assert len(shown["made a thing that counts"]) == 3
    assert "<figure" not in html["The note in the middle"]
    assert everything.count("<figcaption>") >= 5
    assert {card.width > card.height for card in cards if not card.portrait} == {True, False}
    assert all(card.alt for card in cards if not card.portrait)
    assert any(language_of(card.alt) == "zh" for card in cards)
    assert sum(post.picture_id is not None for post in community.posts) == len(shown)
    assert len(shown_in(community.container.site().stored_for_the_command_line().html.about)) == 1
    assert "picture:" not in "".join(re.findall('href="([^"]*)"', everything))


def test_two_members_show_a_picture_of_themselves_and_the_others_their_woodcut(community: Community) -> None:
    cards = community.container.storage().picture_feeds.latest(MODERATOR, EVERYTHING).items

    assert {card.owner.username for card in cards if card.portrait and card.owner} == {"hester", "bo_at_sea"}
    for card in cards:
        if card.portrait and card.owner:
            with community.container.storage().unit_of_work() as work:
                assert work.accounts.get(card.owner_id).picture_id == card.id


def test_every_picture_has_its_files_and_was_sent_before_it_was_shown(community: Community) -> None:
    files = community.container.picture_files()
    cards = community.container.storage().picture_feeds.latest(MODERATOR, EVERYTHING).items
    joined = {member.id: member.member_since for member in community.members}

    assert files.ids(0, 10_000) == sorted(card.id for card in cards)
    for card in cards:
        assert all(files.get(card.id, name) for name in file_names(card.width, portrait=card.portrait))
        assert joined[card.owner_id] <= card.created_at <= NOW
    for post in community.posts:
        html = community.container.storage().post_feeds.post(None, post.id).body_html
        assert all(time_of(id) < post.created_at for id in shown_in(html))


def test_all_that_is_drawn_is_shown_and_looks_the_same_each_time() -> None:
    texts_of_all = "".join(conversation.body for conversation in conversations())
    texts_of_all += (Path(texts.__file__).parent / "content/site.toml").read_text(encoding="utf-8")

    assert sorted(re.findall(r"\(picture:([a-z]+)", texts_of_all)) == sorted(SCENES)
    assert sorted(person.picture for person in people() if person.picture) == sorted(FACES)
    for draw in (SCENES["chord"], FACES["sailor"]):
        assert draw().tobytes() == draw().tobytes()


def test_nothing_is_left_of_the_pictures_of_a_demo_that_is_not_stored(community: Community) -> None:
    other = wired(settings_with(), now=lambda: NOW, storage=community.container.storage())

    with pytest.raises(AlreadyTaken):
        load(other, seed=3, administrator_password=PASSWORD)

    assert other.picture_files().ids(0, 10) == []


def test_a_part_of_the_community_is_chinese_and_talks_with_the_others(community: Community) -> None:
    chinese = {person.username for person in people() if person.language is Language.SIMPLIFIED_CHINESE}
    written = [conversation for conversation in conversations() if conversation.author in chinese]
    remarks = {
        (conversation.author in chinese, remark.author in chinese)
        for conversation in conversations()
        for remark in conversation.remarks
    }

    assert len(chinese) >= 5
    assert 10 <= len(written) <= 14
    for profile in community.profiles():
        if profile.username in chinese:
            assert all(map(language_of, (profile.name, profile.location, profile.about_me))), profile.username
            with community.container.storage().unit_of_work() as work:
                assert work.accounts.get(profile.id).language is Language.SIMPLIFIED_CHINESE
    for conversation in written:
        assert language_of(conversation.body) == "zh", conversation.key
        assert not re.search(r"[\u4e00-\u9fff] [A-Za-z0-9]|[A-Za-z0-9] [\u4e00-\u9fff]", conversation.body), (
            conversation.key
        )
    assert remarks == {(True, True), (True, False), (False, True), (False, False)}
    assert "".join(conversation.body for conversation in written).count("```") == 2
    # On the first page, whatever the seed.
    for seed in range(1, 4):
        newest = Community(seed).posts[:20]
        assert sum(post.author is not None and post.author.username in chinese for post in newest) >= 3


def test_one_comment_is_hidden_and_the_log_says_why(community: Community) -> None:
    [hidden] = [comment for comment in community.comments if comment.hidden]
    [entry] = [entry for entry in community.log if entry.subject_id == hidden.id]

    assert (entry.act, entry.subject_id, entry.post_id) == (Act.HIDE, hidden.id, hidden.post_id)
    assert (entry.text, entry.reason) == (hidden.body, hidden.hidden_reason)
    assert entry.actor
    assert entry.actor.username == "ruud"
    assert hidden.created_at < entry.created_at
    assert community.container.storage().comment_feeds.comment(None, hidden.id).body is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_demo_shows_what_moderation_did(seed: int) -> None:
    """A hidden post, a sanction that ended, an appeal that was granted, a closed thread, a case that waits."""
    community = Community(seed)
    storage = community.container.storage()
    by_act = {entry.act: entry for entry in community.log}
    seller = by_act[Act.SILENCE].about
    assert seller is not None
    hidden = storage.post_feeds.post(MODERATOR, next(e.subject_id for e in community.log if e.post_id == e.subject_id))
    with storage.unit_of_work(reading=True) as work:
        appealed = work.appeals.find(int(by_act[Act.REVERSE].text))
        closed = [post for post in community.posts if work.posts.get(post.id).closed]
        account = work.accounts.get(seller.id)

    assert (hidden.author, hidden.hidden) == (seller, True)
    assert not account.is_sanctioned(NOW)
    assert storage.sanction_feeds.of_person(MODERATOR, seller.id, Window(9)).page.items
    assert appealed is not None
    assert appealed.verdict is Verdict.REVERSED
    assert [post.author.username for post in closed if post.author] == ["ruud"]
    (waiting,) = storage.case_feeds.waiting(MODERATOR, Window(9), shown=9).items
    (settled,) = storage.case_feeds.settled(MODERATOR, Window(9)).items
    assert (waiting.about and waiting.about.username, len(waiting.reports)) == ("ned", 2)
    assert waiting.text == storage.comment_feeds.comment(MODERATOR, waiting.subject_id).body
    assert (settled.subject_id, settled.settlement and settled.settlement.act) == (hidden.id, Act.HIDE)
    assert [drift for part in community.container.mending().compare_counters() for drift in part.drifts] == []


def test_members_answer_and_mention_each_other(community: Community) -> None:
    by_id = {comment.id: comment for comment in community.comments}
    answers = {comment.id: comment.reply_to for comment in community.comments if comment.reply_to}
    chinese = [id for id in answers if language_of(by_id[id].body or "") == "zh"]
    html = "".join(comment.body_html or "" for comment in community.comments)

    assert len(answers) > 80
    assert len(chinese) > 15
    # An answer to an answer to an answer.
    assert any(answers.get(answered) in answers for answered in answers.values())
    assert all(by_id[id].post_id == by_id[answered].post_id for id, answered in answers.items())
    for username in ("marguerite", "mothwing", "lihua", "pim"):
        assert f'href="/@{username}"' in html


def test_a_few_posts_have_most_of_the_likes(community: Community) -> None:
    likes = sorted((post.like_count for post in community.posts), reverse=True)

    assert likes[0] >= 10
    assert sum(likes[:10]) > sum(likes[30:])
    assert likes[len(likes) // 2] <= 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_administrator_has_unread_notifications_of_many_kinds(seed: int) -> None:
    community = Community(seed)
    notifications = community.notifications()
    unread = [card for card in notifications if card.unread]
    kept = community.container.storage().bookmark_feeds.posts(community.administrator(), EVERYTHING).items

    assert {card.kind for card in unread} == {
        NotificationKind.REPLY,
        NotificationKind.MENTION,
        NotificationKind.COMMENT,
        NotificationKind.WATCHED,
        NotificationKind.FOLLOW,
        NotificationKind.LIKE,
        NotificationKind.REPORT,
    }
    assert any(card.kind is NotificationKind.LIKE and card.actor_count > 2 for card in unread)
    assert len(unread) < len(notifications)
    assert max(card.created_at for card in notifications) <= NOW
    assert len(kept) == 7
    assert [drift for part in community.container.mending().compare_counters() for drift in part.drifts] == []


def test_the_worker_writes_one_mail_to_the_administrator_and_none_to_others() -> None:
    community = Community(seed=1)
    container, postbox = community.container, Postbox()
    put_in(container, mailer=postbox)

    container.bundling().look()
    while container.jobs().run_next():
        pass

    [mail] = postbox.letters
    assert mail.to == ADMIN_EMAIL
    assert mail.unsubscribe


def test_the_demo_has_an_administrator_a_moderator_and_an_unconfirmed_member(community: Community) -> None:
    roles = Counter(member.role for member in community.members)
    [unconfirmed] = [member for member in community.members if not member.confirmed]
    [administrator] = [member for member in community.members if member.role is Role.ADMINISTRATOR]

    assert (roles[Role.ADMINISTRATOR], roles[Role.MODERATOR]) == (1, 1)
    assert administrator.email == ADMIN_EMAIL
    assert not any(comment.author_id == unconfirmed.id for comment in community.comments)
    assert any(not member.name for member in community.members)
    assert any(len(member.name) > 50 for member in community.members)


def test_every_confirmed_member_follows_another_and_all_are_connected(community: Community) -> None:
    confirmed = {member.username for member in community.members if member.confirmed}
    [administrator] = [member.username for member in community.members if member.role is Role.ADMINISTRATOR]

    assert len(community.following[administrator]) == 8
    for username in confirmed:
        assert 2 <= len(community.following[username]) <= 9
        reached, before = {username}, 0
        while len(reached) > before:
            before = len(reached)
            reached |= {followed for follower in reached for followed in community.following[follower]}
        assert reached == confirmed


def test_only_the_administrator_can_sign_in(community: Community) -> None:
    sessions = community.container.sessions()

    assert password_works(community.container, PASSWORD)
    sessions.sign_in(email=ADMIN_EMAIL, password=PASSWORD, remember=False, device="", client="test")
    for member in community.members:
        with community.container.storage().unit_of_work() as work:
            assert (work.accounts.get(member.id).password_hash is not None) == (member.email == ADMIN_EMAIL)
    with pytest.raises(BadCredentials):
        sessions.sign_in(email="ruud@example.com", password=PASSWORD, remember=False, device="", client="test")


def test_the_demo_sends_no_mail_and_opens_no_session(community: Community) -> None:
    assert community.container.storage().outbox_feeds.latest(EVERYTHING).items == ()
    for member in community.members:
        if member.email != ADMIN_EMAIL:
            assert community.container.storage().session_feeds.of_account(member.id, NOW) == ()


def test_a_storage_with_an_account_is_left_unchanged(community: Community) -> None:
    with pytest.raises(AlreadyTaken):
        load(community.container, seed=3, administrator_password=PASSWORD)

    assert community.container.storage().post_feeds.latest(None, EVERYTHING).items == community.posts


def test_a_wrong_password_and_an_empty_storage_are_refused(community: Community) -> None:
    assert not password_works(community.container, PASSWORD + "x")
    assert not password_works(empty(), PASSWORD)


def test_the_password_is_random_and_only_its_owner_can_read_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    password = administrator_password()

    assert len(password) >= 20
    assert administrator_password() == password
    assert administrator_password(tmp_path / "elsewhere/demo-password") != password
    assert stat.S_IMODE(Path("var/demo-password").stat().st_mode) == 0o600
    assert [path.name for path in Path("var").iterdir()] == ["demo-password"]


def test_two_concurrent_calls_get_the_same_password(tmp_path: Path) -> None:
    path = tmp_path / "demo-password"

    with ThreadPoolExecutor(8) as pool:
        passwords = set(pool.map(administrator_password, [path] * 16))

    assert len(passwords) == 1


def test_the_demo_counts_its_members() -> None:
    community = Community(seed=1)

    assert community.container.storage().member_feeds.counts().members == len(community.members)
