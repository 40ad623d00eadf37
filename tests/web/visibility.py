"""Who sees what where, as one table. A row is a surface, a column a state, a cell the readers who see the thing there.

The readers: a visitor, a member, a follower of the author, one who follows and mutes both authors, the author of the
comment, the author of the post, a Moderator and an Administrator.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from application.ports.paging import Window
from tests.api.client import program_of
from tests.web.site import Site

READERS = {"v": None, "m": "john", "f": "fay", "w": "wim", "c": "david", "p": "susan", "M": "mary", "A": "ada"}
TITLE, BODY, BELOW = "A marked title", "A marked body.", "A marked comment."

_POSTS = """
surface                  listed    hidden  hidden_by_all  deleted
first page               vmfcpMA   -       -              -
older posts              vmfcpMA   -       -              -
newer posts              vmfcpMA   -       -              -
timeline                 fp        -       -              -
search                   vmfcpMA   -       -              -
bookmarks                f         -       -              -
notifications            mfcpMA    -       -              -
person                   vmfwcpMA  -       -              -
tag                      vmfcpMA   -       -              -
post                     vmfwcpMA  pMA     pMA            -
who likes it             vmfwcpMA  pMA     pMA            -
og:                      vmfwcpMA  pMA     pMA            -
way on from an error     vmfcpMA   -       -              -
site feed                vmfwcpMA  -       -              -
atom of a person         vmfwcpMA  -       -              -
JSON feed of a person    vmfwcpMA  -       -              -
atom of a tag            vmfwcpMA  -       -              -
JSON feed of a tag       vmfwcpMA  -       -              -
title of a comment feed  vmfwcpMA  -       -              -
sitemap                  vmfwcpMA  -       -              -
suggestions              mcMA      -       -              -
own data                 p         p       p              -
API posts                mfcpMA    -       -              -
API posts of a person    mfwcpMA   -       -              -
API posts of a tag       mfcpMA    -       -              -
API search               mfcpMA    -       -              -
API bookmarks            f         -       -              -
API notifications        mfcpMA    p       -              -
mails of notifications   mfcpMA    -       -              -
API timeline             fp        -       -              -
API post                 mfwcpMA   pMA     pMA            -
count of all             mfwcpMA   -       -              -
count of a person        mfwcpMA   -       -              -
count of a tag           vmfwcpMA  -       -              -
mails                    -         -       -              -
moderation log           -         MA      -              -
form to report it        vmfwcMA   MA      MA             -
queue of cases           MA        MA      MA             MA
case                     MA        MA      MA             MA
"""

# The author of a hidden comment finds it in the notice about it, in the record, and on the page where they appeal.
_COMMENTS = """
surface                  listed    hidden    hidden_by_all  deleted  below_hidden  below_deleted
thread                   vmfwcpMA  MA        MA             -        pMA           -
address                  vmfwcpMA  vmfwcpMA  vmfwcpMA       -        pMA           -
comment feed             vmfwcpMA  -         -              -        -             -
search                   vmfcpMA   -         -              -        -             -
own data                 c         c         c              -        c             c
notifications            mfcpMA    -         -              -        -             -
API notifications        mfcpMA    c         -              -        -             -
mails of notifications   mfpMA     -         -              -        -             -
all comments             MA        MA        MA             -        -             -
comments of a person     vmfwcpMA  MA        MA             -        -             -
API search               mfcpMA    -         -              -        -             -
API comments             mfcpMA    MA        MA             -        -             -
API a person's comments  mfwcpMA   MA        MA             -        -             -
API thread               mfwcpMA   MA        MA             -        pMA           -
API comment              mfwcpMA   MA        MA             -        pMA           -
count of all             mfwcpMA   mfwcpMA   mfwcpMA        -        -             -
count of a person        mfwcpMA   mfwcpMA   mfwcpMA        -        -             -
mails                    -         c         -              -        -             -
moderation log           -         MA        -              -        -             -
form to report it        vmfwpMA   MA        MA             -        pMA           -
queue of cases           MA        MA        MA             MA       MA            MA
case                     MA        MA        MA             MA       MA            MA
appeal page              -         c         c              -        -             -
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """susan's post, david's comment below it, a case about each, and a post before and after. Both texts
    mention everybody, and fay likes them."""

    site: Site
    post_id: int
    comment_id: int
    before_id: int
    after_id: int
    post_case_id: int
    comment_case_id: int


