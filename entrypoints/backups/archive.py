"""The file of a backup: a plain tar of `manifest.json`, its SHA-256, and the members in the order of the manifest.

Reading is strict. Each header is the one that this program would write, so nothing in a file can be a link, lead out of
a folder, come twice or grow: whatever differs in one byte is refused.
"""

import errno
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Self

from pydantic import ValidationError

from entrypoints.backups.folder import NotWritten
from entrypoints.backups.manifest import FORMAT, Manifest, Member

MANIFEST = "manifest.json"
_SUM = f"{MANIFEST}.sha256"
_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)
_CHUNK = 1 << 20
# A manifest of some hundred thousand files. It is read into memory.
_LONGEST_MANIFEST = 64 << 20
# How many bytes are done, of how many.
Show = Callable[[int, int], object]


class BadBackup(Exception):
    """The text is a sentence for whoever restores it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that goes into a backup under this name. `size` is in bytes. One that may vanish is left out then."""

    name: str
    path: Path
    size: int
    may_vanish: bool = False

    @classmethod
    def of(cls, name: str, path: Path) -> Self:
        return cls(name, path, path.stat().st_size)


def write(
    to: IO[bytes],
    made_at: datetime,
    manifest_of: Callable[[tuple[Member, ...]], Manifest],
    sources: Sequence[Source],
    show: Show,
) -> Manifest:
    """Reads each source once. The manifest stands first and is written last, when all checksums are known: what it has
    no more than was expected is filled with blanks. Raises NotWritten, OSError."""
    expected = tuple(Member(name=source.name, size=source.size, sha256="0" * 64) for source in sources)
    room = len(_text_of(manifest_of(expected)))
    if room > _LONGEST_MANIFEST:
        raise NotWritten(
            f"There are {len(sources):,} files, more than one backup holds. `--no-pictures` leaves out the pictures."
            " Copy their folder by other means."
        )
    total = sum(source.size for source in sources)
    to.seek(len(_beginning(b" " * room, made_at)))
    found = [_put(to, source, made_at, lambda: show(to.tell(), total)) for source in sources]
    to.write(_END)
    manifest = manifest_of(tuple(member for member in found if member is not None))
    to.seek(0)
    to.write(_beginning(_text_of(manifest).ljust(room), made_at))
    return manifest


def _put(to: IO[bytes], source: Source, made_at: datetime, show: Callable[[], object]) -> Member | None:
    """None for a file that has vanished. One that is open stays readable when it is removed."""
    try:
        file = source.path.open("rb")
    except OSError as error:
        if source.may_vanish and error.errno == errno.ENOENT:
            return None
        raise NotWritten(f"{source.path} cannot be read ({error.strerror}), so there is no backup.") from error
    with file:
        to.write(_header(source.name, source.size, made_at))
        digest, left = hashlib.sha256(), source.size
        while left and (chunk := file.read(min(left, _CHUNK))):
            digest.update(chunk)
            to.write(chunk)
            left -= len(chunk)
            show()
        if left or file.read(1):
            raise NotWritten(f"{source.path} has changed meanwhile. Run this again.")
    to.write(_padding(source.size))
    return Member(name=source.name, size=source.size, sha256=digest.hexdigest())


