"""A community moves from any storage to any other, and back: the same bytes, the same pages, all or nothing."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import String, delete

from adapters.memory.picture_files import MemoryPictureFiles
from adapters.sql.engine import Database
from adapters.sql.migrate import upgrade
from adapters.sql.moving import MOVES, STAYS
from adapters.sql.observing import Statement
from adapters.sql.tables import metadata, names
from application.mending import Mending
from application.moving.files import Written
from application.moving.lines import BadLine
from application.ports.flasky import Brought
from application.ports.moving.conversing import (
    BookmarkRecord,
    CommentLikeRecord,
    NotificationRecord,
    PostLikeRecord,
    WatchRecord,
)
from application.ports.moving.fields import Record
from application.ports.moving.moderating import CaseRecord, LogRecord, ReportRecord
from application.ports.moving.pictures import PictureRecord, PictureUseRecord
from application.ports.moving.records import (
    KINDS,
    AccountRecord,
    CommentRecord,
    FlaskyRecord,
    FollowRecord,
    InvitationRecord,
    JobRecord,
    NameRecord,
    PostRecord,
    Unfinished,
)
from application.ports.moving.shapes import place_of, shapes_of
from application.ports.moving.site import SiteRecord
from application.ports.moving.storing import NotEmpty
from application.ports.outbox import JobCard
from application.ports.paging import Window
from application.repeating import Repeat
from domain.accounts import Account
from domain.cases import ReportKind
from domain.credentials import Purpose
from domain.display import Language, Theme
from domain.errors import AlreadyTaken, NotFound, TryAgain
from domain.flasky import Kind
from domain.ids import LARGEST, make_id
from domain.invitations import Invitation
from domain.job_kinds import JobKind
from domain.joining import Admission, Registration
from domain.moderation import SITE_ID, Act, LogEntry, SubjectKind
from domain.notifications import Notification, NotificationKind
from domain.outbox import Job
from domain.overview import Daily, Series
from domain.pictures import file_names
from domain.posts import PostText
from domain.preferences import MailTime, Preference, Preferences
from domain.roles import Role
from domain.site import MARKDOWN, SiteHtml, SiteText
from domain.site import Site as TheSite
from tests.contracts.community import BEGINNING, Community
from tests.contracts.sites import Site
from tests.contracts.storages import STORAGES, Storage, empty, memory_storage, sql_storage
from tests.contracts.test_state_machine import SitesAlike
from tests.doubles import Clock
from tests.postgres import PostgresServer

VERSION = "1.2.3"
ALL = Window(100)
THEN = datetime(2026, 1, 5, tzinfo=UTC)
PATIENCE = 20
CORPORA = Path(__file__).parents[1] / "corpora"
HOSTILE = [
    text
    for text in (
        *json.loads((CORPORA / "naughty.json").read_text(encoding="utf-8")),
        *(each["payload"] for each in json.loads((CORPORA / "xss.json").read_text(encoding="utf-8"))),
    )
    if "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
]


# By the feeds of a storage, which are its own.
_FILES: WeakKeyDictionary[Any, MemoryPictureFiles] = WeakKeyDictionary()


def files_of(storage: Storage) -> MemoryPictureFiles:
    """The files of pictures beside this storage."""
    return _FILES.setdefault(storage.unit_of_work, MemoryPictureFiles())


def site_on(storage: Storage) -> Site:
    return Site(storage, Clock(), picture_files=files_of(storage))


def exported(storage: Storage) -> bytes:
    output = io.BytesIO()
    site_on(storage).moving.export(output.write, version=VERSION)
    return output.getvalue()


def import_into(storage: Storage, file: bytes) -> dict[str, int]:
    counts: dict[str, int] = site_on(storage).moving.import_from(io.BytesIO(file))
    return counts


def lines_of(file: bytes, kind: str) -> list[dict[str, Any]]:
    return [values for values in map(json.loads, file.splitlines()) if values["record"] == kind]


def file_of(*records: Record) -> bytes:
    """As an export of them is."""
    output = io.BytesIO()
    written = Written(output.write)
    written.begin(VERSION)
    for record in records:
        written.add(record)
    written.end()
    return output.getvalue()


# Storages to move from and to. Each kind is there twice.


@pytest.fixture(scope="session")
def other_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from migrated(f"sqlite:///{tmp_path_factory.mktemp('other')}/chapbook.db")


@pytest.fixture(scope="session")
def other_postgres(postgres_server: PostgresServer) -> Iterator[Database]:
    yield from migrated(postgres_server.create_database())


def migrated(url: str) -> Iterator[Database]:
    upgrade(url)
    database = Database(url, patience=2)
    yield database
    database.close()


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage, beside `storage`."""
    if request.param in STORAGES:
        folder = tmp_path / "other"
        folder.mkdir()
        return STORAGES[request.param](folder)
    return sql_storage(request.getfixturevalue(f"other_{request.param}"))


_ALL = (*STORAGES, "sqlite", "postgres")


def pairs(*sources: str) -> pytest.MarkDecorator:
    """From each storage to the next one, so that each is left and each is arrived at. All other pairs are long."""
    marks = {"sqlite": [pytest.mark.sql], "postgres": [pytest.mark.sql, pytest.mark.postgres]}
    cases = []
    for one in sources or _ALL:
        for other in _ALL:
            is_next = _ALL.index(other) == (_ALL.index(one) + 1) % len(_ALL)
            more = [*marks.get(one, []), *marks.get(other, []), *([] if is_next else [pytest.mark.long])]
            cases.append(pytest.param(one, other, marks=more))
    return pytest.mark.parametrize(("storage", "target"), cases, indirect=True)


