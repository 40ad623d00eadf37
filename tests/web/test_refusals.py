"""What is refused, in which order, and that nothing that was typed is lost."""

import ast
import io
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.wrappers import Response

import entrypoints
from domain.roles import Role
from entrypoints.container import Container
from tests.api.client import program_of
from tests.doubles import Away, Broken, Moody, MoodySessions, put_in, put_into_storage
from tests.web.addresses import CHANGES, set_scene
from tests.web.browser import Page
from tests.web.conftest import inhabited
from tests.web.site import PASSWORD, Site

TYPED = {"title": 'My "own" <title> & more', "body": '\n\nA line.\n  <b>Two</b> &amp; "three"\n'}
HUGE = "x" * 1_100_000


def is_a_page_of_its_own(page: Page) -> bool:
    return page.texts(".//p[@class='margin status']") == [str(page.status)] and "/" in page.links


def test_a_page_that_is_missing_or_refused_leads_on_to_the_newest_posts_and_their_authors(site: Site) -> None:
    post_id = site.post("david", title="On soup")

    for name, path, status in (
        (None, "/nowhere", 404),
        ("susan", "/@nobody", 404),
        ("susan", f"/posts/{post_id}/edit", 403),
    ):
        page = site.browser(name).get(path)
        assert page.status == status
        assert {f"/posts/{post_id}", "/@david"} <= set(page.links)


def test_a_missing_page_is_shown_while_the_storage_does_not_answer() -> None:
    site = Site(prepare=lambda container: put_into_storage(container, post_feeds=Away()))

    page = site.browser().get("/nowhere")

    assert page.status == 404
    assert is_a_page_of_its_own(page)


def copied(page: Page) -> dict[str, str]:
    """The texts that can only be copied: nothing on the page would send them."""
    form = page.only(".//main//form")
    assert form.get("method") == "dialog"
    assert not [field for field in form.iter() if field.get("name") or field.tag == "button"]
    fields = [field for field in form.iter() if field.get("readonly")]
    return {field.get("id", ""): field.get("value") or "".join(field.itertext()) for field in fields}


def pressed(page: Page) -> list[str]:
    """What the buttons say."""
    return page.texts(".//main//form//button")


# In this order: each of these would also be refused for every reason below it.


def test_an_unknown_host_is_refused_first(site: Site) -> None:
    for host in ("evil.example", "chapbook.example.evil.example", "xchapbook.example", "", "[::1", "a b", "evil:x"):
        page = site.browser().open("POST", "/nowhere", data=HUGE, headers={"Host": host})
        assert page.status == 400, host
        assert is_a_page_of_its_own(page)


def test_the_size_is_checked_before_the_path(site: Site) -> None:
    page = site.browser("susan").open("POST", "/nowhere", data=HUGE)

    assert page.status == 413
    assert is_a_page_of_its_own(page)


def test_a_too_large_form_explains_the_limit_and_how_to_recover_the_text(site: Site) -> None:
    for path in ("/posts", "/nowhere"):
        page = site.browser("susan").open("POST", path, data=HUGE)

        assert "Go back in your browser: your text is still in the form." in page.words
        assert "50,000 characters" in page.words
        assert "/@susan" in page.links


def test_a_body_without_a_length_is_measured(site: Site) -> None:
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        page = site.browser("susan").open(
            "POST",
            "/posts",
            input_stream=io.BytesIO(b"--b\r\n" + HUGE.encode()),
            content_type=content_type,
            environ={"wsgi.input_terminated": True},
        )
        assert page.status == 413, content_type


def test_a_form_with_very_many_fields_is_refused_cheaply(site: Site) -> None:
    browser = site.browser("susan")

    urlencoded = browser.open("POST", "/posts", data="&".join(["a=1"] * 200_000), content_type=FORM)
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n1\r\n' for n in range(2_000))
    multipart = browser.open("POST", "/posts", data=parts + "--b--\r\n", content_type="multipart/form-data; boundary=b")

    assert urlencoded.status == 413
    assert multipart.status == 413


def test_a_form_has_at_most_a_hundred_fields(site: Site) -> None:
    susan = site.browser("susan")

    def fields(count: int) -> str:
        return "&".join([f"csrf_token={susan.token()}", "body=Soup.", *(f"f{n}=1" for n in range(count - 2))])

    assert susan.open("POST", "/posts", data=fields(100), content_type=FORM).status == 303
    assert susan.open("POST", "/posts", data=fields(101), content_type=FORM).status == 413


def test_only_a_form_for_texts_may_be_large(site: Site) -> None:
    large = {"body": "x" * 66_000, "email": "x" * 66_000}

    assert site.browser("susan").post("/posts", large).status == 422
    assert site.browser().post("/login", large).status == 413
    assert site.browser("susan").post("/@nobody/follow", large).status == 413


def test_a_body_with_a_content_coding_is_refused(site: Site) -> None:
    susan, soup = site.browser("susan"), {"body": "Soup."}

    assert susan.post("/posts", soup, headers={"Content-Encoding": "gzip"}).status == 415
    assert susan.post("/posts", soup, headers={"Content-Encoding": ""}).status == 303
    assert susan.post("/posts", soup, headers={"Content-Encoding": "identity"}).status == 303


FORM = "application/x-www-form-urlencoded"


