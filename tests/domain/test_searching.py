"""Folding, cutting, what a query asks for, and what is shown of a text that was found."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.ids import LARGEST, time_of
from domain.searching import snippets, words
from domain.searching.queries import Query, Term
from domain.searching.snippets import Part, marked, snippet
from domain.searching.words import LOOKED_THROUGH, WORD_LIMIT, beginning, fold, plain, search_text, tokens

ANYTHING = st.text(max_size=60)


def shown(parts: tuple[Part, ...]) -> str:
    return "".join(f"[{part.text}]" if part.marked else part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Straße ẞ", "strasse ss"),
        ("İIıi", "iiii"),
        ("Łódź Ærø Œuvre Đà", "lodz aero oeuvre da"),
        ("ＡＢＣ＋＋ ﬁn ½", "abc++ fin 1⁄2"),
        ("ｶﾞ が", "カ か"),
        ("한국 \u1112\u1161\u11ab", "한국 한"),
        ("ΣΑΣ", "σασ"),
        ("e\u0301", "e"),
    ],
)
def test_case_width_and_accents_do_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo_bar() and C++, C#!", ["foo_bar", "and", "c++", "c#"]),
        ("it's x86-64", ["it", "s", "x86", "64"]),
        ("读中文 abc", ["读中", "中文", "文", "abc"]),
        ("タワー", ["タワ", "ワー", "ー"]),
        ("ไทย", ["ไท", "ทย", "ย"]),
        ("a" * 70, ["a" * WORD_LIMIT]),
        ("¿?·—“”… 🍲", []),
    ],
)
def test_a_text_is_cut_into_words_and_pairs(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(ANYTHING)
def test_tokens_have_nothing_that_a_database_takes_for_something_else(text: str) -> None:
    for token in tokens(text):
        assert 0 < len(token) <= WORD_LIMIT
        assert not set(token) & set(" '\"\\:&|!()<>*$?@-%\0"), token
        assert token == token.lower() or not token.isascii()


@given(ANYTHING)
def test_each_character_folds_by_itself(text: str) -> None:
    normal = unicodedata.normalize("NFC", text)

    assert fold(normal) == "".join(map(fold, normal))


def test_the_longest_text_is_cut_to_what_a_database_takes() -> None:
    longest = "".join(chr(0x20000 + number) for number in range(40_000)) + "\ufdfa" * 10_000

    kept = search_text(author_id=1, html=longest)

    assert sum(len(token.encode()) + len("9999999|") for token in kept.split()) < 2**20
    assert kept.startswith(" @1 ")


def test_markup_is_no_text() -> None:
    html = '<p>un<em>believ</em>able</p><ul><li>one</li><li><a href="/x" title="a > b">two</a></li></ul>a &lt;b&gt;'

    assert plain(html) == "unbelievable one two a <b>"


@pytest.mark.parametrize("end", range(1, 90))
def test_text_is_never_cut_within_markup(monkeypatch: pytest.MonkeyPatch, end: int) -> None:
    html = '<p>Tom &amp; <a href="/x?a&amp;b" title="a > b">J&eacute;r&#39;ry</a></p><hr><p>a &lt;b&gt;&nbsp;c</p>'
    monkeypatch.setattr(words, "LOOKED_THROUGH", end)

    shown = beginning(html)

    assert shown.endswith("…")
    assert plain(html).startswith(shown.removesuffix("…"))


def test_only_the_beginning_of_long_html_is_looked_through() -> None:
    assert beginning("<p>soup</p>") == "soup"
    assert beginning(f"<p>{'汤' * LOOKED_THROUGH}</p>") == f"{'汤' * (LOOKED_THROUGH - len('<p>'))}…"
    assert len(beginning("a&amp;b<br>" * 50_000)) <= LOOKED_THROUGH


@pytest.mark.parametrize(
    ("typed", "terms", "phrases"),
    [
        ("Soup of", [Term("soup", begins=True), Term("of")], []),
        ('"Soup of"', [Term("soup"), Term("of")], [" soup of "]),
        ("汤", [Term("汤", begins=True)], []),
        ("热汤", [Term("热汤")], []),
        ("热汤好", [Term("热汤"), Term("汤好")], [" 热汤 汤好 "]),
        ('"soup 汤"', [Term("soup"), Term("汤", begins=True)], [" soup 汤"]),
        ('"热汤 soup"', [Term("热汤"), Term("soup")], [" 热汤 汤 soup "]),
        ("tag:#Soup c++", [Term("#soup"), Term("c++", begins=True)], []),
        ("soup soup SOUP", [Term("soup", begins=True)], []),
        ("foo:bar", [Term("foo", begins=True), Term("bar", begins=True)], []),
        ('soup "', [Term("soup", begins=True)], []),
        ('"soup', [Term("soup")], []),
    ],
)
def test_a_query_says_what_must_be_there(typed: str, terms: list[Term], phrases: list[str]) -> None:
    query = Query.parse(typed)

    assert (list(query.terms), list(query.phrases)) == (terms, phrases)


def test_a_query_says_what_must_not_be_there() -> None:
    query = Query.parse('soup -salt -"too hot" -ice-cold -from:Ada from:@BOB')

    assert query.excluded == (Term("salt", begins=True),)
    assert query.excluded_phrases == (" too hot ", " ice cold ")
    assert (query.authors, query.excluded_authors) == (("bob",), ("ada",))
    assert query.with_authors({"ada": 1}) is None
    known = query.with_authors({"ada": 1, "bob": 2})
    assert known is not None
    assert known.finds(7, " soup @2 ")
    assert known.finds(7, " soups @2 ")
    assert not known.finds(7, " soup @2 ice cold ")
    assert not known.finds(7, " soup @2 salty ")
    assert not known.finds(7, " soup @21 ")


NO_USERNAMES = ("", "\0", "a\0", "a\ud800", "ａｄａ", "ada b", "1", "@@ada", "ada@example.com", "a" * 65)


@pytest.mark.parametrize("name", NO_USERNAMES)
def test_what_cannot_be_a_username_names_nobody(name: str) -> None:
    query = Query.parse(f'soup from:"{name}"')

    assert query.authors == ("",)
    assert query.with_authors({"ada": 1}) is None
    assert Query.parse(f'soup -from:"{name}"') == Query.parse("soup")


def test_days_are_limits_of_ids() -> None:
    query = Query.parse("soup after:2026-01-30 before:2026-02-01 after:2025-01-01")

    assert f"{time_of(query.after):%Y-%m-%d %H:%M}" == "2026-01-31 00:00"
    assert f"{time_of(query.before):%Y-%m-%d %H:%M}" == "2026-02-01 00:00"
    assert Query.parse("soup before:0001-01-01").before == 0
    assert Query.parse("soup after:9999-12-31").after == LARGEST


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        (" \t", "required"),
        ("x" * 201, "too_long"),
        ("-soup", "nothing_sought"),
        ("before:2026-01-31", "nothing_sought"),
        ("“” — 🍲", "nothing_sought"),
        ("\0", "nothing_sought"),
        ("\ud800", "nothing_sought"),
        ("soup before:2026-02-30", "no_date"),
        ("soup after:yesterday", "no_date"),
        ("soup after:２０２６-01-31", "no_date"),
    ],
)
def test_a_query_without_sense_is_invalid(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        Query.parse(typed)

    assert [(problem.field, problem.code) for problem in raised.value.problems] == [("q", code)]


@given(st.text(alphabet=st.characters() | st.sampled_from('"-: from:tag:before'), max_size=80))
def test_nothing_typed_raises_anything_else(typed: str) -> None:
    try:
        query = Query.parse(typed)
    except Invalid:
        return
    assert query.terms or query.authors


def test_what_was_found_is_marked_in_the_words_of_the_text() -> None:
    query = Query.parse("strasse 喜欢 ætt foo_")

    assert shown(marked(query, "Die Straße: 我喜欢喜欢中文, Ættir, foo_bar()")) == (
        "Die [Straße]: 我[喜欢喜欢]中文, [Ættir], [foo_bar]()"
    )


def test_a_snippet_is_around_the_first_match() -> None:
    text = f"{'word ' * 2_000}Needle {'more ' * 100}"

    found = shown(snippet(Query.parse("needle"), text))

    assert found.startswith("… word word")
    assert "word [Needle] more" in found
    assert found.endswith("more …")
    assert len(found) < 230
    assert shown(snippet(Query.parse("title"), text)).startswith("word word")
    assert shown(snippet(Query.parse("汤"), f"{'面' * 500}热汤{'面' * 500}")).count("[汤") == 1
    assert snippet(Query.parse("x"), "") == ()


def test_a_long_text_is_looked_through_to_a_limit() -> None:
    far = f"{'word ' * 3_900}needle {'more ' * 6_000}"
    further = f"{'word ' * 4_100}needle {'more ' * 6_000}"

    assert "[needle] more" in shown(snippet(Query.parse("needle"), far))
    assert shown(snippet(Query.parse("needle"), further)) == f"{'word ' * 40}…"


@pytest.mark.parametrize(("typed", "is_folded"), [("from:ada tag:soup -stew", False), ("from:ada stew", True)])
def test_nothing_is_folded_for_a_query_that_marks_nothing(
    monkeypatch: pytest.MonkeyPatch, typed: str, is_folded: bool
) -> None:
    query, text = Query.parse(typed), "Soup. " * 100
    folded = list[str]()

    def folding(part: str) -> str:
        folded.append(part)
        return fold(part)

    monkeypatch.setattr(snippets, "fold", folding)

    assert marked(query, text) == (Part(text),)
    assert marked(query, "") == ()
    assert shown(snippet(query, text)) == f"{'Soup. ' * 33}…"
    assert bool(folded) is is_folded


@given(text=ANYTHING, typed=ANYTHING)
def test_marks_leave_the_text_as_it_is(text: str, typed: str) -> None:
    try:
        query = Query.parse(typed)
    except Invalid:
        return
    parts = marked(query, text)

    assert "".join(part.text for part in parts) == unicodedata.normalize("NFC", text)
    found = snippet(query, text)
    assert sum(len(part.text) for part in found) <= len(unicodedata.normalize("NFC", text)) + 4
