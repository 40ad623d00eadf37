"""Search in each storage: who finds what, and that all storages find the same."""

import io
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from adapters.sql.engine import Database
from adapters.sql.searching import indexing, walking
from adapters.sql.tables import comments as comments_table
from adapters.sql.tables import posts as posts_table
from adapters.sql.tables import search_segments as segments_table
from application.ports.paging import Window
from application.ports.searching import Found, Place
from domain.accounts import Account
from domain.errors import Invalid
from domain.ids import LARGEST
from domain.posts import Post
from domain.roles import Reader, Role
from domain.searching.queries import Query
from domain.searching.words import search_text
from tests.contracts.community import Community
from tests.contracts.costs import rows_read, steps
from tests.contracts.sites import Site
from tests.contracts.storages import Storage, journal_storage, memory_storage, sql_storage
from tests.doubles import Clock
from tests.executed import executed

# By name. Each is in another script, or has something else that is difficult.
TEXTS = {
    "english": "A naïve café owner served crème brûlée to Zoë, who re-read the menu twice.",
    "german": "Die Straße nach Köln ist für Füße zu weit; der Fußgänger grüßt.",
    "turkish": "İstanbul'da ılık bir akşam, DİYARBAKIR ve Iğdır kadar uzak.",
    "arabic": "الكتاب الأول في المكتبة القديمة",
    "chinese": "我们在北京的图书馆里读中文小说。",
    "japanese": "東京タワーの近くでｺｰﾋｰを飲みました。",
    "thai": "ภาษาไทยไม่มีการเว้นวรรคระหว่างคำ",
    "code": "Call foo_bar() from C++ or C#, with x86_64 and utf8mb4.",
}

QUERIES = {
    "cafe": {"english"},
    "CAFÉ": {"english"},
    "creme brulee": {"english"},
    "naiv": {"english"},
    "zo": set[str](),
    "zoe": {"english"},
    '"crème brûlée"': {"english"},
    '"brûlée crème"': set[str](),
    "menu -cafe": set[str](),
    "menu -tea": {"english"},
    "strasse": {"german"},
    "STRASSE": {"german"},
    "fuss": {"german"},
    "fusse koln": {"german"},
    "istanbul": {"turkish"},
    "ISTANBUL": {"turkish"},
    "igdir": {"turkish"},
    "diyarbakır": {"turkish"},
    "الكتاب": {"arabic"},
    "الكت": {"arabic"},
    "مكتبة": set[str](),
    "图书": {"chinese"},
    "图书馆": {"chinese"},
    "书图": set[str](),
    "图馆": set[str](),
    "中文小说": {"chinese"},
    "北京 中文": {"chinese"},
    "京": {"chinese", "japanese"},
    "東京": {"japanese"},
    "タワ": {"japanese"},
    "コーヒー": {"japanese"},
    "ｺｰﾋｰ": {"japanese"},
    "ภาษาไทย": {"thai"},
    "เว้นวรรค": {"thai"},
    "ไทยภาษา": set[str](),
    "foo_bar": {"code"},
    "foo_bar()": {"code"},
    "foo": {"code"},
    "bar": set[str](),
    "C++": {"code"},
    "c#": {"code"},
    "Ｃ＋＋": {"code"},
    "c": set[str](),
    "utf8": {"code"},
    "from:ada": set(TEXTS),
    "from:ADA cafe": {"english"},
    "from:@ada -from:bob foo_bar": {"code"},
    "from:bob": set[str](),
    "from:nobody": set[str](),
    "cafe -from:ada": set[str](),
    "京 -東京": {"chinese"},
    '京 -"東京タワー"': {"chinese"},
    '京 -"東京 タワー"': {"chinese", "japanese"},
    "menu before:2026-01-05": set[str](),
    "menu before:2026-01-06": {"english"},
    "menu after:2026-01-04": {"english"},
    "menu after:2026-01-05": set[str](),
    "tag:cafe": set[str](),
}