class Archive:
    """A backup that is open for reading. Raises BadBackup for everything that is not as this program writes it."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        self._size = os.fstat(file.fileno()).st_size
        text = self._text()
        self.manifest = self._parsed(text)
        self._check_beginning(text)
        self._begin = file.tell()
        members = self.manifest.members
        if len({member.name for member in members} | {MANIFEST, _SUM}) != len(members) + 2:
            raise self._damaged("names repeat")
        self.wanted = self._begin + sum(_BLOCK + _padded(member.size) for member in members) + len(_END)
        if self._size < self.wanted:
            raise BadBackup(f"{name} is cut: it has {self._size:,} of {self.wanted:,} bytes. Nothing was changed.")
        if self._size > self.wanted:
            raise self._damaged("something follows its end")

    def check(self, show: Show = lambda _done, _total: None) -> None:
        """Reads all of it, and compares every checksum."""
        for _ in self._read(lambda _: _NOWHERE, show):
            pass
        if self._file.read(len(_END)) != _END:
            raise self._damaged("its end")

    def extract(self, name: str, to: IO[bytes], show: Show = lambda _done, _total: None) -> None:
        """Writes one member. It is to be used only when this returns, because then its checksum is right."""
        for _ in self._read(lambda member: to if member.name == name else None, show):
            return

    def contents(
        self, wanted: Callable[[Member], bool], show: Show = lambda _done, _total: None
    ) -> Iterator[tuple[Member, bytes]]:
        """Each member that is wanted, in memory, with the right checksum."""
        held = io.BytesIO()
        for member in self._read(lambda member: held if wanted(member) else None, show):
            yield member, held.getvalue()
            held.seek(0)
            held.truncate()

    def _read(self, to: Callable[[Member], IO[bytes] | None], show: Show) -> Iterator[Member]:
        """The members that have somewhere to go to, each when it is there. The others are passed over."""
        self._file.seek(self._begin)
        for member in self.manifest.members:
            place = to(member)
            if place is None:
                self._file.seek(_BLOCK + _padded(member.size), os.SEEK_CUR)
                continue
            if self._file.read(_BLOCK) != _header(member.name, member.size, self.manifest.made_at):
                raise self._damaged(f"the header of {member.name}")
            self._copy(member, place, show)
            yield member

    def _copy(self, member: Member, to: IO[bytes], show: Show) -> None:
        digest, left = hashlib.sha256(), member.size
        while left:
            chunk = self._file.read(min(left, _CHUNK))
            if not chunk:
                raise BadBackup(f"{self._name} is cut: it has become shorter.")
            digest.update(chunk)
            to.write(chunk)
            left -= len(chunk)
            show(self._file.tell(), self.wanted)
        padding = _padding(member.size)
        if digest.hexdigest() != member.sha256 or self._file.read(len(padding)) != padding:
            raise self._damaged(member.name)

    def _text(self) -> bytes:
        """The manifest, as it is in the file."""
        first = self._file.read(_BLOCK)
        try:
            header = tarfile.TarInfo.frombuf(first, "utf-8", "strict")
        except (tarfile.HeaderError, ValueError):
            raise self._foreign() from None
        if header.name != MANIFEST or not header.isreg() or not 0 < header.size <= _LONGEST_MANIFEST:
            raise self._foreign()
        text = self._file.read(header.size)
        if len(text) < header.size:
            raise BadBackup(
                f"{self._name} is cut: it has {self._size:,} bytes, less than its manifest. Nothing was changed."
            )
        return text

    def _parsed(self, text: bytes) -> Manifest:
        try:
            told: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise self._damaged(MANIFEST) from None
        found = told.get("format") if isinstance(told, dict) else None
        if found != FORMAT and str(found).startswith(f"{FORMAT.partition('/')[0]}/"):
            raise BadBackup(
                f"{self._name} has the format {ascii(found)[:60]}, and version {version('chapbook')} of Chapbook reads"
                f" {FORMAT} only. Nothing was changed. Restore it with the version that made it."
            )
        try:
            return Manifest.model_validate_json(text)
        except ValidationError:
            raise self._damaged(MANIFEST) from None

    def _check_beginning(self, text: bytes) -> None:
        """The first header could not be compared before, because it has the time that the manifest tells."""
        self._file.seek(0)
        expected = _beginning(text, self.manifest.made_at)
        if self._file.read(len(expected)) != expected:
            raise self._damaged(MANIFEST)

    def _foreign(self) -> BadBackup:
        return BadBackup(f"{self._name} is no backup of Chapbook. Nothing was changed.")

    def _damaged(self, what: str) -> BadBackup:
        return BadBackup(f"{self._name} is damaged ({what} is not what it was). Nothing was changed.")


class _Nowhere(io.RawIOBase):
    def write(self, _: Any) -> int:
        return 0


_NOWHERE: Any = _Nowhere()


def _text_of(manifest: Manifest) -> bytes:
    return manifest.model_dump_json(indent=2).encode()


def _beginning(text: bytes, made_at: datetime) -> bytes:
    """Of the file: the manifest, and its checksum."""
    members = ((MANIFEST, text), (_SUM, _sum_of(text)))
    return b"".join(_header(name, len(each), made_at) + each + _padding(len(each)) for name, each in members)


def _header(name: str, size: int, made_at: datetime) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(made_at.timestamp())
    return info.tobuf(tarfile.GNU_FORMAT)


def _sum_of(text: bytes) -> bytes:
    """As `sha256sum` writes and reads it."""
    return f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode()


def _padding(size: int) -> bytes:
    return bytes(_padded(size) - size)


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
