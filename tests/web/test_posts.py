"""Posts: the lists, one post, writing, editing, deleting, previewing."""

import json
import re
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib

from tests.web.browser import Page
from tests.web.conftest import MakeSite
from tests.web.site import BASE_URL, Site, profile_of


def test_a01_a49_every_reader_sees_the_newest_posts_first(site: Site) -> None:
    first = site.post("susan", "The *first*.", "One")
    second = site.post("david", "The second.")
    site.comment("mary", first)

    page = site.browser().get("/")

    assert page.heading == "Chapbook"
    articles = page.all(".//article")
    assert [page.text_of(article.find(".//h2")) for article in articles] == ["By @david", "One"]  # type: ignore[arg-type]
    links = [{link.get("href") for link in article.iter("a")} for article in articles]
    assert {f"/posts/{second}", "/@david", f"/posts/{second}#comments"} <= links[0]
    assert {f"/posts/{first}", "/@susan"} <= links[1]
    assert [words for words in page.texts(".//article//div[@class='acts']/a") if "comment" in words] == [
        "No comments",
        "1 comment",
    ]
    assert page.all(".//article//em")


def test_a49_a_member_is_greeted_by_name_and_edits_only_their_own_posts(site: Site) -> None:
    hers, his = site.post("susan"), site.post("david")

    page = site.browser("susan").get("/")

    assert page.heading == "Hello, susan."
    assert f"/posts/{hers}/edit" in page.links
    assert f"/posts/{his}/edit" not in page.links
    assert {f"/posts/{hers}/edit", f"/posts/{his}/edit"} <= set(site.browser("ada").get("/").links)


def test_an_empty_site_shows_a_message(site: Site, make_site: MakeSite) -> None:
    ways = {
        None: ("The first page is blank: join, and it is yours.", "/register"),
        "susan": ("The first page is blank, and it is yours: begin with a line.", "/write"),
        "ulla": ("Nothing has been written here yet. More about this place", "/about"),
    }
    for name, (words, way) in ways.items():
        page = site.browser(name).get("/")
        (told,) = page.all(".//p[@class='empty']")
        assert page.text_of(told).endswith(words)
        assert [link.get("href") for link in told.iter("a")] == [way]
    assert site.browser("susan").get("/").all(".//textarea[@id='body']")
    assert "You do not follow anybody yet." in site.browser("susan").get("/following").words
    closed = make_site(registration="closed").browser().get("/")
    assert closed.texts(".//p[@class='empty']") == ["Nothing has been written here yet. More about this place"]


def test_past_its_end_a_list_links_to_its_beginning(site: Site) -> None:
    post_id = site.post("susan")
    site.comment("david", post_id)
    site.follow("david", "susan")
    site.hide("mary", site.comment("david", post_id))
    site.deliver()
    ada = site.browser("ada")
    ends = {"before": 1, "after": 2**62}

    for path in ("/", "/following", "/@susan", "/@susan/followers", "/@david/following", f"/posts/{post_id}",
                 "/moderation", "/moderation/log", "/admin/users", "/admin/users?q=su", "/admin/outbox"):  # fmt: skip
        for way, cursor in ends.items():
            page = ada.get(f"{path}{'&' if '?' in path else '?'}{way}={cursor}")
            assert page.texts(".//p[@class='empty']") == ["The list ends here. Back to its beginning."], (path, way)
            back = page.all(".//p[@class='empty']/a")[0].get("href", "").rstrip("&")
            assert back == path
            assert ada.get(back).status == 200