def bodies(found: Found) -> list[str]:
    return [item.body for item in found.page.items]


def posts(storage: Storage, query: str, reader: Reader | None = None, size: int = 20) -> list[str]:
    return bodies(storage.search_feeds.posts(reader, Query.parse(query), Window(size)))


def comments(storage: Storage, query: str, reader: Reader | None = None) -> list[str]:
    return bodies(storage.search_feeds.comments(reader, Query.parse(query), Window(20)))


@pytest.fixture
def ada(community: Community) -> Account:
    return community.member("ada")


@pytest.fixture
def library(community: Community, ada: Account) -> dict[str, Post]:
    community.member("bob")
    with community.at_once():
        return {name: community.post(ada, text) for name, text in TEXTS.items()}


def test_eight_texts_are_found_by_what_is_in_them(storage: Storage, library: dict[str, Post]) -> None:
    names = {post.text.body: name for name, post in library.items()}

    found = {query: {names[body] for body in posts(storage, query)} for query in QUERIES}

    assert found == QUERIES


def test_the_same_words_are_found_in_comments(storage: Storage, community: Community, ada: Account) -> None:
    post = community.post(ada, "Quiet.")
    with community.at_once():
        for text in TEXTS.values():
            community.comment(ada, post, text)
    names = {text: name for name, text in TEXTS.items()}

    found = {query: {names[body] for body in comments(storage, query)} for query in QUERIES}

    assert found == QUERIES
    assert posts(storage, "cafe") == []


def test_what_a_reader_may_not_see_is_not_found(storage: Storage, community: Community, ada: Account) -> None:
    moderator = community.member("mod", role=Role.MODERATOR)
    shown, hidden, deleted = (community.post(ada, f"soup {name}") for name in ("shown", "hidden", "deleted"))
    below = [community.comment(ada, post, "stew") for post in (shown, hidden, deleted)]
    rude = community.comment(ada, shown, "stew, rude")
    entry = community.log_entry(moderator, below[0])
    with storage.unit_of_work() as work:
        hidden.hidden_by = entry.id
        deleted.deleted_at, deleted.deleted_by = community.now, ada.id
        for post in (hidden, deleted):
            work.posts.save(post)
            work.comments.relist(post.id, listed=False)
        rude.hidden = True
        work.comments.save(rude)
        work.commit()

    for reader in (None, ada.reader, moderator.reader):
        assert posts(storage, "soup", reader) == ["soup shown"]
        assert comments(storage, "stew", reader) == ["stew"]

    with storage.unit_of_work() as work:
        hidden.hidden_by = deleted.deleted_at = deleted.deleted_by = None
        for post in (hidden, deleted):
            work.posts.save(post)
            work.comments.relist(post.id, listed=True)
        rude.hidden = False
        work.comments.save(rude)
        work.commit()

    assert posts(storage, "soup") == ["soup deleted", "soup hidden", "soup shown"]
    assert comments(storage, "stew") == ["stew, rude", "stew", "stew", "stew"]


def test_who_mutes_does_not_find_what_the_muted_write(storage: Storage, community: Community, ada: Account) -> None:
    bob = community.member("bob")
    post = community.post(ada, "soup of ada")
    community.post(bob, "soup of bob")
    community.comment(ada, post, "stew of ada")
    community.comment(bob, post, "stew of bob")
    community.mute(bob, ada)
    reader = storage.session_feeds.reader(bob.id, community.now)

    assert posts(storage, "soup", reader) == ["soup of bob"]
    assert posts(storage, "from:ada", reader) == []
    assert comments(storage, "stew", reader) == ["stew of bob"]