def read(table: str) -> dict[str, dict[str, str]]:
    """By surface and state: the readers. A cell that is missing is an error."""
    head, *rows = filter(None, table.splitlines())
    states = head.split()[1:]
    found = {}
    for row in rows:
        name, cells = row[:25].strip(), row[25:].split()
        assert len(cells) == len(states), f"{name}: a cell is missing"
        assert all(cell == "-" or set(cell) <= set(READERS) for cell in cells), name
        found[name] = dict(zip(states, ("" if cell == "-" else cell for cell in cells), strict=True))
    return found


POSTS, COMMENTS = read(_POSTS), read(_COMMENTS)


def scene_on(site: Site) -> Scene:
    site.join("john")
    site.join("fay")
    site.join("wim")
    site.follow("fay", "susan")
    site.follow("wim", "susan")
    site.mute("wim", "susan")
    site.block("wim", "david")
    before_id = site.post("john")
    names = " ".join(f"@{name}" for name in READERS.values() if name)
    post_id = site.post("susan", f"{BODY}\n\n{names}", TITLE, tags=["soup"])
    comment_id = site.comment("david", post_id, f"{BELOW}\n\n{names}")
    site.like("fay", post_id)
    site.like_comment("fay", comment_id)
    for name in ("fay", "wim"):
        site.bookmark(name, post_id)
    after_id = site.post("john")
    reporting, cases = site.container.reporting(), site.container.cases()
    reporting.report_post(actor_id=site.members["john"], post_id=post_id, kind="other")
    reporting.report_comment(actor_id=site.members["john"], comment_id=comment_id, kind="other")
    mary = site.container.storage().session_feeds.reader(site.members["mary"], site.time)
    case_ids = {case.subject_id: case.id for case in cases.waiting(reader=mary, window=Window(9)).items}
    return Scene(
        site=site,
        post_id=post_id,
        comment_id=comment_id,
        before_id=before_id,
        after_id=after_id,
        post_case_id=case_ids[post_id],
        comment_case_id=case_ids[comment_id],
    )


def put(scene: Scene, thing: str, state: str) -> None:
    """Brings the post or the comment of a listed scene into this state."""
    container, ids = scene.site.container, scene.site.members
    moderation, posts, comments = container.moderation(), container.posts(), container.comments()
    match f"{thing} {state}":
        case "post hidden" | "comment below_hidden":
            moderation.hide_post(actor_id=ids["mary"], post_id=scene.post_id, reason="Not here.")
        case "post deleted" | "comment below_deleted":
            posts.delete(actor_id=ids["susan"], post_id=scene.post_id)
        case "comment hidden":
            moderation.hide(actor_id=ids["mary"], comment_id=scene.comment_id, reason="Not here.")
        case "post hidden_by_all" | "comment hidden_by_all":
            author = "susan" if thing == "post" else "david"
            container.hiding_all().hide_all(actor_id=ids["mary"], username=author, reason="Not here.")
            scene.site.deliver()
        case "comment deleted":
            comments.delete(actor_id=ids["david"], comment_id=scene.comment_id)
        case "post listed" | "comment listed":
            pass
        case unknown:
            raise AssertionError(f"nobody knows the state {unknown}")


def page(path: str, mark: str = TITLE, status: int = 200) -> Callable[[Scene, str | None], bool]:
    def is_seen(scene: Scene, name: str | None) -> bool:
        answer = scene.site.browser(name).get(_path(path, scene))
        return answer.status == status and mark in answer.text

    return is_seen


