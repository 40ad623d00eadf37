"""What is a tag, and which spellings are one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.posts import PostText
from domain.tags import TAG_LIMIT, TAGS_AT_MOST, TAGS_LIMIT, folded_tag, renamed, tag_named, tags_named, words_in


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        (" , ，、\n\u3000", []),
        ("soup bread", ["soup", "bread"]),
        ("soup, bread，汤、面  #Fog", ["soup", "bread", "汤", "面", "#Fog"]),
    ],
)
def test_words_stand_between_blanks_and_commas_of_either_kind(typed: str, words: list[str]) -> None:
    assert words_in(typed) == words


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("Soup", "soup"),
        ("#Soup", "soup"),
        ("＃Ｓｏｕｐ", "soup"),
        ("Straße", "strasse"),
        ("slow-food", "slow-food"),
        ("2026", "2026"),
        ("二〇二六", "二〇二六"),
        ("हिन्दी", "हिन्दी"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("cafe\u0301", "café"),
        # Nobody sees a joiner, so what differs in it is one tag.
        ("می\u200cخواهم", "میخواهم"),
    ],
)
def test_a_tag_has_one_spelling(word: str, tag: str) -> None:
    assert tag_named("tags", word) == tag


@pytest.mark.parametrize("word", ["", "#", "-", "--", "c++", "a b", "a/b", "ab.c", "🦔", "\u0301a", "a_b", "½"])
def test_what_is_no_tag_is_named(word: str) -> None:
    with pytest.raises(Invalid) as refused:
        tag_named("to", word)

    (problem,) = refused.value.problems
    assert (problem.field, problem.code, problem.values) == ("to", "tag_form", {"tag": word})


@pytest.mark.parametrize("word", ["\0", "a\ud800"])
def test_no_tag_has_what_no_storage_takes(word: str) -> None:
    with pytest.raises(Invalid) as refused:
        tag_named("tags", word)

    assert refused.value.problems[0].code == "forbidden_character"


def test_a_tag_is_as_long_as_it_is_stored() -> None:
    assert tag_named("tags", "x" * TAG_LIMIT) == "x" * TAG_LIMIT
    for word in ("x" * (TAG_LIMIT + 1), "ﬃ" * 11):
        with pytest.raises(Invalid) as refused:
            tag_named("tags", word)
        assert refused.value.problems[0].code == "tag_too_long"
    with pytest.raises(Invalid) as refused:
        tag_named("tags", "x" * 1_000)
    assert refused.value.problems[0].values == {"tag": "x" * 40 + "…", "limit": TAG_LIMIT}


def test_a_post_has_five_tags_each_once_in_their_order() -> None:
    assert tags_named(["soup", "#Soup", "bread", "SOUP"]) == ("soup", "bread")
    assert tags_named("abcde") == tuple("abcde")
    with pytest.raises(Invalid) as refused:
        tags_named("abcdef")
    assert refused.value.problems[0].values == {"count": 6, "limit": TAGS_AT_MOST}


def test_all_that_is_wrong_is_said_at_once_and_each_thing_once() -> None:
    words = ["c++", "c#", "x" * 31, "y" * 31, *"abcdef"]
    with pytest.raises(Invalid) as refused:
        PostText.parse(title="a\nb", body=" ", tags=words)

    assert [(each.field, each.code) for each in refused.value.problems] == [
        ("title", "forbidden_character"),
        ("body", "required"),
        ("tags", "tag_form"),
        ("tags", "tag_too_long"),
        ("tags", "too_many_tags"),
    ]


def test_tags_that_are_not_named_are_kept() -> None:
    text = PostText.parse(title="", body="Soup.", tags=["soup"])

    assert text.replaced(title=None, body="Bread.").tags == ("soup",)
    assert text.replaced(title=None, body=None, tags=[]).tags == ()


def test_two_tags_that_have_become_one_are_there_once() -> None:
    assert renamed(("soup", "suppe", "bread"), {"suppe": "soup"}) == ("soup", "bread")


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once_and_a_tag_keeps_its_rules(word: str) -> None:
    folded = folded_tag(word)
    assert folded_tag(folded) == folded
    try:
        tag = tag_named("tags", word)
    except Invalid:
        return
    assert tag == folded == tag_named("tags", f"#{tag}")
    assert 1 <= len(tag) <= TAG_LIMIT
    assert words_in(tag) == [tag]
    assert unicodedata.is_normalized("NFKC", tag)


@given(st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,29}", fullmatch=True), max_size=5))
def test_tags_fit_where_they_are_stored(words: list[str]) -> None:
    tags = tags_named(words)
    stored = " ".join(tags)
    assert len(stored) <= TAGS_LIMIT
    assert tuple(stored.split()) == tags
