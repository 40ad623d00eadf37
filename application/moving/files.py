"""The whole file as it is read: a header, records of one kind after another, and a last line with counts and checksum.

Nothing in it depends on when or where it was made, so two exports of one community are the same bytes.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from application.moving.lines import LONGEST_LINE, BadLine, line_of, line_of_record, record_of, values_of
from application.ports.moving.fields import Record
from application.ports.moving.records import KINDS
from application.ports.moving.shapes import place_of

FORMAT = "chapbook-site"
NUMBER = 2
_VERSION = re.compile(r"[0-9A-Za-z.+!-]{1,40}")
_HEADER = "header"
_END = "end"
_OF_HEADER = {"record", "format", "number", "version", "kinds"}
_OF_END = {"record", "counts", "sha256"}
# A batch is stored in one go. It is full with so many records or bytes.
_RECORDS = 200
_BYTES = 1024 * 1024

Write = Callable[[bytes], object]


class Source(Protocol):
    """A binary file, or a pipe."""

    def readline(self, size: int, /) -> bytes: ...


class TooLong(Exception):
    """A record would be a line that no import takes."""

    def __init__(self, record: Record) -> None:
        self.kind = record.record
        self.place = place_of(record)
        super().__init__(self.kind, self.place)


class Written:
    """Writes the lines, and keeps what the last one says about them."""

    def __init__(self, write: Write) -> None:
        self.counts: dict[str, int] = {}
        self._write = write
        self._digest = hashlib.sha256()

    def begin(self, version: str) -> None:
        self.counts = {kind.record: 0 for kind in KINDS}
        header = {"format": FORMAT, "number": NUMBER, "version": version, "kinds": list(self.counts)}
        self._add(line_of(_HEADER, header))

    def add(self, record: Record) -> None:
        """Raises TooLong."""
        line = line_of_record(record)
        if len(line) > LONGEST_LINE:
            raise TooLong(record)
        self.counts[record.record] += 1
        self._add(line)

    def end(self) -> None:
        self._write(line_of(_END, {"counts": self.counts, "sha256": self._digest.hexdigest()}))

    def _add(self, line: bytes) -> None:
        self._digest.update(line)
        self._write(line)


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one kind, from lines one after another. `number` is the first one's."""

    number: int
    records: list[Record]


class Arriving:
    """Reads a file line by line. Holds one batch of it at most."""

    def __init__(self, source: Source) -> None:
        self.bytes = 0
        self.counts: dict[str, int] = {}
        self._source = source
        self._number = 0
        self._digest = hashlib.sha256()
        self._kinds: list[type[Record]] = []
        self._end: dict[str, Any] = {}

    def header(self) -> None:
        """Comes first. Raises BadLine."""
        with _Numbered(self):
            values = self._values()
            version = str(values.get("version"))
            if values["record"] != _HEADER or values.get("format") != FORMAT or not _VERSION.fullmatch(version):
                raise BadLine("not_a_site")
            if type(values.get("number")) is not int:
                raise BadLine("not_a_site")
            if values["number"] != NUMBER:
                raise BadLine("other_format", version=version, format=values["number"], known=NUMBER)
            if values.keys() != _OF_HEADER or not isinstance(values["kinds"], list):
                raise BadLine("not_a_site")
            unknown = [name for name in values["kinds"] if name not in [kind.record for kind in KINDS]]
            if unknown:
                raise BadLine("newer_kind", version=version, kind=str(unknown[0])[:40])
            self._kinds = [kind for kind in KINDS if kind.record in values["kinds"]]
            if values["kinds"] != [kind.record for kind in self._kinds]:
                raise BadLine("not_a_site")
            self.counts = {kind.record: 0 for kind in self._kinds}

    def batches(self) -> Iterator[Batch]:
        """All records, up to the last line, which is checked. Raises BadLine."""
        batch, size = Batch(0, []), 0
        last: Record | None = None
        while True:
            with _Numbered(self):
                begun, record = self.bytes, self._record(last)
            size += self.bytes - begun
            if batch.records and (record is None or type(record) is not type(last) or self._is_full(batch, size)):
                yield batch
                batch, size = Batch(self._number, []), self.bytes - begun
            if record is None:
                break
            if not batch.records:
                batch = Batch(self._number, [])
            batch.records.append(record)
            last = record
        # What is wrong with a record is told first, because it says more.
        with _Numbered(self):
            self._check_end()

    def _is_full(self, batch: Batch, size: int) -> bool:
        return len(batch.records) >= _RECORDS or size > _BYTES

    def _record(self, last: Record | None) -> Record | None:
        """None for the last line."""
        values = self._values()
        if values["record"] == _END:
            self._end = values
            return None
        kind = next((kind for kind in self._kinds if kind.record == values["record"]), None)
        if kind is None:
            raise BadLine("unknown_kind", kind=str(values["record"])[:40])
        if last is not None and self._kinds.index(kind) < self._kinds.index(type(last)):
            raise BadLine("order_of_kinds", kind=kind.record, after=last.record)
        record = record_of(kind, values)
        if isinstance(last, kind) and place_of(record) <= place_of(last):
            double = place_of(record) == place_of(last)
            raise BadLine("double" if double else "order", field=" and ".join(kind.sorted_by))
        self.counts[kind.record] += 1
        return record

    def _values(self) -> dict[str, Any]:
        """The object of the next line."""
        line = self._source.readline(LONGEST_LINE + 1)
        self._number += 1
        if len(line) > LONGEST_LINE:
            raise BadLine("line_too_long", limit=LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise BadLine("cut" if line or self._number > 1 else "empty")
        values = values_of(line)
        if "record" not in values:
            raise BadLine("missing_field" if self._number > 1 else "not_a_site", field="record")
        if values["record"] != _END:
            self._digest.update(line)
        self.bytes += len(line)
        return values

    def _check_end(self) -> None:
        values = self._end
        if values.keys() != _OF_END:
            raise BadLine("bad_end")
        if values["counts"] != self.counts:
            raise BadLine("counts")
        if values["sha256"] != self._digest.hexdigest():
            raise BadLine("checksum")
        if self._source.readline(1):
            self._number += 1
            raise BadLine("after_end")

    @property
    def number(self) -> int:
        """Of the line that was read last."""
        return self._number


class _Numbered:
    """Adds the number of the line to what is wrong with it."""

    def __init__(self, arriving: Arriving) -> None:
        self._arriving = arriving

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BadLine):
            raise BadLine(error.code, self._arriving.number, **error.values) from None
