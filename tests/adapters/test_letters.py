"""Mails as they are sent: both parts say the same, in both languages, by day and by night."""

import re
from html import unescape

import pytest

from adapters.letters import TemplateLetters
from application.ports.mailing import Letter, LetterKind
from domain.display import Language

MAILS = list(LetterKind)
SEAM = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")


def letter(kind: LetterKind, language: Language, *, site_name: str = "Chapbook", to: str = "a@example.com") -> Letter:
    letters = TemplateLetters(site_name=site_name, base_url="https://chapbook.example")
    token = "token" if kind in (LetterKind.CONFIRM, LetterKind.RESET_PASSWORD, LetterKind.CHANGE_EMAIL) else None
    return letters.write(kind, to=to, job_id=7, language=language, username="susan", token=token)


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
