"""The store of the files of pictures."""

from collections.abc import Mapping
from typing import Protocol


class PictureFiles(Protocol):
    """Files by picture and name, such as `640.webp`. A file never changes. All methods raise TryAgain when the store
    does not answer. `put` raises StoreFull when it has no room."""

    def put(self, picture_id: int, files: Mapping[str, bytes]) -> None:
        """Stores all of them. They are durable when it returns. It may be called again with the same files."""

    def get(self, picture_id: int, name: str) -> bytes:
        """Raises NotFound."""

    def has(self, picture_id: int, name: str) -> bool:
        """Whether `get` would find it."""

    def remove(self, picture_id: int) -> None:
        """Removes all files of a picture. It may have none."""

    def ids(self, after: int, limit: int) -> list[int]:
        """The pictures that have files, by id, after this one. A put that was cut short counts."""

    def check(self) -> None:
        """Raises StorageFault when pictures cannot be stored there: its code and `where` say why."""
