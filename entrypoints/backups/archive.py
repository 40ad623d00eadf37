"""The file of a backup: a plain tar of `manifest.json`, its SHA-256, and the members in the order of the manifest.

Reading is strict. Each header is the one that this program would write, so nothing in a file can be a link, lead out of
a folder, come twice or grow: whatever differs in one byte is refused.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

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


def describe(name: str, file: Path) -> Member:
    with file.open("rb") as content:
        return Member(
            name=name,
            size=os.fstat(content.fileno()).st_size,
            sha256=hashlib.file_digest(content, "sha256").hexdigest(),
        )


def write(to: IO[bytes], manifest: Manifest, files: Mapping[str, Path], show: Show) -> None:
    """`files` are the members by name."""
    text = manifest.model_dump_json(indent=2).encode()
    for name, content in ((MANIFEST, text), (_SUM, _sum_of(text))):
        to.write(_header(name, len(content), manifest) + content + _padding(len(content)))
    total = sum(member.size for member in manifest.members)
    for member in manifest.members:
        to.write(_header(member.name, member.size, manifest))
        with files[member.name].open("rb") as file:
            while chunk := file.read(_CHUNK):
                to.write(chunk)
                show(to.tell(), total)
        to.write(_padding(member.size))
    to.write(_END)


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
        self.extract({}, show)

    def extract(self, to: Mapping[str, IO[bytes]], show: Show = lambda _done, _total: None) -> None:
        """Reads all of it, compares every checksum, and writes the members that are named to their files. What was
        written is to be used only when this returns."""
        self._file.seek(self._begin)
        for member in self.manifest.members:
            if self._file.read(_BLOCK) != _header(member.name, member.size, self.manifest):
                raise self._damaged(f"the header of {member.name}")
            self._copy(member, to.get(member.name, _NOWHERE), show)
        if self._file.read(len(_END)) != _END:
            raise self._damaged("its end")

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
        expected = _header(MANIFEST, len(text), self.manifest) + text + _padding(len(text))
        expected_sum = _sum_of(text)
        expected += _header(_SUM, len(expected_sum), self.manifest) + expected_sum + _padding(len(expected_sum))
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


def _header(name: str, size: int, manifest: Manifest) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(manifest.made_at.timestamp())
    return info.tobuf(tarfile.GNU_FORMAT)


def _sum_of(text: bytes) -> bytes:
    """As `sha256sum` writes and reads it."""
    return f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode()


def _padding(size: int) -> bytes:
    return bytes(_padded(size) - size)


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
