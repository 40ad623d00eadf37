"""Pages of which parts are kept: they are what a new process would say, to each reader, at once."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask, template_rendered

from domain.roles import Role
from entrypoints.app import create_app
from tests.web.browser import Browser, Page
from tests.web.site import PASSWORD, Site

READERS = (None, "susan", "david", "mary", "ada", "ulla")
LANGUAGES = ("en", "zh-Hans")
# They differ from session to session, and from form to form.
_PRIVATE = re.compile(r'(?<=name="csrf_token" value=")[^"]*|(?<=name="once" value=")[^"]*')


@pytest.fixture
def lively(free_site: Site) -> tuple[Site, list[str]]:
    """A site with one of each that a page shows, and the paths of its pages."""
    site = free_site
    post = site.post("susan", "Soup, with *leeks*.\n\n" + "Word. " * 200, title="Leeks", tags=["soup"])
    other = site.post("david", "Bread.", tags=["soup"])
    comment = site.comment("david", post)
    site.comment("susan", post, "Yes.")
    site.hide("mary", site.comment("david", post, "Not about soup."))
    site.like("david", post)
    site.like_comment("susan", comment)
    site.bookmark("david", post)
    site.mute("ada", "david")
    site.follow("david", "susan")
    site.watch("david", post)
    paths = ["/", f"/posts/{post}", f"/posts/{other}", "/@susan", "/@david", "/@david/comments", "/tags/soup"]
    return site, [*paths, "/tags", "/people", "/@susan/followers", "/feed.atom", "/feed.json", "/sitemap.xml"]


def browsers(site: Site, app: Flask | None = None) -> dict[tuple[str | None, str], Browser]:
    found = {}
    for name in READERS:
        for language in LANGUAGES:
            browser = Browser(app or site.app, base_url=site.settings.base_url, headers={"Accept-Language": language})
            if name is not None:
                browser.sign_in(f"{name}@example.com", PASSWORD)
                browser.get("/")  # which greets once
                browser.post("/settings/display", {"language": language, "theme": "auto"})
                browser.get("/")
            found[name, language] = browser
    return found


def said(page: Page) -> str:
    return _PRIVATE.sub("", page.text)


@contextmanager
def rendering(site: Site) -> Iterator[list[str]]:
    """The templates that are rendered in this time."""
    names: list[str] = []

    def note(_app: object, template: object, **_: object) -> None:
        names.append(str(template))

    with ExitStack() as at_the_end:
        template_rendered.connect(note, site.app)
        at_the_end.callback(template_rendered.disconnect, note, site.app)
        yield names


def test_a_page_with_kept_parts_is_what_a_new_process_says(lively: tuple[Site, list[str]]) -> None:
    site, paths = lively
    for language in LANGUAGES:
        warm, cold = browsers(site), browsers(site, create_app(site.container))
        visits = [(name, path) for name in READERS for path in paths]
        random.Random(1).shuffle(visits)
        for name, path in visits:
            kept = [warm[name, language].get(path) for _ in range(2)]
            fresh = cold[name, language].get(path)
            assert {page.status for page in (*kept, fresh)} == {200}, (name, path)
            assert said(kept[0]) == said(kept[1]) == said(fresh), (name, language, path)


def test_no_page_has_the_token_of_another_member(lively: tuple[Site, list[str]]) -> None:
    site, paths = lively
    signed_in = {name: site.browser(name) for name in READERS if name is not None}
    seen: dict[str, set[str]] = {}
    for path in paths[:7]:
        for name, browser in signed_in.items():
            tokens = set(re.findall(r'name="csrf_token" value="([^"]*)"', browser.get(path).text))
            assert len(tokens) == 1, (name, path)
            seen.setdefault(name, set()).update(tokens)
    assert len(set.union(*seen.values())) == len(signed_in)
    for path in paths[:7]:
        assert "csrf_token" not in site.browser().get(path).text, path


def test_each_form_has_a_key_of_its_own(lively: tuple[Site, list[str]]) -> None:
    site, _ = lively
    susan = site.browser("susan")

    keys = {susan.get("/").form("/posts")["once"] for _ in range(3)}

    assert len(keys) == 3


def test_a_304_renders_nothing(lively: tuple[Site, list[str]]) -> None:
    site, paths = lively
    for name in READERS:
        browser = site.browser(name)
        browser.get("/")
        tags = {path: str(browser.get(path).etag) for path in paths}
        with rendering(site) as rendered:
            for path, tag in tags.items():
                assert browser.get(path, headers={"If-None-Match": tag}).status == 304, (name, path)
        assert rendered == []


def test_another_process_takes_the_same_page_for_unchanged(lively: tuple[Site, list[str]]) -> None:
    site, paths = lively
    visitor, elsewhere = site.browser(), Browser(create_app(site.container), base_url=site.settings.base_url)

    for path in paths:
        tag = str(visitor.get(path).etag)
        assert elsewhere.get(path, headers={"If-None-Match": tag}).status == 304, path


@pytest.mark.parametrize(
    "change",
    [
        lambda site, post, _: site.like("mary", post),
        lambda site, post, _: site.comment("mary", post),
        lambda site, post, _: site.container.posts().edit(
            actor_id=site.members["susan"], post_id=post, title="Leeks", body="Other words.", tags=None, version=None
        ),
        lambda site, _, __: site.container.members().edit_profile(actor_id=site.members["susan"], name="Susan S."),
        lambda site, _, __: site.container.members().set_standing(username="susan", role=Role.MODERATOR),
        lambda site, _, comment: site.like_comment("mary", comment),
        lambda site, _, comment: site.hide("mary", comment),
        lambda site, post, _: site.container.posts().delete(actor_id=site.members["susan"], post_id=post, reason=""),
    ],
    ids=["like", "comment", "edit", "name", "role", "like of a comment", "hiding", "deleting"],
)
def test_a_change_is_on_the_next_page_of_everybody(free_site: Site, change: Callable[[Site, int, int], object]) -> None:
    site = free_site
    post = site.post("susan", "Soup.", title="Leeks")
    comment = site.comment("david", post)
    readers = [site.browser(name) for name in READERS]
    paths = ("/", f"/posts/{post}")
    for browser in readers:
        browser.get("/")
    before = [[said(browser.get(path)) for path in paths] for browser in readers]

    change(site, post, comment)

    for browser, earlier in zip(readers, before, strict=True):
        assert [said(browser.get(path)) for path in paths] != earlier
    again = Browser(create_app(site.container), base_url=site.settings.base_url)
    for path in paths:
        assert said(readers[0].get(path)) == said(again.get(path))


def test_a_moderator_is_offered_the_rules_as_they_are_now(free_site: Site) -> None:
    site = free_site
    site.comment("david", post := site.post("susan"))
    mary = site.browser("mary")
    mary.get("/")
    assert "Be kind" not in mary.get(f"/posts/{post}").text

    site.container.site().change(actor=None, typed={"rules": "1. Be kind"})

    assert mary.get(f"/posts/{post}").text.count("Be kind") >= 2
    assert "Be kind" not in site.browser("susan").get(f"/posts/{post}").text
