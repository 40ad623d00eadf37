"""Bookmarks in the storage, and the list of their member."""

from typing import Protocol

from application.ports.paging import Page, Window
from application.ports.posts import PostCard, PostDetail
from domain.bookmarks import Bookmark
from domain.roles import Reader


class Bookmarks(Protocol):
    """One for each member and post."""

    def add(self, bookmark: Bookmark) -> bool:
        """False when there is one already. Raises NotFound when the post or the account is gone."""

    def remove(self, account_id: int, post_id: int) -> bool:
        """False when there is no such bookmark."""

    def remove_some_of(self, account_id: int, limit: int) -> int:
        """Removes any of this member. How many that were."""


class BookmarkFeeds(Protocol):
    """Only their member sees them. The newest bookmark comes first, and its id is the cursor. Posts that are hidden or
    deleted, and those of whom the reader mutes, are left out. A page may have fewer items than its size, or none, and
    still have a next one."""

    def posts(self, reader: Reader, window: Window) -> Page[PostCard]: ...
    def whole_posts(self, reader: Reader, window: Window) -> Page[PostDetail]:
        """For the API."""
