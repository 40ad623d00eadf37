"""Pictures of the site in a post, from both sanitizers: what an author may choose, and what nobody can."""

import re
from collections.abc import Mapping
from typing import Any

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.markdown.pictures import FULL_MEASURE
from adapters.markdown.rendering import InlineRenderer
from adapters.markdown.sanitizers import BleachSanitizer, Nh3Sanitizer, Sanitizer
from adapters.render_process import ProcessRenderer
from application.ports.rendering import Rendered
from domain.errors import Invalid
from domain.pictures import ALT_LIMIT, SHOWN_AT_MOST, Shape, shown_in
from tests.markdown.test_rendering import SOUP, assert_inert, document

WIDE, SMALL, UPRIGHT, SAID, LATE = 1, 2, 3, 4, 1_790_000_000_000_000_000
KNOWN = {
    WIDE: Shape(3000, 2000),
    SMALL: Shape(200, 100),
    UPRIGHT: Shape(1500, 2000),
    SAID: Shape(900, 600, "A boat, as its owner says"),
    LATE: Shape(900, 600),
}
FIGURE = (
    '<figure><a href="/pictures/1/2560.webp"><img src="/pictures/1/1280.jpg" srcset="/pictures/1/320.webp 320w,'
    ' /pictures/1/640.webp 640w, /pictures/1/1280.webp 1280w, /pictures/1/2560.webp 2560w"'
    f' sizes="{FULL_MEASURE}" width="3000" height="2000" alt="a boat" loading="eager"></a>'
    "<figcaption>At sea</figcaption></figure>"
)
NOT_OURS = (
    "https://x.example/pictures/1/1280.jpg",
    "//x.example/pictures/1/1280.jpg",
    "/pictures/01/1280.jpg",
    "/pictures/1/x.jpg",
    "/pictures/1/1280.jpg?x",
    " /pictures/1/1280.jpg",
    "data:image/png;base64,xx",
    "javascript:1",
    "/logout",
)
NOT_FOR_IMAGES = (
    *('onerror="x"', 'style="x"', 'class="x"', 'id="x"', 'title="x"', 'width="0"', 'height="100%"', 'sizes="1px"'),
    *('loading="x"', 'usemap="#x"', "ismap", "crossorigin", 'fetchpriority="high"'),
)

bleached = InlineRenderer("bleach")
rusted = InlineRenderer("nh3")
sanitizers = pytest.mark.parametrize("sanitizer", [BleachSanitizer(), Nh3Sanitizer()], ids=["bleach", "nh3"])


def rendered(body: str, known: Mapping[int, Shape] = KNOWN) -> Rendered:
    """The post, after seeing that the sanitizers agree on it, and that nothing in it is an author's to choose."""
    post, same = bleached.post(body, pictures=known), rusted.post(body, pictures=known)
    assert (shown_in(post.html), post.cut) == (shown_in(same.html), same.cut)
    for html, other in [(post.html, same.html), (post.excerpt_html, same.excerpt_html)]:
        assert document(html) == document(other)
        assert_inert(html)
        assert_inert(other)
    assert "<img" not in post.excerpt_html
    assert "<img" not in bleached.comment(body).html
    assert bool(post.excerpt_html) == bool(post.html)
    return post


def tags(html: str, name: str) -> list[dict[str, str]]:
    return [data for kind, data in document(html) if kind == name and isinstance(data, dict)]


def images(body: str, known: Mapping[int, Shape] = KNOWN) -> list[dict[str, str]]:
    return tags(rendered(body, known).html, "img")


def test_a_picture_alone_becomes_a_figure() -> None:
    for address in ("picture:1", "/pictures/1", "/pictures/1/640.webp", "<picture:1>"):
        post = rendered(f'![a *boat*]({address} "At sea")')
        assert post.html == FIGURE
        assert shown_in(post.html) == (WIDE,)


def test_a_picture_among_words_has_the_height_of_some_lines_and_no_caption() -> None:
    post = rendered('It is ![a boat](picture:1 "At sea") there.')
    assert post.html == (
        '<p>It is <a href="/pictures/1/2560.webp"><img src="/pictures/1/320.jpg" srcset="/pictures/1/320.webp 320w,'
        ' /pictures/1/640.webp 640w" sizes="min(144px, 90vw)" width="144" height="96" alt="a boat" loading="eager">'
        "</a> there.</p>"
    )