def test_an_edit_is_found_by_its_new_words_only(storage: Storage, community: Community, ada: Account) -> None:
    post = community.post(ada, "soup")
    comment = community.comment(ada, post, "stew")
    with storage.unit_of_work() as work:
        post.text = replace(post.text, title="Porridge", body="gruel")
        post.html = replace(post.html, body_html="<p>gruel</p>")
        work.posts.save(post)
        comment.body, comment.body_html = "goulash", "<p>goulash</p>"
        work.comments.save(comment)
        work.commit()

    assert [posts(storage, query) for query in ("soup", "gruel", "porridge gruel")] == [[], ["gruel"], ["gruel"]]
    assert [comments(storage, query) for query in ("stew", "goulash")] == [[], ["goulash"]]


def test_what_is_gone_is_not_found(storage: Storage, community: Community, ada: Account) -> None:
    post, other = community.post(ada, "soup"), community.post(ada, "soup too")
    community.comment(ada, post, "stew")
    comment = community.comment(ada, other, "stew too")
    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.comments.remove(comment.id)
        work.commit()

    assert posts(storage, "soup") == ["soup too"]
    assert comments(storage, "stew") == []


def test_a_post_is_found_by_its_tags_and_by_their_new_names(
    storage: Storage, community: Community, ada: Account
) -> None:
    post, other = community.post(ada, "leeks"), community.post(ada, "soup")
    community.tag(post, "soup", "école-1")

    assert posts(storage, "tag:soup") == posts(storage, "tag:Ecole-1") == posts(storage, "leeks tag:soup") == ["leeks"]
    assert posts(storage, "tag:#SOUP") == ["leeks"]
    assert posts(storage, "soup") == ["soup"], "a tag is no word"
    assert posts(storage, "tag:leeks") == posts(storage, "tag:so") == []
    assert posts(storage, "from:ada -tag:soup") == ["soup"]
    post.text = replace(post.text, tags=("stew",))
    with storage.unit_of_work() as work:
        work.tags.label(post)
        work.commit()
    assert posts(storage, "tag:stew") == ["leeks"]
    assert posts(storage, "tag:soup") == []
    assert other.tags == ()


# NUL, a lone surrogate, and what no username has.
ODD = ("\0", "\ud800", "ada\0", "a\0da", "ada\udfff", "ａｄａ", "%", "ada%", "?0?", "$", "{}", "\\", "'", "x" * 90)


@pytest.mark.parametrize("odd", ODD)
def test_no_value_is_more_than_a_storage_takes(storage: Storage, community: Community, ada: Account, odd: str) -> None:
    community.post(ada, "soup of ada")

    assert posts(storage, f"from:{odd}") == posts(storage, f'soup from:"{odd}"') == []
    assert posts(storage, f"soup -from:{odd}") == posts(storage, f"from:ada -from:{odd}") == ["soup of ada"]
    assert posts(storage, f"tag:{odd}") == posts(storage, f'soup tag:"{odd} b"') == []
    assert posts(storage, f"soup -tag:{odd}") == ["soup of ada"]
    assert posts(storage, f"soup{odd[0]}of") == ["soup of ada"] or odd[0].isalnum()
    assert posts(storage, f'"soup {odd} stew"') == comments(storage, f"{odd} stew -{odd}") == []
    assert posts(storage, f'soup -{odd}stew -"{odd} stew"') == ["soup of ada"]


def test_nobody_finds_a_member_who_has_left_by_their_name(storage: Storage, community: Community, ada: Account) -> None:
    community.post(ada, "soup")
    community.delete(ada)

    assert posts(storage, "from:ada") == []


def test_a_former_name_finds_its_member(storage: Storage, community: Community, ada: Account) -> None:
    community.post(ada, "soup")
    community.rename(ada, "ada2")

    assert posts(storage, "from:ada") == posts(storage, "from:ada2") == ["soup"]


def test_text_is_found_and_markup_is_not(storage: Storage, community: Community, ada: Account) -> None:
    community.post(ada, 'un<em>believ</em>able <a href="https://example.com/secret">link</a></p><p>next &amp; last')

    found = {
        query: len(posts(storage, query)) for query in ("unbelievable", "link next", "href", "secret", "amp", "em")
    }

    assert found == {"unbelievable": 1, "link next": 1, "href": 0, "secret": 0, "amp": 0, "em": 0}


