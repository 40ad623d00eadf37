"""Whatever members call themselves, a screen of any width shows all of their usernames."""

import pytest

from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.e2e.conftest import Browse, Member, Site, talk_with

pytestmark = [pytest.mark.browser, pytest.mark.sql]

NAMES = {
    "eve": "Ada Lovelace (ada)",
    "w" * 64: "W" * 64,
    "left": "שרה לוי בן־אהרון",
    "marks": "Z\u0301\u0321\u0355\u0353\u0300\u0321" * 9,
    "nameless": "",
}
# A username that is cut, covered, or outside of the screen.
LOST = """() => [...document.querySelectorAll("main .handle")].filter((handle) => {
    handle.scrollIntoView({block: "center"});
    return [...handle.getClientRects()].some((box) => {
        const points = [box.left + 1, box.left + box.width / 2, box.right - 1];
        return points.some((x) => {
            const seen = document.elementFromPoint(x, box.top + box.height / 2);
            return !seen || !(handle.contains(seen) || seen.contains(handle));
        });
    });
}).map((handle) => handle.textContent)"""
WIDER_THAN_THE_SCREEN = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def post(community: Site, member: Member) -> int:
    """With a comment of each of them, who all talk with the warden too."""
    container = Container(settings=load_settings(community.environment, None))
    member("warden", "Administrator")
    post_id = 0
    for name, called in NAMES.items():
        members = container.members()
        account_id = members.create(
            email=f"{name[:20]}@example.org", username=name, password="a horse, a battery", confirmed=True
        )
        members.edit_profile(actor_id=account_id, name=called)
        post_id = container.posts().publish(actor_id=account_id, title="", body="A post.")
        container.comments().write(actor_id=account_id, post_id=post_id, body="A comment.")
        container.following().follow(actor_id=account_id, username="ruud")
    for name in NAMES:
        actor = container.storage().people_feeds.profile(None, name).id
        container.comments().write(actor_id=actor, post_id=post_id, body="Another.")
    talk_with(community, "warden", *NAMES)
    container.storage().close()
    return post_id


@pytest.mark.parametrize("width", [320, 1280])
def test_a_username_is_never_cut_covered_or_pushed_out_of_sight(browse: Browse, post: int, width: int) -> None:
    page = browse("warden", "Administrator", viewport={"width": width, "height": 800})
    paths = ["/", f"/posts/{post}", "/@ruud/followers", "/moderation", "/moderation/log", "/admin/users"]
    paths += ["/notifications", "/bookmarks"]
    for path in [*paths, *(f"/@{name}" for name in NAMES)]:
        page.goto(path)
        assert page.locator("main .handle").count() > 0, path
        assert page.evaluate(LOST) == [], path
        assert not page.evaluate(WIDER_THAN_THE_SCREEN), path
