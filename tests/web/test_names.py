"""A member's name leads to them, wherever it stands."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.web.addresses import LOOKS, set_scene
from tests.web.browser import Page
from tests.web.site import PASSWORD, Site

# Elements that hold a name.
NAMING = {"who", "handle", "called"}
# No link may stand in these, or nobody reads their text.
CLOSED = {"a", "button", "summary", "option", "textarea", "title", "script", "style", "template", "label"}
# What stands where a name would, and leads nowhere.
ALONE = {
    "command line": "it is no member",
    "deleted member": "there is no page of theirs any more",
    "a deleted member": "there is no page of theirs any more",
    "Thank you, @mary.": "to moderators, the beginning of a text is shown as it was typed",
}


def unlinked(page: Page, members: set[str]) -> Iterator[str]:
    """The names of members that stand outside a link, each with the words around it. Whom a page is about need not be
    linked on it: its heading has the name, and the links to the other pages about them stand below."""
    names = {name for name in members if not {name, f"@{name}"} & set(page.path.split("/"))}
    mention = re.compile(rf"@(?:{'|'.join(sorted(names))})\b")
    about = {f"@{name}" for name in members - names}

    def walk(element: Element) -> Iterator[str]:
        classes = set(element.get("class", "").split())
        if element.tag in CLOSED or "unseen" in classes:
            return
        if classes & NAMING and element.find(".//a") is None:
            if not about & set(Page.text_of(element).split()):
                yield Page.text_of(element)
            return
        if any(mention.search(text) for text in (element.text, *(child.tail for child in element)) if text):
            yield Page.text_of(element)
        for child in element:
            yield from walk(child)

    for body in page.all("body"):
        yield from walk(body)


def lively(site: Site) -> list[str]:
    """The pages of a site where much has happened, also to somebody who has left."""
    site.join("gone")
    post_id = site.post("gone", "Soup, to remember me by.")
    site.comment("gone", post_id)
    site.comment("susan", post_id, "Thank you, @mary.")
    site.container.leaving().leave(actor_id=site.members.pop("gone"), password=PASSWORD, posts="keep")
    site.deliver()
    scene = set_scene(site, "susan")
    looks = [look.path.format(**vars(scene)) for look in LOOKS.values()]
    return [
        *("/", "/people", "/people?q=su", "/about", "/tags", "/tags/soup", "/search?q=soup"),
        *("/search?q=with&in=comments", "/search?q=remember", "/welcome", "/nowhere", f"/posts/{post_id}"),
        *("/@susan", "/@susan/comments", "/@susan/followers", "/@susan/following", "/@nora", "/@erik/followers"),
        *(f"/posts/{scene.post_id}", f"/posts/{scene.hidden_post_id}", f"/posts/{scene.closed_post_id}"),
        *(f"/posts/{scene.liked_post_id}", f"/posts/{scene.liked_post_id}/likes"),
        *("/admin", "/moderation?state=settled", "/moderation?about=susan", "/moderation/log?by=mary"),
        *("/moderation/people/susan", "/moderation/people/david", "/moderation/people/wilma"),
        *(path for path in looks if not path.endswith(".zip")),
    ]


def test_every_name_on_a_lively_site_leads_to_its_member(site: Site) -> None:
    paths = lively(site)
    members = set(site.members)
    found: dict[str, set[str]] = {}
    for name in (None, "susan", "mary", "ada"):
        browser = site.browser(name)
        for path in paths:
            page = browser.get(path)
            for words in unlinked(page, members):
                found.setdefault(words, set()).add(f"{path} {name}")
            assert not [link for link in page.links if "/gone" in link or "@gone" in link], path

    assert {words: sorted(where) for words, where in found.items() if words not in ALONE} == {}
    assert "deleted member" in found
