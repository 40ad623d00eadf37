"""The models of tags."""

from urllib.parse import quote

from pydantic import Field

from application.ports.tags import TagCard
from entrypoints.api.schemas.examples import ALONE
from entrypoints.api.schemas.fields import Answer, Count, Length, Neighbour, Url, Urls


class Tag(Answer):
    name: str = Field(examples=["snow"])
    url: Url = Field(description="Its posts.")
    web_url: Url
    post_count: Count = Field(description="Posts that are hidden or deleted do not count.")

    @classmethod
    def example(cls, urls: Urls) -> "Tag":
        return tag_of(urls, TagCard("snow", 1))


class TagList(Answer):
    tags: list[Tag]
    prev: Neighbour
    next: Neighbour
    count: Length

    @classmethod
    def example(cls, urls: Urls) -> "TagList":
        return cls(tags=[Tag.example(urls)], **ALONE)


def tag_of(urls: Urls, tag: TagCard) -> Tag:
    path = f"/tags/{quote(tag.name)}"
    return Tag(name=tag.name, url=f"{urls.api}{path}/posts/", web_url=f"{urls.web}{path}", post_count=tag.post_count)
