"""What a page says to search engines, held to the words of schema.org; and the web app manifest, held to its schema.

tests/corpora/schema-org.json has the properties of the types that pages use, and what may be their values. It is made
from schema-dts (Apache License 2.0). web-manifest.json is that of SchemaStore (Apache License 2.0).
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.web.browser import Page
from tests.web.site import BASE_URL, PASSWORD, Site

CORPORA = Path(__file__).parents[1] / "corpora"
VOCABULARY: dict[str, dict[str, Any]] = json.loads((CORPORA / "schema-org.json").read_text())
MANIFEST_SCHEMA = json.loads((CORPORA / "web-manifest.json").read_text())
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def faults(thing: Mapping[str, Any], allowed: tuple[str, ...] = ("Thing",), place: str = "") -> Iterator[str]:
    """What schema.org does not know, or not there."""
    types = [thing["@type"]] if isinstance(thing["@type"], str) else thing["@type"]
    known = [VOCABULARY[name] for name in types]
    if not any(set(each["is_a"]) & set(allowed) for each in known):
        yield f"{place}: {types} is none of {allowed}"
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        ranges = {name_of_range for each in known for name_of_range in each["properties"].get(name, ())}
        if not ranges:
            yield f"{place}.{name}: no such property"
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                yield from faults(each, tuple(ranges), f"{place}.{name}")
            elif not fits(each, ranges):
                yield f"{place}.{name}: {each!r} is none of {sorted(ranges)}"


def fits(value: object, ranges: set[str]) -> bool:
    if isinstance(value, int):
        return bool(ranges & {"Integer", "Number"})
    text = str(value)
    is_url = text.startswith(("https://", BASE_URL))
    # Another thing may stand there by its address.
    things = ranges - {"Text", "URL", "Date", "DateTime", "Integer", "Number"}
    if "Text" in ranges or (is_url and ("URL" in ranges or things)):
        return True
    return "DateTime" in ranges and INSTANT.fullmatch(text) is not None


def data_of(page: Page) -> Any:
    (script,) = page.all(".//script[@type='application/ld+json']")
    return json.loads(script.text or "")


def test_the_vocabulary_finds_what_is_wrong() -> None:
    person = {"@type": "Person", "name": "Susan", "author": "Susan", "image": "nowhere"}
    post = {
        "@type": "BlogPosting",
        "author": {"@type": "Place"},
        "datePublished": "yesterday",
        "commentCount": "1",
    }

    assert {fault.partition(":")[0] for fault in faults(person)} == {".author", ".image"}
    assert {fault.partition(":")[0] for fault in faults(post)} == {".author", ".commentCount", ".datePublished"}


@pytest.mark.parametrize("title", ["A soup", ""])
def test_a_post_is_a_blog_posting_and_a_discussion(site: Site, title: str) -> None:
    site.container.members().edit_profile(actor_id=site.members["susan"], name="Susan </script> O'Neil")
    post_id = site.post("susan", "With </script><script>alert(1)</script> *leeks*, & hope.", title=title)
    site.comment("david", post_id)
    site.like("david", post_id)

    data = data_of(site.browser().get(f"/posts/{post_id}"))

    assert list(faults(data, ("BlogPosting",))) == []
    assert list(faults({**data, "@type": "DiscussionForumPosting"}, ("DiscussionForumPosting",))) == []
    assert data["url"] == f"{BASE_URL}/posts/{post_id}"
    text = "With </script><script>alert(1)</script> leeks, & hope."
    assert data["text"] == text
    assert data["headline"] == (title or text)
    assert data["author"]["name"] == "Susan </script> O'Neil"
    assert data["author"]["url"] == f"{BASE_URL}/@susan"
    assert data["datePublished"] == "2026-03-01T12:01:00Z"
    assert "dateModified" not in data
    assert [each["userInteractionCount"] for each in data["interactionStatistic"]] == [1, 1]


def test_an_edited_post_and_one_of_a_deleted_member_are_described_too(site: Site) -> None:
    post_id = site.post("david", "雨下了一夜，书都潮了。")
    site.container.posts().edit(actor_id=site.members["david"], post_id=post_id, title="雨")
    site.container.leaving().leave(actor_id=site.members["david"], password=PASSWORD, posts="keep")

    data = data_of(site.browser().get(f"/posts/{post_id}"))

    assert list(faults(data, ("BlogPosting",))) == []
    assert data["author"] == {"@type": "Person", "name": "deleted member"}
    assert data["dateModified"] == "2026-03-01T12:01:00Z"
    assert data["inLanguage"] == "zh"


def test_a_person_has_a_profile_page(site: Site) -> None:
    site.container.members().edit_profile(
        actor_id=site.members["susan"], name="Susan", location="Delft", about_me="I cook.\nAnd read."
    )
    site.post("susan")
    site.follow("david", "susan")

    data = data_of(site.browser().get("/@susan"))

    assert list(faults(data, ("ProfilePage",))) == []
    person = data["mainEntity"]
    assert (person["name"], person["alternateName"], person["description"]) == ("Susan", "@susan", "I cook.\nAnd read.")
    assert person["interactionStatistic"][0]["userInteractionCount"] == 1
    assert person["agentInteractionStatistic"][0]["userInteractionCount"] == 1
    assert list(faults(data_of(site.browser().get("/@david")), ("ProfilePage",))) == []


def test_members_get_none_of_it(site: Site) -> None:
    post_id = site.post("susan")
    for path in (f"/posts/{post_id}", "/@susan"):
        assert "ld+json" not in site.browser("susan").get(path).text


def test_the_manifest_keeps_its_schema_and_its_icons_are_there(site: Site) -> None:
    visitor = site.browser()
    (link,) = visitor.get("/").all(".//link[@rel='manifest']")

    answer = visitor.get(str(link.get("href")))

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/manifest+json")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    etag = str(answer.headers["ETag"])
    assert visitor.get("/manifest.webmanifest", headers={"If-None-Match": etag}).status == 304
    manifest = json.loads(answer.data)
    jsonschema_rs.validate(MANIFEST_SCHEMA, manifest)
    assert (manifest["name"], manifest["start_url"], manifest["scope"]) == ("Chapbook", "/", "/")
    # What a browser asks for before it offers to install the site.
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert {"any", "maskable"} == {icon["purpose"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        file = visitor.get(icon["src"])
        assert file.status == 200
        assert file.headers["Content-Type"].partition(";")[0] == icon["type"]
        if icon["type"] == "image/png":
            assert icon["sizes"] == "{}x{}".format(*(int.from_bytes(file.data[at : at + 4], "big") for at in (16, 20)))