def api(path: str, mark: str = TITLE) -> Callable[[Scene, str | None], bool]:
    def is_seen(scene: Scene, name: str | None) -> bool:
        if name is None:
            return False
        own = path.replace("{own}", name)
        return mark.encode() in program_of(scene.site, name).get(_path(own, scene)).data

    return is_seen


def counted(path: str, field: str, least: int) -> Callable[[Scene, str | None], bool]:
    """Whether it is among those that are counted."""

    def is_seen(scene: Scene, name: str | None) -> bool:
        return name is not None and program_of(scene.site, name).get(_path(path, scene)).json[field] >= least

    return is_seen


def _path(path: str, scene: Scene) -> str:
    names = ("post_id", "comment_id", "before_id", "after_id", "post_case_id", "comment_case_id")
    ids = {name: getattr(scene, name) for name in names}
    return path.format(**ids, next=scene.post_id + 1)


def _in_head(scene: Scene, name: str | None) -> bool:
    metas = scene.site.browser(name).get(f"/posts/{scene.post_id}").all(".//meta[@property='og:title']")
    return any(meta.get("content") == TITLE for meta in metas)


def _in_own_data(mark: str) -> Callable[[Scene, str | None], bool]:
    def is_seen(scene: Scene, name: str | None) -> bool:
        if name is None:
            return False
        scene.site.pass_time(days=2)
        content = scene.site.browser(name).get("/settings/account/data.zip").data
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(mark.encode() in archive.read(file) for file in archive.namelist())

    return is_seen


def _in_mails(mark: str) -> Callable[[Scene, str | None], bool]:
    def is_seen(scene: Scene, name: str | None) -> bool:
        scene.site.deliver()
        letters = scene.site.postbox.to(f"{name}@example.com")
        return any(mark in letter.text for letter in letters if not letter.unsubscribe)

    return is_seen


def _in_bundles(mark: str) -> Callable[[Scene, str | None], bool]:
    """In the mails that members can switch off."""

    def is_seen(scene: Scene, name: str | None) -> bool:
        scene.site.pass_time(minutes=11)
        scene.site.container.bundling().look()
        scene.site.deliver()
        letters = scene.site.postbox.to(f"{name}@example.com")
        return any(mark in letter.text for letter in letters if letter.unsubscribe)

    return is_seen


def _told_of(url: str) -> Callable[[Scene, str | None], bool]:
    """Whether a program is told of the thing with this path."""

    def is_seen(scene: Scene, name: str | None) -> bool:
        if name is None:
            return False
        found = program_of(scene.site, name).get("/notifications/").json["notifications"]
        urls = {each[field] or "" for each in found for field in ("post_url", "comment_url")}
        return any(each.endswith(_path(url, scene)) for each in urls)

    return is_seen


def _in_queue(mark: str) -> Callable[[Scene, str | None], bool]:
    """Among the cases that wait, or those that are settled."""

    def is_seen(scene: Scene, name: str | None) -> bool:
        browser = scene.site.browser(name)
        pages = [browser.get(path) for path in ("/moderation", "/moderation?state=settled")]
        return any(page.status == 200 and mark in page.text for page in pages)

    return is_seen


def _suggested(scene: Scene, name: str | None) -> bool:
    return name is not None and "/@susan/follow" in scene.site.browser(name).get("/following").text


def _redirected(scene: Scene, name: str | None) -> bool:
    return scene.site.browser(name).get(f"/comments/{scene.comment_id}").status == 303


def _on_appeal_page(scene: Scene, name: str | None) -> bool:
    """The page of what was decided about the author of the comment."""
    record = scene.site.browser("david").get("/settings/record")
    pages = [scene.site.browser(name).get(link) for link in record.links if link.startswith("/appeals/")]
    return any(BELOW in page.text for page in pages)


