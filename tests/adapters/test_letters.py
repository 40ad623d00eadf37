"""Mails as they are sent: both parts say the same, in both languages, by day and by night."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from adapters.letters import TemplateLetters
from application.ports.mailing import Bundle, CaseNews, Letter, LetterKind, Notice, ReportedThing
from application.ports.members import MemberName
from application.ports.notifications import NotificationCard
from domain.display import Language
from domain.incidents import Incident
from domain.moderation import Act, SubjectKind
from domain.notifications import NotificationKind
from domain.roles import Role

MAILS = list(LetterKind)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEAM = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")


def notice(act: Act = Act.SUSPEND, **more: Any) -> Notice:
    """About something that a moderator did."""
    kind = SubjectKind.COMMENT if act in (Act.HIDE, Act.RESTORE, Act.DELETE, Act.UNDELETE) else SubjectKind.PERSON
    text = {Act.ROLE: "Moderator", Act.LIFT: "silence suspend", Act.HIDE: "Buy soup买汤", Act.RESTORE: "Soup"}.get(
        act, ""
    )
    values: dict[str, Any] = {"entry_id": 7, "at": NOON, "act": act, "subject_kind": kind, "text": text, "until": NOON}
    return Notice(**(values | {"reason": "It is rude.", "rule": "2", "by_moderator": True} | more))


def letter(
    kind: LetterKind,
    language: Language,
    *,
    site_name: str = "Chapbook",
    to: str = "a@example.com",
    about: Notice | None = None,
) -> Letter:
    if about is None and kind in (LetterKind.NOTICE, LetterKind.SANCTION_ENDED):
        about = notice()
    letters = TemplateLetters(site_name=site_name, base_url="https://chapbook.example")
    token = "token" if kind in (LetterKind.CONFIRM, LetterKind.RESET_PASSWORD, LetterKind.CHANGE_EMAIL) else None
    case = None
    if kind in (LetterKind.REPORT_SETTLED, LetterKind.URGENT_CASE):
        case = CaseNews(subject_kind=SubjectKind.POST, path="/posts/1/report")
    return letters.write(
        kind, to=to, job_id=7, language=language, username="susan", token=token, notice=about, case=case
    )


def words(html: str) -> str:
    return unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL))


@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_has_spaces_between_chinese_and_latin_letters(kind: LetterKind) -> None:
    mail = letter(kind, Language.SIMPLIFIED_CHINESE)

    assert not SEAM.search(mail.text)
    assert not SEAM.search(words(mail.html))


def test_a_chinese_site_is_named_without_spaces() -> None:
    mail = letter(LetterKind.CONFIRM, Language.SIMPLIFIED_CHINESE, site_name="读书会")

    assert "欢迎来到读书会！" in mail.text
    assert "欢迎来到读书会！" in mail.html


@pytest.mark.parametrize("language", Language)
def test_a_mail_names_a_member_by_the_username(language: Language) -> None:
    for kind in LetterKind:
        text = letter(kind, language).text
        assert "@susan" in text
        assert not re.search(r"(?<![@/\w])susan\b", text), kind
        assert not re.search(r"[\u4e00-\u9fff]@", text), kind


@pytest.mark.parametrize("language", Language)
def test_a_mail_shows_user_input_as_text(language: Language) -> None:
    mail = letter(LetterKind.CHANGE_EMAIL, language, to="a&b<i>@example.com", site_name="Ned’s <Book>")

    assert "a&b<i>@example.com" in mail.text
    assert "Ned’s <Book>" in mail.text
    assert "a&amp;b&lt;i&gt;@example.com" in mail.html
    assert "<Book>" not in mail.html


def test_a_mail_has_dark_colours_too() -> None:
    html = letter(LetterKind.CONFIRM, Language.ENGLISH).html

    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_a_mail_and_the_page_it_links_to_use_the_same_words() -> None:
    assert letter(LetterKind.CONFIRM, Language.SIMPLIFIED_CHINESE).subject == "确认你的邮箱"
    assert letter(LetterKind.RESET_PASSWORD, Language.SIMPLIFIED_CHINESE).subject == "重置密码"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("act", [act for act in Act if act.is_told])
def test_a_notice_says_what_why_and_how_to_appeal(act: Act, language: Language) -> None:
    for more in (
        {},
        {"rule": "law", "by_moderator": False, "reported": ReportedThing(SubjectKind.POST, "Soup"), "until": None},
    ):
        mail = letter(LetterKind.NOTICE, language, about=notice(act, **more))

        path = "/appeals/7" if act.may_be_appealed else "/settings/record"
        assert mail.text.count(f"https://chapbook.example{path}\n") == 1
        assert "It is rude." in mail.text
        assert not SEAM.search(mail.text)
        chinese = [line for line in mail.text.splitlines() if re.search(r"[\u4e00-\u9fff]", line)]
        assert len(chinese) <= (act is Act.HIDE) if language is Language.ENGLISH else len(chinese) > 2


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("act", [Act.SILENCE, Act.SUSPEND])
def test_the_end_of_a_sanction_leads_to_the_record(act: Act, language: Language) -> None:
    mail = letter(LetterKind.SANCTION_ENDED, language, about=notice(act))

    assert "https://chapbook.example/settings/record" in mail.text
    assert "/appeals/" not in mail.text


def about(what: str, *, times: int = 1, ago: timedelta = timedelta(0), request_id: str = "") -> Letter:
    incident = Incident.new("0123456789ab", at=NOON - ago)
    incident.note(what=what, times=times, last_at=NOON - ago, request_id=request_id)
    letters = TemplateLetters(site_name="Ned’s <Book>", base_url="https://chapbook.example")
    return letters.about_incident(incident, to="oncall@example.com", last_mail_at=None, at=NOON)


def test_a_mail_about_a_program_error_says_the_same_in_both_parts() -> None:
    mail = about(
        "A: <b>no</b> at domain/posts.py:3 write < entrypoints/web/posts.py:9 <lambda>; because of B in x.py:1 y",
        times=1_312,
        request_id="a-b",
    )

    assert mail.subject == "Program error: A at domain/posts.py:3 write"
    # The HTML part has the subject as its title, the address of the site as a link, and numbers as a list.
    in_one_part_only = {"Program", "error:", "https:", "chapbook.example", "1.", "2.", "3."}
    of_text, of_html = (set(re.findall(r"[\w.:-]+", part)) for part in (mail.text, words(mail.html)))
    assert of_text ^ of_html <= in_one_part_only
    assert "happened 1,312 times at Ned’s <Book>." in mail.text
    assert "<b>no" not in mail.html
    assert "grep -e a-b\n" in mail.text


@pytest.mark.parametrize(
    ("ago", "in_words"),
    [
        (timedelta(0), "a moment before"),
        (timedelta(seconds=-5), "a moment before"),
        (timedelta(seconds=1), "1 second before"),
        (timedelta(seconds=119), "119 seconds before"),
        (timedelta(minutes=2), "2 minutes before"),
        (timedelta(hours=2), "2 hours before"),
        (timedelta(days=3), "3 days before"),
    ],
)
def test_a_mail_about_a_program_error_says_when_in_words(ago: timedelta, in_words: str) -> None:
    when = f"{NOON - ago:%Y-%m-%d %H:%M:%S} UTC ({NOON - ago:%A}, {in_words} this mail)"

    assert f"Last: {when}" in about("A", ago=ago).text


def test_a_mail_about_an_error_without_a_request_or_a_place_names_the_fingerprint() -> None:
    mail = about("A")

    assert mail.subject == "Program error: A"
    assert "happened once at" in mail.text
    assert "Request: none" in mail.text
    assert "grep -e 0123456789ab\n" in mail.text


def test_a_long_subject_is_cut() -> None:
    assert len(about(f"A at {'x' * 500}.py:1 f").subject) == 150


def test_a_bundle_whose_subject_is_too_long_says_that_it_goes_on() -> None:
    card = NotificationCard(
        id=3,
        kind=NotificationKind.REPLY,
        unread=True,
        thing_id=2,
        post_id=1,
        comment_id=2,
        actors=(MemberName(id=4, username="ada", name="A" * 64, role=Role.USER),),
        actor_count=1,
        title="T" * 100,
    )
    letters = TemplateLetters(site_name="Chapbook", base_url="https://chapbook.example")
    mail = letters.write(
        LetterKind.NOTIFICATIONS,
        to="susan@example.com",
        job_id=5,
        language=Language.ENGLISH,
        username="susan",
        token=None,
        bundle=Bundle(cards=(card,), has_more=False, unsubscribe="token"),
    )

    assert len(mail.subject) == 150
    assert mail.subject.endswith("T…")
    assert mail.unsubscribe == "https://chapbook.example/unsubscribe/token"
