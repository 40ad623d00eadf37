"""The lines of the file: JSON Lines (jsonlines.org) in UTF-8, which say the same record in the same bytes each time.

Whoever reads one trusts nothing in it: neither its length nor its types.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NoReturn

from application.ports.moving.fields import Record
from application.ports.moving.shapes import Shape, shapes_of
from domain.errors import DomainError
from domain.texts import can_be_stored

# In bytes. The longest text and its HTML are a tenth of it.
LONGEST_LINE = 16 * 1024 * 1024
_WORDS = {int: "a number", str: "a text", bool: "true or false", datetime: "a time"}


class BadLine(DomainError):
    """A line of the file is not what it should be. `number` counts from 1, and is 0 until it is known."""

    def __init__(self, code: str, number: int = 0, /, **values: object) -> None:
        super().__init__(code, number, values)
        self.code = code
        self.number = number
        self.values = values


def line_of(called: str, values: dict[str, Any]) -> bytes:
    """Raises ValueError for a text that has no UTF-8."""
    text = json.dumps({"record": called} | values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def line_of_record(record: Record) -> bytes:
    return line_of(record.record, {name: _plain(getattr(record, name)) for name in shapes_of(type(record))})


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, frozenset):
        return sorted(each.value for each in value)
    return value.value if isinstance(value, Enum) else value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def values_of(line: bytes) -> dict[str, Any]:
    """The object in this line. Raises BadLine."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise BadLine("not_utf8") from None
    try:
        values = json.loads(text, object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadLine("not_json") from None
    if not isinstance(values, dict):
        raise BadLine("not_json")
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise BadLine("double_field", field=name[:40])
        values[name] = value
    return values


def _refuse(_: str) -> NoReturn:
    """There are whole numbers only."""
    raise ValueError


def record_of(kind: type[Record], values: dict[str, Any]) -> Record:
    """The record in the object of a line. Raises BadLine."""
    shapes = shapes_of(kind)
    for name in values:
        if name not in shapes and name != "record":
            raise BadLine("unknown_field", field=name[:40])
    for name, shape in shapes.items():
        if name not in values and shape.is_required:
            raise BadLine("missing_field", field=name)
    make: Callable[..., Record] = kind
    record = make(**{name: _value(name, shapes[name], value) for name, value in values.items() if name != "record"})
    for name, key in record.keys.items():
        _text(name, shapes[name].bound, key)
    return record


def _value(field: str, shape: Shape, value: object) -> object:
    if value is None and shape.is_nullable:
        return None
    if shape.is_set:
        return _choices(field, shape.type, value)
    if issubclass(shape.type, Enum):
        return _choice(field, shape.type, value)
    if shape.type is datetime:
        return _time(field, value)
    # True is an int to Python, and not to JSON.
    if type(value) is not shape.type:
        raise BadLine("wrong_type", field=field, wanted=_WORDS[shape.type])
    if isinstance(value, str):
        return _text(field, shape.bound, value)
    if isinstance(shape.bound, range) and value not in shape.bound:
        raise BadLine("out_of_range", field=field, least=shape.bound.start, most=shape.bound.stop - 1)
    return value


def _choices(field: str, choices: type[Enum], value: object) -> frozenset[Enum]:
    if not isinstance(value, list):
        raise BadLine("wrong_type", field=field, wanted="a list")
    return frozenset(_choice(field, choices, each) for each in value)


def _choice(field: str, choices: type[Enum], value: object) -> Enum:
    found = next((each for each in choices if each.value == value), None)
    if found is None:
        raise BadLine("choice", field=field, choices=", ".join(str(each.value) for each in choices))
    return found


def _time(field: str, value: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or _moment(found) != value:
        raise BadLine("wrong_type", field=field, wanted="a time like 2026-01-31T12:00:00.000000Z")
    return found


def _text(field: str, limit: range | int | None, value: str) -> str:
    if isinstance(limit, int) and len(value) > limit:
        raise BadLine("too_long", field=field, length=len(value), limit=limit)
    if not can_be_stored(value):
        raise BadLine("forbidden_character", field=field)
    return value
