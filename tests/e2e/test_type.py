"""The type: every Latin letter has its true italic and its true bold, and a page loads only the files it shows."""

import re

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Browse

pytestmark = [pytest.mark.browser, pytest.mark.sql]

TEXTS = {
    "en": "The quick brown fox jumps over the lazy dog: 0123456789, “90 %” & more…",
    "pt": "À noite, vovô Kowalsky vê o ímã cair no pé do pinguim: ação, coração, pães, João",
    "de": "Größe, Äpfel, Übung, Öl, süß, „schön“, STRAẞE",
    "fr": "L’œuvre, où Noël, Hélène, déjà ça, garçon, l’île, «¿qué?», ÇÀ ET LÀ",
    "da": "Blåbærgrød på Ærø, Ålesund, Øst, København",
    "is": "Þjóð, fiðla, Ísland, ýta, Ð",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy, Ř, Ť",
    "pl": "Zażółć gęślą jaźń, Łódź, Ś",
    "tr": "Pijamalı hasta yağız şoföre çabucak güvendi, İstanbul, ı, Ğ",
    "hu": "Árvíztűrő tükörfúrógép, Ő, Ű",
    "ro": "Muzicologă în bej vând whisky și tequila, preț fix, Ț",
    "lt": "Įlinkdama fechtuotojo špaga sublykčiojusi pragręžė apvalų arbūzą",
    "vi": "Tiếng Việt: cần phải giữ được những dấu ngữ điệu, ở đây, Ỹ, Đặng",
    "signs": "ruud@example.com, [1], #2, 3 + 4 = 7, 5 × 6, a/b, <b>, 20 °C, § 1, 10 €, £ 5, ½, *, 50 $, ~, _, {}, ±2",
}
STYLES = ("normal 400", "italic 400", "normal 600", "italic 600")

SET = """([text, style, synthesis]) => {
    const words = document.querySelector("#specimen") ?? document.querySelector("main").appendChild(
        Object.assign(document.createElement("p"), {id: "specimen"}));
    const [slant, weight] = style.split(" ");
    Object.assign(words.style, {fontFamily: "Crimson", fontSize: "40px", fontStyle: slant, fontWeight: weight,
        fontSynthesis: synthesis, background: "white", color: "black", inlineSize: "1000px"});
    words.textContent = text;
    words.getBoundingClientRect();  // only what is laid out is loaded
    return document.fonts.ready.then(() => undefined);
}"""


@pytest.fixture
def page(browse: Browse) -> Page:
    """A short one. On it a paragraph is set in the face of the site alone, whatever fonts there are."""
    found = browse(viewport={"width": 1280, "height": 900})
    found.goto("/nothing-here")
    return found


def picture(page: Page, text: str, style: str, synthesis: str = "none") -> bytes:
    page.evaluate(SET, [text, style, synthesis])
    return page.locator("#specimen").screenshot()


def fonts(page: Page) -> dict[bool, int]:
    """How many letters come from the site's own files, and how many from elsewhere."""
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    words = client.send("DOM.querySelector", {"nodeId": root, "selector": "#specimen"})["nodeId"]
    found = {True: 0, False: 0}
    for font in client.send("CSS.getPlatformFontsForNode", {"nodeId": words})["fonts"]:
        found[font["isCustomFont"]] += int(font["glyphCount"])
    client.detach()
    return found


@pytest.mark.long
def test_every_latin_letter_has_a_true_italic_and_a_true_bold(page: Page) -> None:
    for text in TEXTS.values():
        pictures = {}
        for style in STYLES:
            pictures[style] = picture(page, text, style)
            assert fonts(page)[False] == 0, f"{style}: a letter of {text} is in no file"
            # The browser may slant and smear now, but finds nothing to do.
            assert picture(page, text, style, "weight style") == pictures[style], f"{style}: {text}"
        assert len(set(pictures.values())) == len(STYLES)


def test_an_accented_letter_is_another_one_in_italics_and_in_bold(page: Page) -> None:
    for letter in "éãøßčłđışợ@%":
        assert len({picture(page, letter * 3, style) for style in STYLES}) == len(STYLES), letter


def test_letters_that_were_sent_in_two_parts_look_as_those_in_one(page: Page) -> None:
    for style in STYLES:
        assert picture(page, "cafe\u0301 a\u0303o n\u0303", style) == picture(page, "café ão ñ", style)


def test_a_page_loads_only_the_files_whose_letters_it_shows(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(re.findall(r"fonts/crimson-pro-?(\S*?)\.woff2", request.url)))

    def loads(language: str, style: str) -> set[str]:
        page.reload()
        asked.clear()
        page.evaluate(SET, [TEXTS[language], style, "none"])
        return {name for name in asked if name}

    assert loads("en", "normal 400") == set()
    assert loads("pt", "italic 400") == {"italic", "italic-ext"}
    assert loads("en", "normal 600") == {"bold"}
    assert loads("cs", "normal 400") == {"ext"}
    assert loads("vi", "italic 600") == {"bold-italic", "bold-italic-ext", "bold-italic-more"}


def test_no_letter_is_slanted_or_smeared_but_a_chinese_font_without_a_bold(page: Page) -> None:
    def synthesis(selector: str) -> str:
        found: str = page.locator(selector).first.evaluate("(one) => getComputedStyle(one).fontSynthesis")
        return found

    assert synthesis("html") == "none"
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<p lang=zh>推</p><p lang=\"\">x</p>')"
    )
    assert synthesis("p[lang=zh]") == "weight"
    assert synthesis("p[lang='']") == "weight"


def test_a_greeting_never_breaks_a_name_that_fits_the_line(browse: Browse) -> None:
    """The line is short on a small phone, and shorter in the margin of a wide screen."""
    for width in (320, 390, 1280):
        page = browse("susan", viewport={"width": width, "height": 700})
        page.goto("/")
        heading = page.get_by_role("heading", level=1)
        for hello in ("Hello, ", "你好，"):
            heading.evaluate("(heading, hello) => { heading.firstChild.data = hello; }", hello)
            for name in ("Al B", "Ada Lovelace", "Jo van der Aa", "Marguerite Oyelaran", "温丽华", "林 晚"):
                heading.locator("bdi").evaluate("(one, name) => { one.textContent = name; }", name)
                lines, longest, room = heading.evaluate(
                    """(heading) => {
                        const name = heading.querySelector("bdi");
                        const lines = new Set(Array.from(name.getClientRects(), (line) => line.top)).size;
                        name.style.whiteSpace = "nowrap";
                        const longest = name.parentElement.scrollWidth;
                        name.style.whiteSpace = "";
                        return [lines, longest, heading.clientWidth];
                    }"""
                )
                assert (lines == 1) == (longest <= room), f"{hello}{name} at {width}"
        assert page.evaluate("document.documentElement.scrollWidth") == width
