"""The pictures that the members of the demo sent, in their posts and of themselves.

Texts name a picture: `![Alternative text](picture:boat)`. A member who shows one sent it a little before.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.pictures.files import PictureFiles
from application.ports.tallies import Tally
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.ids import time_of
from domain.pictures import Picture, Shape, markdown_of, shown_in
from entrypoints.demo.pictures import made

_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(picture:(?P<name>[a-z]+)")
_BEFORE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class _Sent:
    name: str
    alt: str


class Illustrating:
    def __init__(self, new_id: Callable[[datetime], int]) -> None:
        self._new_id = new_id
        # By id, in the order in which texts name them.
        self._sent: dict[int, _Sent] = {}

    def illustrated(self, body: str, at: datetime) -> tuple[str, Mapping[int, Shape]]:
        """The text with the ids of its pictures, and what a renderer needs to know of them. It is written `at` this
        time."""
        shapes: dict[int, Shape] = {}

        def with_id(found: re.Match[str]) -> str:
            id, made_picture = self._new_id(at - _BEFORE), made()[found["name"]]
            self._sent[id] = _Sent(found["name"], found["alt"])
            shapes[id] = Shape(made_picture.width, made_picture.height, found["alt"])
            return markdown_of(id, found["alt"]).removesuffix(")")

        return _PICTURE.sub(with_id, body), shapes

    def show(self, work: UnitOfWork, text_id: int, html: str, owner: Account, at: datetime) -> Tally:
        """Stores the pictures in this HTML as those of the owner. What they add to the owner's counters."""
        ids = shown_in(html)
        size = sum(self._store(work, id, owner) for id in ids)
        if ids:
            work.pictures.show(text_id, ids, at)
        return Tally(picture_bytes=size)

    def portray(self, name: str, account: Account, at: datetime) -> Callable[[UnitOfWork], Tally]:
        """The member shows this picture of themselves. What stores it, once the account is stored."""
        id, face = self._new_id(at), made()[name]
        self._sent[id] = _Sent(name, "")
        picture = Picture.of_oneself(id=id, owner=account, side=face.width, size=face.size, room=face.size, at=at)

        def store(work: UnitOfWork) -> Tally:
            work.pictures.add(picture)
            return Tally(picture_bytes=picture.size)

        return store

    def put(self, files: PictureFiles) -> None:
        for id, sent in self._sent.items():
            files.put(id, made()[sent.name].files)

    def take_back(self, files: PictureFiles) -> None:
        for id in self._sent:
            files.remove(id)

    def _store(self, work: UnitOfWork, id: int, owner: Account) -> int:
        sent, files = self._sent[id], made()[self._sent[id].name]
        picture = Picture.upload(
            id=id,
            owner=owner,
            alt=sent.alt,
            width=files.width,
            height=files.height,
            size=files.size,
            room=files.size,
            at=time_of(id),
        )
        work.pictures.add(picture)
        return picture.size
