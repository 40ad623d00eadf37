"""Pages of pictures: sending, one's own list, one of oneself, and what moderators see."""

import json
from typing import Any

import pytest

from domain.errors import Invalid, StoreFull, TooOften, TryAgain
from tests.web.browser import Browser, Page
from tests.web.site import Site

JSON = {"Accept": "application/json"}


def send(browser: Browser, size: str = "640x480", *, in_place: bool = False, **more: str) -> Page:
    return browser.post("/pictures", {"file": size} | more, headers=JSON if in_place else {})


def pictures_of(site: Site, name: str) -> list[str]:
    """The Markdown in one's own list, newest first."""
    return site.browser(name).get("/pictures").texts(".//code")


def raw(browser: Browser, *parts: tuple[str, bytes, str], path: str = "/pictures", **options: Any) -> Page:
    """Of each part its name, its bytes, and the name of its file or nothing."""
    body = b""
    for name, content, filename in (("csrf_token", browser.token().encode(), ""), *parts):
        named = f'name="{name}"' + (f'; filename="{filename}"' if filename else "")
        body += f"--b\r\nContent-Disposition: form-data; {named}\r\n\r\n".encode() + content + b"\r\n"
    body += b"--b--\r\n"
    return browser.open("POST", path, data=body, content_type="multipart/form-data; boundary=b", **options)