def structure(html: str) -> str:
    """The elements of pictures, and what stands around them."""
    inner = html5lib.parseFragment(html, namespaceHTMLElements=False)
    names = {"img", "figure", "figcaption", "p", "a", "li", "blockquote", "td", "h2", "details", "summary", "code"}

    def walk(element: Any) -> str:
        within = "".join(map(walk, element))
        if element.tag not in names:
            return within
        return f"{element.tag}({within})" if within else f"{element.tag} "

    return "".join(map(walk, inner)).replace(" )", ")").strip()


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("![](picture:1) ![](picture:2)\n![](picture:3)", "figure(a(img))figure(a(img))figure(a(img))"),
        ("![](picture:1)\\\n![](picture:2)", "figure(a(img))figure(a(img))"),
        ("words\n![](picture:1)\nmore\nwords", "p figure(a(img))p"),
        ("words\n![](picture:1) more", "p(a(img))"),
        ("[![](picture:1)](/there)", "figure(a(img))"),
        ("[![](picture:1) words](/there)", "p(a(img))"),
        ("[![](picture:1)](javascript:1)", "p(a(img))"),
        ("**![](picture:1)**", "p(a(img))"),
        ("# ![](picture:1)", "h2(a(img))"),
        ("# ![](picture:1) words", "h2(a(img))"),
        ("- ![](picture:1)\n- words\n  ![](picture:1)", "li(figure(a(img)))li(figure(a(img)))"),
        ("> ![](picture:1)", "blockquote(figure(a(img)))"),
        ("> [!NOTE]\n> ![](picture:1)", "blockquote(p figure(a(img)))"),
        ("|a|\n|-|\n|![](picture:1)|", "td(a(img))"),
        ("<details><summary>![](picture:1)</summary>\n\n![](picture:1)\n\n</details>",
         "details(summary(a(img))figure(a(img)))"),
        ("a[^1]\n\n[^1]: ![](picture:1)", "p(a)li(figure(a(img))a)"),
        ("`![](picture:1)`", "p(code)"),
        ("    ![](picture:1)", "code"),
        ("![](picture:1)![](picture:9)", "p(a(img))"),
    ],
)  # fmt: skip
def test_what_stands_around_a_picture_says_how_it_is_shown(body: str, made: str) -> None:
    assert structure(rendered(body).html) == made


def test_a_picture_in_a_link_leads_where_the_link_leads_and_is_named_by_it() -> None:
    assert [link["href"] for link in tags(rendered("[![a](picture:1)](/there)").html, "a")] == ["/there"]
    (image,) = images("[![](picture:1)](/there)")
    assert image["alt"] == "/there"
    (image,) = images("[![](picture:4)](/there)")
    assert image["alt"] == KNOWN[SAID].alt


def test_the_address_of_a_picture_is_no_address_for_a_link() -> None:
    post = rendered("[one](picture:1) [two](/pictures/2)")
    assert [link["href"] for link in tags(post.html, "a")] == ["/pictures/2"]
    assert "one (picture:1)" in post.html


@pytest.mark.parametrize(
    ("body", "alt"),
    [
        ("![a boat](picture:4)", "a boat"),
        ("![](picture:4)", "A boat, as its owner says"),
        ("![ \u200b ](picture:1)", ""),
        ("![a \"b\" <c> & 'd'](picture:1)", "a \"b\" <c> & 'd'"),
        ("![a\nb  \nc](picture:1)", "a b c"),
        ("![a [b](/c) `d` *e*](picture:1)", "a b d e"),
        ("![a ![b](picture:2) ![](picture:4)](picture:1)", "a b A boat, as its owner says"),
        ("![שלום](picture:1)", "שלום"),
        ("![@susan a@b.example](picture:1)", "@susan a@b.example"),
        ("![&lt;img src=x&gt;](picture:1)", "<img src=x>"),
    ],
)
def test_the_words_of_the_text_stand_for_a_picture_or_else_its_owners(body: str, alt: str) -> None:
    assert [image["alt"] for image in images(body)] == [alt]


def test_a_link_to_a_picture_without_words_is_named_by_its_pixels() -> None:
    (link,) = tags(rendered("![](picture:1)").html, "a")
    assert link["title"] == "3000 × 2000"
    (link,) = tags(rendered("![a](picture:1)").html, "a")
    assert "title" not in link


def captions(body: str) -> list[str]:
    return re.findall("<figcaption>(.*?)</figcaption>", rusted.post(body, pictures=KNOWN).html, re.DOTALL)


