"""Links to the members whom a text mentions."""

import pytest

from adapters.markdown.rendering import InlineRenderer

MEMBERS = frozenset({"susan", "miss_adeyemi", "j.doe"})
RENDERERS = [InlineRenderer("bleach"), InlineRenderer("nh3")]


def rendered(body: str) -> tuple[str, tuple[str, ...]]:
    """What both sanitizers make of it, in posts and comments."""
    answers = [renderer.comment(body, members=MEMBERS) for renderer in RENDERERS]
    answers += [renderer.post(body, members=MEMBERS) for renderer in RENDERERS]
    ((html, mentions),) = {(answer.html, answer.mentions) for answer in answers}
    return html, mentions


@pytest.mark.parametrize(
    ("body", "html", "mentions"),
    [
        ("Hello @Susan.", '<p>Hello <a href="/@Susan">@Susan</a>.</p>', ("susan",)),
        ("@miss_adeyemi, @susan_", '<p><a href="/@miss_adeyemi">@miss_adeyemi</a>, @susan_</p>', ("miss_adeyemi",)),
        ("_@susan_", '<p><em><a href="/@susan">@susan</a></em></p>', ("susan",)),
        ("**@j.doe**.", '<p><strong><a href="/@j.doe">@j.doe</a></strong>.</p>', ("j.doe",)),
        (r"@miss\_adeyemi", '<p><a href="/@miss_adeyemi">@miss_adeyemi</a></p>', ("miss_adeyemi",)),
        ("@j.doe @susan @J.Doe", None, ("j.doe", "susan")),
        ("@nobody", "<p>@nobody</p>", ()),
        ("`@susan`", "<p><code>@susan</code></p>", ()),
        ("    @susan", '<pre tabindex="0"><code>@susan\n</code></pre>', ()),
        ("[@susan](/there)", '<p><a href="/there">@susan</a></p>', ()),
        ("![@susan](/there)", '<p><a href="/there" class="picture">@susan</a></p>', ()),
        ("<b>@susan</b>", '<p>&lt;b&gt;<a href="/@susan">@susan</a>&lt;/b&gt;</p>', ("susan",)),
        ("susan@susan.example", None, ()),
        ("x@susan", "<p>x@susan</p>", ()),
        ("https://susan.example/@susan", None, ()),
        ("- @susan\n- > @j.doe", None, ("susan", "j.doe")),
    ],
)
def test_a_mention_of_a_member_is_a_link(body: str, html: str | None, mentions: tuple[str, ...]) -> None:
    found, mentioned = rendered(body)

    assert mentioned == mentions
    assert html is None or found == html
    assert html is not None or found.count("/@") == len(mentions) + ("J.Doe" in body) + ("example/" in body) * 2


def test_a_text_without_members_has_no_mentions() -> None:
    for renderer in RENDERERS:
        assert renderer.comment("@susan").html == "<p>@susan</p>"
        assert renderer.post("@susan").mentions == ()


def test_headings_and_excerpts_have_the_links_too() -> None:
    for renderer in RENDERERS:
        post = renderer.post("# For @susan\n\nHello @j.doe.", members=MEMBERS)

        assert post.html.startswith('<h2 id="h-for-susan">For <a href="/@susan">@susan</a></h2>')
        assert '<a href="/@j.doe">@j.doe</a>' in post.excerpt_html
        assert post.mentions == ("susan", "j.doe")
