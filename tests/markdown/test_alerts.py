"""Quotes that are alerts, and what is not an alert."""

import pytest

from adapters.markdown.rendering import InlineRenderer
from adapters.markdown.sanitizers import BleachSanitizer, Nh3Sanitizer, Sanitizer
from entrypoints.words import alerts_named
from tests.markdown.test_rendering import both, directions

KINDS = ("note", "tip", "important", "warning", "caution")

bleached = InlineRenderer("bleach")


@pytest.mark.parametrize("kind", KINDS)
def test_a_quote_with_a_mark_is_an_alert(kind: str):
    html = f'<blockquote class="alert-{kind}">\n<p class="kind">{kind.capitalize()}</p>\n<p>a</p>\n</blockquote>'
    for mark in (kind.upper(), kind, kind.capitalize()):
        assert both(f"> [!{mark}]\n> a") == bleached.comment(f"> [!{mark}]\n> a").html == html


@pytest.mark.parametrize(
    "written",
    [
        "> [!NOTE]  \n> a",
        "> [!NOTE]\na",
        "> [!NOTE]\n>\n> a",
        ">[!NOTE]\n> a",
        "  > [!NOTE]\n  > a",
        ">\n> [!NOTE]\n> a",
    ],
)
def test_the_mark_stands_alone_on_the_first_line(written: str):
    assert 'class="kind">Note</p>\n<p>a</p>' in both(written)


@pytest.mark.parametrize(
    "written",
    ["> [!NOTE] a", "> [!NOTE]", "> [!NOTE]\n>", "> a\n> [!NOTE]", "[!NOTE]\na", "> [!HINT]\n> a", "> \\[!NOTE]\n> a",
     "> [! NOTE]\n> a", "> **[!NOTE]**\n> a", "> # [!NOTE]\n> a", "> - [!NOTE]\n>   a", "> > a\n>\n> [!NOTE]",
     ">     [!NOTE]\n> a", "> [!NOTE\n> ]a", "> [!NOTE]\n> ==="],
)  # fmt: skip
def test_anything_else_is_no_alert(written: str):
    html = both(written)
    assert "class=" not in html
    assert "[!" in html or "[! NOTE" in html


def test_an_alert_may_hold_any_blocks_and_stand_in_any():
    html = both("- a\n\n  > [!TIP]\n  > - b\n  >\n  > > [!caution]\n  > > c")
    assert html.count("<blockquote") == html.count('class="alert-') == 2
    assert '<p class="kind">Tip</p>\n<ul>' in html


def test_an_alert_has_the_direction_of_its_own_text():
    shown = alerts_named(both("> [!NOTE]\n> שלום\n\nHello"))
    assert directions(shown) == "blockquote rtl, p rtl, p rtl, p ltr"


@pytest.mark.parametrize("sanitizer", [BleachSanitizer(), Nh3Sanitizer()], ids=["bleach", "nh3"])
def test_only_quotes_have_the_classes_of_alerts(sanitizer: Sanitizer):
    for html in ('<p class="alert-note">a</p>', '<blockquote class="kind">a</blockquote>', '<p class="kind x">a</p>'):
        assert "class" not in sanitizer.clean(html)


@pytest.mark.parametrize(
    "typed", ['<p class="kind">Note</p>', '> <p class="kind">Note</p>', '`<p class="kind">Note</p>`']
)
def test_nobody_can_type_the_word_of_an_alert(typed: str):
    assert 'class="kind"' not in both(typed)
