"""English and Simplified Chinese: which reader gets which, that both are complete, and that no text is hard coded."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from adapters.letters import TemplateLetters
from application.ports.mailing import Bundle, CaseNews, Letter, LetterKind, Notice
from application.ports.members import MemberName
from application.ports.notifications import NotificationCard
from application.ports.paging import Window
from domain.display import Language
from domain.moderation import Act, SubjectKind
from domain.notifications import NotificationKind
from domain.roles import Role
from entrypoints.words import ROLES
from tests.web.browser import Browser, Page
from tests.web.site import PASSWORD, Site

ROOT = Path(__file__).parent.parent.parent
ENTRYPOINTS = ROOT / "entrypoints"
TEMPLATES = ENTRYPOINTS / "web" / "templates"
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
MAILS = list(LetterKind)


# Who reads which.


@pytest.mark.parametrize(
    ("asked_for", "language"),
    [
        ("", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("fr,zh;q=0.5,en;q=0.4", "zh-Hans"),
        ("en;q=0.4,zh;q=0.5", "zh-Hans"),
        ("zh;q=0.4,en;q=0.5", "en"),
        ("zh;q=0,en;q=0.1", "en"),
        ("zh;q=0", "en"),
        ("fr,de;q=0.7", "en"),
        (";;q=x,,\xff", "en"),
    ],
)
def test_a_visitor_reads_the_language_of_their_browser(site: Site, asked_for: str, language: str) -> None:
    page = site.browser().get("/", headers={"Accept-Language": asked_for} if asked_for else {})

    assert language_of(page) == language
    assert "Accept-Language" in page.headers["Vary"]


ALERT = "> [!WARNING]\n> Hot soup."


@pytest.mark.parametrize(("asked_for", "words"), [("en", ("Warning", "en")), ("zh-CN", ("警告", "zh-Hans"))])
def test_the_words_of_alerts_are_in_the_language_of_the_reader(
    site: Site, asked_for: str, words: tuple[str, str]
) -> None:
    post = site.post("susan", ALERT)
    site.comment("david", post, ALERT)

    for path in (f"/posts/{post}", "/feed.atom", "/feed.json", f"/posts/{post}/feed.json"):
        html = site.browser().get(path, headers={"Accept-Language": asked_for}).text
        assert alert_words(html) == {words}, path


def test_the_words_of_alerts_are_there_wherever_a_text_is_shown(site: Site) -> None:
    comment = site.comment("david", site.post("susan", ALERT), ALERT)
    mary = site.browser("mary")

    pages = [
        mary.get("/moderation/comments"),
        mary.post(f"/comments/{comment}/hide", {"reason": "long " * 999}),
        mary.post("/posts", {"body": ALERT, "preview": "1"}),
    ]
    assert [alert_words(page.text) for page in pages] == [{("Warning", "en")}] * 3


def alert_words(text: str) -> set[tuple[str, str]]:
    """Each word, and its language."""
    html = unescape(text).replace('\\"', '"')
    assert html.count('class="kind"') == html.count('<p class="kind"><bdi')
    return {(word, tag) for tag, word in re.findall(r'<p class="kind"><bdi lang="([^"]*)">(\w+)</bdi></p>', html)}


def test_the_choice_of_a_visitor_overrides_their_browser(site: Site) -> None:
    visitor = site.browser(headers=CHINESE)
    visitor.submit(visitor.get("/display"), "/display", language="en", theme="auto")
    assert language_of(visitor.get("/")) == "en"

    visitor.submit(visitor.get("/display"), "/display", language="zh-Hans", theme="auto")
    assert language_of(visitor.get("/", headers={"Accept-Language": "en"})) == "zh-Hans"


def test_the_setting_of_a_member_comes_first_and_is_confirmed_in_its_language(site: Site) -> None:
    susan = site.browser("susan")
    answer = susan.submit(susan.get("/settings/profile"), "/settings/profile", language="zh-Hans")
    shown = susan.follow(answer)

    assert language_of(shown) == "zh-Hans"
    assert shown.flashes == ["个人资料已保存。"]
    assert language_of(site.browser("susan").get("/", headers={"Accept-Language": "en"})) == "zh-Hans"
    assert language_of(site.browser("david").get("/", headers=CHINESE)) == "en"


def test_each_language_of_a_page_has_its_own_etag(site: Site) -> None:
    visitor = site.browser()
    english, chinese = visitor.get("/"), visitor.get("/", headers=CHINESE)

    assert english.etag != chinese.etag
    assert visitor.get("/", headers={**CHINESE, "If-None-Match": english.etag or ""}).status == 200
    assert visitor.get("/", headers={**CHINESE, "If-None-Match": chinese.etag or ""}).status == 304


@pytest.mark.parametrize(
    ("headers", "language", "subject"), [({}, "en", "Confirm your account"), (CHINESE, "zh-Hans", "确认你的邮箱")]
)
def test_a_new_member_gets_mail_and_pages_in_their_language(
    site: Site, headers: dict[str, str], language: str, subject: str
) -> None:
    visitor = site.browser(headers=headers)
    visitor.submit(
        visitor.get("/register"),
        "/register",
        email="new@example.com",
        username="newcomer",
        password=PASSWORD,
        password2=PASSWORD,
    )
    site.deliver()
    assert site.postbox.to("new@example.com")[-1].subject == subject

    visitor.submit(visitor.get(site.link_to("new@example.com")), site.link_to("new@example.com"))
    elsewhere = site.browser()
    elsewhere.sign_in("new@example.com", PASSWORD)
    assert language_of(elsewhere.get("/")) == language


def test_errors_are_in_the_language_of_the_reader(site: Site) -> None:
    visitor = site.browser(headers=CHINESE)
    assert visitor.get("/nowhere").heading == "找不到页面"
    refused = visitor.submit(visitor.get("/register"), "/register", email="x", username="1", password="short")
    assert refused.status == 422
    assert refused.errors["email"].startswith("邮箱格式不对")
    assert refused.errors["password"] == "太短了，至少要8个字符。"
    assert latin(refused) == set()


def test_the_time_to_wait_has_the_right_plural(site: Site) -> None:
    def wait(headers: dict[str, str]) -> str:
        visitor = site.browser(headers=headers)
        for _ in range(30):
            page = visitor.submit(visitor.get("/login"), "/login", email="ada@example.com", password="wrong wrong")
            if page.status == 429:
                return page.words
        raise AssertionError("nobody was stopped")

    assert re.search(r"Please wait \d+ (seconds|minutes|hours)", wait({}))
    assert re.search(r"请等\d+(秒|分钟|小时)再试", wait(CHINESE))


def test_the_api_and_the_command_line_answer_in_english(site: Site) -> None:
    answer = site.browser(headers=CHINESE).get("/api/v1/posts/")
    assert answer.status == 401
    assert not han(answer.text)
    refused = site.browser(headers=CHINESE).open(
        "POST", "/api/v1/users/", json={"email": "x", "username": "1", "password": "y"}
    )
    assert refused.status == 422
    assert not han(refused.text)


def test_dates_have_the_format_of_the_language(site: Site) -> None:
    path = f"/posts/{site.post('susan')}"
    assert "1 March 2026, 12:01 UTC" in site.browser().get(path).words
    assert "2026年3月1日 12:01 UTC" in site.browser(headers=CHINESE).get(path).words


def test_a_date_without_a_time_shows_no_time(site: Site) -> None:
    site.follow("david", "susan")
    assert "since 1 March 2026" in site.browser().get("/@susan/followers").words
    assert "2026年3月1日起关注" in site.browser(headers=CHINESE).get("/@susan/followers").words
    for headers in ({}, CHINESE):
        (day,) = site.browser(headers=headers).get("/@susan").all(".//time[@data-day]")
        assert ":" not in (day.text or "")


def test_texts_of_members_have_their_own_language_and_direction(site: Site) -> None:
    for name, full in (("susan", "Susan O’Neil"), ("david", "大卫"), ("mary", "مريم")):
        site.container.members().edit_profile(
            actor_id=site.members[name], name=full, location=full, about_me=full, language=None, theme=None
        )
    post_id = site.post("mary", "نص", "العنوان")
    comment_id = site.comment("david", post_id, "不行。")
    case = report(site, comment_id, "Don’t.")
    site.hide("mary", site.comment("david", post_id, "不行。"), "Don’t.")
    for name in ("susan", "david"):
        site.follow(name, "mary")
    ada = site.browser("ada", headers=CHINESE)

    for path in ("/", "/following", f"/posts/{post_id}", "/@susan", "/@david", "/@mary", "/@mary/followers",
                 "/moderation", "/moderation/comments", case, "/moderation/log", "/admin/users"):  # fmt: skip
        page = ada.get(path)
        own = [*page.all(".//bdi"), *page.all(".//q"), *page.classed("about"), *page.classed("verbatim")]
        assert own, path
        for element in own:
            said = "".join(element.itertext())
            assert element.get("lang") == ("zh" if han(said) else ""), (path, said)
    assert ada.get("/@mary").only(".//h1").get("dir") == "auto"
    assert not ada.get("/@mary").all(".//h1/bdi")
    (title,) = ada.get("/").all(".//h2[@class='p-name']")
    assert title.get("dir") == "auto"
    assert all(inner.get("dir") is None for inner in title.iter("a"))


def report(site: Site, comment_id: int, text: str) -> str:
    """susan reports a comment. The path of the case."""
    container, ids = site.container, site.members
    container.reporting().report_comment(actor_id=ids["susan"], comment_id=comment_id, kind="other", text=text)
    mary = container.storage().session_feeds.reader(ids["mary"], site.time)
    return f"/moderation/cases/{container.cases().waiting(reader=mary, window=Window(1)).items[0].id}"


def test_without_compiled_catalogues_the_site_is_in_english(tmp_path: Path) -> None:
    site = Site()
    site.app.extensions["babel"].translation_directories[:] = [str(tmp_path)]

    assert "a blog that its members write together" in site.browser(headers=CHINESE).get("/").words


# Both are complete.


def test_the_catalogues_have_exactly_the_texts_in_use() -> None:
    wanted, found = {key(message) for message in extracted()}, {key(message) for message in messages()}

    assert sorted(map(str, wanted - found)) == [], "make translations, and translate these"
    assert sorted(map(str, found - wanted)) == [], "make translations: these are said nowhere"


# Chinese counts characters and no words.
NOT_COUNTED = {
    f"{{n}} {words}, {{length}} {characters}": ["n:"]
    for words in ("word", "words")
    for characters in ("character", "characters")
}


def test_every_translation_exists_with_the_same_placeholders_and_tags() -> None:
    for message in messages():
        assert not message.fuzzy, message.id
        for said in forms(message.string):
            assert said.strip(), message.id
            for asked in forms(message.id):
                wanted = [hole for hole in holes(asked) if hole not in NOT_COUNTED.get(asked, ())]
                assert holes(said) == wanted, message.id


def test_translations_use_the_punctuation_of_chinese() -> None:
    for message in messages():
        for said in forms(message.string):
            plain = re.sub(r"<[^>]*>|%\(\w+\)s|\{[^}]*\}", "", said)
            assert not re.search(r"[一-鿿][,.;:!?()\"'’]|\.\.\.|[一-鿿] +[一-鿿]", plain), said
            # Between Chinese and other letters the style sheet makes room.
            assert not re.search(r"[一-鿿] +[A-Za-z0-9]|[A-Za-z0-9] +[一-鿿]", plain) or "月" in plain, said


def test_the_compiled_catalogue_matches_its_source() -> None:
    source = ENTRYPOINTS / "translations/zh_Hans/LC_MESSAGES/messages.po"
    compiled = source.with_suffix(".mo")
    assert compiled.exists(), "make test compiles it"
    assert compiled.stat().st_mtime >= source.stat().st_mtime, "make test compiles it"


def test_every_role_has_a_name() -> None:
    assert set(ROLES) == {role.value for role in Role}


@pytest.mark.parametrize("kind", MAILS)
def test_every_mail_is_written_in_every_language_with_the_same_links(kind: LetterKind) -> None:
    english, chinese = (letter(kind, language) for language in Language)

    assert english.subject != chinese.subject
    assert not han(english.subject + english.text + english.html)
    assert han(chinese.subject)
    assert links(english.text) == links(chinese.text)
    assert links(english.html) == links(chinese.html)
    assert 'lang="en"' in english.html
    assert 'lang="zh-Hans"' in chinese.html
    paragraphs = [line for line in chinese.text.splitlines() if line and "://" not in line and line != "Chapbook"]
    assert all(map(han, paragraphs)), paragraphs
    assert english.text.count("\n\n") == chinese.text.count("\n\n")


# Nothing is said past the catalogues.


# What may be read that no language has other words for: each with the template, '' for all.
SAID_AS_IT_IS = {
    ("", "English"),
    ("", "简体中文"),
    # The reference is in English, as the API is.
    ("api/docs.html", "or"),
    ("api/docs.html", "list of"),
    ("api/docs.html", "or list of"),
    ("api/docs.html", "An answer"),
    ("api/docs.html", "A request"),
    *(("overview/_attention.html", f"chapbook {command}") for command in ("deploy", "worker", "backup")),
}
# For developers only, in English only.
NOT_FOR_READERS = {"styleguide.html"}
READ_OUT = {"title", "alt", "aria-label", "placeholder", "aria-description"}


def test_no_template_has_a_hard_coded_text() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = str(path.relative_to(TEMPLATES))
        if name not in NOT_FOR_READERS:
            assert list(hard_coded(name, path.read_text(encoding="utf-8"))) == [], name


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("<p>Hello there</p>", "Hello there"),
        ("<p>{{ _('Hello') }} there</p>", "there"),
        ("{% if x %}<b>Yes</b>{% endif %}", "Yes"),
        ('<img src="/x.svg" alt="A cat">', "A cat"),
        ('<input placeholder="{{ x }}, or so">', ", or so"),
        ("<p>{{ 'Sign out' if x else _('End it') }}</p>", "Sign out"),
        ("{{ field(form, 'email', 'Email address') }}", "Email address"),
        ("{% set words = 'Older posts' %}", "Older posts"),
        ("{{ field(form, 'email', _('Email'), hint='One line') }}", "One line"),
        ("<p>你好</p>", "你好"),
    ],
)
def test_a_hard_coded_text_that_is_planted_is_found(planted: str, found: str) -> None:
    assert found in list(hard_coded("planted.html", planted))


def test_texts_of_the_catalogues_are_no_hard_coded_texts() -> None:
    fine = (
        '<p class="lede" aria-label="{{ _(\'Hello\') }}">{% trans name=x %}Dear {{ name }}{% endtrans %}</p>'
        "{% if x == 'Hide it' %}{{ ngettext('one %(num)s', 'more', 2) }}{% endif %}<p lang=\"en\">Text</p>"
    )
    assert list(hard_coded("planted.html", fine)) == []


def test_views_have_no_hard_coded_text() -> None:
    for path in sorted((ENTRYPOINTS / "web").glob("*.py")):
        assert list(unmarked(path.read_text(encoding="utf-8"))) == [], path.name


@pytest.mark.parametrize(
    "planted",
    [
        'flash("Saved.", "success")',
        'flash(f"You follow {name}.", "success")',
        "flash(text, 'info')",
        'page(404, text="Not here")',
        'kept(403, text="Old", heading=gettext("x"))',
        'link_expired(("/reset", "Get a new link"))',
    ],
)
def test_a_view_with_a_hard_coded_text_is_found(planted: str) -> None:
    assert list(unmarked(planted)) == [1]


def test_scripts_have_no_hard_coded_text() -> None:
    for path in (ENTRYPOINTS / "web/static").rglob("*.js"):
        code = re.sub(r"^\s*//.*$|(?<=\s)// .*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        quoted = re.findall(r"'([^'\n]*)'", code)
        assert [text for text in quoted if re.search(r"[A-Z]\w+ \w+|\w+ \w+ \w+ \w+[.!?]", text)] == []
        assert not re.search(r"(?:textContent|title|ariaLabel)\s*[:=]\s*['`][A-Z]", code)


@pytest.fixture
def chinese_site(free_site: Site) -> Site:
    """Where all that people wrote is in Chinese too, so that every English word comes from us."""
    site = free_site
    post_id = site.post("susan", "汤是一种希望。" * 200, title="汤")
    site.post("ada", "今天天气不错。")
    comment_id = site.comment("david", post_id, "加点葱吧。")
    hidden = site.comment("susan", post_id, "不行。")
    site.hide("mary", hidden, "离题了。")
    site.container.moderation().restore(actor_id=site.members["mary"], comment_id=hidden, reason="")
    report(site, comment_id, "离题了。")
    site.hide("mary", comment_id, "离题了。")
    report(site, site.comment("david", post_id, "再加点。"), "太多了。")
    site.follow("david", "susan")
    site.deliver()
    return site


VISITORS = ["/", "/posts/1", "/@susan", "/@susan/followers", "/@david/following", "/register", "/login", "/reset"]
VISITORS += [
    "/@susan/report",
    "/posts/1/report",
    "/display",
    *("/about", "/rules", "/privacy"),
    "/nowhere",
    "/reset/spent",
    "/confirm/spent",
    "/@nobody",
    "/login?next=/following",
]
MEMBERS = ["/", "/following", "/@ada", "/@susan", "/confirm", "/admin/users", "/admin/users?q=x", "/admin/users/susan"]
MEMBERS += ["/admin", "/admin/site", "/about", "/rules", "/write", "/pictures", "/moderation/pictures"]
MEMBERS += ["/admin/outbox", "/moderation", "/moderation/log", "/settings/profile", "/settings/password"]
MEMBERS += ["/settings/email", "/settings/sessions", "/settings/account", "/posts/1", "/posts/1/edit"]
MEMBERS += ["/?before=1", "/api/docs", "/posts/1/report", "/moderation/comments", "/moderation?state=settled"]
MEMBERS += ["/moderation/log?by=mary", "/moderation?about=david", "/moderation/cases/open", "/moderation/cases/settled"]


def test_pages_in_chinese_have_no_english_in_them(chinese_site: Site) -> None:
    post = chinese_site.browser().get("/").links
    thread = next(link for link in post if re.fullmatch(r"/posts/\d+", link))
    visitor = chinese_site.browser(headers=CHINESE)
    ada = chinese_site.browser("ada")
    ada.submit(ada.get("/settings/profile"), "/settings/profile", language="zh-Hans")
    cases = {
        f"/moderation/cases/{state}": next(
            link for link in ada.get(f"/moderation?state={state}").links if link.startswith("/moderation/cases/")
        )
        for state in ("open", "settled")
    }
    for browser, paths in ((visitor, VISITORS), (ada, MEMBERS)):
        for path in paths:
            page = browser.get(cases.get(path, path.replace("/posts/1", thread)))
            assert language_of(page) == "zh-Hans", path
            assert latin(page) == set(), path
    assert latin(preview(ada)) == set()


# How it is found out.


def preview(browser: Browser) -> Page:
    return browser.post("/posts", {"body": "汤", "preview": "1"})


def language_of(page: Page) -> str:
    """What the page says that it is in, in every place."""
    told = page.tree.get("lang")
    assert told is not None
    assert page.headers["Content-Language"] == told
    assert bool(han(page.text_of(page.only(".//footer")))) == (told == "zh-Hans")
    return told


# Names, addresses and technical terms that are the same in every language.
NAMES = {"Chapbook", "English", "Markdown", "UTC", "OpenAPI", "API", "REST", "A", "Z", "Werkzeug", "Ctrl", "Cookie"}
NAMES |= {"Python", "SQLite", "PostgreSQL", "JPEG", "PNG", "WebP", "GIF", "AVIF", "MB"}
NAMES |= {"law", "susan", "david", "mary", "ada", "ulla", "nobody", "x"}


def latin(page: Page) -> set[str]:
    """Words in Latin letters that a reader of the page finds, or hears."""
    reader = Reader()
    reader.feed(page.text)
    text = re.sub(r"\S+@\S+|@\w+|https?:\S+|\S*/\S*", " ", " ".join(reader.found))
    words = set(re.findall(r"[A-Za-z]{2,}", text))
    # `law` is a value that is typed.
    return (
        words - NAMES - {"law"} - {word for word in words if re.fullmatch(r"werkzeug|HTTP|Basic", word, re.IGNORECASE)}
    )


def han(text: str) -> bool:
    return re.search(r"[㐀-鿿]", text) is not None


def letter(kind: LetterKind, language: Language) -> Letter:
    letters = TemplateLetters(site_name=lambda: "Chapbook", base_url="https://chapbook.example")
    token = "token" if kind in (LetterKind.CONFIRM, LetterKind.RESET_PASSWORD, LetterKind.CHANGE_EMAIL) else None
    notice = None
    if kind in (LetterKind.NOTICE, LetterKind.SANCTION_ENDED):
        notice = Notice(
            entry_id=7,
            at=datetime(2026, 3, 1, tzinfo=UTC),
            act=Act.SUSPEND,
            subject_kind=SubjectKind.PERSON,
            text="",
            reason="",
            rule="2",
            by_moderator=True,
            until=datetime(2026, 3, 8, 12, tzinfo=UTC),
        )
    case = None
    if kind in (LetterKind.REPORT_SETTLED, LetterKind.URGENT_CASE):
        case = CaseNews(subject_kind=SubjectKind.POST, path="/posts/7/report", acted=True)
    bundle = None
    if kind is LetterKind.NOTIFICATIONS:
        card = NotificationCard(
            id=1,
            kind=NotificationKind.LIKE,
            unread=True,
            thing_id=7,
            post_id=7,
            comment_id=None,
            actors=(MemberName(id=2, username="david", name="", role=Role.USER),),
            actor_count=1,
            title="Soup",
        )
        bundle = Bundle(cards=(card,), has_more=True, unsubscribe="token")
    return letters.write(
        kind,
        to="a@example.com",
        job_id=7,
        language=language,
        username="susan",
        token=token,
        notice=notice,
        case=case,
        bundle=bundle,
    )


def links(text: str) -> list[str]:
    return re.findall(r"https?://[^\s\"<]+", text)


def key(message: Message) -> Any:
    return message.id


def forms(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def holes(text: str) -> list[str]:
    named = re.findall(r"%\(\w+\)s|<[^>]+>", text)
    braces = [f"{name}:{how}" for _, name, how, _ in string.Formatter().parse(text) if name]
    return sorted(named + braces)


def messages() -> list[Message]:
    with (ENTRYPOINTS / "translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as file:
        return [message for message in read_po(file) if message.id]


def extracted() -> list[Message]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in told]
    options = {mapping["pattern"]: {"silent": "false"} for mapping in told}
    found = Catalog()
    for _, _, message, _, context in extract_from_dir(ENTRYPOINTS, methods, options):
        found.add(message, context=context)
    return [message for message in found if message.id]


class Reader(HTMLParser):
    """Gathers what is read or heard: texts, and the attributes that are read out. What says that it is English may be
    English. `HOLE` stands for what a template fills in."""

    HOLE = "\x00"
    VOID = frozenset({"meta", "link", "img", "input", "br", "hr"})
    SILENT = frozenset({"script", "style", "time", "code", "option"})

    def __init__(self, silent: frozenset[str] = SILENT) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = silent
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        quiet = self._is_quiet() or (given.get("lang") == "en" and tag != "html") or tag in self._silent
        if not quiet:
            for name, value in given.items():
                described = tag == "meta" and name == "content" and given.get("name") == "description"
                if (name in READ_OUT or described) and value:
                    self._take(value)
        if tag not in self.VOID:
            self._open.append((tag, bool(quiet)))

    def handle_endtag(self, tag: str) -> None:
        # Branches of a template may close more than they open.
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        if not self._is_quiet():
            self._take(data)

    def _take(self, text: str) -> None:
        self.found += [part.strip() for part in text.split(self.HOLE) if part.strip()]

    def _is_quiet(self) -> bool:
        return any(quiet for _, quiet in self._open)


ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
# A macro may write attributes for a tag of its caller.
ATTRIBUTES = re.compile(r"""(?:[\w-]+="[^"]*"?\s*)+""")
TRANSLATING = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def hard_coded(name: str, source: str) -> Iterator[str]:
    """What a reader would see that is in no catalogue: text between tags, and texts in expressions."""
    tree = ENVIRONMENT.parse(source)
    markup: list[str] = []
    said: list[str] = []
    gather(tree, markup, said)
    reader = Reader(silent=frozenset({"script", "style"}))
    reader.feed("".join(markup))
    reader.close()
    for text in [*reader.found, *said]:
        known = ("", text) in SAID_AS_IT_IS or (name, text) in SAID_AS_IT_IS
        if re.search(r"\w", text) and not known and not ATTRIBUTES.fullmatch(text):
            yield text


