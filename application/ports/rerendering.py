"""Posts, comments and the site alike, to be rendered anew."""

from typing import Protocol

from domain.comments import Comment
from domain.posts import Post
from domain.site import Site

Text = Post | Comment | Site


class RenderedTexts(Protocol):
    """The storage finds the texts of an older renderer without looking at the others."""

    def some_older(self, version: int, limit: int) -> list[Text]:
        """Some texts whose HTML is from a renderer before this version. Comments only when no post is left, and the
        site only when no comment is."""

    def some_after(self, after: int, limit: int) -> list[Text]:
        """The next texts by id, after this id."""

    def count_older(self, version: int, at_most: int, *, with_site: bool = True) -> int:
        """The number of texts whose HTML is from a renderer before this version. Counts no further than `at_most`.
        `with_site` is False in a schema of an older version, which has no table for the site."""

    def save(self, text: Text) -> bool:
        """Stores the HTML alone, and the version of its renderer. The version of the text stays. False when another
        version of the text was stored first, or when it is gone."""
