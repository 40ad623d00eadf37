"""What was rendered anew is sent anew: no cache keeps the HTML of an older renderer."""

import pytest

from tests.api.client import program_of
from tests.doubles import VersionedRenderer, put_in
from tests.web.conftest import inhabited
from tests.web.site import Site

OLD, NEW = "1: ", "2: "


@pytest.fixture(scope="module")
def renderer() -> VersionedRenderer:
    return VersionedRenderer(1)


@pytest.fixture
def old_site(renderer: VersionedRenderer) -> Site:
    renderer.version = 1
    return inhabited(Site(prepare=lambda container: put_in(container, renderer=renderer)))


def test_pages_feeds_and_the_api_send_it_anew(old_site: Site, renderer: VersionedRenderer) -> None:
    post_id = old_site.post("susan")
    comment_id = old_site.comment("david", post_id)
    visitor, program = old_site.browser(), program_of(old_site, "susan")
    pages = ["/", "/@susan", f"/posts/{post_id}", "/feed.atom", "/feed.json", "/@susan/feed.atom", "/@susan/feed.json"]
    pages += [f"/posts/{post_id}/feed.atom", f"/posts/{post_id}/feed.json"]
    resources = (f"/posts/{post_id}", f"/comments/{comment_id}", "/posts/", "/comments/", "/users/susan/posts/")
    seen = {path: visitor.get(path) for path in pages}
    given = {path: program.get(path) for path in resources}
    for path, page in seen.items():
        assert OLD in page.text, path
        assert visitor.get(path, headers={"If-None-Match": page.headers["ETag"]}).status == 304, path
        assert "Last-Modified" not in page.headers
    for path, answer in given.items():
        assert OLD in answer.data.decode(), path
        assert program.get(path, headers={"If-None-Match": answer.etag}).status == 304, path
        assert "Last-Modified" not in answer.headers

    renderer.version = 2
    old_site.container.rerendering().ask()
    old_site.deliver()

    for path, page in seen.items():
        again = visitor.get(path, headers={"If-None-Match": page.headers["ETag"]})
        assert again.status == 200, path
        assert NEW in again.text, path
    for path, answer in given.items():
        again_given = program.get(path, headers={"If-None-Match": answer.etag})
        assert again_given.status == 200, path
        assert NEW in again_given.data.decode(), path


def test_who_read_it_before_may_still_change_it(old_site: Site, renderer: VersionedRenderer) -> None:
    post_id = old_site.post("susan")
    program, susan = program_of(old_site, "susan"), old_site.browser("susan")
    read = program.get(f"/posts/{post_id}")

    renderer.version = 2
    old_site.container.rerendering().ask()
    old_site.deliver()

    assert program.put(f"/posts/{post_id}", {"body": "Better soup."}, headers={"If-Match": read.etag}).status == 200
    form = susan.get(f"/posts/{post_id}/edit")
    old_site.container.rerendering().ask(everything=True)
    old_site.deliver()
    assert susan.submit(form, f"/posts/{post_id}/edit", body="The best soup.").status == 303


def test_administrators_see_how_far_it_is(old_site: Site, renderer: VersionedRenderer) -> None:
    post_id = old_site.post("susan", "refuse")
    old_site.comment("david", post_id)
    renderer.version = 2
    old_site.container.rerendering().ask()
    ada = old_site.browser("ada")

    page = ada.get("/admin/outbox")
    assert "Render anew what an older version made Job Waiting · due" in page.words
    assert " of " not in page.words.partition("Render anew")[2]
    old_site.deliver()

    page = old_site.browser("ada").get("/admin/outbox")
    assert [page.text_of(cell) for cell in page.classed("state")] == ["Done"]
    assert "2 of 2 texts; 1 could not be rendered and stay as they were" in page.words
    old_site.container.rerendering().ask(everything=True)
    assert "Render all texts anew" in ada.get("/admin/outbox").words
    ada.post("/settings/profile", {"theme": "auto", "language": "zh-Hans"})
    chinese = ada.get("/admin/outbox").words
    assert "重新渲染全部内容" in chinese
    assert "2篇帖子和评论中已完成2篇；1篇无法渲染，保持原样" in chinese
