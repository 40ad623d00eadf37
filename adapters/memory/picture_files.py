"""The files of pictures in memory."""

import threading
from collections.abc import Mapping

from adapters.pictures.paths import picture_folder, stored_path
from domain.errors import NotFound


class MemoryPictureFiles:
    """The port `PictureFiles` for one process. It forgets all at its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[int, dict[str, bytes]] = {}

    def put(self, picture_id: int, files: Mapping[str, bytes]) -> None:
        for name in files:
            stored_path(picture_id, name)  # raises ValueError, as the other stores do
        with self._lock:
            self._pictures.setdefault(picture_id, {}).update(files)

    def get(self, picture_id: int, name: str) -> bytes:
        with self._lock:
            content = self._pictures.get(picture_id, {}).get(name)
        if content is None:
            raise NotFound()
        return content

    def has(self, picture_id: int, name: str) -> bool:
        with self._lock:
            return name in self._pictures.get(picture_id, {})

    def remove(self, picture_id: int) -> None:
        picture_folder(picture_id)
        with self._lock:
            self._pictures.pop(picture_id, None)

    def ids(self, after: int, limit: int) -> list[int]:
        with self._lock:
            return sorted(picture_id for picture_id in self._pictures if picture_id > after)[: max(0, limit)]

    def check(self) -> None:
        """There is always room."""
