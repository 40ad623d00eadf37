"""Who watches which post."""

from typing import Protocol

from domain.watching import Watch


class Watches(Protocol):
    """One for each post and member."""

    def add(self, watch: Watch) -> bool:
        """False when this member watches the post already. Raises NotFound when the post or the account is gone."""

    def remove(self, post_id: int, account_id: int) -> bool:
        """False when this member does not watch the post."""

    def some_after(self, post_id: int, after_id: int, limit: int) -> list[tuple[int, int]]:
        """The ids of the next watches of this post, oldest first, each with its account."""

    def remove_some_of(self, account_id: int, limit: int) -> int:
        """Removes any of this member. How many that were."""