def test_a_caption_is_plain_text_of_bounded_length() -> None:
    assert captions('![](picture:1 "a *b* <b>c</b> &amp; [d](/e)\nf")') == [
        "a *b* &lt;b&gt;c&lt;/b&gt; &amp; [d](/e) f"
    ]
    assert captions("![][p]\n\n[p]: picture:1 'by reference'") == ["by reference"]
    assert captions('![](picture:1 " ")') == []
    assert [len(caption) for caption in captions(f'![](picture:1 "{"x" * 2_000}")')] == [500]


def test_a_caption_has_the_direction_of_its_letters() -> None:
    assert '<figure dir="auto">' in rendered('![a](picture:1 "שלום")').html
    assert "dir=" not in rendered('![שלום](picture:1 "a")').html


def test_the_first_picture_is_loaded_at_once_and_the_others_later() -> None:
    loading = [image["loading"] for image in images("![](picture:1)\n\na ![](picture:2)\n\n- ![](picture:1)")]
    assert loading == ["eager", "lazy", "lazy"]


def test_no_file_is_named_that_does_not_exist() -> None:
    (image,) = images("![](picture:2)")
    assert image["src"] == "/pictures/2/320.jpg"
    assert image["srcset"] == "/pictures/2/320.webp 200w"
    (image,) = images(f"![](picture:{LATE})")
    assert image["src"] == f"/pictures/{LATE}/1280.jpg"
    assert image["srcset"].endswith(f"/pictures/{LATE}/1280.webp 900w")


@pytest.mark.parametrize(
    "size", [(3000, 2000), (1500, 2000), (300, 3000), (1, 16_000), (16_000, 1), (8, 8), (900, 901)]
)
def test_a_picture_keeps_its_proportions_is_never_enlarged_and_fills_no_ten_screens(size: tuple[int, int]) -> None:
    for body, highest in (("![](picture:7)", 720), ("a ![](picture:7)", 96)):
        (image,) = images(body, {7: Shape(*size)})
        width, height = int(image["width"]), int(image["height"])
        assert width <= size[0]
        assert height <= size[1]
        in_column = min(width, 665)
        assert in_column * height / width <= max(highest, in_column * highest / 665) + 1 or size[1] == 1
        assert abs(width - height * size[0] / size[1]) <= 1 or min(width, height) == 1


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("![a boat](picture:9)", "<p>a boat</p>"),
        ("![](picture:9)", "<p>picture:9</p>"),
        ("![a boat](/pictures/9)", "<p>a boat</p>"),
        ("![](/pictures/9/640.webp)", "<p>/pictures/9/640.webp</p>"),
        ("![a](picture:01)", "<p>a (picture:01)</p>"),
        ("![a](picture:-1)", "<p>a (picture:-1)</p>"),
        ("![a](picture:１)", "<p>a (picture:１)</p>"),
        ("[![](picture:9)](/there)", '<p><a href="/there" class="bare">/there</a></p>'),
        ("![a](/cat.png)", '<p><a href="/cat.png" class="picture">a</a></p>'),
    ],
)
def test_a_picture_that_the_text_may_not_show_is_its_words(body: str, html: str) -> None:
    post = rendered(body)
    assert post.html == html
    assert shown_in(post.html) == ()


def test_a_comment_shows_no_picture() -> None:
    for renderer in (bleached, rusted):
        assert renderer.comment("![a](picture:1) ![](picture:1)").html == "<p>a picture:1</p>"
        assert renderer.comment("![a](/pictures/1)").html == '<p><a href="/pictures/1" class="picture">a</a></p>'


@pytest.mark.parametrize(
    "body",
    [
        '![x](picture:1" onerror="alert(1))',
        '![x](<picture:1" onerror="alert(1)>)',
        "![x](picture:1?onload=alert(1))",
        "![x](picture:1/../../evil)",
        "![x](/pictures/1/640.webp#x)",
        "![x](/pictures/1/640.svg)",
        "![x](//evil.example/pictures/1/640.webp)",
        "![x](PICTURE:1)",
        "![x](picture&colon;2)![x](javascript:picture:1)",
        '<img src="/pictures/1/640.webp">',
        '<figure><img src="/pictures/1/1280.jpg" onerror="alert(1)"></figure>',
    ],
)
def test_an_address_that_is_not_quite_that_of_a_picture_shows_none(body: str) -> None:
    assert images(body, {WIDE: KNOWN[WIDE]}) == []