def test_a_phrase_does_not_reach_from_the_title_into_the_text(
    storage: Storage, community: Community, ada: Account
) -> None:
    community.post(ada, "stew and bread", title="Soup")

    assert posts(storage, '"soup stew"') == []
    assert posts(storage, "soup stew") == posts(storage, '"stew and"') == ["stew and bread"]


@pytest.mark.parametrize("character", ["\ufdfa", "㍿", "word ", "é"])
def test_the_longest_text_is_stored_and_found(
    storage: Storage, community: Community, ada: Account, character: str
) -> None:
    rare = "".join(chr(0x20000 + number) for number in range(25_000))
    community.post(ada, f"needle {rare}{character * 25_000}"[:50_000])

    assert [body[:6] for body in posts(storage, "needle")] == ["needle"]


def test_pages_go_on_where_the_one_before_ended(storage: Storage, community: Community, ada: Account) -> None:
    with community.at_once():
        for number in range(5):
            community.post(ada, f"soup {number}")

    seen, window = list[list[str]](), Window(2)
    while True:
        found = storage.search_feeds.posts(None, Query.parse("soup"), window)
        assert found.older is None
        seen.append(bodies(found))
        if found.before is None:
            break
        window = Window(2, before=found.before)

    assert seen == [["soup 4", "soup 3"], ["soup 2", "soup 1"], ["soup 0"]]
    assert found.page.after is None


# Words, signs and characters that a database or a tokenizer may take for something else.
PIECES = st.sampled_from(
    [
        *("soup", "soups", "Söup", "so", "a", "A", "foo_bar", "_", "c++", "C#", "+", "#", "0", "12", "ß", "ss"),
        *("北", "京", "北京", "京北", "ー", "か", "が", "ก", "ข", "한", "국", "ᄒ", "\u0301", "\u200d", "ﷺ", "㍿", "½"),
        *("'", '"', "\\", ":", "&", "|", "!", "(", ")", "<", ">", "*", "$", "?", "@", "@1", "-", "%", "{", "}", "^"),
        *("AND", "OR", "NOT", "NEAR", "NULL", " ", " ", " ", "\n", "\t", "\u00a0", "\U0001f372", "\U00020000", "é"),
        *("İ", "ı", "~"),
    ]
)
PROSE = st.lists(PIECES, max_size=12).map("".join)
OPERATORS = st.sampled_from([" -", ' "', '" ', "from:ada ", "from:bob ", "-from:ada "])
SOUGHT = st.lists(PIECES | OPERATORS, min_size=1, max_size=6).map("".join)


def parsed(typed: str) -> Query | None:
    try:
        return Query.parse(typed)
    except Invalid:
        return None


def all_pages(storage: Storage, query: Query, size: int) -> list[str]:
    found, window = list[str](), Window(size)
    while True:
        part = storage.search_feeds.posts(None, query, window)
        found += bodies(part)
        if part.before is None:
            return found
        assert window.before is None or part.before < window.before
        window = Window(size, before=part.before)


@pytest.fixture
def three(
    sqlite_database: Database, postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[Storage]]:
    """Makes an empty storage of each kind. Segments of the databases have two texts, and steps end early."""
    monkeypatch.setattr(indexing, "SEGMENT", 2)
    monkeypatch.setattr(walking, "ENTRIES", 2)
    monkeypatch.setattr(walking, "LOOKS", 3)
    return lambda: [memory_storage(), sql_storage(sqlite_database), sql_storage(postgres_database)]