def test_the_path_is_checked_before_the_token(site: Site) -> None:
    browser = site.browser()

    for path in ("/nowhere", "/posts/0/delete", "/posts/01/edit", f"/comments/{2**63}/hide", "/@1st/follow"):
        page = browser.post(path, token=None)
        assert page.status == 404, path
        assert is_a_page_of_its_own(page)


def test_the_method_is_checked_before_the_token(site: Site) -> None:
    page = site.browser().post("/following", token=None)

    assert page.status == 405
    assert set(page.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert is_a_page_of_its_own(page)


def test_the_rate_limit_is_checked_before_the_token(site: Site) -> None:
    browser = site.browser("susan")
    for _ in range(10):
        assert browser.post("/posts", TYPED).status == 303

    page = browser.post("/posts", TYPED, token=None)

    assert page.status == 429


@pytest.mark.parametrize("form", ["/preview", "/posts", "/posts/{}/edit", "/posts/{}/comments", "/comments/{}/edit"])
def test_the_limit_of_previews_is_checked_before_the_token_on_every_form(form: str, site: Site) -> None:
    browser = site.browser("susan")
    post_id = site.post("susan")
    where = form.format(site.comment("susan", post_id) if form.startswith("/comments") else post_id)
    asked = {"body": "B", "preview": "1"}
    assert {browser.post("/preview", {"body": "B"}).status for _ in range(60)} == {200}

    assert browser.post(where, asked, token=None).status == 429
    assert browser.post(where, asked).status == 429


def test_the_token_is_checked_before_the_session(site: Site) -> None:
    assert site.browser().post("/posts", TYPED, token="x").status == 403


@pytest.mark.parametrize(
    ("name", "page_of_form"),
    [
        ("publish a post", "/"),
        ("preview a text", "/"),
        ("edit a post", "/posts/{post_id}/edit"),
        ("delete a post", "/posts/{post_id}"),
        ("comment", "/posts/{post_id}"),
        ("edit a comment", "/comments/{comment_id}/edit"),
        ("delete a comment", "/comments/{comment_id}"),
        ("hide a comment", "/comments/{comment_id}"),
        ("restore a comment", "/comments/{hidden_id}"),
        ("hide a post", "/posts/{post_id}"),
        ("restore a post", "/posts/{hidden_post_id}"),
        ("close the comments", "/posts/{post_id}"),
        ("bring back a post", "/settings/deleted"),
        ("bring back a comment", "/settings/deleted"),
        ("follow", "/@erik"),
        ("unfollow", "/@anna"),
        ("open one's notification", "/notifications"),
        ("mark notifications as read", "/notifications"),
        ("ask for a confirmation link", "/confirm"),
        ("edit one's profile", "/settings/profile"),
        ("say who one is", "/welcome"),
        ("put off a first step", "/welcome"),
        ("change one's password", "/settings/password"),
        ("ask for another address", "/settings/email"),
        ("take the new address", "{email_link}"),
        ("end one's session", "/settings/sessions"),
        ("sign out everywhere", "/settings/sessions"),
        ("delete one's account", "/settings/account"),
        ("change a member", "/admin/users/erik"),
        ("try a mail again", "/admin/outbox"),
    ],
)
def test_a_visitor_returns_to_the_page_with_the_form_after_signing_in(name: str, page_of_form: str, site: Site) -> None:
    change = CHANGES[name]
    scene = set_scene(site, change.who)
    wanted = page_of_form.format(**{field: getattr(scene, field) for field in scene.__dataclass_fields__})
    browser = site.browser()

    page = browser.post(change.where(scene), change.data)

    assert page.status == 303
    assert page.location == f"/login?next={quote(wanted, safe='/@')}"
    login = browser.follow(page)
    assert login.form("/login")["next"] == wanted
    signed_in = browser.submit(login, "/login", email=f"{change.who}@example.com", password=PASSWORD)
    assert (signed_in.status, signed_in.location) == (303, wanted)
    assert browser.follow(signed_in).status in (200, 303)


def test_signing_in_returns_to_the_requested_page_with_its_query(site: Site) -> None:
    browser = site.browser()
    for path in ("/admin/users?q=s%C3%A9&before=5", "/admin/users?q=%22%3C%26", "/following"):
        page = browser.get(path)
        assert browser.follow(page).form("/login")["next"] == path

    assert browser.get("/following", environ={"QUERY_STRING": "q=\xff\xfe"}).location.endswith("%3Fq%3D%25FF%25FE")


def test_confirmation_is_checked_before_the_use_case(site: Site) -> None:
    browser, missing = site.browser("ulla"), 12345
    post_id = site.post("susan")

    for path in (
        "/posts",
        "/preview",
        f"/posts/{missing}/edit",
        f"/posts/{missing}/delete",
        f"/posts/{missing}/comments",
        f"/posts/{post_id}/comments",
        f"/comments/{missing}/edit",
        f"/comments/{missing}/delete",
        f"/comments/{missing}/hide",
        f"/comments/{missing}/restore",
        "/@nobody/follow",
        "/@nobody/unfollow",
        "/admin/users/nobody",
        f"/admin/outbox/{missing}/retry",
    ):
        page = browser.post(path)
        assert page.status == 403, path
        assert "/confirm" in page.links, path


def test_a_missing_resource_is_reported_before_errors_of_the_form(site: Site) -> None:
    browser, missing = site.browser("ada"), 12345

    for path in (
        f"/posts/{missing}/edit",
        f"/posts/{missing}/delete",
        f"/posts/{missing}/comments",
        f"/comments/{missing}/edit",
        f"/comments/{missing}/delete",
        f"/comments/{missing}/hide",
        f"/comments/{missing}/restore",
        "/@nobody/follow",
        "/@nobody/unfollow",
        "/admin/users/nobody",
        f"/admin/outbox/{missing}/retry",
        f"/settings/sessions/{missing}/end",
    ):
        page = browser.post(path)
        assert page.status == 404, path
        assert is_a_page_of_its_own(page)


def test_a_missing_permission_is_reported_before_errors_of_the_form(site: Site) -> None:
    browser = site.browser("david")
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)

    for path in (
        f"/posts/{post_id}/edit",
        f"/comments/{comment_id}/edit",
        f"/comments/{comment_id}/hide",
        "/admin/users/susan",
    ):
        page = browser.post(path)
        assert page.status == 403, path
        assert is_a_page_of_its_own(page)


