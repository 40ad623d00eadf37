"""What a search answers: posts or comments, as other lists have them, and no count."""

from typing import Any

from pydantic import Field

from entrypoints.api.schemas.comments import Comment
from entrypoints.api.schemas.fields import Answer, Neighbour, Urls
from entrypoints.api.schemas.posts import Post


class SearchList(Answer):
    posts: list[Post] | None = Field(default=None, description="Where posts are searched.")
    comments: list[Comment] | None = Field(default=None, description="Where comments are searched.")
    prev: Neighbour
    next: Neighbour

    def model_dump(self, *args: Any, **options: Any) -> dict[str, Any]:
        return super().model_dump(*args, **options, exclude=self._other())

    def model_dump_json(self, *args: Any, **options: Any) -> str:
        return super().model_dump_json(*args, **options, exclude=self._other())

    def _other(self) -> set[str]:
        return {"posts"} if self.posts is None else {"comments"}

    @classmethod
    def example(cls, urls: Urls) -> "SearchList":
        return cls(posts=[Post.example(urls)], prev=None, next=None)