@pytest.mark.sql
@pytest.mark.postgres
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
@given(
    texts=st.lists(st.tuples(st.sampled_from(["ada", "bob"]), PROSE), min_size=1, max_size=8),
    sought=st.lists(SOUGHT.map(parsed).filter(lambda query: query is not None), min_size=1, max_size=6),
    size=st.integers(1, 3),
)
def test_all_storages_find_the_same(
    three: Callable[[], list[Storage]], texts: list[tuple[str, str]], sought: list[Query], size: int
) -> None:
    storages = three()
    for storage in storages:
        community = Community(storage)
        with community.at_once():
            people = {name: community.member(name) for name in ("ada", "bob")}
        for number, (name, text) in enumerate(texts):
            community.post(people[name], escape(f"{number} {text}"))
            with storage.unit_of_work() as work:
                work.search_index.begin_segments(community.new_id())
                work.commit()

    for query in sought:
        in_memory, in_sqlite, in_postgres = (all_pages(storage, query, size) for storage in storages)
        assert in_memory == in_sqlite == in_postgres


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of four texts, and steps that end early."""
    monkeypatch.setattr(indexing, "SEGMENT", 4)
    monkeypatch.setattr(indexing, "MANY", 6)
    monkeypatch.setattr(walking, "ENTRIES", 3)
    monkeypatch.setattr(walking, "LOOKS", 2)


def make(storage: Storage, place: Place | None = None, parts: int = 1_000) -> Place | None:
    """Makes so many parts of the index."""
    place = place or Place()
    for _ in range(parts):
        with storage.unit_of_work() as work:
            made = work.search_index.make_some(place, 3, settled=LARGEST)
            work.commit()
        if made.next is None:
            return None
        place = made.next
    return place


def begun(storage: Storage) -> bool:
    with storage.unit_of_work(reading=True) as work:
        return work.search_index.begun()


def segments(database: Database) -> list[int]:
    """How many posts each has, the newest first."""
    counted = select(func.count(posts_table.c.id).label("texts")).group_by(posts_table.c.search_segment)
    return [row.texts for row in database.rows(counted.order_by(func.max(posts_table.c.id).desc()))]


def forget_tokens(database: Database) -> None:
    """As texts are that came from the version before, or from another storage."""
    with database.writing() as connection:
        for table in (posts_table, comments_table):
            connection.execute(update(table).values(search_text="", search_segment=0))
        connection.commit()


@pytest.mark.usefixtures("small")
def test_texts_without_tokens_are_found_when_the_job_has_made_them(database: Database) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada = community.member("ada")
    with community.at_once():
        written = [community.post(ada, f"soup {number}") for number in range(23)]
        community.comment(ada, written[0], "stew")
    assert not begun(storage)
    forget_tokens(database)
    newest_first = [post.text.body for post in reversed(written)]
    assert all_pages(storage, Query.parse("soup"), 5) == []
    with storage.unit_of_work() as work:
        assert (work.search_index.count_left(99), work.search_index.count_left(5)) == (24, 5)

    place: Place | None = None
    found = list[int]()
    while begun(storage):
        place = make(storage, place, 1)
        found.append(len(all_pages(storage, Query.parse("soup"), 5)))
        assert all_pages(storage, Query.parse("soup"), 5) == newest_first[: found[-1]]

    assert all_pages(storage, Query.parse("soup"), 5) == newest_first
    assert comments(storage, "stew") == ["stew"]
    assert found == sorted(found)
    assert segments(database) == [4, 4, 4, 4, 4, 3]
    assert not begun(storage)


@pytest.fixture
def patient(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a step reads ends it, and not how often it looks."""
    monkeypatch.setattr(walking, "LOOKS", 256)


def begin_segments(storage: Storage, community: Community) -> None:
    with storage.unit_of_work() as work:
        work.search_index.begin_segments(community.new_id())
        work.commit()


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("typed", ["soup", "soups", "汤", "from:ada", "tag:dish"])
def test_a_step_ends_among_many_posts_of_a_muted_member(database: Database, typed: str) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada, bob = community.member("ada"), community.member("bob")
    for number in range(12):
        community.tag(community.post(ada, f"soups 汤 {number}"), "dish")
        begin_segments(storage, community)
    community.mute(bob, ada)
    reader = storage.session_feeds.reader(bob.id, community.now)

    found = storage.search_feeds.posts(reader, Query.parse(typed), Window(20))

    # The newest four are more than a step may read.
    assert bodies(found) == []
    assert found.older is not None
    assert segments(database) == [4, 4, 4]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("typed", ["stew", "from:ada"])