def live(community: Community) -> dict[str, Account]:
    """A community that has everything once, and hostile texts."""
    storage = community.storage
    called = {"ada": "Ada L.", "Bob.B": "", "cyd_": "艾达", "dan": "\u200fשלום", "eve": "𝔈ve"}
    with community.at_once():
        members = {username: community.member(username, name=name) for username, name in called.items()}
        ada, bob, cyd, dan, eve = members.values()
        community.rename(bob, "Bobby", "bob.b", "BOB")
        community.rename(cyd, "Ada2")
    with storage.unit_of_work() as work:
        moderator = work.accounts.get(cyd.id)
        moderator.role = Role.MODERATOR
        moderator.language, moderator.theme = Language.SIMPLIFIED_CHINESE, Theme.DARK
        moderator.about_me = '\r\n\t\u2028 \\ " </script> \x7f \ufeff 你好'
        moderator.choose_time_zone("Asia/Shanghai")
        moderator.dismiss(2)
        moderator.renamed_at = datetime(2026, 1, 5, 12, 0, 0, 123_456, tzinfo=UTC)
        moderator.revoke_tokens()
        work.accounts.save(moderator)
        gone = work.accounts.get(dan.id)
        gone.disabled, gone.confirmed, gone.password_hash = True, False, None
        gone.admission, gone.why, gone.invitation_id = Admission.NO_SEAT, "汤\r\n", 77
        work.accounts.save(gone)
        until = datetime(2026, 2, 1, 0, 0, 0, 999_999, tzinfo=UTC)
        daily = Preference(site=False, mail=MailTime.DAILY)
        work.preferences.save(cyd.id, Preferences({NotificationKind.LIKE: daily, NotificationKind.REPLY: daily}))
        work.invitations.add(Invitation(id=77, owner_id=ada.id, code="a code", people=3, taken=1, until=until))
        work.commit()
    session = community.session(ada)
    with storage.unit_of_work() as work:
        work.sessions.note_visit(session.id, datetime(2026, 1, 6, 1, 2, 3, 4, tzinfo=UTC))
        work.commit()
    community.link(ada)
    with community.at_once():
        posts = [community.post(ada, text or "-", title=text[:200]) for text in HOSTILE[:60]]
        posts += [community.post(bob, "漢字かな交じり文 " * 900, title="中文标题", html_version=0)]
        comments = [community.comment(bob, posts[index % 7], text or "-") for index, text in enumerate(HOSTILE[60:])]
        comments += [community.comment(eve, posts[0], "rude"), community.comment(dan, posts[-1], "\u202eevil")]
    with storage.unit_of_work() as work:
        post = work.posts.get(posts[3].id)
        post.text = PostText(title="", body="edited")
        post.edited_at = datetime(2026, 1, 7, 0, 0, 0, 999_999, tzinfo=UTC)
        work.posts.save(post)
        work.commit()
    community.hide(comments[-1], "off topic 无关")
    community.log_entry(cyd, comments[-1])
    community.appeal(community.sanction(cyd, bob).id, bob, HOSTILE[3])
    for act in (Act.WARN, Act.SUSPEND):
        community.sanction(None, eve, act, days=None)
    removed = community.comment(eve, posts[0], "removed")
    community.log_entry(cyd, removed)
    with storage.unit_of_work() as work:
        work.comments.remove(removed.id)
        work.commit()
    with community.at_once():
        for follower, followed in permutations(members.values(), 2):
            community.follow(follower, followed)
    community.tag(posts[0], "soup", "汤")
    community.tag(posts[1], "soup")
    with storage.unit_of_work() as work:
        work.tags.rename(work.tags.lock("汤", "")[0], "汤汤", community.new_id())
        work.commit()
    community.mute(ada, bob)
    community.mute(bob, ada, muted=False, blocked=True)
    with community.at_once():
        for member in (bob, cyd, eve):
            community.like(member, posts[0])
            community.bookmark(member, posts[1])
            community.watch(member, posts[2])
        for member in (ada, cyd):
            community.like(member, comments[0])
    news = [
        Notification.of(
            NotificationKind.LIKE,
            ada.id,
            id=community.new_id(),
            event_id=posts[0].id,
            thing_id=posts[0].id,
            post_id=posts[0].id,
            at=community.now,
        ),
        Notification.of(
            NotificationKind.REPLY,
            bob.id,
            id=community.new_id(),
            event_id=comments[0].id,
            thing_id=comments[0].id,
            post_id=posts[0].id,
            comment_id=comments[0].id,
            at=community.now,
        ),
    ]
    with storage.unit_of_work() as work:
        work.notifications.add(news)
        work.notifications.read_until(ada.id, news[0].id)
        work.commit()
    pictures = [
        community.picture(ada, posts[0], posts[1]),
        community.picture(bob),
        community.picture(cyd, portrait=True),
    ]
    for picture in pictures:
        names = file_names(picture.width, portrait=picture.portrait)
        files_of(storage).put(picture.id, {name: f"{picture.id} {name}".encode()[-9:] for name in names})
    with storage.unit_of_work() as work:
        shown = work.posts.get(posts[0].id)
        shown.html = replace(shown.html, picture_id=pictures[0].id)
        work.posts.save(shown)
        portrayed = work.accounts.get(cyd.id)
        portrayed.picture_id = pictures[2].id
        work.accounts.save(portrayed)
        work.pictures.show(SITE_ID, [pictures[0].id], community.now)
        work.commit()
    settled = community.case(comments[-2], ada, bob, None, kind=ReportKind.ILLEGAL)
    community.settle(settled, cyd, Act.WARN)
    for each, told in (
        (community.case(removed, ada, bob, cyd), 0),
        (community.case(eve, ada, kind=ReportKind.SPAM), 0),
        (settled, 1),
    ):
        with storage.unit_of_work() as work:
            case = work.cases.get(each.id)
            case.kinds, case.told = case.kinds | {ReportKind.OTHER}, told
            work.cases.save(case)
            work.commit()
    with storage.unit_of_work() as work:
        leaver = work.accounts.get(eve.id)
        leaver.leave()
        work.accounts.save(leaver)
        work.outbox.add(Job(id=community.new_id(), kind=JobKind.ERASE_ALL, account_id=eve.id, due_at=community.now))
        work.flasky.add(
            [
                Brought(Kind.USER, 1, ada.id, name="Ada of old"),
                Brought(Kind.USER, -(2**63), bob.id, name="BOB"),
                Brought(Kind.USER, 2**63 - 1, eve.id, name="eve"),
                Brought(Kind.POST, 1, posts[0].id),
                Brought(Kind.POST, 2, removed.id),
                Brought(Kind.COMMENT, 1, removed.id),
                Brought(Kind.FOLLOW, 1, community.new_id(), followed=2),
                Brought(Kind.FOLLOW, 1, community.new_id(), followed=3),
            ]
        )
        site = SiteText(name="读书会 & co", tagline=HOSTILE[1][:120], rules="1. Be kind.", contact="ada@example.com")
        html = SiteHtml(rules='<ol>\n<li id="rule-1">Be kind.</li>\n</ol>', version=1)
        work.site.save(TheSite(text=site, html=html, announced=2))
        work.moderation_log.add(
            LogEntry(
                id=community.new_id(),
                actor_id=cyd.id,
                act=Act.SITE,
                subject_kind=SubjectKind.SITE,
                subject_id=1,
                about_id=0,
                text="name rules",
            )
        )
        work.commit()
    community.job()
    mend(storage)
    return members