def test_the_preview_button_moves_to_the_preview_or_to_its_error(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    susan = site.browser("susan")
    forms = {
        "/": "/posts",
        f"/posts/{post_id}": f"/posts/{post_id}/comments",
        f"/posts/{post_id}/edit": f"/posts/{post_id}/edit",
        f"/comments/{comment_id}/edit": f"/comments/{comment_id}/edit",
    }

    for path, action in forms.items():
        (button,) = susan.get(path).all(".//button[@name='preview']")
        assert button.get("formaction") == f"{action}#preview"
        shown = susan.post(action, {"body": "Soup.", "preview": "1"})
        assert [shown.text_of(element) for element in shown.all(".//*[@id='preview']")] == [
            "Preview, not saved yet Soup."
        ]
        refused = susan.post(action, {"body": "", "preview": "1"})
        assert "Please fill this in." in refused.text_of(refused.only(".//*[@id='preview']"))
        assert not susan.post(action, {"body": ""}).all(".//*[@id='preview']")


def test_the_limit_is_shown_beside_the_field(site: Site) -> None:
    susan = site.browser("susan")

    assert " · at most 50,000 characters" in susan.get("/").texts(".//p[@id='body-hint']")[0]
    thread = susan.get(f"/posts/{site.post('david')}")
    assert thread.texts(".//p[@id='body-hint']")[0].endswith("· at most 5,000 characters")
    assert susan.get("/settings/profile").texts(".//p[@id='about_me-hint']") == ["At most 2,000 characters."]


def test_the_count_below_a_field_speaks_of_one_character(site: Site) -> None:
    words = json.loads(site.browser("susan").get("/write").only(".//script[@id='words']").text or "")

    assert words["length_of_one"] == {"one": "{n} word, {length} character", "other": "{n} words, {length} character"}
    assert words["length"] == {"one": "{n} word, {length} characters", "other": "{n} words, {length} characters"}


def test_a48_every_reader_sees_a_published_post(site: Site) -> None:
    browser = site.browser("susan")

    page = browser.submit(browser.get("/"), "/posts", title="On soup", body="It is *warm*.")

    assert page.status == 303
    assert re.fullmatch(r"/posts/[0-9]+", page.location)
    shown = browser.follow(page)
    assert shown.flashes == ["Your post is published."]
    assert shown.heading == "On soup"
    visitor = site.browser().get(page.location)
    assert [page.text_of(em) for prose in visitor.classed("whole") for em in prose.iter("em")] == ["warm"]


def test_a48_a_text_of_spaces_is_refused(site: Site) -> None:
    browser = site.browser("susan")

    for body in ("", " ", "\n\t\n", "\u200b", "\u00a0\u2003"):
        assert browser.post("/posts", {"body": body}).errors == {"body": "Please fill this in."}


def test_a_text_that_shows_nothing_is_refused_and_kept(site: Site) -> None:
    browser, post_id = site.browser("susan"), site.post("susan")

    for path in ("/posts", f"/posts/{post_id}/edit", f"/posts/{post_id}/comments"):
        for body in ("#", "&nbsp;", "[a]: /b"):
            for pressed in ({}, {"preview": "1"}):
                refused = browser.post(path, {"title": "", "body": body} | pressed)
                assert refused.errors == {"body": "Please fill this in."}
                (area,) = refused.all(".//textarea[@id='body']")
                assert area.text == body
    assert browser.post("/preview", {"body": "#"}).text == "Please fill this in."


LINKS = "[a](#install) [b](?a=1) [c](foo/bar) [d](../x) [e](/a?b=1&c=2#d) [f](//host.example/x) [g](./)"


def targets(page: Page, path: str) -> list[str]:
    """Where the links in the only text of a page lead."""
    (prose,) = page.classed("prose")
    return resolved(prose, path)


def resolved(text: Element, path: str) -> list[str]:
    return [urljoin(BASE_URL + path, link.get("href", "").removeprefix(BASE_URL)) for link in text.iter("a")]


def test_links_of_a_post_lead_to_the_same_targets_from_lists(site: Site) -> None:
    body = f"{LINKS}\n\n# Install"
    path = f"/posts/{site.post('susan', body)}"
    site.follow("david", "susan")
    david = site.browser("david")
    *expected, of_heading = targets(david.get(path), path)

    assert expected[:2] == [f"{BASE_URL}{path}#h-install", f"{BASE_URL}{path}?a=1"]
    assert of_heading == expected[0]
    for page in ("/", "/following", "/@susan", "/?before=9000000000000000000"):
        assert targets(david.get(page), page) == expected, page
    refused = david.post(f"{path}/comments", {"body": ""})
    assert resolved(refused.only(".//div[@class='prose whole e-content']"), f"{path}/comments")[:-1] == expected


def test_links_of_a_comment_lead_to_the_same_targets_from_moderation(site: Site) -> None:
    path = f"/posts/{site.post('susan', 'Soup.')}"
    comment_id = site.comment("david", int(path.removeprefix("/posts/")), LINKS)
    mary = site.browser("mary")
    expected = resolved(mary.get(path).only(f".//article[@id='comment-{comment_id}']//div[@class='prose']"), path)

    assert expected[0] == f"{BASE_URL}{path}#install"
    assert targets(mary.get("/moderation/comments"), "/moderation/comments") == expected
    hide = f"/comments/{comment_id}/hide"
    assert targets(mary.post(hide, {"reason": ""}), hide) == expected
    items = json.loads(mary.get(f"{path}/feed.json").text)["items"]
    assert resolved(html5lib.parse(items[0]["content_html"], namespaceHTMLElements=False), "/feed.json") == expected


def test_a08_a_message_is_shown_once(site: Site) -> None:
    browser = site.browser("david")
    for _ in range(4):
        browser.post("/@susan/follow")
    for number in range(60):
        browser.post("/settings/profile", {"name": f"n{number}"})

    page = browser.get("/")
    assert page.flashes == ["You now follow @susan.", "Your profile is saved."]
    assert browser.get("/").flashes == []


def test_many_messages_fit_in_their_cookie(site: Site) -> None:
    browser = site.browser("david")
    for number in range(30):
        site.join(f"friend{number}")
        browser.post(f"/@friend{number}/follow")

    assert browser.get("/").flashes == [f"You now follow @friend{number}." for number in range(25, 30)]


def test_w27_sending_the_same_form_twice_makes_one_post(site: Site) -> None:
    browser = site.browser("susan")
    page = browser.get("/")

    first, second = (browser.submit(page, "/posts", body="Once.") for _ in range(2))

    assert first.location == second.location
    assert len(browser.get("/").all(".//article")) == 1


def test_w27_the_same_form_with_another_text_asks_first_and_keeps_the_text(site: Site) -> None:
    browser = site.browser("susan")
    page = browser.get("/")
    browser.submit(page, "/posts", body="Once.")

    again = browser.submit(page, "/posts", body="Twice.")

    assert again.status == 422
    assert again.summary == ["You sent a text from this form already. Send it again to publish this one too."]
    assert browser.submit(again, "/posts").status == 303
    assert len(browser.get("/").all(".//article")) == 2


def test_an_invalid_form_key_is_ignored(site: Site) -> None:
    browser = site.browser("susan")

    for once in ("", "x" * 101, "é", "\0", "a b"):
        assert {browser.post("/posts", {"body": "Again.", "once": once}).status for _ in range(2)} == {303}
        site.pass_time(minutes=3)
    assert len(browser.get("/").all(".//article")) == 10


def test_a51_a55_a56_a_post_has_a_page_with_its_comments(site: Site) -> None:
    post_id = site.post("susan", "Soup is *a kind* of hope.\n\n- leeks\n- time", "On soup")
    site.comment("david", post_id, "With leeks.")

    page = site.browser().get(f"/posts/{post_id}")

    assert page.title == "On soup · Chapbook"
    assert page.heading == "On soup"
    assert page.texts(".//*[@id='comments-head']") == ["1 comment"]
    assert [page.text_of(item) for prose in page.classed("whole") for item in prose.iter("li")] == ["leeks", "time"]
    assert "/@susan" in page.links
    assert f"/login?next=/posts/{post_id}" in page.links


def test_a03_every_page_has_a_title_of_its_own(site: Site) -> None:
    post_id = site.post("susan", "Soup is a kind of hope.")
    comment_id = site.comment("ada", post_id)
    for post, expected in ((site.post("susan", "***"), "A post by @susan"), (site.post("susan", "x" * 99), "x" * 57)):
        assert site.browser().get(f"/posts/{post}").title.startswith(expected)
    ada, visitor = site.browser("ada"), site.browser()
    titles = {
        "/": "Chapbook",
        f"/posts/{post_id}": "Soup is a kind of hope. · Chapbook",
        f"/posts/{post_id}/edit": "Edit a post · Chapbook",
        f"/comments/{comment_id}/edit": "Edit your comment · Chapbook",
        "/following": "Following · Chapbook",
        "/@susan": "@susan · Chapbook",
        "/@susan/followers": "Followers of @susan · Chapbook",
        "/@susan/following": "Followed by @susan · Chapbook",
        "/settings/profile": "Your profile · Chapbook",
        "/settings/password": "Your password · Chapbook",
        "/settings/email": "Your email address · Chapbook",
        "/settings/sessions": "Your devices · Chapbook",
        "/settings/account": "Your account · Chapbook",
        "/confirm": "Confirm your address · Chapbook",
        "/moderation": "Cases · Chapbook",
        "/moderation/comments": "Comments · Chapbook",
        "/moderation/log": "Moderation log · Chapbook",
        "/admin/users": "Members · Chapbook",
        "/admin/users?q=su": "Members: su · Chapbook",
        "/admin/users/susan": "Administer @susan · Chapbook",
        "/admin/outbox": "Mail and jobs · Chapbook",
        "/admin/site": "The site · Chapbook",
        "/about": "About · Chapbook",
        "/rules": "Rules · Chapbook",
        "/privacy": "Privacy · Chapbook",
        "/nowhere": "Page not found · Chapbook",
    }
    assert {path: ada.get(path).title for path in titles} == titles
    for_visitors = {
        "/login": "Sign in · Chapbook",
        "/register": "Join · Chapbook",
        "/reset": "Forgotten password · Chapbook",
    }
    assert {path: visitor.get(path).title for path in for_visitors} == for_visitors


def test_every_page_has_one_heading_and_a_language(site: Site) -> None:
    post_id = site.post("susan")
    ada = site.browser("ada")

    settings = ("/settings/profile", "/settings/account", "/moderation", "/moderation/log", "/admin/users")
    for path in ("/", "/following", f"/posts/{post_id}", "/@susan", "/@susan/followers", "/nowhere", *settings):
        page = ada.get(path)
        assert len(page.all(".//h1")) == 1, path
        assert page.tree.get("lang") == "en"
        assert all(image.get("alt") is not None and image.get("width") for image in page.all(".//img")), path


def test_a02_the_navigation_depends_on_the_reader(site: Site) -> None:
    visitor, member = site.browser().get("/"), site.browser("susan").get("/")

    assert {"/", "/login", "/register"} <= set(visitor.links)
    assert "/logout" not in visitor.actions
    assert {"/", "/following", "/@susan", "/settings/profile"} <= set(member.links)
    assert "/logout" in member.actions
    for element in visitor.tree.iter():
        # Nothing is fetched from anywhere else.
        assert not element.get("src", "/").startswith(("http", "//")), element
        if element.tag == "link" and element.get("rel") != "canonical":
            assert element.get("href", "").startswith("/"), element


def test_a06_times_are_exact_and_readable_without_scripts(site: Site) -> None:
    post_id = site.post("susan")
    site.pass_time(days=1)
    site.browser("susan").post(f"/posts/{post_id}/edit", {"body": "Edited."})

    page = site.browser().get(f"/posts/{post_id}")

    times = [(each.get("datetime"), page.text_of(each)) for each in page.all(".//article//time")]
    assert times == [
        ("2026-03-01T12:01:00Z", "1 March 2026, 12:01 UTC"),
        ("2026-03-02T12:01:00Z", "2 March 2026, 12:01 UTC"),
    ]


def test_a57_a_permitted_member_edits_a_post_that_is_then_marked_as_edited(site: Site) -> None:
    post_id = site.post("susan", "The first.", "One")
    edit = f"/posts/{post_id}/edit"
    ada = site.browser("ada")

    page = ada.get(edit)
    assert page.form(edit) | {"title": "One", "body": "The first.", "version": "1"} == page.form(edit)
    saved = ada.submit(page, edit, body="The *second*.")

    assert (saved.status, saved.location) == (303, f"/posts/{post_id}")
    shown = ada.follow(saved)
    assert shown.flashes == ["The post is saved."]
    assert ", edited" in shown.words
    assert shown.texts(".//em") == ["second"]
    assert "/@susan" in shown.links


def test_w26_an_edit_cannot_empty_a_post(site: Site) -> None:
    post_id = site.post("susan", "Soup.")
    susan = site.browser("susan")

    with site.unchanged():
        assert susan.post(f"/posts/{post_id}/edit", {"title": "", "body": ""}).status == 422


def test_a58_deleting_a_post_removes_its_comments_and_counts(site: Site) -> None:
    post_id, other = site.post("susan"), site.post("susan")
    site.comment("david", post_id)
    susan = site.browser("susan")

    page = susan.submit(susan.get(f"/posts/{post_id}"), f"/posts/{post_id}/delete")

    assert (page.status, page.location) == (303, "/")
    assert susan.follow(page).flashes == ["The post is deleted. For 30 days it can be brought back."]
    assert susan.get(f"/posts/{post_id}").status == 404
    assert susan.get(f"/posts/{other}").status == 200
    assert profile_of(susan.get("/@susan"))["post"] == "1"
    assert profile_of(susan.get("/@david"))["comment"] == "0"
    assert susan.post(f"/posts/{post_id}/delete").status == 404


def test_a53_a54_a_preview_equals_the_published_post(site: Site) -> None:
    browser = site.browser("susan")
    body = "# Head\n\n*em* <b>raw</b> [a](javascript:alert(1)) https://x.example `code`"

    fragment = browser.post("/preview", {"body": body})
    published = browser.follow(browser.post("/posts", {"body": body}))

    assert fragment.status == 200
    assert "<html" not in fragment.text
    (shown,) = re.findall(r'<div class="prose" dir="auto" lang="">(.*)</div>', fragment.text, re.DOTALL)
    assert shown in published.text


def test_a53_without_scripts_the_preview_is_shown_with_the_form(site: Site) -> None:
    post_id = site.post("susan", "Old.")
    comment_id = site.comment("susan", post_id)
    browser = site.browser("susan")

    for path, form in (
        ("/posts", "/posts"),
        (f"/posts/{post_id}/edit", f"/posts/{post_id}/edit"),
        (f"/posts/{post_id}/comments", f"/posts/{post_id}/comments#body"),
        (f"/comments/{comment_id}/edit", f"/comments/{comment_id}/edit"),
    ):
        with site.unchanged():
            page = browser.post(path, {"title": "T", "body": "\n*new*", "version": "1", "preview": "1"})
        assert page.status == 200
        assert page.texts(".//section[@class='preview']//em") == ["new"]
        assert page.form(form)["body"] == "\n*new*"
        assert "_flashes" not in page.text


def test_a_preview_uses_up_no_message(site: Site) -> None:
    browser = site.browser("susan")
    browser.post("/settings/profile", {"name": "S"})

    browser.post("/preview", {"body": "x"})

    assert browser.get("/").flashes == ["Your profile is saved."]


def test_w18_a50_paging_while_others_write_skips_and_repeats_nothing(make_site: MakeSite) -> None:
    site = make_site(posts_per_page="3", rate_limits="off")
    site.join("susan")
    written = [site.post("susan", f"Number {number}.") for number in range(10)]
    browser = site.browser()

    page, seen = browser.get("/"), []
    while True:
        seen += [int(link.rsplit("/", 1)[1]) for link in page.links if re.fullmatch(r"/posts/\d+", link)]
        site.post("susan", "In between.")
        older = [link for link in page.all(".//a") if link.get("rel") == "next"]
        if not older:
            break
        page = browser.get("/" + older[0].get("href", ""))

    assert list(dict.fromkeys(seen)) == written[::-1]
    newer = [link for link in page.all(".//a") if link.get("rel") == "prev"]
    back = browser.get("/" + newer[0].get("href", ""))
    assert {str(post) for post in written[1:4]} <= {link.rpartition("/")[2] for link in back.links}


def test_a50_a_page_link_is_shown_only_if_the_page_exists(make_site: MakeSite) -> None:
    site = make_site(posts_per_page="3", rate_limits="off")
    site.join("susan")
    ids = [site.post("susan") for _ in range(3)]
    browser = site.browser()

    def pager(path: str) -> set[str | None]:
        return {link.get("rel") for link in browser.get(path).all(".//nav[@class='pager']/a")}

    assert pager("/") == set()
    site.post("susan")
    assert pager("/") == {"next"}
    assert pager(f"/?before={ids[1]}") == {"prev"}
    assert pager(f"/?after={ids[0]}") == {"next"}
    for path in (f"/?before={ids[0]}", f"/?after={2**62}"):
        assert browser.get(path).status == 200
        assert not browser.get(path).all(".//article")


def test_the_address_that_takes_posts_leads_to_the_list(site: Site) -> None:
    for browser in (site.browser(), site.browser("susan")):
        for method in ("GET", "HEAD"):
            for path in ("/posts", "/posts/"):
                assert (browser.open(method, path).status, browser.open(method, path).location) == (308, "/")
        assert browser.get("/posts?before=5&x=y").location == "/?before=5&x=y"
        assert browser.open("PUT", "/posts").status == 405
    refused = site.browser("susan").post("/posts", {"body": ""})
    assert refused.status == 422
    assert {link.get("href") for link in refused.all(".//nav//a[@aria-current='page']")} == {"/"}


def test_a_script_is_told_where_a_published_text_is(site: Site) -> None:
    browser = site.browser("susan")

    told = browser.post("/posts", {"body": "From a script."}, headers={"X-Tell-Location": "1"})

    assert (told.status, told.data, "Location" in told.headers) == (204, b"", False)
    assert told.headers["Cache-Control"] == "no-store"
    shown = browser.get(told.headers["X-Location"])
    assert shown.flashes == ["Your post is published."]
    refused = browser.post("/posts", {"body": ""}, headers={"X-Tell-Location": "1"})
    assert (refused.status, "X-Location" in refused.headers) == (422, False)
