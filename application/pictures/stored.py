"""Which pictures have files in a store."""

from application.ports.pictures.files import PictureFiles
from domain.ids import LARGEST

_PAGE = 1_000


class StoredPictures:
    """The ids of the pictures that have files in a store. Ask for them in ascending order: one page of ids is held at a
    time."""

    def __init__(self, files: PictureFiles) -> None:
        self._files = files
        self._page: list[int] = []
        self._known_up_to = 0

    def __contains__(self, picture_id: int) -> bool:
        while self._known_up_to < picture_id:
            self._page = self._files.ids(max(self._known_up_to, picture_id - 1), _PAGE)
            self._known_up_to = self._page[-1] if len(self._page) == _PAGE else LARGEST
        return picture_id in self._page