def gather(node: nodes.Node, markup: list[str], said: list[str]) -> None:
    match node:
        case nodes.Output():
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    markup.append(part.data)
                else:
                    markup.append(Reader.HOLE)
                    gather(part, markup, said)
            return
        case nodes.Call(node=nodes.Name(name=called)) if called in TRANSLATING:
            for inner in node.kwargs:
                gather(inner, markup, said)
            return
        case nodes.Compare():
            return
        case nodes.Const(value=str() as text) if is_prose(text):
            said.append(text)
        case nodes.TemplateData():
            markup.append(node.data)
    for child in node.iter_child_nodes():
        gather(child, markup, said)


def is_prose(text: str) -> bool:
    """Words for people rather than the name of something: they begin with a capital, or have spaces between them."""
    return bool(re.match(r"[A-Z][a-z]", text) or re.search(r"[A-Za-z,] [A-Za-z]", text.strip()) or han(text)) and (
        text != "light dark"
    )


def unmarked(source: str) -> Iterator[int]:
    """The lines where a view hands on a text that is not marked for the catalogues."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="flash"), args=[text, *_]):
                if not (called(text) == "N_" and isinstance(getattr(text, "args", [None])[0], ast.Constant)):
                    yield node.lineno
            case ast.Call(func=ast.Name(id="page" | "kept"), keywords=keywords):
                for keyword in keywords:
                    if keyword.arg in ("text", "heading") and isinstance(keyword.value, ast.Constant | ast.JoinedStr):
                        yield node.lineno
            case ast.Call(func=ast.Name(id="link_expired"), args=[ast.Tuple(elts=[_, words])]):
                if isinstance(words, ast.Constant | ast.JoinedStr):
                    yield node.lineno


def called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
