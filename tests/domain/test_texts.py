"""What any text must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.texts import one_line, prose

usual = st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")


@given(st.text(usual, max_size=50))
def test_a_text_is_kept_as_it_was_sent(text):
    assert prose("body", text, limit=50) == text


def test_crlf_becomes_lf_before_counting():
    assert prose("body", "a\r\nb", limit=3) == "a\nb"


def test_limits_count_code_points():
    assert prose("body", "𝔘" * 10, limit=10)
    with pytest.raises(Invalid) as refused:
        prose("body", "x" * 11, limit=10)
    (problem,) = refused.value.problems
    assert (problem.code, problem.values) == ("too_long", {"length": 11, "limit": 10})


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "a\udfffb"])
def test_nul_and_lone_surrogates_are_refused_everywhere(bad):
    for rule in (prose, one_line):
        with pytest.raises(Invalid):
            rule("name", bad, limit=10)


CONTROLS = [chr(code) for code in (*range(0x01, 0x20), *range(0x7F, 0xA0)) if chr(code) != "\t"]


@pytest.mark.parametrize("bad", ["\u202eevil", "\u2066x", "a\u2028b", "a\ufffeb", "\uffff", *CONTROLS])
def test_a_line_has_no_controls_and_no_direction_marks(bad):
    with pytest.raises(Invalid):
        one_line("name", bad, limit=10)
    assert prose("body", bad, limit=10) == bad


@pytest.mark.parametrize("good", ["a\tb", "a\u00a0b", "\u200dz", "\ufffd", "\ue000", "\U0001fffe"])
def test_a_line_may_have_a_tab_and_other_blanks(good):
    assert one_line("name", good, limit=10) == good


@pytest.mark.parametrize("nothing", ["", " ", "\n\t", "\u200b", "\u2060\u00a0", "\u3000"])
def test_a_required_text_has_more_than_space(nothing):
    with pytest.raises(Invalid):
        prose("body", nothing, limit=10, required=True)


@pytest.mark.parametrize("something", [".", "你", "🙂", "م", "a\u200d"])
def test_one_visible_character_is_enough(something):
    assert prose("body", something, limit=10, required=True) == something