def test_a_step_ends_among_many_comments_on_deleted_posts(database: Database, typed: str) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada = community.member("ada")
    post = community.post(ada, "Quiet.")
    for _ in range(12):
        community.comment(ada, post, "stew")
        begin_segments(storage, community)
    with storage.unit_of_work() as work:
        post.deleted_at, post.deleted_by = community.now, ada.id
        work.posts.save(post)
        work.comments.relist(post.id, listed=False)
        work.commit()

    found = storage.search_feeds.comments(None, Query.parse(typed), Window(20))

    assert bodies(found) == []
    assert found.older is not None


@pytest.mark.usefixtures("small")
def test_everything_is_found_while_the_index_is_made_anew_and_after_it_was_killed(database: Database) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada = community.member("ada")
    with community.at_once():
        for number in range(20):
            community.post(ada, f"soup {number}")
    soup = Query.parse("soup")
    everything = all_pages(storage, soup, 5)
    with storage.unit_of_work() as work:
        work.search_index.forget_version()
        work.commit()

    for killed_after in (1, 2, 3, 4, 5, 7, 1_000):
        place = Place()
        for _ in range(killed_after):
            next_place = make(storage, place, 1)
            assert all_pages(storage, soup, 5) == everything
            if next_place is None:
                break
            place = next_place

    assert segments(database) == [4, 4, 4, 4, 4]
    assert not begun(storage)


@pytest.mark.usefixtures("small")
def test_an_edit_in_the_middle_of_making_is_not_lost(database: Database) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada = community.member("ada")
    with community.at_once():
        written = [community.post(ada, f"soup {number}") for number in range(12)]
    with storage.unit_of_work() as work:
        work.search_index.forget_version()
        work.commit()
    place = make(storage, parts=2)
    for number in (11, 9, 3):
        post = written[number]
        with storage.unit_of_work() as work:
            post.html = replace(post.html, body_html="<p>gruel</p>")
            work.posts.save(post)
            work.commit()
    late = community.post(ada, "soup, late")

    make(storage, place)

    edited = [written[number].text.body for number in (11, 9, 3)]
    assert all_pages(storage, Query.parse("gruel"), 5) == edited
    assert len(all_pages(storage, Query.parse("soup"), 5)) == 10
    assert posts(storage, "late") == [late.text.body]


@pytest.mark.usefixtures("small")
def test_the_newest_texts_are_many_and_wait_until_no_more_come(database: Database) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada = community.member("ada")
    with community.at_once():
        for number in range(9):
            community.post(ada, f"soup {number}")
    with storage.unit_of_work() as work:
        assert work.search_index.is_full()
        work.search_index.forget_version()
        work.search_index.begin_segments(community.new_id())
        assert not work.search_index.is_full()
        work.commit()
    ended = community.new_id()

    with storage.unit_of_work() as work:
        too_new = work.search_index.make_some(Place(), 100, settled=0)
        work.commit()
    assert too_new.texts == 0
    assert begun(storage)
    with storage.unit_of_work() as work:
        assert work.search_index.make_some(Place(), 100, settled=ended).next is not None
        work.commit()
    make(storage)

    assert segments(database) == [4, 5]
    assert not begun(storage)


# Among many posts of 50 to a segment, half have `morning` and the others `evening`, and each has `the` and `of`.
SOME = (
    *("the", "of the", "morning evening", "rare", "nowhere", "w", "nowhere the", '"of the"', '"the of"'),
    *("the -morning", "the -morning -evening", "from:ada", "from:bob", "from:nobody the", "the -nowhere"),
    *("图书", "图书馆", "书图"),
)


