"""The models of posts."""

from threading import Lock
from typing import Annotated, Any

from cachetools import LRUCache, cached
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from application.ports.posts import PostDetail
from domain.posts import BODY_LIMIT, TITLE_LIMIT
from domain.tags import TAG_LIMIT, TAGS_AT_MOST
from entrypoints.api.schemas.examples import ALONE, POST_ID, SUSAN
from entrypoints.api.schemas.fields import (
    NO_LINE_BREAK,
    SOMETHING,
    Answer,
    Count,
    Id,
    In,
    Instant,
    Length,
    Neighbour,
    Url,
    Urls,
    missing,
    name_of,
    text,
)
from entrypoints.links import elsewhere
from entrypoints.words import alerts_named

_TAGS = (
    f"At most {TAGS_AT_MOST}, each of 1 to {TAG_LIMIT} letters, digits and hyphens of any script. They are folded "
    "(NFKC, lower case), `#` before them is dropped, and each is there once."
)


def _title(description: str) -> Any:
    schema: JsonDict = {"anyOf": [{"type": "string", **text(TITLE_LIMIT, NO_LINE_BREAK)}, {"type": "null"}]}
    return Field(None, description=description, json_schema_extra=schema, examples=["A walk in the snow"])


def _tags(description: str) -> Any:
    return Field(default_factory=list, description=description, examples=[["snow", "walks"]])


class NewPost(In):
    model_config = ConfigDict(json_schema_extra={"required": ["body"]})

    body: str = missing("Markdown.", text(BODY_LIMIT, SOMETHING), "Hello, *world*.")
    title: str | None = _title("None, `null` and empty are the same.")
    tags: list[str] = _tags(f"{_TAGS} Without this field a post that is there keeps its tags.")


class PostChange(In):
    body: str = missing("Markdown.", text(BODY_LIMIT, SOMETHING), "Hello again.")
    title: str | None = _title("`null` takes the title away.")
    tags: list[str] = _tags(_TAGS)


class Post(Answer):
    id: Id
    url: Url
    web_url: Url
    title: str | None
    body: str
    body_html: str
    tags: list[str]
    timestamp: Instant
    edited_at: Instant | None
    version: Annotated[int, Field(ge=1)]
    author_url: Url | None
    author: str | None = Field(description="Username; null when the author has left.")
    comments_url: Url
    comment_count: Count
    like_count: Count
    liked: bool = Field(description="Whether I like it.")
    bookmarked: bool = Field(description="Whether I have bookmarked it.")
    comments_closed: bool = Field(description="Whether nobody may comment any more.")
    hidden: bool = Field(description="Whether a moderator hid it. Only its author and moderators get it then.")

    @classmethod
    def example(cls, urls: Urls) -> "Post":
        return post_of(
            urls,
            PostDetail(
                id=POST_ID,
                author=SUSAN,
                author_id=SUSAN.id,
                title="A walk in the snow",
                body="Hello, *world*.",
                tags=("snow", "walks"),
                body_html="<p>Hello, <em>world</em>.</p>\n",
                edited_at=None,
                version=1,
                comment_count=1,
                like_count=1,
                hidden_by=None,
                hidden_reason="",
                closed=False,
            ),
        )


# Of posts that are kept, for each process.
_CHARACTERS_AT_MOST = 2_000_000


class PostList(Answer):
    posts: list[Post]
    prev: Neighbour
    next: Neighbour
    count: Length

    @classmethod
    def example(cls, urls: Urls) -> "PostList":
        return cls(posts=[Post.example(urls)], **ALONE)


class BookmarkList(Answer):
    posts: list[Post]
    prev: Neighbour
    next: Neighbour

    @classmethod
    def example(cls, urls: Urls) -> "BookmarkList":
        bookmarked = Post.example(urls).model_copy(update={"bookmarked": True})
        return cls(posts=[bookmarked], prev=None, next=None)


@cached(LRUCache(_CHARACTERS_AT_MOST, getsizeof=lambda made: len(made.body) + len(made.body_html)), lock=Lock())
def post_of(urls: Urls, post: PostDetail) -> Post:
    """What a program gets of this record. It is kept by the record, so it is made once for all who get it."""
    url = f"{urls.api}/posts/{post.id}"
    return Post(
        id=str(post.id),
        url=url,
        web_url=f"{urls.web}/posts/{post.id}",
        title=post.title or None,
        body=post.body,
        body_html=alerts_named(elsewhere(post.body_html, post.id, urls.web)),
        tags=list(post.tags),
        timestamp=post.created_at,
        edited_at=post.edited_at,
        version=post.version,
        author_url=urls.user(post.author),
        author=name_of(post.author),
        comments_url=f"{url}/comments/",
        comment_count=post.comment_count,
        like_count=post.like_count,
        liked=post.liked,
        bookmarked=post.bookmarked,
        comments_closed=post.closed,
        hidden=post.hidden,
    )