def mend(storage: Storage) -> None:
    """The helper above changes rows without their counters."""
    mending = Mending(repeat=Repeat(storage.unit_of_work))
    for drift in [drift for compared in mending.compare_counters() for drift in compared.drifts]:
        mending.recount(drift)


def pages(storage: Storage, ids: list[int]) -> Iterator[Any]:
    """What readers see, as it is after the jobs are gone."""
    for reader in (None, *(found for id in ids if (found := outcome(storage.session_feeds.reader, id, THEN)))):
        yield storage.post_feeds.whole_latest(reader, ALL)
        yield storage.post_feeds.latest(reader, ALL)
        yield storage.post_feeds.sitemap(reader, 0, LARGEST, 1_000)
        yield storage.comment_feeds.latest(reader, ALL)
        yield storage.people_feeds.present_username(reader, "bobby")
        for name in ("Ada of old", "ada of old", "BOB", "bob", "Bobby", "eve", "nobody"):
            yield outcome(storage.flasky_feeds.username, reader, name)
        for number in (1, 2, 3):
            yield outcome(storage.flasky_feeds.post_id, reader, number)
        if reader is not None:
            yield storage.post_feeds.timeline(reader, ALL)
            yield storage.moderation_feeds.log(reader, ALL)
            yield storage.moderation_feeds.comments(reader, ALL)
            yield storage.member_feeds.search(reader, "ada", ALL)
            yield storage.member_feeds.search(reader, "\n\n艾", ALL)
            yield storage.credential_feeds.token_reader(reader.id, THEN)
            yield storage.mute_feeds.people(reader, ALL)
            yield storage.preference_feeds.of(reader)
            yield storage.case_feeds.waiting(reader, ALL, shown=9)
            yield storage.case_feeds.settled(reader, ALL, shown=9)
            for name in ("ada", "bob", "ada2"):
                yield storage.people_feeds.page(reader, name, ALL)
                yield storage.follow_feeds.follower_profiles(reader, name, ALL)
                yield storage.member_feeds.member(reader, name)
            for picture in storage.picture_feeds.latest(reader, ALL).items:
                yield picture
                yield outcome(storage.picture_feeds.served, reader, picture.id)
            yield storage.picture_feeds.bytes_of(reader.id)
    yield storage.member_feeds.counts()
    with storage.unit_of_work(reading=True) as work:
        for id in ids:
            yield work.accounts.get(id)
        yield work.accounts.find_by_email("ada@example.com")
        for name in ("bobby", "bob.b", "bob", "cyd_", "ada2", "nobody"):
            yield work.accounts.find_by_username(name)


def outcome(act: Callable[..., Any], *values: Any) -> Any:
    try:
        return act(*values)
    except NotFound:
        return None


# From one to another.


@pairs()
def test_a_community_is_the_same_on_the_other_side(storage: Storage, target: Storage, community: Community) -> None:
    ids = [account.id for account in live(community).values()]
    file = exported(storage)

    counts = import_into(target, file)

    assert exported(target) == file == exported(storage)
    assert [kind for kind, count in counts.items() if not count] == [], "live() lacks what moves"
    assert (counts["accounts"], counts["posts"], counts["former_names"], counts["flasky"]) == (5, 61, 3, 8)
    assert storage.flasky_feeds.username(None, "Ada of old") == "ada"
    assert storage.flasky_feeds.username(None, "bob") == "BOB"
    assert list(pages(target, ids)) == list(pages(storage, ids))
    assert (counts["pictures"], counts["picture_uses"], counts["picture_files"]) == (3, 3, 8 + 8 + 4)
    for picture_id in files_of(storage).ids(0, 9):
        assert files_of(target).get(picture_id, "320.webp") == files_of(storage).get(picture_id, "320.webp")
    mending = Mending(repeat=Repeat(target.unit_of_work))
    assert [drift for compared in mending.compare_counters() for drift in compared.drifts] == []
    assert [id for part in mending.stale_texts() for id in part.wrong] == []
    assert not mending.is_index_behind()