@pytest.mark.parametrize("words", ['" onerror="alert(1)', "'><script>alert(1)</script>", "--><img src=x>", "\x00\x07"])
def test_alternative_text_and_caption_are_inert(words: str) -> None:
    escaped = words.replace('"', '\\"').replace("[", "").replace("]", "")
    for body in (f"![{words}](picture:1)", f'![](picture:1 "{escaped}")', f"![{words}](picture:1 '{words}')"):
        rendered(body)
    rendered("![](picture:1)", {WIDE: Shape(3000, 2000, words)})


@given(SOUP, st.lists(st.sampled_from(["![", "](picture:1)", "](/pictures/2)", "](picture:9)", "[", "](/x)", "\n"])))
@settings(deadline=None, max_examples=150)
def test_no_text_shows_a_picture_that_was_not_given(soup: str, marks: list[str]) -> None:
    known = {WIDE: KNOWN[WIDE], SMALL: KNOWN[SMALL]}
    body = "".join(mark + soup[place : place + 3] for place, mark in enumerate(marks)) + soup
    post = rendered(body, known)
    shown = [re.fullmatch(r"/pictures/([12])/(?:1280|320)\.jpg", image["src"]) for image in tags(post.html, "img")]
    assert all(shown)
    assert set(shown_in(post.html)) >= {int(image[1]) for image in shown if image}
    assert set(shown_in(post.html)) <= known.keys()


def test_a_text_shows_a_hundred_pictures() -> None:
    for known in (dict.fromkeys(range(1, 102), Shape(3000, 2000, "y" * ALT_LIMIT)), KNOWN):
        body = "\n\n".join(f"![last]({'picture'}:{number if number in known else 1})" for number in range(1, 102))
        post = rendered(body, known)
        assert post.html.count("<img") == SHOWN_AT_MOST
        assert post.html.endswith("<p>last</p>")
    assert rendered("![](picture:1)" * 3, {WIDE: Shape(9, 9, '"' * ALT_LIMIT)}).html.count("<img") == 3


def test_very_many_pictures_do_not_make_very_long_html() -> None:
    known = {WIDE: Shape(3000, 2000, '"' * ALT_LIMIT)}
    assert len(rusted.post("![](picture:1)" * 3_000, pictures=known).html) < 800_000
    with pytest.raises(Invalid):
        bleached.post("![](picture:1)" * 5_000, pictures=known)


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        ('![a](picture:1 "At sea")', "<p>At sea</p>"),
        ("![a boat](picture:1)\n\n***", "<p>a boat</p>"),
        ("![a](picture:1)\n\n![b](picture:2)", "<p>a · b</p>"),
        ("![](picture:1)", '<p class="kind">Picture</p>'),
        ("- ![](picture:1)", '<p class="kind">Picture</p>'),
        ("![a](picture:1)\n\nWords.", "<p>Words.</p>"),
        ("Words ![a](picture:1) and more.", "<p>Words  and more.</p>"),
        ("# ![a](picture:1)\n\nWords.", "<p>Words.</p>"),
        ("[![a](picture:1)](/there)", "<p>a</p>"),
    ],
)
def test_an_opening_has_words_in_place_of_pictures(body: str, excerpt: str) -> None:
    post = rendered(body)
    assert post.excerpt_html == excerpt
    assert post.cut


def test_a_heading_of_a_picture_can_be_linked_to() -> None:
    assert '<h2 id="h-a-boat">' in rendered("# ![a boat](picture:1)").html
    assert '<a href="#h-a-boat">' in rendered("[up](#a-boat)\n\n# ![a boat](picture:1)").html


@sanitizers
def test_a_sanitizer_admits_only_pictures_of_this_site(sanitizer: Sanitizer) -> None:
    assert sanitizer.clean(FIGURE) == FIGURE
    for value in NOT_OURS:
        assert "src" not in sanitizer.clean(f'<img src="{value}">')
        assert "srcset" not in sanitizer.clean(f'<img srcset="{value} 320w">')
    for attribute in NOT_FOR_IMAGES:
        assert sanitizer.clean(f"<img {attribute}>") == "<img>"
    assert sanitizer.clean('<figure class="x" id="x"><figcaption class="x">a</figcaption></figure>') == (
        "<figure><figcaption>a</figcaption></figure>"
    )


def test_the_rendering_process_gets_the_pictures() -> None:
    renderer = ProcessRenderer()
    try:
        body = '![a *boat*](picture:1 "At sea")'
        assert renderer.post(body, account_id=1, pictures=KNOWN) == bleached.post(body, pictures=KNOWN)
        assert renderer.post("![a](picture:1)", account_id=1).html == "<p>a</p>"
    finally:
        renderer.close()
