"""The files of pictures in a backup. They go through the port of their store, so a backup of a folder can be restored
into a bucket."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import groupby

from adapters.pictures.paths import picture_file
from application.pictures.stored import StoredPictures
from application.ports.pictures.files import PictureFiles
from domain.errors import NotFound
from entrypoints.backups.archive import Archive, BadBackup
from entrypoints.backups.manifest import DATABASE, PICTURES, Manifest, Member

# One file is read into memory, and so are those of one picture up to twice this.
_BYTES_AT_MOST = 64 << 20


def missing_pictures(archive: Archive, files: PictureFiles, name: str) -> tuple[frozenset[int], int]:
    """The pictures of which a file is missing in the store, and the number of those that are there. Raises BadBackup
    for what is no file of a picture, and when the store has another content under a name of the backup."""
    missing: set[int] = set()
    there = 0
    stored = StoredPictures(files)
    for picture_id, members in _pictures(archive.manifest, name):
        if picture_id in stored and all(_is_there(files, picture_id, member, name) for member in members):
            there += 1
        else:
            missing.add(picture_id)
    return frozenset(missing), there


def put_pictures(
    archive: Archive, files: PictureFiles, missing: frozenset[int], show: Callable[[int, int], object]
) -> None:
    """Stores the files of these pictures. Each may be there already, with the same content."""
    if not missing:
        return
    picture_id, held = -1, dict[str, bytes]()
    for member, content in archive.contents(lambda member: _picture_of(member)[0] in missing, show):
        wanted_id, name = _picture_of(member)
        if held and (wanted_id != picture_id or sum(map(len, held.values())) > _BYTES_AT_MOST):
            files.put(picture_id, held)
            held = {}
        picture_id = wanted_id
        held[name] = content
    files.put(picture_id, held)


def _pictures(manifest: Manifest, name: str) -> Iterator[tuple[int, list[Member]]]:
    """The members of each picture. Names are strict: only those that the store itself would make."""
    found = [member for member in manifest.members if member.name != DATABASE]
    for member in found:
        if _picture_of(member)[0] < 0 or member.size > _BYTES_AT_MOST:
            raise BadBackup(f"{name} holds {member.name}, which is no file of a picture. Nothing was changed.")
    found.sort(key=lambda member: member.name)
    for picture_id, members in groupby(found, key=lambda member: _picture_of(member)[0]):
        yield picture_id, list(members)


def _picture_of(member: Member) -> tuple[int, str]:
    """The id, and the name of the file. A negative id for another member."""
    path = member.name.removeprefix(PICTURES)
    found = picture_file(path) if path != member.name else None
    return found or (-1, "")


def _is_there(files: PictureFiles, picture_id: int, member: Member, name: str) -> bool:
    try:
        content = files.get(picture_id, _picture_of(member)[1])
    except NotFound:
        return False
    if hashlib.sha256(content).hexdigest() != member.sha256:
        raise BadBackup(
            f"{name} and the store of pictures differ in {member.name}. Nothing was changed. If the file in the store"
            " is damaged, move it away, and run this again; if the store belongs to another community, set"
            " CHAPBOOK_PICTURES_URL to a place of its own."
        )
    return True
