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


BOB = MemberName(id=2, username="bob", name="", role=Role.USER)
EVA = MemberName(id=3, username="eva", name="艾娃 Eva", role=Role.MODERATOR)


def told(kind: NotificationKind, **more: Any) -> NotificationCard:
    """Of something that Bob did."""
    values: dict[str, Any] = {"id": 1, "kind": kind, "unread": True, "thing_id": 7, "post_id": 7, "comment_id": None}
    return NotificationCard(**(values | {"actors": (BOB,), "actor_count": 1, "title": "Soup汤"} | more))


def bundle(*cards: NotificationCard, has_more: bool = False) -> Bundle:
    cards = cards or (
        told(NotificationKind.REPLY, comment_id=8, text="Soup买汤 <b>now</b>"),
        told(NotificationKind.MENTION, comment_id=8),
        told(NotificationKind.MENTION),
        told(NotificationKind.COMMENT, actors=(BOB, EVA), actor_count=2, event_id=8),
        told(NotificationKind.WATCHED, actors=(EVA,), event_id=8),
        told(NotificationKind.FOLLOW, actors=(EVA, BOB), actor_count=12, about=BOB),
        told(NotificationKind.LIKE, comment_id=8, actor_count=100),
        told(NotificationKind.LIKE),
        told(NotificationKind.REPORT, actors=(), actor_count=0, about=EVA),
        told(NotificationKind.APPEAL, actors=(), actor_count=0, about=None),
        told(NotificationKind.WAITING, actors=(), actor_count=0),
    )
    return Bundle(cards=cards, has_more=has_more, unsubscribe="a.token")


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
    letters = TemplateLetters(site_name=lambda: site_name, base_url="https://chapbook.example")
    token = "token" if kind in (LetterKind.CONFIRM, LetterKind.RESET_PASSWORD, LetterKind.CHANGE_EMAIL) else None
    case = None
    if kind in (LetterKind.REPORT_SETTLED, LetterKind.URGENT_CASE):
        case = CaseNews(subject_kind=SubjectKind.POST, path="/posts/1/report")
    news = bundle() if kind is LetterKind.NOTIFICATIONS else None
    return letters.write(
        kind, to=to, job_id=7, language=language, username="susan", token=token, notice=about, case=case, bundle=news
    )


@pytest.mark.parametrize("language", Language)
def test_a_bundle_says_each_thing_in_a_sentence_that_leads_there(language: Language) -> None:
    mail = letter(LetterKind.NOTIFICATIONS, language)

    for part in (mail.text, unescape(mail.html)):
        for card in bundle().cards:
            assert f"https://chapbook.example{card.path}" in part
        assert "https://chapbook.example/unsubscribe/a.token" in part
        assert "https://chapbook.example/settings/notifications" in part
        assert "@bob" in part
        assert "None" not in part
        assert "{" not in re.sub(r"<style>.*?</style>", "", part, flags=re.DOTALL)
    assert mail.unsubscribe == "https://chapbook.example/unsubscribe/a.token"
    assert "<b>now" not in mail.html


def test_a_bundle_counts_and_names_as_one_would_say_it() -> None:
    text = letter(LetterKind.NOTIFICATIONS, Language.ENGLISH).text

    for sentence in (
        "@bob answered your comment below “Soup 汤”",
        "> Soup 买汤 <b>now</b>",
        "@bob mentioned you in a comment below “Soup 汤”",
        "@bob mentioned you in “Soup 汤”",
        "@bob and 艾娃 Eva (@eva, moderator) commented on your post “Soup 汤”",
        "艾娃 Eva (@eva, moderator) commented on “Soup 汤”, which you watch",
        "艾娃 Eva (@eva, moderator) and 11 others follow you",
        "@bob and more than 98 others like your comment below “Soup 汤”",
        "@bob likes your post “Soup 汤”",
        "A report waits: it is about 艾娃 Eva (@eva, moderator)",
        "A member who has left appeals against a decision",
        "Somebody waits to be admitted",
    ):
        assert f"{sentence}\n" in text, sentence


@pytest.mark.parametrize(
    ("number", "subject"), [(1, "@bob likes your post “Soup 汤”"), (3, "@bob likes your post “Soup 汤”, and 2 more")]
)
def test_the_subject_of_a_bundle_is_its_first_sentence(number: int, subject: str) -> None:
    letters = TemplateLetters(site_name=lambda: "Chapbook", base_url="https://chapbook.example")
    news = bundle(*(told(NotificationKind.LIKE) for _ in range(number)))

    mail = letters.write(
        LetterKind.NOTIFICATIONS,
        to="a@example.com",
        job_id=7,
        language=Language.ENGLISH,
        username="susan",
        token=None,
        bundle=news,
    )

    assert mail.subject == subject


def test_the_subject_of_a_bundle_stays_one_short_line() -> None:
    news = bundle(
        told(NotificationKind.LIKE, title="<b>{{ 7*7 }}</b>\r\nBcc: x@example.org Long\u2028 and\n longer " * 40)
    )
    letters = TemplateLetters(site_name=lambda: "Chapbook", base_url="https://chapbook.example")

    mail = letters.write(
        LetterKind.NOTIFICATIONS,
        to="a@example.com",
        job_id=7,
        language=Language.ENGLISH,
        username="susan",
        token=None,
        bundle=news,
    )

    assert len(mail.subject) <= 150
    assert mail.subject.endswith("…")
    assert len(mail.subject.splitlines()) == 1
    assert "<b>{{" not in mail.html
    assert "{{ 7*7 }}" in unescape(mail.html)


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
    letters = TemplateLetters(site_name=lambda: "Ned’s <Book>", base_url="https://chapbook.example")
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