@pairs()
def test_the_days_are_counted_anew_from_what_moves(storage: Storage, target: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.member("bob", confirmed=False)
    community.member("cyd", admission=Admission.APPROVAL)
    post = community.post(ada)
    for _ in range(3):
        community.comment(ada, post)

    import_into(target, exported(storage))

    day = BEGINNING.date()
    assert target.overview_feeds.days(day, day) == {
        Daily(Series.SIGN_UPS, day): 1,
        Daily(Series.POSTS, day): 1,
        Daily(Series.COMMENTS, day): 3,
    }


@pairs()
def test_sessions_links_and_mails_stay(storage: Storage, target: Storage, community: Community) -> None:
    ada = live(community)["ada"]

    import_into(target, exported(storage))

    assert target.session_feeds.of_account(ada.id, community.now) == ()
    with target.unit_of_work(reading=True) as work:
        assert all(work.links.find(ada.id, purpose) is None for purpose in Purpose)
    assert {card.kind for card in waiting(target)} == {JobKind.ERASE_ALL, JobKind.RERENDER}


def waiting(storage: Storage) -> list[JobCard]:
    return list(storage.outbox_feeds.latest(ALL).items)


class SitesThatMove(SitesAlike):
    """At the end of a story, the community of each storage moves to a new one of each kind."""

    targets: Callable[[], list[Storage]]

    def every_feed_answers_the_same(self) -> None:
        """Another test asks them after each step."""

    def teardown(self) -> None:
        super().teardown()
        files = [exported(site.storage) for site in self.sites]
        assert all(file == files[0] for file in files)
        ids = self.members[1:]
        for moved in type(self).targets():
            import_into(moved, files[0])
            assert exported(moved) == files[0]
            assert list(self.pages(moved, ids)) == list(self.pages(self.sites[0].storage, ids))

    def pages(self, storage: Storage, ids: list[int]) -> Iterator[Any]:
        yield storage.post_feeds.whole_latest(None, ALL)
        yield storage.comment_feeds.latest(None, ALL)
        yield storage.member_feeds.counts()
        for id in ids:
            yield storage.follow_feeds.followers(None, id, ALL)
            yield outcome(storage.session_feeds.reader, id, THEN)


@pytest.mark.sql
@pytest.mark.postgres
def test_whatever_people_do_their_community_moves(
    sqlite_database: Database, postgres_database: Database, other_sqlite: Database, other_postgres: Database
) -> None:
    class Machine(SitesThatMove):
        targets = staticmethod(lambda: [memory_storage(), sql_storage(other_sqlite), sql_storage(other_postgres)])

        def __init__(self) -> None:
            super().__init__([memory_storage(), sql_storage(sqlite_database), sql_storage(postgres_database)])

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=3,
            stateful_step_count=30,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Values that no rule of today allows, and that a storage may hold.

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
some_text = st.text(characters, max_size=30)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
ids = st.integers(1, LARGEST)
numbers = st.integers(0, 2**31 - 1)
old = st.integers(-(2**63), 2**63 - 1)


@st.composite
def communities(draw: st.DrawFn) -> list[Record]:
    account_ids = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    whose = st.sampled_from(account_ids)
    accounts = [
        AccountRecord(
            id=id,
            username=f"{number}{draw(some_text)}"[:64],
            email=f"{number}{draw(some_text)}"[:254],
            password_hash=draw(st.none() | some_text),
            role=draw(st.sampled_from(Role)),
            confirmed=draw(st.booleans()),
            disabled=draw(st.booleans()),
            deleted=draw(st.booleans()),
            name=draw(some_text),
            location=draw(some_text),
            about_me=draw(some_text),
            language=draw(st.sampled_from(Language)),
            theme=draw(st.sampled_from(Theme)),
            renamed_at=draw(st.none() | moments),
            token_generation=draw(numbers),
            version=draw(numbers),
            last_seen_at=draw(moments),
            admission=draw(st.sampled_from(Admission)),
            why=draw(some_text),
            invitation_id=draw(st.just(0) | ids),
            picture_id=draw(st.none() | ids),
        )
        for number, id in enumerate(account_ids)
    ]
    former = [
        NameRecord(key=f"former {key}"[:64], account_id=draw(whose))
        for key in draw(st.lists(some_text, max_size=3, unique=True))
    ]
    invitations = [
        InvitationRecord(
            id=id,
            owner_id=draw(whose),
            code=f"{id}{draw(some_text)}"[:64],
            people=draw(numbers),
            taken=draw(numbers),
            until=draw(moments),
            ended=draw(st.booleans()),
        )
        for id in draw(st.lists(ids, max_size=3, unique=True))
    ]
    pictures = [
        PictureRecord(
            id=id,
            owner_id=draw(whose),
            alt=draw(some_text),
            width=draw(numbers),
            height=draw(numbers),
            size=draw(numbers),
            portrait=draw(st.booleans()),
            unused_since=draw(st.none() | moments),
        )
        for id in draw(st.lists(ids, max_size=3, unique=True))
    ]
    uses = [
        PictureUseRecord(text_id=text_id, picture_id=draw(st.sampled_from(pictures)).id)
        for text_id in draw(st.lists(ids, max_size=3 if pictures else 0, unique=True))
    ]
    follows = [
        FollowRecord(id=draw(ids), follower_id=one, followed_id=other)
        for one, other in draw(st.sets(st.tuples(whose, whose), max_size=4))
    ]
    posts = [
        PostRecord(
            id=id,
            author_id=draw(whose),
            title=draw(some_text),
            body=draw(some_text),
            body_html=draw(some_text),
            excerpt_html=draw(some_text),
            cut=draw(st.booleans()),
            html_version=draw(numbers),
            edited_at=draw(st.none() | moments),
            version=draw(numbers),
            hidden_by=draw(st.none() | ids),
            hidden_reason=draw(some_text),
            closed=draw(st.booleans()),
            deleted_at=draw(st.none() | moments),
            deleted_by=draw(st.none() | ids),
            picture_id=draw(st.none() | ids),
        )
        for id in draw(st.lists(ids, max_size=3, unique=True))
    ]
    comments = [
        CommentRecord(
            id=id,
            post_id=draw(st.sampled_from(posts)).id,
            author_id=draw(whose),
            body=draw(some_text),
            body_html=draw(some_text),
            html_version=draw(numbers),
            edited_at=draw(st.none() | moments),
            version=draw(numbers),
            hidden=draw(st.booleans()),
            hidden_reason=draw(some_text),
            hidden_by=draw(st.none() | ids),
            deleted_at=draw(st.none() | moments),
            deleted_by=draw(st.none() | ids),
        )
        for id in draw(st.lists(ids, max_size=3 if posts else 0, unique=True))
    ]
    likes = [
        PostLikeRecord(id=draw(ids), post_id=post.id, account_id=draw(whose))
        for post in draw(st.lists(st.sampled_from(posts), max_size=3, unique=True) if posts else st.just([]))
    ]
    likes_of_comments = [
        CommentLikeRecord(id=draw(ids), comment_id=comment.id, account_id=draw(whose))
        for comment in draw(st.lists(st.sampled_from(comments), max_size=3, unique=True) if comments else st.just([]))
    ]
    bookmarks = [BookmarkRecord(id=draw(ids), account_id=draw(whose), post_id=like.post_id) for like in likes]
    watches = [WatchRecord(id=draw(ids), post_id=like.post_id, account_id=draw(whose)) for like in likes]
    log = [
        LogRecord(
            id=id,
            actor_id=draw(st.none() | whose),
            act=draw(st.sampled_from(Act)),
            subject_kind=draw(st.sampled_from(SubjectKind)),
            subject_id=draw(ids),
            about_id=draw(whose),
            post_id=draw(st.none() | ids),
            text=draw(some_text),
            reason=draw(some_text),
            rule=draw(st.sampled_from(["", "7", "law"])),
        )
        for id in draw(st.lists(ids, max_size=2, unique=True))
    ]
    cases = [
        CaseRecord(
            id=id,
            subject_kind=draw(st.sampled_from(SubjectKind)),
            subject_id=id,
            about_id=draw(whose),
            post_id=draw(st.none() | ids),
            text=draw(some_text),
            kinds=draw(st.frozensets(st.sampled_from(ReportKind))),
            report_count=draw(numbers),
            member_count=draw(numbers),
            entry_id=entry.id if entry is not None else None,
            told=draw(numbers),
            kept=draw(st.booleans()),
        )
        for id, entry in zip(draw(st.lists(ids, max_size=3, unique=True)), [*log, None, None, None], strict=False)
    ]
    reports = [
        ReportRecord(
            id=id,
            case_id=draw(st.sampled_from(cases)).id,
            number=number,
            reporter_id=None,
            kind=draw(st.sampled_from(ReportKind)),
            text=draw(some_text),
            name=draw(some_text),
            email=f"{number}{draw(some_text)}"[:254],
            language=draw(st.sampled_from(Language)),
        )
        for number, id in enumerate(draw(st.lists(ids, max_size=3 if cases else 0, unique=True)))
    ]
    brought = [
        FlaskyRecord(kind=kind, number=number, followed=followed, made_id=draw(ids), name=draw(some_text))
        for kind, number, followed in draw(st.sets(st.tuples(st.sampled_from(Kind), old, old), max_size=4))
    ]
    kept: list[list[Any]] = [likes, likes_of_comments, bookmarks, watches]
    written: list[list[Any]] = [accounts, former, invitations, follows, pictures, posts, comments]
    site = [
        SiteRecord(
            id=1,
            **{name: draw(some_text)[:120] for name in ("tagline", "contact", "announcement")},
            **{name: draw(some_text) for name in MARKDOWN},
            **{f"{name}_html": draw(some_text) for name in MARKDOWN},
            name=draw(some_text)[:64],
            registration=draw(st.sampled_from(Registration)),
            html_version=draw(numbers),
            version=draw(numbers),
            announced=draw(numbers),
        )
        for _ in range(draw(st.integers(0, 1)))
    ]
    kinds = [*written, *kept, log, cases, reports, brought, site, uses]
    return [record for kind in kinds for record in sorted(kind, key=place_of)]


@pytest.mark.sql
@pytest.mark.postgres
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(records=communities())
def test_every_value_that_a_storage_holds_moves(
    records: list[Record], sqlite_database: Database, postgres_database: Database
) -> None:
    file = file_of(*records)
    for storage in (memory_storage(), sql_storage(sqlite_database), sql_storage(postgres_database)):
        import_into(storage, file)
        assert exported(storage) == file


# All or nothing.


def test_an_import_is_for_an_empty_storage(storage: Storage, community: Community) -> None:
    ada = community.member()
    file = exported(storage)

    with pytest.raises(NotEmpty):
        import_into(storage, file)

    assert exported(storage) == file
    with storage.unit_of_work() as work:
        assert work.accounts.get(ada.id) == ada


def account(number: int, **values: Any) -> AccountRecord:
    usual: dict[str, Any] = {
        "id": make_id(datetime(2026, 1, number, tzinfo=UTC), 0),
        "username": f"member{number}",
        "email": f"member{number}@example.com",
        "password_hash": None,
        "role": Role.USER,
        "confirmed": True,
        "disabled": False,
        "deleted": False,
        "name": "",
        "location": "",
        "about_me": "",
        "language": Language.ENGLISH,
        "theme": Theme.AUTO,
        "renamed_at": None,
        "token_generation": 1,
        "version": 1,
        "last_seen_at": datetime(2026, 2, number, tzinfo=UTC),
    }
    return AccountRecord(**(usual | values))


def post(number: int, author: AccountRecord, **values: Any) -> PostRecord:
    usual: dict[str, Any] = {
        "id": make_id(datetime(2026, 3, number, tzinfo=UTC), 0),
        "author_id": author.id,
        "title": "",
        "body": "A post.",
        "body_html": "<p>A post.</p>",
        "excerpt_html": "<p>A post.</p>",
        "cut": False,
        "html_version": 1,
        "edited_at": None,
        "version": 1,
        "hidden_by": None,
        "hidden_reason": "",
        "closed": False,
        "deleted_at": None,
        "deleted_by": None,
    }
    return PostRecord(**(usual | values))


def comment(number: int, below: PostRecord, author_id: int, **values: Any) -> CommentRecord:
    usual: dict[str, Any] = {"body": "!", "body_html": "!", "html_version": 1, "edited_at": None, "version": 1}
    return CommentRecord(
        id=make_id(datetime(2026, 4, number, tzinfo=UTC), 0),
        post_id=below.id,
        author_id=author_id,
        hidden=False,
        hidden_reason="",
        hidden_by=None,
        deleted_at=None,
        deleted_by=None,
        **(usual | values),
    )


def invitation(number: int, owner_id: int, **values: Any) -> InvitationRecord:
    until = datetime(2026, 2, number, tzinfo=UTC)
    usual: dict[str, Any] = {"code": f"code {number}", "people": 2, "taken": 1, "until": until, "ended": False}
    return InvitationRecord(id=number, owner_id=owner_id, **(usual | values))


ONE, TWO, THREE = account(1), account(2), account(3)
POST = post(1, ONE)
ENTRY = LogRecord(
    id=9,
    actor_id=ONE.id,
    act=Act.HIDE,
    subject_kind=SubjectKind.COMMENT,
    subject_id=1,
    about_id=TWO.id,
    post_id=2,
    text="",
    reason="",
    rule="",
)
PICTURE = PictureRecord(id=9, owner_id=ONE.id, alt="", width=320, height=200, size=8, portrait=False, unused_since=None)
CASE = CaseRecord(
    id=9,
    subject_kind=SubjectKind.COMMENT,
    subject_id=1,
    about_id=TWO.id,
    post_id=2,
    text="",
    kinds=frozenset({ReportKind.SPAM}),
    report_count=1,
    member_count=1,
    entry_id=None,
    told=0,
    kept=True,
)
REPORT = ReportRecord(
    id=9,
    case_id=CASE.id,
    number=1,
    reporter_id=ONE.id,
    kind=ReportKind.SPAM,
    text="",
    name="",
    email="",
    language=Language.ENGLISH,
)


def hiding_all(entry_id: int) -> JobRecord:
    return JobRecord(job=Unfinished.HIDE_ALL, account_id=TWO.id, subject_id=entry_id)


# By name: the records, and the line that does not fit with its reason.
MISFITS: dict[str, tuple[list[Record], int, str, str]] = {
    "a username twice": ([ONE, TWO, account(3, username="MEMBER2")], 4, "taken", "username"),
    "an address twice": ([ONE, TWO, account(3, email="Member1@EXAMPLE.com")], 4, "taken", "email"),
    "a former name that is a present one": (
        [ONE, TWO, NameRecord(key="a", account_id=ONE.id), NameRecord(key="member2", account_id=ONE.id)],
        *(5, "taken", "username"),
    ),
    "a former name of nobody": ([ONE, NameRecord(key="x", account_id=5)], 3, "reference", ""),
    "an invitation of nobody": ([ONE, invitation(1, 5)], 3, "reference", ""),
    "a code twice": ([ONE, invitation(1, ONE.id), invitation(2, ONE.id, code="code 1")], 4, "taken", "code"),
    "nobody follows": ([ONE, FollowRecord(id=1, follower_id=5, followed_id=ONE.id)], 3, "reference", ""),
    "nobody is followed": ([ONE, FollowRecord(id=1, follower_id=ONE.id, followed_id=5)], 3, "reference", ""),
    "a post of nobody": ([ONE, POST, post(2, TWO)], 4, "reference", ""),
    "a comment of nobody": ([ONE, POST, comment(1, POST, ONE.id), comment(2, POST, 5)], 5, "reference", ""),
    "a picture of nobody": ([ONE, replace(PICTURE, owner_id=5)], 3, "reference", ""),
    "a text shows no picture": ([ONE, PICTURE, PictureUseRecord(text_id=1, picture_id=5)], 4, "reference", ""),
    "a comment on nothing": ([ONE, POST, comment(1, post(2, ONE), ONE.id)], 4, "reference", ""),
    "a log entry about nobody": ([ONE, ENTRY], 3, "reference", ""),
    "a case about nobody": ([ONE, CASE], 3, "reference", ""),
    "a case that no entry settled": ([ONE, TWO, replace(CASE, entry_id=5)], 4, "reference", ""),
    "a report of nothing": ([ONE, TWO, CASE, replace(REPORT, case_id=5)], 5, "reference", ""),
    "a report by nobody": ([ONE, TWO, CASE, replace(REPORT, reporter_id=5)], 5, "reference", ""),
    "an act on everything that is none": ([ONE, TWO, ENTRY, hiding_all(ENTRY.id)], 5, "reference", ""),
    "an act on everything that nobody did": ([ONE, TWO, ENTRY, hiding_all(5)], 5, "reference", ""),
    "news of no case": (
        [ONE, JobRecord(job=Unfinished.TELL_OF_CASE, account_id=0, subject_id=5)],
        *(3, "reference", ""),
    ),
    "news of no comment": (
        [ONE, JobRecord(job=Unfinished.TELL_WATCHERS, account_id=0, subject_id=5)],
        *(3, "reference", ""),
    ),
    "nobody is told": (
        [
            NotificationRecord(
                id=1,
                account_id=5,
                kind=NotificationKind.FOLLOW,
                thing_id=0,
                post_id=None,
                comment_id=None,
                first_id=1,
                last_id=1,
                unread=True,
                part=0,
                mail_at=None,
            )
        ],
        *(2, "reference", ""),
    ),
    "one of many": (
        [ONE, *(post(number, ONE) for number in range(1, 20)), post(20, TWO), post(21, ONE)],
        22,
        "reference",
        "",
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_to_the_rest_is_named_by_its_line_and_nothing_is_imported(
    name: str, storage: Storage
) -> None:
    records, line, code, field = MISFITS[name]

    with pytest.raises(BadLine) as raised:
        import_into(storage, file_of(*records))

    found = raised.value
    assert (found.number, found.code, found.values.get("field", "")) == (line, code, field)
    assert storage.member_feeds.is_empty()
    import_into(storage, file_of(ONE, TWO, POST, comment(1, POST, TWO.id), ENTRY))
    assert storage.member_feeds.counts().members == 2


def test_a_file_that_is_damaged_in_its_last_line_leaves_nothing(storage: Storage) -> None:
    file = file_of(ONE, POST).replace(b"A post.", b"B post.")

    with pytest.raises(BadLine) as raised:
        import_into(storage, file)

    assert raised.value.code == "checksum"
    assert storage.member_feeds.is_empty()
    assert waiting(storage) == []


# While others read and write.


def test_an_export_is_of_one_moment(storage: Storage, community: Community) -> None:
    ada = community.member()
    with community.at_once():
        for _ in range(250):
            community.post(ada)
    before = exported(storage)
    writer = threading.Thread(target=lambda: (community.member("bob"), community.post(ada)))
    output = io.BytesIO()

    def write(data: bytes) -> None:
        output.write(data)
        if not writer.ident:
            writer.start()
            # Where the storage has one lock for all, the writer ends only after the export.
            writer.join(1)

    site_on(storage).moving.export(write, version=VERSION)
    writer.join(PATIENCE)

    assert output.getvalue() == before
    assert storage.member_feeds.counts().members == 2


def test_nobody_joins_while_an_import_runs_and_readers_go_on(storage: Storage, community: Community) -> None:
    refused: list[BaseException] = []

    def join() -> None:
        try:
            with storage.unit_of_work(patient=False) as work:
                work.accounts.add(TWO.account)
        except TryAgain as error:
            refused.append(error)

    def meanwhile(_done: int, _bytes: int) -> None:
        joining = threading.Thread(target=join)
        joining.start()
        joining.join(PATIENCE)
        assert storage.member_feeds.is_empty()
        assert storage.post_feeds.latest(None, ALL).items == ()

    site_on(storage).moving.import_from(io.BytesIO(file_of(ONE)), show=meanwhile)

    assert len(refused) == 1
    assert [card.username for card in storage.member_feeds.search(None, "", ALL).items] == ["member1"]
    community.member("bob")
    assert storage.member_feeds.counts().members == 2


def test_an_import_waits_for_who_is_joining_and_is_then_refused(database: Database) -> None:
    storage = sql_storage(database)
    outcomes: list[BaseException] = []

    def move() -> None:
        try:
            import_into(storage, file_of(ONE))
        except (NotEmpty, TryAgain) as error:
            outcomes.append(error)

    importing = threading.Thread(target=move)
    with storage.unit_of_work() as work:
        work.accounts.add(TWO.account)
        importing.start()
        importing.join(0.3)
        assert importing.is_alive()
        work.commit()
    importing.join(PATIENCE)

    assert [type(error) for error in outcomes] == [NotEmpty]
    assert storage.post_feeds.latest(None, ALL).items == ()


def test_a_username_that_came_over_is_taken_there(storage: Storage, community: Community) -> None:
    import_into(storage, file_of(ONE, NameRecord(key="former", account_id=ONE.id)))

    for name in ("Member1", "former"):
        with pytest.raises(AlreadyTaken):
            community.member(name, email="new@example.com")
    with storage.unit_of_work() as work:
        one = work.accounts.get(ONE.id)
        work.accounts.save(one)
        work.commit()


# Jobs.


@pytest.mark.parametrize("posts", ["keep", "delete"])
@pairs()
def test_what_a_former_member_wanted_removed_is_removed_on_the_other_side(
    storage: Storage, target: Storage, posts: str
) -> None:
    site = site_on(storage)
    for name in ("ada", "bob"):
        site.members.create(
            email=f"{name}@example.com", username=name, password="a horse, a battery", role=Role.USER, confirmed=True
        )
    with storage.unit_of_work(reading=True) as work:
        ada, bob = (work.accounts.find_by_username(name) for name in ("ada", "bob"))
    assert ada is not None
    assert bob is not None
    post_id = site.posts.publish(actor_id=ada.id, title="", body="Hello.")
    site.comments.write(actor_id=bob.id, post_id=post_id, body="Hello.")
    site.following.follow(actor_id=bob.id, username="ada")
    site.leaving.leave(actor_id=ada.id, password="a horse, a battery", posts=posts)
    file = exported(storage)

    moved = site_on(target)
    moved.moving.import_from(io.BytesIO(file))
    assert exported(target) == file
    while moved.jobs.run_next():
        pass

    left = [card.id for card in target.post_feeds.latest(None, ALL).items]
    assert left == ([post_id] if posts == "keep" else [])
    assert target.people_feeds.profile(None, "bob").following_count == 0
    assert lines_of(exported(target), "jobs") == []
    while site.jobs.run_next():
        pass
    assert exported(target) == exported(storage)


@pairs()
def test_a_wish_to_render_everything_anew_moves_and_old_html_is_rendered_anew(
    storage: Storage, target: Storage, community: Community
) -> None:
    community.post(community.member(), html_version=0)
    site_on(storage).rerendering.ask(everything=True)
    file = exported(storage)
    assert lines_of(file, "jobs") == [{"record": "jobs", "job": "rerender_all", "account_id": 0, "subject_id": 0}]

    import_into(target, file)

    assert exported(target) == file
    assert {card.kind for card in waiting(target)} == {JobKind.RERENDER, JobKind.RERENDER_ALL}


@pairs()
def test_an_act_on_everything_goes_on_on_the_other_side(
    storage: Storage, target: Storage, community: Community
) -> None:
    ada, mod = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    posts = [community.post(ada) for _ in range(3)]
    entry_id = site_on(storage).hiding_all.hide_all(actor_id=mod.id, username="ada", reason="Spam.")
    file = exported(storage)
    assert lines_of(file, "jobs") == [
        {"record": "jobs", "job": "hide_all", "account_id": ada.id, "subject_id": entry_id}
    ]

    moved = site_on(target)
    moved.moving.import_from(io.BytesIO(file))
    assert exported(target) == file
    while moved.jobs.run_next():
        pass

    with target.unit_of_work() as work:
        assert [work.posts.get(post.id).hidden_by for post in posts] == [entry_id] * 3


@pairs()
def test_who_reported_something_is_told_on_the_other_side_what_came_of_it(
    storage: Storage, target: Storage, community: Community
) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    with storage.unit_of_work() as work:
        moderator = work.accounts.get(cyd.id)
        moderator.role = Role.MODERATOR
        work.accounts.save(moderator)
        work.commit()
    case = community.case(community.post(bob), ada, kind=ReportKind.SPAM)
    site_on(storage).cases.settle(actor_id=cyd.id, case_id=case.id, act="none")
    file = exported(storage)
    assert lines_of(file, "jobs") == [{"record": "jobs", "job": "tell_reporters", "account_id": 0, "subject_id": 0}]

    moved = site_on(target)
    moved.moving.import_from(io.BytesIO(file))
    assert exported(target) == file
    while moved.jobs.run_next():
        pass

    assert len(moved.postbox.to("ada@example.com")) == len(moved.postbox.letters) == 1
    assert lines_of(exported(target), "jobs") == []


# What only a database has.


@pairs("sqlite", "postgres")
def test_an_account_whose_username_was_not_kept_moves_and_its_username_is_kept_there(
    storage: Storage, target: Storage, community: Community, request: pytest.FixtureRequest
) -> None:
    ada = community.member()
    kind = request.node.callspec.params["storage"]
    database: Database = request.getfixturevalue(f"{kind}_database")
    with database.writing() as connection:
        connection.execute(delete(names))
        connection.commit()

    import_into(target, exported(storage))

    assert lines_of(exported(storage), "former_names") == []
    with target.unit_of_work(reading=True) as work:
        assert work.accounts.find_by_username("ada") == ada
    there = Community(target)
    there.new_id()
    with pytest.raises(AlreadyTaken):
        there.member("ADA", email="new@example.com")


@pytest.mark.sql
@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_no_statement_of_a_move_reads_or_writes_many_rows(kind: str, request: pytest.FixtureRequest) -> None:
    seen: list[Statement] = []
    url = request.getfixturevalue(f"{kind}_database").engine.url.render_as_string(hide_password=False)
    database = Database(url, observers=[seen.append])
    storage = sql_storage(database)
    community = Community(storage)
    with community.at_once():
        ada = community.member()
        below = [community.post(ada) for _ in range(700)]
        for each in below:
            community.comment(ada, each)
    seen.clear()

    file = exported(storage)
    reading = [statement.rows or 0 for statement in seen]
    empty(database)
    seen.clear()
    import_into(storage, file)
    writing = [statement.rows or 0 for statement in seen]
    database.close()

    assert max(reading) == 100
    assert len(reading) < 70
    assert max(writing) <= 200


def test_every_table_moves_or_stays_for_a_reason() -> None:
    moves = {source.table.name for source in MOVES.values()}

    assert moves & STAYS.keys() == set()
    assert moves | STAYS.keys() == metadata.tables.keys(), "say in adapters/sql/moving.py what becomes of a new table"
    assert all(reason.endswith(".") for reason in STAYS.values())


def sample(kind: type[Record]) -> Record:
    """Any record of this kind."""
    values: dict[type, object] = {int: 1, str: "x", bool: False, datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    make: Callable[..., Record] = kind
    return make(
        **{
            name: values[shape.type] if shape.type in values else next(iter(shape.type))  # type: ignore[call-overload]
            for name, shape in shapes_of(kind).items()
        }
    )


@pytest.mark.parametrize("kind", MOVES)
def test_every_column_of_a_table_that_moves_is_a_field_or_follows_from_fields(kind: type[Record]) -> None:
    source = MOVES[kind]
    fields, beside = shapes_of(kind).keys(), source.beside(sample(kind)).keys()

    assert not fields & beside
    assert fields | beside == set(source.table.columns.keys())


@pytest.mark.parametrize("kind", MOVES)
def test_a_field_is_as_long_and_as_nullable_as_its_column(kind: type[Record]) -> None:
    for name, shape in shapes_of(kind).items():
        column = MOVES[kind].table.c[name]
        assert shape.is_nullable == column.nullable, name
        if shape.type is str:
            length = column.type.length if isinstance(column.type, String) else None
            assert shape.bound == length, name


def test_the_guide_to_moving_names_every_kind_and_every_table_that_stays() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "running" / "moving.md").read_text(encoding="utf-8")

    for name in (*(kind.record for kind in KINDS), *STAYS):
        assert f"`{name}`" in guide, name
