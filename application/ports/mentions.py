"""Whom a text may mention."""

from collections.abc import Collection, Mapping
from typing import Protocol


class MentionFeeds(Protocol):
    def mentionable(self, author_id: int, keys: Collection[str]) -> Mapping[str, int]:
        """Whom a text of this author can mention by these usernames, present or former ones: account ids by
        `Username.key`. Not deleted members, nor anybody with a block between them and the author."""
