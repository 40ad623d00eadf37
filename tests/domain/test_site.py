"""What the site says about itself: its fields, its rules, and what a change of it is."""

from datetime import UTC, datetime

import pytest

from domain.accounts import Account
from domain.errors import Changed, Forbidden, Invalid
from domain.identifiers import Email, Username
from domain.joining import Registration
from domain.moderation import Act, SubjectKind
from domain.roles import Role
from domain.rules import OPENING_LIMIT, RULES_AT_MOST, numbered, openings
from domain.site import FIELDS, Site, SiteHtml, SiteText

AT = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = SiteText(name="Chapbook")


def administrator(role: Role = Role.ADMINISTRATOR) -> Account:
    return Account(
        id=9, username=Username("ada"), email=Email("a@example.com"), password_hash=None, confirmed=True, role=role
    )


def edited(site: Site, actor: Account | None = None, version: int | None = None, **typed: str) -> object:
    return site.edit(actor, id=7, text=site.text.replaced(typed), html=SiteHtml(), version=version, at=AT)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "required"),
        ("name", "   ", "required"),
        ("name", "x" * 65, "too_long"),
        ("name", "two\nlines", "forbidden_character"),
        ("name", "a\tb", "forbidden_character"),
        ("tagline", "x" * 121, "too_long"),
        ("tagline", "two\nlines", "forbidden_character"),
        ("greeting", "x" * 2_001, "too_long"),
        ("about", "x" * 20_001, "too_long"),
        ("rules", "\0", "forbidden_character"),
        ("privacy", "x" * 20_001, "too_long"),
        ("announcement", "x" * 501, "too_long"),
        ("announcement", "two\nlines", "forbidden_character"),
        ("contact", "somebody", "contact_form"),
        ("contact", "javascript:alert(1)", "contact_form"),
        ("contact", "mailto:nobody", "contact_form"),
        ("contact", "https://", "contact_form"),
        ("contact", "https://example.com/a b", "contact_form"),
        ("contact", "ftp://example.com/", "contact_form"),
        ("contact", 'https://example.com/"onclick', "contact_form"),
        ("registration", "maybe", "choice"),
        ("colour", "red", "unknown_field"),
    ],
)
def test_what_cannot_be_saved_is_named(field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        TEXT.replaced({field: value})
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


def test_all_fields_are_refused_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        TEXT.replaced({"name": "", "contact": "x", "registration": "", "tagline": "fine"})
    assert [problem.field for problem in refused.value.problems] == ["name", "contact", "registration"]


@pytest.mark.parametrize(
    ("contact", "url"),
    [
        ("", ""),
        ("ada@example.com", "mailto:ada@example.com"),
        ("mailto:ada@example.com", "mailto:ada@example.com"),
        ("https://example.com/contact?a=b#c", "https://example.com/contact?a=b#c"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("https://social.example/@ada", "https://social.example/@ada"),
    ],
)
def test_a_contact_leads_to_a_mail_or_to_a_page(contact: str, url: str) -> None:
    assert TEXT.replaced({"contact": contact}).contact_url == url


def test_fields_are_typed_and_told_apart_by_their_names() -> None:
    text = TEXT.replaced({"name": " Soup ", "registration": "closed", "about": "a\r\nb"})

    assert (text.name, text.registration, text.about) == ("Soup", Registration.CLOSED, "a\nb")
    assert text.differing(TEXT) == ("name", "about", "registration")
    assert {name: text.value_of(name) for name in FIELDS}["registration"] == "closed"


def test_a_change_says_which_fields_and_by_whom() -> None:
    site = Site(text=TEXT)

    entry = edited(site, administrator(), version=0, name="Soup", rules="1. Be kind.")

    assert (site.text.name, site.announced) == ("Soup", 0)
    assert entry is not None
    shown = {name: getattr(entry, name) for name in ("id", "actor_id", "act", "subject_kind", "about_id", "text")}
    assert shown == {
        "id": 7,
        "actor_id": 9,
        "act": Act.SITE,
        "subject_kind": SubjectKind.SITE,
        "about_id": 0,
        "text": "name rules",
    }
    assert not Act.SITE.is_told and not Act.SITE.may_be_appealed


def test_what_changes_nothing_is_no_act_and_no_conflict() -> None:
    assert edited(Site(text=TEXT, version=4), administrator(), version=3, name="Chapbook") is None


def test_only_administrators_and_the_command_line_change_it() -> None:
    for role in (Role.USER, Role.MODERATOR):
        with pytest.raises(Forbidden):
            edited(Site(text=TEXT), administrator(role), name="Soup")
    assert edited(Site(text=TEXT), None, name="Soup") is not None


def test_another_version_is_not_replaced() -> None:
    with pytest.raises(Changed):
        edited(Site(text=TEXT, version=2), administrator(), version=1, name="Soup")
    assert edited(Site(text=TEXT, version=2), administrator(), version=None, name="Soup") is not None


def test_each_announcement_is_shown_until_it_is_dismissed() -> None:
    site = Site(text=TEXT)
    assert not site.announces_to(0)

    edited(site, announcement="Soup on Friday.")
    assert (site.announced, site.announces_to(0), site.announces_to(1)) == (1, True, False)
    edited(site, tagline="We cook.")
    assert site.announced == 1
    edited(site, announcement="")
    assert not site.announces_to(0)
    edited(site, announcement="Soup on Friday.")
    assert site.announces_to(2)


LISTS = """\
<p>First:</p>
<ol>
<li><p>Be <em>kind</em> &amp; fair.</p>
<ol>
<li>really</li>
</ol>
</li>
<li class="task">Ask<br>
first.</li>
</ol>
<blockquote>
<ol>
<li>quoted</li>
</ol>
</blockquote>
<ul><li>no rule</li></ul>
<ol start="7">
<li>Wash <img src="/a.png"> up.</li>
</ol>"""


def test_the_items_of_numbered_lists_are_rules_counted_through_all_of_them() -> None:
    html = numbered(LISTS)

    assert html.count('id="rule-') == 3
    assert '<li id="rule-1"><p>Be' in html
    assert '<li id="rule-2" class="task">Ask' in html
    assert '<ol start="3">\n<li id="rule-3">Wash' in html
    assert numbered(html) == html
    assert openings(html) == ("Be kind & fair. really", "Ask first.", "Wash up.")


def test_texts_without_rules_stay_as_they_are() -> None:
    for html in ("", "<p>Be kind.</p>", "<ul><li>x</li></ul>", "a < b </li> </ol> &"):
        assert numbered(html) == html
        assert openings(html) == ()


def test_long_rules_are_cut_and_no_rule_has_four_digits() -> None:
    many = f"<ol>{'<li>' + 'x' * 200 + '</li>'}{'<li>y</li>' * RULES_AT_MOST}</ol>"

    found = openings(many)

    assert len(found) == RULES_AT_MOST
    assert len(found[0]) == OPENING_LIMIT
    assert found[0].endswith("…")