def refuse_with(site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(site.container.picture_maker(), "picture", refuse, raising=False)


# Sending.


def test_a_picture_is_sent_and_its_markdown_is_there_to_copy(site: Site) -> None:
    susan = site.browser("susan")

    page = send(susan, alt="A *boat*")

    assert (page.status, page.location) == (303, "/pictures")
    shown = susan.follow(page)
    assert shown.flashes == ["Your picture is here. Copy its Markdown into your post."]
    (markdown,) = shown.texts(".//code")
    assert markdown.startswith(r"![A \*boat\*](picture:")
    (copied,) = [button.get("data-copy") for button in shown.all(".//button[@data-copy]")]
    assert copied == markdown
    post_id = site.post("susan", markdown)
    assert susan.get(f"/posts/{post_id}").only(".//figure//img").get("alt") == "A *boat*"


def test_a_script_gets_json(site: Site) -> None:
    page = send(site.browser("susan"), "1600x900", in_place=True)

    assert page.status == 201
    assert page.headers["Content-Type"] == "application/json"
    answer = json_of(page)
    assert answer == {
        "id": answer["id"],
        "markdown": f"![](picture:{answer['id']})",
        "preview": f"/pictures/{answer['id']}/320.webp",
        "width": 1600,
        "height": 900,
    }
    assert site.browser("susan").get(answer["preview"]).status == 200


def json_of(page: Page) -> dict[str, Any]:

    found: dict[str, Any] = json.loads(page.text)
    return found


def test_the_same_form_sent_twice_stores_one_picture(site: Site) -> None:
    susan = site.browser("susan")

    ids = {json_of(send(susan, in_place=True, once="a-key"))["id"] for _ in range(2)}

    assert len(ids) == len(pictures_of(site, "susan")) == 1
    other = send(susan, "320x200", in_place=True, once="a-key")
    assert other.status == 422
    assert json_of(other)["message"]


def test_after_sending_one_comes_back_to_where_one_was(site: Site) -> None:
    susan = site.browser("susan")

    form = susan.get("/pictures?next=/write").form("/pictures")

    assert form["next"] == "/write"
    assert send(susan, next="/write").location == "/write"
    assert send(susan, next="https://evil.example/").location == "/pictures"


def test_what_is_refused_is_said_at_its_field_and_nothing_typed_is_lost(site: Site) -> None:
    susan = site.browser("susan")

    for size, alt, wrong in (
        ("no picture", "A boat", "file"),
        ("", "A boat", "file"),
        ("640x480", "x" * 501, "alt"),
    ):
        with site.unchanged():
            page = send(susan, size, alt=alt, next="/write")
        assert page.status == 422
        assert set(page.errors) == {wrong}
        form = page.form("/pictures")
        assert (form["alt"], form["next"]) == (alt, "/write")
        assert form["once"]


def test_a_script_gets_the_sentence_of_a_refusal(site: Site) -> None:
    page = send(site.browser("susan"), "no picture", in_place=True)

    assert page.status == 422
    assert json_of(page) == {
        "message": "This is not a picture that can be shown here. Please send JPEG, PNG, WebP, GIF or AVIF."
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TryAgain(), 503),
        (StoreFull(), 507),
        (Invalid("file", "no_room"), 422),
        (TooOften(40), 429),
    ],
)
def test_a_busy_or_full_site_says_so_in_each_way(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    refuse_with(site, monkeypatch, error)
    susan = site.browser("susan")

    page, answer = send(susan, alt="A boat"), send(susan, in_place=True)

    assert page.status == answer.status == status
    assert page.form("/pictures")["alt"] == "A boat"
    assert len(json_of(answer)["message"]) > 20
    assert ("Retry-After" in answer.headers) == (status in (429, 503))
    assert pictures_of(site, "susan") == []


def test_a_hundred_pictures_a_day_are_enough(site: Site) -> None:
    susan = site.browser("susan")
    for _ in range(100):
        site.picture("susan", "10x10")

    page, answer = send(susan, alt="A boat"), send(susan, in_place=True)

    assert (page.status, answer.status) == (429, 429)
    assert page.form("/pictures")["alt"] == "A boat"
    assert "many times" in json_of(answer)["message"]
    site.pass_time(days=1)
    assert send(site.browser("susan")).status == 303


def test_a_body_that_is_too_large_is_not_read(site: Site) -> None:
    susan = site.browser("susan")
    huge = bytes(15_000_001)

    page = raw(susan, ("file", huge, "x.jpg"))
    answer = raw(susan, ("file", huge, "x.jpg"), headers=JSON)

    assert (page.status, answer.status) == (413, 413)
    sentence = "This file has more than 10 MB. Please make the picture smaller, or save it as JPEG."
    assert sentence in page.words
    assert json_of(answer) == {"message": sentence}


def test_odd_forms_are_refused_or_read_in_one_way(site: Site) -> None:
    susan = site.browser("susan")

    for parts in (
        [("picture", b"640x480", "x.jpg")],
        [("file", b"640x480", "")],
        [("alt", b"640x480", "x.jpg")],
        [],
    ):
        with site.unchanged():
            page = raw(susan, *parts)
        assert page.status == 422, parts
        assert set(page.errors) == {"file"}
    two = raw(susan, ("file", b"640x480", "a.jpg"), ("file", b"320x200", "b.jpg"), headers=JSON)
    assert json_of(two)["width"] == 640
    for path in ("/../../etc/passwd", "a\0b.jpg", "<script>.svg"):
        assert raw(susan, ("file", b"640x480", path.replace('"', ""))).status == 303


def test_only_who_may_write_may_send(site: Site) -> None:
    for name, status in ((None, 303), ("ulla", 403)):
        browser = site.browser(name)
        assert send(browser).status == status
        answer = send(browser, in_place=True)
        assert answer.status == 403
        assert json_of(answer)["message"]
    assert "Send the picture" not in site.browser("ulla").get("/pictures").words
    sanction(site, "susan", "silence")
    susan = site.browser("susan")
    assert send(susan).status == 403
    page = susan.get("/pictures")
    assert page.status == 200
    assert page.actions.count("/pictures") == 0
    assert "You cannot write at the moment." in page.words
    sanction(site, "david", "suspend")
    assert site.browser("david").get("/pictures").status == 403


def sanction(site: Site, name: str, act: str) -> None:
    site.container.sanctions().sanction(actor_id=site.members["mary"], username=name, act=act, days="7", reason="Rude.")


def test_a_form_of_another_session_or_site_sends_nothing(site: Site) -> None:
    susan = site.browser("susan")

    with site.unchanged():
        for headers in ({"Origin": "https://evil.example"}, JSON | {"Origin": "https://evil.example"}):
            page = susan.post("/pictures", {"file": "640x480"}, headers=headers)
            assert page.status == 403
        answer = susan.post("/pictures", {"file": "640x480"}, token="another", headers=JSON)
    assert answer.status == 403
    assert json_of(answer)["message"] == ("You are signed in as @susan. Press once more to send it under this name.")


# One's own.


def test_a_member_removes_a_picture_and_posts_lose_it(site: Site) -> None:
    picture_id = site.picture("susan", alt="A boat")
    post_id = site.post("susan", f"Look:\n\n![A boat](picture:{picture_id})")
    susan = site.browser("susan")

    page = susan.submit(susan.get("/pictures"), f"/pictures/{picture_id}/delete")

    assert susan.follow(page).flashes == ["The picture is removed."]
    site.deliver()
    assert pictures_of(site, "susan") == []
    assert susan.get(f"/pictures/{picture_id}/320.webp").status == 404
    assert susan.get(f"/posts/{post_id}").all(".//figure") == []


def test_the_list_has_pages_and_only_ones_own(site: Site) -> None:
    ids = [site.picture("susan", "10x10") for _ in range(25)]
    site.picture("david")
    susan = site.browser("susan")

    first = susan.get("/pictures")
    (older,) = [link for link in first.links if "before=" in link]
    seen = first.texts(".//code") + susan.get(f"/pictures{older}").texts(".//code")

    assert seen == [f"![](picture:{picture_id})" for picture_id in reversed(ids)]


def test_the_editors_of_posts_offer_pictures_and_those_of_comments_do_not(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    susan = site.browser("susan")

    for path, offers in (
        *(("/", True), ("/write", True), (f"/posts/{post_id}/edit", True), ("/welcome", False)),
        *((f"/posts/{post_id}", False), (f"/comments/{comment_id}/edit", False)),
    ):
        page = susan.get(path)
        assert (len(page.classed("choose")) == 1) == offers, path
        assert ("/pictures" in page.links) == offers, path


# Of oneself.


def portraits(page: Page) -> set[str]:
    return {str(image.get("src")) for image in page.all(".//img") if "/avatars/" in str(image.get("src"))}


def test_a_member_shows_a_picture_of_themselves_and_takes_it_back(site: Site) -> None:
    post_id = site.post("susan")
    susan = site.browser("susan")

    page = susan.post("/settings/picture", {"file": "800x600"})

    assert (page.status, page.location) == (303, "/settings/profile")
    profile = susan.follow(page)
    assert profile.flashes == ["Your picture is shown beside what you write."]
    for path in ("/", f"/posts/{post_id}", "/@susan", "/people"):
        shown = {str(image.get("src")) for image in site.browser().get(path).all(".//img")}
        assert f"/avatars/{site.members['susan']}.svg" not in shown, path
        assert any(source.startswith("/pictures/") for source in shown), path
    page = susan.submit(profile, "/settings/picture/remove")
    assert susan.follow(page).flashes == ["Your woodcut is shown again."]
    assert f"/avatars/{site.members['susan']}.svg" in portraits(site.browser().get("/@susan"))


def test_a_wrong_file_for_oneself_is_said_at_the_field_and_the_profile_stays(site: Site) -> None:
    susan = site.browser("susan")
    susan.post("/settings/profile", {"name": "Susan", "about_me": "I cook."})

    for size in ("no picture", ""):
        page = susan.post("/settings/picture", {"file": size})
        assert page.status == 422
        assert set(page.errors) == {"file"}
        assert page.form("/settings/profile")["about_me"] == "I cook."


# Moderation.


def test_moderators_see_who_sent_what_and_of_one_member(site: Site) -> None:
    mary = site.browser("mary")
    own, portrait = site.picture("susan", alt="A boat"), site.portray("david")

    page = mary.get("/moderation/pictures")

    shown = [article.get("id") for article in page.all(".//article")]
    assert shown == [f"picture-{portrait}", f"picture-{own}"]
    assert "In no post: nobody else sees it." in page.words
    assert "They show it of themselves." in page.words
    of_susan = mary.get("/moderation/pictures?user=susan")
    assert [article.get("id") for article in of_susan.all(".//article")] == [f"picture-{own}"]
    assert mary.get("/moderation/people/susan").links.count("/moderation/pictures?user=susan") == 1
    for nonsense in ("nobody", "%00", "..", "x" * 300, "%ff", "1"):
        assert mary.get(f"/moderation/pictures?user={nonsense}").status == 404, nonsense
    assert site.browser("susan").get("/moderation/pictures").status == 403


def test_a_moderator_removes_a_picture_for_a_reason_that_its_owner_reads(site: Site) -> None:
    picture_id = site.picture("susan")
    mary, action = site.browser("mary"), f"/pictures/{picture_id}/delete"
    here = "/moderation/pictures?user=susan"

    refused = mary.submit(mary.get(here), f"{action}?user=susan", reason=" ")
    assert refused.status == 422
    assert set(refused.errors) == {f"why-{picture_id}"}
    page = mary.submit(refused, f"{action}?user=susan", reason="Not yours to show.")

    assert (page.status, page.location) == (303, here)
    assert mary.follow(page).flashes == ["The picture is removed."]
    assert "Not yours to show." in mary.get("/moderation/log").words
    assert "Not yours to show." in site.browser("susan").get("/settings/record").words
    assert pictures_of(site, "susan") == []


def test_a_case_shows_the_pictures_of_the_reported_post_also_after_it_was_edited(site: Site) -> None:
    first, second, others = site.picture("susan", alt="A boat"), site.picture("susan"), site.picture("david")
    post_id = site.post("susan", f"![A boat](picture:{first})\n\n![](picture:{others})")
    site.container.reporting().report_post(actor_id=site.members["david"], post_id=post_id, kind="abuse", text="Rude.")
    mary = site.browser("mary")
    (case,) = {link for link in mary.get("/moderation").links if link.startswith("/moderation/cases/")}

    assert [image.get("src") for image in mary.get(case).classed("thumb")] == [f"/pictures/{first}/320.webp"]
    site.container.posts().edit(
        actor_id=site.members["susan"], post_id=post_id, title="", body=f"![](picture:{second})", version=None
    )
    page = mary.get(case)
    assert [(image.get("src"), image.get("alt")) for image in page.classed("thumb")] == [
        (f"/pictures/{first}/320.webp", "A boat"),
        (f"/pictures/{second}/320.webp", "Picture 2"),
    ]
    assert mary.get(f"/pictures/{first}/320.webp").status == 200
    site.container.pictures().remove(actor_id=site.members["susan"], picture_id=second)
    site.deliver()
    assert [image.get("src") for image in mary.get(case).classed("thumb")] == [f"/pictures/{first}/320.webp"]