# A form that is wrong comes back with everything in it.


def test_every_error_is_shown_at_its_field_and_the_input_is_kept(site: Site) -> None:
    browser = site.browser("susan")
    body = "\n\n" + "<'\"&>" * 20_000

    page = browser.post("/posts", {"title": "x\ny <i>\"'", "body": body})

    assert page.status == 422
    assert set(page.errors) == {"title", "body"}
    # The same sentences above the form, where a label may lead in to them.
    for told, error in zip(page.summary, page.errors.values(), strict=True):
        assert told.endswith(error)
    assert page.form("/posts")["body"] == body
    # A browser sends no line break in a single line; one that is sent comes back as an attribute keeps it.
    assert page.form("/posts")["title"] == "x\ny <i>\"'"
    invalid = [field.get("id") for field in page.all(".//*[@aria-invalid='true']")]
    assert invalid == ["title", "body"]
    for field in page.all(".//*[@aria-invalid='true']"):
        assert set(field.get("aria-describedby", "").split()) <= {each.get("id") for each in page.all(".//p")}


WRONG = {
    "publish a post": ({"title": "x" * 201, "body": " "}, {"title", "body"}),
    "edit a post": ({"title": "\0", "body": ""}, {"title", "body"}),
    "comment": ({"body": "x" * 5_001}, {"body"}),
    "edit a comment": ({"body": "\0"}, {"body"}),
    "hide a comment": ({"reason": ""}, {"reason"}),
    "rename a tag": ({"to": "no tag!"}, {"to"}),
    "send a picture": ({"file": "no picture", "alt": "A boat"}, {"file"}),
    "remove a picture": ({"reason": "x" * 501}, {"why-{picture_id}"}),
    "show a picture of oneself": ({"file": ""}, {"file"}),
    "restore a comment": ({"reason": "x" * 501}, {"reason"}),
    "sanction a user": (
        {"act": "", "days": "366", "rule": "?", "reason": ""},
        {"act", "days", "rule", "reason"},
    ),
    "lift the sanctions of a user": ({"reason": ""}, {"lift-reason"}),
    "hide all of a user": ({"reason": "", "rule": "all"}, {"hide-all-reason", "hide-all-rule"}),
    "restore all of a user": ({"reason": "x" * 501}, {"restore-all-reason"}),
    "note about a user": ({"text": "x" * 1001}, {"text"}),
    "report a post": ({"kind": "rude", "text": "x" * 1_001}, {"kind", "text"}),
    "report a comment": ({"kind": "", "text": "x" * 1_001}, {"kind", "text"}),
    "report a person": ({"kind": "", "text": "\0"}, {"kind", "text"}),
    "settle a case": (
        {"act": "silence", "days": "366", "rule": "?", "reason": ""},
        {"days", "rule", "reason"},
    ),
    "appeal": ({"text": " "}, {"text"}),
    "decide an appeal": ({"outcome": "", "reason": "x" * 501}, {"outcome", "reason"}),
    "hide a post": ({"reason": "", "rule": "all"}, {"reason", "rule"}),
    "restore a post": ({"reason": "x" * 501}, {"reason"}),
    "register": (
        {"email": "x", "username": "1", "password": "short", "password2": "other"},
        {"email", "username", "password", "password2"},
    ),
    "choose a display": ({"language": "fr", "theme": "pink"}, {"language", "theme"}),
    "sign in": ({"email": "susan@example.com", "password": "wrong"}, {"password"}),
    "ask for a new password": ({"email": "susan"}, {"email"}),
    "set a new password": ({"password": "password", "password2": ""}, {"password", "password2"}),
    "edit one's profile": (
        {"name": "x" * 65, "location": "\u202e", "about_me": "x" * 2_001, "time_zone": "Mars/Olympus"},
        {"name", "location", "about_me", "time_zone"},
    ),
    "say who one is": (
        {"name": "x" * 65, "location": "\u202e", "about_me": "x" * 2_001},
        {"name", "location", "about_me"},
    ),
    "choose of what one is told": ({"like.mail": "weekly", "reply.mail": ""}, {"like.mail", "reply.mail"}),
    "choose one's display": ({"language": "fr", "theme": "pink"}, {"language", "theme"}),
    "change one's password": (
        {"old_password": "wrong", "password": "susan", "password2": "x"},
        {"old_password", "password", "password2"},
    ),
    "ask for another address": ({"email": "susan@example.com", "password": "wrong"}, {"email", "password"}),
    "delete one's account": ({"posts": "burn", "password": "wrong"}, {"posts", "password"}),
    "decline somebody": ({"reason": "x" * 501}, {"reason"}),
    "make an invitation": ({"people": "21"}, {"people"}),
    "change the site": (
        {"name": "", "tagline": "x" * 121, "about": "\0", "contact": "nobody", "announcement": "x" * 501},
        {"name", "tagline", "about", "contact", "announcement"},
    ),
    "change a member": (
        {
            "email": "susan@example.com",
            "username": "David",
            "role": "King",
            "name": "x" * 65,
            "location": "x" * 65,
            "about_me": "\0",
        },
        {"email", "username", "role", "name", "location", "about_me"},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_invalid_form_is_shown_again_with_all_errors(name: str, site: Site) -> None:
    change, (data, wrong) = CHANGES[name], WRONG[name]
    scene = set_scene(site, change.who)
    browser = site.browser(change.who)

    with site.unchanged():
        page = browser.post(change.where(scene), data)

    assert page.status == 422
    assert set(page.errors) == {field.format(picture_id=scene.picture_id) for field in wrong}
    assert page.summary or page.errors
    assert page.etag is None
    (form,) = [action for action in page.actions if action.partition("#")[0] == change.where(scene)]
    shown = page.form(form)
    for field, value in data.items():
        # A browser lets nobody fill in a file.
        if "password" in field or field == "file":
            assert shown[field] == ""
        elif field not in ("role", "posts", "language", "theme", "act", "kind", "outcome", "like.mail", "reply.mail"):
            assert shown[field] == value.replace("\0", "\N{REPLACEMENT CHARACTER}"), field


def test_every_form_but_the_preview_is_in_the_table_of_invalid_forms() -> None:
    with_fields = {name for name, change in CHANGES.items() if change.data}

    # These are buttons without a field that a person fills in.
    buttons = {"mark notifications as read", "dismiss an announcement", "put off a first step"}
    assert with_fields - set(WRONG) == {"preview a text"} | buttons


def test_a_button_without_its_hidden_value_is_damaged(site: Site) -> None:
    susan = site.browser("susan")

    with site.unchanged():
        page = susan.post("/notifications/read", {"until": "x"})

    assert page.status == 422
    assert "This form is damaged. Please open the page again." in page.words
    assert "/notifications" in page.links


def test_an_invalid_preview_is_answered_with_a_sentence(site: Site) -> None:
    page = site.browser("susan").post("/preview", {"body": " "})

    assert (page.status, page.text) == (422, "Please fill this in.")


def test_a_line_break_of_a_browser_counts_as_one_character(site: Site) -> None:
    browser = site.browser("susan")

    assert browser.post("/posts", {"body": "a\r\n" * 25_000}).status == 303
    assert browser.post("/posts", {"body": "a\r\n" * 25_001}).status == 422


# A version that is not the newest.


def test_w28_an_edit_of_an_older_version_shows_both_texts(site: Site) -> None:
    post_id = site.post("susan", "The first version.", "One")
    edit = f"/posts/{post_id}/edit"
    susan, ada = site.browser("susan"), site.browser("ada")
    hers, theirs = susan.get(edit), ada.get(edit)
    assert ada.submit(theirs, edit, title="Two", body="Ada's <version>.").status == 303

    page = susan.submit(hers, edit, title="Three", body="\nSusan's <version>.")

    assert page.status == 409
    assert page.texts(".//*[@class='theirs']") == ["Two", "Ada's <version>."]
    assert page.form(edit)["title"] == "Three"
    assert page.form(edit)["body"] == "\nSusan's <version>."
    assert susan.submit(page, edit).status == 303
    assert "Susan's <version>." in susan.get(f"/posts/{post_id}").words


def test_w28_an_edit_of_an_older_comment_shows_both_texts(site: Site) -> None:
    comment_id = site.comment("susan", site.post("david"), "The first version.")
    edit = f"/comments/{comment_id}/edit"
    here, there = site.browser("susan"), site.browser("susan")
    first, second = here.get(edit), there.get(edit)
    assert there.submit(second, edit, body="From there.").status == 303

    page = here.submit(first, edit, body="From here.")

    assert page.status == 409
    assert page.texts(".//pre[@class='theirs']") == ["From there."]
    assert page.form(edit)["body"] == "From here."
    assert here.submit(page, edit).status == 303


def test_an_invalid_version_is_a_damaged_form(site: Site) -> None:
    post_id = site.post("susan")
    browser = site.browser("susan")

    for version in ("x", "-1", "1.0", "١", "9" * 20, "\0"):
        page = browser.post(f"/posts/{post_id}/edit", TYPED | {"version": version})
        assert page.status == 422, version
        assert page.form(f"/posts/{post_id}/edit")["body"] == TYPED["body"]
    for version in ("2", str(2**63), "9" * 19):
        assert browser.post(f"/posts/{post_id}/edit", TYPED | {"version": version}).status == 409, version


# What it was about is gone, or not theirs any more.


def test_a_comment_on_a_post_that_was_deleted_meanwhile_can_be_copied(site: Site) -> None:
    post_id = site.post("susan")
    david, typed = site.browser("david"), '\n\n"With" <leeks> &amp; time.\n'
    write = f"/posts/{post_id}/comments"
    site.container.posts().delete(actor_id=site.members["ada"], post_id=post_id)

    for more in ({}, {"preview": "1"}):
        page = david.post(write, {"body": typed, "once": "x", **more})
        assert (page.status, page.heading) == (404, "Not sent")
        assert "deleted perhaps while you were writing. Here is what you wrote, to copy." in page.words
        assert copied(page) == {"body": typed}
        assert "/" in page.links
    assert is_a_page_of_its_own(david.post(write, {"body": " \n"}))


def test_an_edit_of_a_post_that_was_deleted_meanwhile_can_be_copied(site: Site) -> None:
    post_id = site.post("susan")
    susan = site.browser("susan")
    edit = f"/posts/{post_id}/edit"
    form = susan.get(edit)
    site.container.posts().delete(actor_id=site.members["ada"], post_id=post_id)

    for more in ({}, {"preview": "1"}, {"version": "x"}):
        page = susan.submit(form, edit, **TYPED, **more)
        assert page.status == 404
        assert copied(page) == TYPED


def test_an_edit_of_a_comment_that_was_hidden_meanwhile_can_be_copied(site: Site) -> None:
    comment_id = site.comment("david", site.post("susan"))
    david = site.browser("david")
    edit = f"/comments/{comment_id}/edit"
    form = david.get(edit)
    site.hide("mary", comment_id)

    page = david.submit(form, edit, body="Or not.")

    assert (page.status, page.heading) == (403, "Not sent")
    assert "What is hidden cannot be edited. Here is what you wrote, to copy." in page.words
    assert copied(page) == {"body": "Or not."}


def test_the_reason_of_a_former_moderator_can_be_copied(site: Site) -> None:
    comment_id = site.comment("david", site.post("susan"))
    mary = site.browser("mary")
    site.container.members().set_standing(username="mary", role=Role.USER)

    page = mary.post(f"/comments/{comment_id}/hide", {"reason": "Rude."})

    assert page.status == 403
    assert copied(page) == {"reason": "Rude."}


def test_a_member_who_became_unconfirmed_confirms_and_sends_the_form_again(site: Site) -> None:
    susan = site.browser("susan")
    site.container.members().set_standing(username="susan", confirmed=False)

    page = susan.post("/posts", TYPED)

    assert (page.status, page.heading) == (403, "Not sent yet")
    assert page.only(".//main//a[@href='/confirm']").get("target") == "_blank"
    assert page.form("/posts") | TYPED == page.form("/posts")
    site.container.members().set_standing(username="susan", confirmed=True)
    assert susan.submit(page, "/posts").status == 303


def test_input_from_another_site_is_never_shown(site: Site) -> None:
    for path in ("/nowhere", "/following", "/posts/12345/comments"):
        page = site.browser("susan").post(path, TYPED, headers={"Origin": "https://evil.example"})
        assert page.status in (403, 404, 405)
        assert is_a_page_of_its_own(page)


def test_a_wrong_path_or_method_keeps_the_input(site: Site) -> None:
    for path, status in (("/nowhere", 404), ("/following", 405)):
        page = site.browser("susan").post(path, TYPED)
        assert page.status == status
        assert copied(page) == TYPED


# Signed out while writing.


def test_an_author_who_was_signed_out_keeps_the_text_until_it_is_published(site: Site) -> None:
    here, elsewhere = site.browser("susan"), site.browser("susan")
    form = here.get("/")
    elsewhere.submit(elsewhere.get("/settings/sessions"), "/settings/sessions/end-all")

    page = here.submit(form, "/posts", **TYPED)
    for _ in range(3):
        assert (page.status, page.heading) == (403, "Not sent yet")
        assert "You are not signed in. Nothing you typed is lost: it is kept below." in page.words
        assert page.only(".//main//a[@href='/login']").get("target") == "_blank"
        assert page.form("/posts") | TYPED == page.form("/posts")
        assert pressed(page) == ["Publish"]
        # Once more without having signed in.
        page = here.submit(page, "/posts")

    assert here.sign_in("susan@example.com", PASSWORD).status == 303
    with site.unchanged():
        page = here.submit(page, "/posts")
    assert (page.status, page.heading) == (403, "One more press")
    assert "You are signed in as @susan. Press once more to send it under this name." in page.words
    assert pressed(page) == ["Publish"]
    published = here.submit(page, "/posts")
    assert published.status == 303
    assert here.get(f"{published.location}/edit").form(f"{published.location}/edit")["title"] == TYPED["title"]


def test_signing_in_as_another_member_shows_whose_name_the_form_will_have(site: Site) -> None:
    browser = site.browser("susan")
    form = browser.get("/")
    browser.submit(form, "/logout")
    browser.sign_in("david@example.com", PASSWORD)

    page = browser.submit(form, "/posts", **TYPED)

    assert "You are signed in as @david. Press once more to send it under this name." in page.words


def test_a_single_line_is_kept_like_a_text(site: Site) -> None:
    comment_id = site.comment("david", site.post("susan"))
    browser, hide = site.browser("mary"), f"/comments/{comment_id}/hide"
    browser.submit(browser.get("/"), "/logout")

    page = browser.post(hide, {"reason": "Rude."}, token="from another day")
    page = browser.submit(page, hide)

    assert page.form(hide)["reason"] == "Rude."


def test_a_visitor_who_presses_follow_signs_in_first(site: Site) -> None:
    browser = site.browser("david")
    form = browser.get("/@susan")
    browser.submit(form, "/logout")

    page = browser.submit(form, "/@susan/follow")

    assert (page.status, page.heading) == (403, "Not sent yet")
    assert "You are not signed in." in page.words
    assert "kept below" not in page.words
    assert "/login?next=/@susan" in page.links


def test_a_get_of_a_form_only_address_leads_to_the_page_with_the_form(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id)
    browser = site.browser("mary")
    for path, holder in (
        (f"/posts/{post_id}/comments", f"/posts/{post_id}"),
        (f"/comments/{comment_id}/hide", f"/comments/{comment_id}"),
        ("/@susan/follow", "/@susan"),
        ("/settings/sessions/5/end", "/settings/sessions"),
        ("/notifications/5/open", "/notifications"),
        ("/notifications/read", "/notifications"),
        ("/settings/account/delete", "/settings/account"),
        ("/admin/outbox/5/retry", "/admin/outbox"),
        ("/logout", "/"),
    ):
        page = browser.get(path)
        assert page.status == 405
        assert "Go to the page with the form" in page.words
        assert holder in page.links


def test_lists_below_a_refused_form_link_to_the_pages_of_the_list(site: Site) -> None:
    browser = site.browser("susan")
    first, *_ = [site.post("susan") for _ in range(21)]
    for _ in range(31):
        site.comment("susan", first)
    path, action = f"/posts/{first}", f"/posts/{first}/comments#body"
    refused = browser.submit(browser.get(path), action, body="")
    assert refused.status == 422
    onward = [link for link in refused.links if "before=" in link or "after=" in link]
    assert onward
    assert all(browser.get(link).status == 200 and link.startswith(path) for link in onward), onward
    assert not refused.all(".//nav[@class='places']//a[@aria-current='page']")


def test_a_post_that_is_refused_is_shown_on_the_page_to_write_on(site: Site) -> None:
    browser = site.browser("susan")
    refused = browser.submit(browser.get("/"), "/posts", title="On soup", body="")

    assert refused.status == 422
    assert refused.heading == "Write a post"
    assert refused.form("/posts")["title"] == "On soup"


def test_a_problem_of_a_field_that_the_page_does_not_have_is_said_above_the_form(site: Site) -> None:
    page = site.browser("susan").post("/settings/profile", {"language": "fr"})

    assert page.summary == ["Please choose one of these."]


def test_a_visitor_with_an_expired_form_is_not_asked_to_sign_in(site: Site) -> None:
    for path in ("/login", "/register", "/reset"):
        page = site.browser().post(path, {"email": "susan@example.com"}, token="from another day")

        assert page.status == 403
        assert page.form(path)["email"] == "susan@example.com"
        assert [link.get("href") for link in page.all(".//main//a")] == [path]
        assert page.texts(".//main//a") == ["Back to the form"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/posts", "Publish"),
        ("/posts/{post_id}/comments", "Publish"),
        ("/posts/{post_id}/edit", "Save"),
        ("/comments/{comment_id}/edit", "Save"),
        ("/settings/profile", "Save"),
        ("/settings/email", "Send again"),
    ],
)
def test_the_button_names_its_action(path: str, words: str, site: Site) -> None:
    scene = set_scene(site)
    where = path.format(post_id=scene.post_id, comment_id=scene.comment_id)
    browser = site.browser("susan")

    assert pressed(browser.post(where, {"body": "B"}, token="from another day")) == [words]
    assert pressed(browser.post(where, {"body": "B", "preview": "1"}, token="from another day")) == ["Preview"]


def test_properties_of_a_view_are_declared_at_the_view(site: Site) -> None:
    """No file has a table of endpoints: adding a view would mean editing it."""
    endpoints = set(site.app.view_functions)
    named = {
        f"{path.name}:{node.lineno}"
        for path in Path(entrypoints.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant) and node.value in endpoints and "." in str(node.value)
    }

    assert named == set()


# Too often.


def test_w11_a_text_over_the_rate_limit_is_kept_and_can_be_sent_later(site: Site) -> None:
    browser = site.browser("susan")
    for _ in range(10):
        browser.post("/posts", TYPED)

    page = browser.post("/posts", TYPED)

    assert page.status == 429
    assert page.headers["Retry-After"] == "600"
    assert "10 minutes" in page.words
    assert pressed(page) == ["Publish"]
    assert page.form("/posts") | TYPED == page.form("/posts")
    site.pass_time(seconds=601)
    assert browser.submit(page, "/posts").status == 303


def test_a_limited_form_without_input_shows_the_time_to_wait_and_no_button(site: Site) -> None:
    browser = site.browser("ulla")
    site.pass_time(hours=7)
    for _ in range(3):
        assert browser.post("/confirm").status == 303

    page = browser.post("/confirm")

    assert page.status == 429
    assert "6 hours" in page.words
    assert "kept below" not in page.words
    assert pressed(page) == []
    assert is_a_page_of_its_own(page)


LIMITED = {
    "preview a text": (60, 61),
    "comment": (30, 601),
    "register": (5, 1_801),
    "ask for a new password": (5, 1_801),
    "ask for a confirmation link": (3, 6 * 3_600 + 1),
    "ask for another address": (5, 1_801),
}


@pytest.mark.parametrize("name", LIMITED)
def test_w11_every_expensive_action_has_a_limit(name: str, site: Site) -> None:
    change, (times, seconds) = CHANGES[name], LIMITED[name]
    scene = set_scene(site)
    site.pass_time(hours=7)
    browser = site.browser(change.who, address="203.0.113.9")

    def send(number: int) -> int:
        data = {field: value.replace("nils", f"nils{number}") for field, value in change.data.items()}
        return browser.post(change.where(scene), data).status

    assert [send(number) for number in range(times)] == [303 if change.stores else 200] * times
    page = browser.post(change.where(scene), change.data)
    assert page.status == 429
    assert 0 < int(page.headers["Retry-After"]) <= seconds
    site.pass_time(seconds=seconds)
    assert send(times) in (200, 303)


@pytest.mark.parametrize("name", ["change one's password", "ask for another address", "delete one's account"])
def test_w11_guessing_a_password_within_a_session_is_limited(name: str, site: Site) -> None:
    change = CHANGES[name]
    browser = site.browser(change.who)
    guess = {field: "a wrong guess" if value == PASSWORD else value for field, value in change.data.items()}

    assert [browser.post(change.path, guess).status for _ in range(10)] == [422] * 10
    assert browser.post(change.path, change.data, token="x").status == 429
    assert browser.post(change.path, change.data).status == 429
    site.pass_time(seconds=301)
    assert browser.post(change.path, change.data).status == 303


def test_w11_guessing_at_sign_in_is_limited_by_client_and_by_account(site: Site) -> None:
    guesser = site.browser(address="203.0.113.1")

    def guess(name: str, address: str = "203.0.113.1") -> int:
        guesser.address = address
        return guesser.sign_in(f"{name}@example.com", "a wrong guess").status

    assert [guess(f"nobody{number}") for number in range(10)] == [422] * 10
    assert guess("susan") == 429
    assert [guess("susan", f"203.0.113.{number}") for number in range(10, 20)] == [422] * 10
    assert guess("susan", "203.0.113.99") == 429
    assert guess("david", "203.0.113.99") == 422
    site.pass_time(seconds=301)
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 303


def test_signing_in_never_counts_as_a_failure(site: Site) -> None:
    browser = site.browser()

    assert {browser.sign_in("susan@example.com", PASSWORD).status for _ in range(15)} == {303}


def test_headers_of_a_client_reset_no_limit(site: Site) -> None:
    browser = site.browser()
    for number in range(10):
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        browser.post("/login", {"email": f"x{number}@example.com", "password": "wrong"}, headers=forged)

    page = browser.post("/login", {"email": "y@example.com"}, headers={"X-Forwarded-For": "203.0.113.200"})

    assert page.status == 429


def test_addresses_of_one_ipv6_network_are_one_client(site: Site) -> None:
    browser = site.browser()

    def guess(address: str) -> int:
        browser.address = address
        return browser.sign_in("nobody@example.com", "wrong").status

    assert [guess(f"2001:db8:1:2::{number}") for number in range(1, 11)] == [422] * 10
    browser.address = "2001:db8:1:2:ffff::1"
    assert browser.sign_in("somebody@example.com", "wrong").status == 429
    browser.address = "2001:db8:1:3::1"
    assert browser.sign_in("somebody@example.com", "wrong").status == 422


def test_a_preview_does_not_count_as_a_post(site: Site) -> None:
    browser = site.browser("susan")
    for _ in range(10):
        browser.post("/posts", TYPED)

    page = browser.post("/posts", TYPED | {"preview": "1"})

    assert page.status == 200
    assert page.form("/posts")["body"] == TYPED["body"]


# The storage is away, or the program is broken.


def site_of_moody_sessions() -> tuple[Site, MoodySessions]:
    made: list[MoodySessions] = []

    def prepare(container: Container) -> None:
        made.append(MoodySessions(container.storage().session_feeds))
        put_into_storage(container, session_feeds=made[0])

    return inhabited(Site(prepare=prepare)), made[0]


def test_a_busy_storage_keeps_the_input() -> None:
    storage = Moody()
    site = inhabited(Site(prepare=storage.install))
    browser = site.browser("susan")
    browser.token()
    storage.away = True

    page = browser.post("/posts", TYPED)

    assert page.status == 503
    assert int(page.headers["Retry-After"]) > 0
    assert page.form("/posts") | TYPED == page.form("/posts")
    storage.away = False
    assert browser.submit(page, "/posts").status == 303


def test_a_form_that_was_refused_leads_back_to_its_page_if_it_has_one() -> None:
    storage = Moody()
    site = inhabited(Site(prepare=storage.install))
    post_id = site.post("david")
    browser = site.browser("susan")
    browser.token()
    storage.away = True

    for path, fields, back in (
        ("/@david/report", {"kind": "abuse"}, ["/@david/report"]),
        ("/@david/report?next=/following", {"kind": "abuse", "text": "Rude."}, ["/@david/report?next=/following"]),
        (f"/posts/{post_id}/comments", {"body": "Soup."}, []),
    ):
        page = browser.post(path, fields)
        assert page.status == 503
        assert [link.get("href") for link in page.all(".//main//a") if page.text_of(link) == "Back to the form"] == back
    storage.away = False
    gone = browser.post("/posts/1/edit", {"body": "Soup."})
    assert gone.status == 404
    assert "Back to the form" not in gone.words


def test_a_storage_that_fails_to_read_the_session_is_busy() -> None:
    site, sessions = site_of_moody_sessions()
    browser = site.browser("susan")
    sessions.away = True

    page = browser.get("/?before=5")

    assert page.status == 503
    assert int(page.headers["Retry-After"]) > 0
    assert is_a_page_of_its_own(page)
    assert [page.text_of(link) for link in page.all(".//main//a[@href='/?before=5']")] == ["Try again"]
    assert browser.get("/nowhere").status == 404
    assert browser.get("/healthz").status == 200


def test_a_form_sent_while_sessions_were_unreadable_is_accepted_later() -> None:
    site, sessions = site_of_moody_sessions()
    browser = site.browser("susan")
    browser.token()
    sessions.away = True

    page = browser.post("/posts", TYPED)

    assert (page.status, page.heading) == (503, "Not sent yet")
    assert pressed(page) == ["Publish"]
    assert page.form("/posts") | TYPED == page.form("/posts")
    sessions.away = False
    assert browser.submit(page, "/posts").status == 303


def test_an_invalid_cookie_gets_a_form_for_visitors_without_the_storage() -> None:
    storage = Moody()
    site = inhabited(Site(prepare=storage.install))
    browser = site.browser()
    browser.set_cookie("session", "x" * 101)
    browser.token()
    storage.away = True

    page = browser.post("/reset", {"email": "susan@example.com"})

    assert page.status == 503
    storage.away = False
    assert browser.submit(page, "/reset").status == 303


def test_a_form_with_too_many_parts_is_refused_without_the_storage() -> None:
    site, sessions = site_of_moody_sessions()
    browser = site.browser("susan")
    sessions.away = True
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n1\r\n' for n in range(2_000))

    page = browser.open("POST", "/posts", data=parts + "--b--\r\n", content_type="multipart/form-data; boundary=b")

    assert page.status == 503
    assert is_a_page_of_its_own(page)


def test_an_internal_error_reveals_no_details_and_keeps_the_input(caplog: pytest.LogCaptureFixture) -> None:
    site = inhabited(Site(prepare=lambda container: put_in(container, renderer=Broken())))

    page = site.browser("susan").post("/posts", TYPED)

    assert (page.status, page.heading) == (500, "Not sent yet")
    assert page.form("/posts") | TYPED == page.form("/posts")
    assert pressed(page) == ["Publish"]
    for secret in ("cellar", "RuntimeError", "Traceback", "/entrypoints/", ".py"):
        assert secret not in page.text
    assert "cellar" in caplog.text


def test_a_log_entry_is_one_line_without_a_link(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "chapbook.access")
    site = Site(prepare=lambda container: put_in(container, tokens=Broken()))

    page = site.browser().get("/reset/a%0d%0aWARNING%1b[31msecret")

    assert page.status == 500
    assert is_a_page_of_its_own(page)
    said = [record.getMessage() for record in caplog.records]
    assert said == ["GET /reset/<mailed:token> failed", "GET /reset/<mailed:token> 500"]


def errors_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_an_error_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    site = Site(prepare=lambda container: put_into_storage(container, post_feeds=Broken()))
    site.join("susan")

    site.browser().get("/")
    program_of(site, "susan").get("/posts/").problem(500)

    assert errors_in(caplog) == ["GET / failed", "GET /api/v1/posts failed"]


def test_an_error_past_the_view_is_logged_once_and_without_a_link(caplog: pytest.LogCaptureFixture) -> None:
    site, responses = Site(), 0

    @site.app.after_request
    def fails_at_first(response: Response) -> Response:
        nonlocal responses
        responses += 1
        if responses == 1:
            raise RuntimeError
        return response

    page = site.browser().get("/reset/secret")

    assert page.status == 500
    assert is_a_page_of_its_own(page)
    assert errors_in(caplog) == ["GET /reset/<mailed:token> failed"]


def test_a_missing_page_is_missing_and_logged_once_also_where_its_viewer_cannot_be_found(
    caplog: pytest.LogCaptureFixture,
) -> None:
    site = Site(prepare=lambda container: put_in(container, session_secrets=Broken()))
    client = site.app.test_client()
    client.set_cookie("session", "a-session", domain="chapbook.example")

    page = client.get("/nowhere", base_url=site.settings.base_url)

    assert page.status_code == 404
    assert errors_in(caplog) == ["an error page shows no viewer"]


def test_an_error_that_breaks_the_page_of_errors_too_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    site = Site()
    site.app.jinja_env.globals["static"] = None  # what every page needs

    page = site.browser().get("/", headers={"X-Request-ID": "an-id"})

    assert (page.status, page.text) == (500, "500: Something broke. It has been written down as an-id.")
    assert errors_in(caplog) == ["GET / failed"]
    assert "the page of this error is broken too: TypeError: 'NoneType' object is not callable" in caplog.text


def test_every_error_without_input_has_its_own_page(site: Site) -> None:
    browser = site.browser()
    for status, page in {
        400: browser.get("/", headers={"Host": "evil.example"}),
        403: browser.post("/posts", token=None, headers={"Origin": "null"}),
        404: browser.get("/nowhere"),
        405: browser.post("/following"),
        413: browser.open("POST", "/login", data=HUGE),
    }.items():
        assert page.status == status
        assert is_a_page_of_its_own(page)
        assert page.title.endswith(" · Chapbook")
