"""The files of pictures on their way: out of one store in parts, and into another one."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from application.moving.lines import BadLine
from application.pictures.stored import StoredPictures
from application.ports.moving.pictures import PictureFileRecord, PictureRecord
from application.ports.pictures.files import PictureFiles
from application.ports.work import UnitOfWork
from domain.errors import NotFound, TryAgain
from domain.pictures import Picture, file_names

# Bytes of a file in one line.
PART = 1024 * 1024


@dataclass(slots=True)
class LeavingFiles:
    """Reads the files of pictures, one at a time. `missing` counts the pictures of which a file was not there."""

    files: PictureFiles
    missing: int = 0

    def count(self, work: UnitOfWork) -> int:
        pictures = work.records.read(PictureRecord)
        return sum(len(file_names(each.width, portrait=each.portrait)) for each in pictures)

    def read(self, work: UnitOfWork) -> Iterator[PictureFileRecord]:
        for picture in work.records.read(PictureRecord):
            is_whole = True
            for name in file_names(picture.width, portrait=picture.portrait):
                try:
                    content = self.files.get(picture.id, name)
                except NotFound:
                    is_whole = False
                else:
                    yield from _parts(picture.id, name, content)
            self.missing += not is_whole


def _parts(picture_id: int, name: str, content: bytes) -> Iterator[PictureFileRecord]:
    for part, start in enumerate(range(0, max(len(content), 1), PART)):
        encoded = base64.b64encode(content[start : start + PART]).decode()
        yield PictureFileRecord(picture_id=picture_id, name=name, part=part, content=encoded)


@dataclass(slots=True)
class ArrivingFiles:
    """Puts the parts of files together, and stores those of one picture in one go: it holds no more than that. Lines
    come sorted. With an error it removes what it has stored, unless that is to be kept."""

    files: PictureFiles
    # The pictures that had no files in this store before.
    _stored: list[int] = field(default_factory=list)
    _picture: Picture | None = None
    _held: dict[str, bytearray] = field(default_factory=dict)
    _next_part: int = 0
    _is_kept: bool = False
    _there: StoredPictures = field(init=False)

    def __post_init__(self) -> None:
        self._there = StoredPictures(self.files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None or self._is_kept:
            return
        # What the store does not remove stays there until the same file is imported again.
        for picture_id in self._stored:
            with suppress(TryAgain):
                self.files.remove(picture_id)

    def keep(self) -> None:
        """The commit begins. If it fails, nobody knows whether the pictures are there."""
        self._is_kept = True

    def take(self, work: UnitOfWork, record: PictureFileRecord) -> None:
        """Raises BadLine without a number, NotFound for a picture that is not there, and StoreFull."""
        if self._picture is None or self._picture.id != record.picture_id:
            self.store()
            self._picture = work.pictures.lock(record.picture_id)
        picture = self._picture
        if record.name not in file_names(picture.width, portrait=picture.portrait):
            raise BadLine("no_such_file", name=record.name)
        if record.name not in self._held:
            self._held[record.name], self._next_part = bytearray(), 0
        if record.part != self._next_part:
            raise BadLine("parts", name=record.name, part=self._next_part)
        try:
            self._held[record.name] += base64.b64decode(record.content, validate=True)
        except (binascii.Error, ValueError):
            raise BadLine("not_base64", field="content") from None
        self._next_part += 1
        if sum(map(len, self._held.values())) > picture.size:
            raise BadLine("picture_size", size=picture.size)

    def store(self) -> None:
        """Stores what is held. Comes last too. Raises StoreFull."""
        if self._picture is None:
            return
        held, picture_id = {name: bytes(content) for name, content in self._held.items()}, self._picture.id
        self._picture, self._held = None, {}
        if picture_id in self._there:
            # A community may move to another database and keep its store. A file never changes.
            held = {name: content for name, content in held.items() if not self._is_there(picture_id, name)}
        else:
            self._stored.append(picture_id)
        if held:
            self.files.put(picture_id, held)

    def _is_there(self, picture_id: int, name: str) -> bool:
        try:
            self.files.get(picture_id, name)
        except NotFound:
            return False
        return True
