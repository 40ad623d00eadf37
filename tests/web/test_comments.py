"""Comments: writing, finding, editing, deleting; what is hidden stays hidden."""

from tests.web.conftest import MakeSite
from tests.web.site import Site, profile_of


def test_a68_a_new_comment_is_shown_at_its_place(site: Site) -> None:
    post_id = site.post("susan")
    browser = site.browser("david")
    page = browser.get(f"/posts/{post_id}")

    answer = browser.submit(page, f"/posts/{post_id}/comments#body", body="With *leeks*.")

    assert answer.status == 303
    path, _, fragment = answer.location.partition("#")
    assert path == f"/posts/{post_id}"
    shown = browser.follow(answer)
    assert shown.flashes == ["Your comment is published."]
    (article,) = shown.all(f".//article[@id='{fragment}']")
    assert "With leeks." in shown.text_of(article)
    assert article.findall(".//em")


def test_w2_a_visitor_who_comments_is_asked_to_sign_in(site: Site) -> None:
    post_id = site.post("susan")

    with site.unchanged():
        page = site.browser().post(f"/posts/{post_id}/comments", {"body": "Anonymous."})

    assert (page.status, page.location) == (303, f"/login?next=/posts/{post_id}")


def test_w2_an_unconfirmed_member_cannot_comment(site: Site) -> None:
    post_id = site.post("susan")
    ulla = site.browser("ulla")

    with site.unchanged():
        assert ulla.post(f"/posts/{post_id}/comments", {"body": "Not yet."}).status == 403


def test_a67_a_comment_takes_markdown_without_headings_and_pictures(site: Site) -> None:
    post_id = site.post("susan")
    site.comment("david", post_id, "# Head\n\n**bold** ![picture](https://x.example/p.png) <script>alert(1)</script>")

    (prose,) = site.browser().get(f"/posts/{post_id}").all(".//article[@tabindex='-1']//div[@class='prose']")

    assert {element.tag for element in prose.iter()} <= {"div", "p", "strong", "a"}


def test_a69_comments_come_thirty_a_page_the_oldest_first(make_site: MakeSite) -> None:
    site = make_site(comments_per_page="3", rate_limits="off")
    site.join("susan")
    post_id = site.post("susan")
    ids = [site.comment("susan", post_id, f"Number {number}.") for number in range(8)]
    browser = site.browser("susan")

    first = browser.get(f"/posts/{post_id}")
    assert [article.get("id") for article in first.all(".//article[@tabindex='-1']")] == [
        f"comment-{comment}" for comment in ids[:3]
    ]
    for comment_id in ids:
        page = browser.get(f"/comments/{comment_id}")
        assert page.status == 303
        assert page.location.endswith(f"#comment-{comment_id}")
        shown = browser.follow(page)
        assert shown.all(f".//article[@id='comment-{comment_id}']")
        assert len(shown.all(".//article[@tabindex='-1']")) == min(3, ids.index(comment_id) + 1)
    published = browser.follow(browser.post(f"/posts/{post_id}/comments", {"body": "The last."}))
    assert "The last." in published.words
    assert site.settings.comments_per_page == 3
    assert make_site().settings.comments_per_page == 30


def test_w27_sending_the_same_comment_twice_makes_one(site: Site) -> None:
    post_id = site.post("susan")
    browser = site.browser("david")
    page = browser.get(f"/posts/{post_id}")
    action = f"/posts/{post_id}/comments#body"

    first, second = (browser.submit(page, action, body="Once.") for _ in range(2))

    assert first.location == second.location
    assert browser.get(f"/posts/{post_id}").texts(".//*[@id='comments-head']") == ["1 comment"]


def test_an_author_edits_and_deletes_their_own_comment(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "First.")
    edit, delete = f"/comments/{comment_id}/edit", f"/comments/{comment_id}/delete"
    david = site.browser("david")

    page = david.get(edit)
    assert page.form(edit) | {"body": "First.", "version": "1"} == page.form(edit)
    saved = david.submit(page, edit, body="Second.")
    assert saved.location == f"/posts/{post_id}#comment-{comment_id}"
    shown = david.follow(saved)
    assert shown.flashes == ["The comment is saved."]
    assert "Second." in shown.words
    gone = david.submit(david.get(edit), delete)
    assert (gone.status, gone.location) == (303, f"/posts/{post_id}#comments")
    assert david.follow(gone).texts(".//*[@id='comments-head']") == ["No comments"]
    assert profile_of(david.get("/@david"))["comment"] == "0"
    for path in (f"/comments/{comment_id}", edit):
        assert david.get(path).status == 404


def test_w3_a72_only_moderators_read_a_hidden_comment(site: Site) -> None:
    post_id = site.post("susan", "Soup.")
    comment_id = site.comment("david", post_id, "Buy my *soup* today!")
    site.hide("mary", comment_id, "Advertising.")

    for name in (None, "susan", "david", "ulla"):
        browser = site.browser(name)
        feeds = (f"/posts/{post_id}/feed.atom", f"/posts/{post_id}/feed.json", "/@david/feed.json", "/feed.atom")
        for path in (f"/posts/{post_id}", "/", "/@david", f"/comments/{comment_id}/edit", *feeds):
            assert "Buy my" not in browser.get(path).text, (name, path)
        page = browser.get(f"/posts/{post_id}")
        assert "This comment has been hidden by a moderator." in page.words
        assert ("Advertising." in page.words) is (name == "david")
        assert page.texts(".//*[@id='comments-head']") == ["1 comment"]
    for name in ("mary", "ada"):
        page = site.browser(name).get(f"/posts/{post_id}")
        assert "Buy my soup today!" in page.words
        assert "The reason: Advertising." in page.words


def test_a_hidden_comment_cannot_be_edited_and_shows_the_reason(site: Site) -> None:
    comment_id = site.comment("david", site.post("susan"), "Buy my soup today!")
    david = site.browser("david")
    edit = f"/comments/{comment_id}/edit"
    before = david.get(edit)
    site.hide("mary", comment_id)

    for page in (david.get(edit), david.submit(before, edit, body="Or not.")):
        assert page.status == 403
        assert "What is hidden cannot be edited." in page.words
    assert david.post(f"/comments/{comment_id}/delete").status == 303


def test_a_comment_hidden_during_an_edit_stays_hidden(site: Site) -> None:
    """A stale version must not show its author what moderators took from view."""
    comment_id = site.comment("david", site.post("susan"), "Buy my soup today!")
    site.hide("mary", comment_id)

    page = site.browser("david").post(f"/comments/{comment_id}/edit", {"body": "x", "version": "1"})

    assert page.status == 403
    assert "Buy my" not in page.text