ON_POSTS: dict[str, Callable[[Scene, str | None], bool]] = {
    "first page": page("/"),
    "older posts": page("/?before={after_id}"),
    "newer posts": page("/?after={before_id}"),
    "timeline": page("/following"),
    "search": page("/search?q=body"),
    "bookmarks": page("/bookmarks"),
    "notifications": page("/notifications"),
    "person": page("/@susan"),
    "tag": page("/tags/soup"),
    "post": page("/posts/{post_id}", BODY),
    "who likes it": page("/posts/{post_id}/likes"),
    "og:": _in_head,
    "way on from an error": page("/nowhere", status=404),
    "site feed": page("/feed.atom"),
    "atom of a person": page("/@susan/feed.atom"),
    "JSON feed of a person": page("/@susan/feed.json"),
    "atom of a tag": page("/tags/soup/feed.atom"),
    "JSON feed of a tag": page("/tags/soup/feed.json"),
    "title of a comment feed": page("/posts/{post_id}/feed.atom"),
    "sitemap": lambda scene, name: str(scene.post_id) in _sitemaps(scene, name),
    "suggestions": _suggested,
    "own data": _in_own_data(BODY),
    "API posts": api("/posts/"),
    "API posts of a person": api("/users/susan/posts/"),
    "API posts of a tag": api("/tags/soup/posts/"),
    "API search": api("/search/?q=body"),
    "API bookmarks": api("/me/bookmarks/"),
    "API notifications": _told_of("/posts/{post_id}"),
    "mails of notifications": _in_bundles(TITLE),
    "API timeline": api("/users/{own}/timeline/"),
    "API post": api("/posts/{post_id}"),
    "count of all": counted("/posts/", "count", 3),
    "count of a person": counted("/users/susan", "post_count", 1),
    "count of a tag": page("/tags", "soup"),
    "mails": _in_mails(BODY),
    "moderation log": page("/moderation/log", BODY),
    "form to report it": page("/posts/{post_id}/report", BODY),
    "queue of cases": _in_queue(BODY),
    "case": page("/moderation/cases/{post_case_id}", BODY),
}
ON_COMMENTS: dict[str, Callable[[Scene, str | None], bool]] = {
    "thread": page("/posts/{post_id}", BELOW),
    "address": _redirected,
    "comment feed": page("/posts/{post_id}/feed.atom", BELOW),
    "search": page("/search?q=from:david&in=comments", BELOW),
    "own data": _in_own_data(BELOW),
    "notifications": page("/notifications", BELOW),
    "API notifications": _told_of("/comments/{comment_id}"),
    "mails of notifications": _in_bundles(BELOW),
    "all comments": page("/moderation/comments", BELOW),
    "comments of a person": page("/@david/comments", BELOW),
    "API search": api("/search/?q=from:david&in=comments", BELOW),
    "API comments": api("/comments/", BELOW),
    "API a person's comments": api("/users/david/comments/", BELOW),
    "API thread": api("/posts/{post_id}/comments/", BELOW),
    "API comment": api("/comments/{comment_id}", BELOW),
    "count of all": counted("/comments/", "count", 1),
    "count of a person": counted("/users/david", "comment_count", 1),
    "mails": _in_mails(BELOW),
    "moderation log": page("/moderation/log", BELOW),
    "form to report it": page("/comments/{comment_id}/report", BELOW),
    "queue of cases": _in_queue(BELOW),
    "case": page("/moderation/cases/{comment_case_id}", BELOW),
    "appeal page": _on_appeal_page,
}


def _sitemaps(scene: Scene, name: str | None) -> str:
    browser = scene.site.browser(name)
    index = browser.get("/sitemap.xml").text
    parts = [part.partition("</loc>")[0] for part in index.split("<loc>")[1:]]
    return "".join(browser.get(f"/{part.partition('://')[2].partition('/')[2]}").text for part in parts)


def seen(scene: Scene, surface: Callable[[Scene, str | None], bool]) -> str:
    return "".join(letter for letter, name in READERS.items() if surface(scene, name))