def fill(database: Database, size: int) -> Storage:
    storage = sql_storage(database)
    community = Community(storage)
    with community.at_once():
        ada = community.member("ada")
        community.member("bob")
    rows, parts = list[dict[str, Any]](), list[dict[str, Any]]()
    for number in range(size):
        if number % 50 == 0:
            begins = community.new_id()
            part = {"kind": "posts", "id": number // 50 + 2, "first_id": begins, "begins_id": begins, "version": 1}
            parts.append(part)
        half = "morning" if number % 2 else "evening"
        body = f"the {half} of the w{number} 图书馆 {'rare' if number == 7 else ''} {'x' * 300}"
        rows.append(
            {
                "id": community.new_id(),
                "author_id": ada.id,
                "title": "",
                "body": body,
                "body_html": body,
                "excerpt_html": "",
                "cut": False,
                "version": 1,
                "comment_count": 0,
                "search_text": search_text(author_id=ada.id, html=body),
                "search_segment": number // 50 + 2,
            }
        )
    with database.writing() as connection:
        connection.execute(insert(segments_table), parts)
        connection.execute(insert(posts_table), rows)
        connection.commit()
    return storage


def steps_of(database: Database, storage: Storage, typed: str) -> list[tuple[str, Any]]:
    with executed(database) as statements:
        storage.search_feeds.posts(None, Query.parse(typed), Window(20))
    assert len(statements) <= 2
    return statements


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step reads so few entries, and looks so seldom, that few posts are many."""
    monkeypatch.setattr(walking, "ENTRIES", 200)
    monkeypatch.setattr(walking, "LOOKS", 12)


@pytest.mark.sql
@pytest.mark.usefixtures("short")
def test_sqlite_takes_as_many_steps_among_few_posts_as_among_many(sqlite_database: Database) -> None:
    def taken(size: int) -> dict[str, int]:
        storage = fill(sqlite_database, size)
        with sqlite_database.writing() as connection:
            # In both cases FTS5 has all entries in one part.
            connection.exec_driver_sql("INSERT INTO post_search (post_search) VALUES ('optimize')")
            connection.commit()
        return {
            typed: sum(steps(sqlite_database, *asked) for asked in steps_of(sqlite_database, storage, typed))
            for typed in SOME
        }

    few, many = taken(800), taken(8_000)

    assert {typed: (few[typed], many[typed]) for typed in SOME if many[typed] > few[typed] * 1.1} == {}


@pytest.mark.sql
@pytest.mark.postgres
@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("upkeep", ["ANALYZE", "VACUUM ANALYZE"])
def test_postgres_reads_few_rows_among_many(postgres_database: Database, upkeep: str) -> None:
    storage = fill(postgres_database, 8_000)
    # The entries of a step, and those of the segment where it ends, for each of two words and for both; and the page.
    most = 200 + 3 * 50 + 2 * 50 + 21
    with postgres_database.reads.connect() as connection:
        connection.exec_driver_sql(upkeep)
        for typed in SOME:
            for statement, parameters in steps_of(postgres_database, storage, typed):
                explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
                plan = explained.scalar_one()[0]["Plan"]

                assert rows_read(plan, {"posts"}) <= most, f"{typed}\n{plan}"
                assert "ix_posts_search_text" in str(plan) or "walk" not in statement


def test_a_community_that_came_from_another_storage_is_found_when_the_job_has_come_to_it(
    storage: Storage, tmp_path: Path
) -> None:
    other = journal_storage(tmp_path / "other")
    community = Community(other)
    ada = community.member("ada")
    post = community.post(ada, "soup, from elsewhere")
    community.comment(ada, post, "stew")
    file = io.BytesIO()
    Site(other, Clock()).moving.export(file.write, version="1.2.3")

    Site(storage, Clock()).moving.import_from(io.BytesIO(file.getvalue()))
    make(storage)

    assert posts(storage, "elsewhere") == ["soup, from elsewhere"]
    assert comments(storage, "from:ada stew") == ["stew"]
