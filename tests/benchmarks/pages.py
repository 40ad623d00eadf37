"""The pages that the benchmark asks for, and which page of the hand-made program does the same read.

A path names facts of the community in braces (`finding.Facts`). A goal is a share of the hand-made page; for a page
that has not changed (304), it is a share of the smallest page of Flask.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`member` is the fact that names who is signed in. `limit` is the path of the hand-made page. `is_api` sends a
    token in place of a cookie."""

    name: str
    title: str
    path: str
    member: str = ""
    limit: str = ""
    goal: float | None = None
    is_api: bool = False
    gzip: bool = False
    writes: bool = False
    unchanged: bool = False


_READ = (
    Page(name="home", title="`/`", path="/", limit="/", goal=0.75),
    Page(name="home-gzip", title="`/`, compressed", path="/", limit="/", gzip=True),
    Page(name="home-member", title="`/`, signed in", path="/", member="many", limit="/", goal=0.6),
    Page(
        name="following",
        title="`/following`, 200",
        path="/following",
        member="many",
        limit="/following",
        goal=0.6,
    ),
    Page(
        name="following-few",
        title="`/following`, 10",
        path="/following",
        member="few",
        limit="/following-few",
        goal=0.6,
    ),
    Page(name="following-lots", title="`/following`, most", path="/following", member="lots", limit="/following"),
    Page(name="following-silent", title="`/following`, only silent", path="/following", member="silent"),
    Page(name="following-nobody", title="`/following`, nobody", path="/following", member="nobody"),
    Page(name="deep", title="a deep page", path="/?before={deep}", limit="/?before={deep}", goal=0.7),
    Page(name="post", title="a post, 30 comments", path="/posts/{post}", limit="/posts/{post}", goal=0.6),
    Page(
        name="post-member",
        title="a post, signed in",
        path="/posts/{post}",
        member="many",
        limit="/posts/{post}",
        goal=0.6,
    ),
    Page(name="person", title="a person", path="/@{person}", limit="/@{person}", goal=0.6),
    Page(
        name="person-member",
        title="a person, signed in",
        path="/@{person}",
        member="many",
        limit="/@{person}",
        goal=0.6,
    ),
    Page(
        name="api-list",
        title="API, list of 20",
        path="/api/v1/posts/",
        member="many",
        is_api=True,
        limit="/api/v1/posts/",
        goal=0.7,
    ),
    Page(
        name="api-timeline",
        title="API, timeline",
        path="/api/v1/users/{many}/timeline/",
        member="many",
        is_api=True,
        limit="/api/v1/timeline/{many_id}",
        goal=0.7,
    ),
)
_SAME = ("home", "home-member", "following", "deep", "post", "post-member", "person", "person-member", "api-list")
_UNCHANGED = tuple(
    replace(
        page,
        name=f"{page.name}-304",
        title=f"304: {page.title}",
        limit="/unchanged",
        goal=0.28 if page.member else 0.5,
        unchanged=True,
    )
    for page in _READ
    if page.name in _SAME
)
_OTHERS = (
    Page(name="feed", title="a feed of 20 (Atom)", path="/feed.atom"),
    Page(name="feed-json", title="a feed of 20 (JSON)", path="/feed.json"),
    Page(name="sitemap", title="the sitemap's index", path="/sitemap.xml"),
    Page(name="sitemap-part", title="a part of the sitemap", path="{sitemap_part}"),
    Page(name="tag", title="a tag", path="/tags/{tag}"),
    Page(name="comments-of", title="a person's comments", path="/@{person}/comments"),
    Page(name="notifications", title="notifications", path="/notifications", member="person"),
    Page(name="search", title="search", path="/search?q={word}"),
    Page(name="case", title="a case of moderation", path="/moderation/cases/{case}", member="moderator"),
)
_WRITES = (
    Page(
        name="api-post",
        title="API, POST of 1 kB",
        path="/api/v1/posts/",
        member="moderator",
        is_api=True,
        limit="/api/v1/posts/",
        writes=True,
    ),
)
PAGES = (*_READ, *_UNCHANGED, *_OTHERS, *_WRITES)


def chosen(names: str) -> list[Page]:
    """All of them, or those that are named, with commas between them. Raises ValueError for an unknown name."""
    if not names:
        return list(PAGES)
    by_name = {page.name: page for page in PAGES}
    unknown = [name for name in names.split(",") if name not in by_name]
    if unknown:
        raise ValueError(f"There is no page {', '.join(unknown)}. There are: {', '.join(by_name)}.")
    wanted = set(names.split(","))
    return [page for page in PAGES if page.name in wanted]
