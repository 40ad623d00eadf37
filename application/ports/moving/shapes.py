"""The shapes of the fields of records."""

from dataclasses import MISSING, dataclass, fields, replace
from enum import Enum
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from application.ports.moving.fields import Record
from application.ports.moving.records import KINDS


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field holds. `bound` is the range of a number, or the most characters of a text. A nullable field may be
    None, and one that is not required may be missing. A set holds some of the choices of its type."""

    type: type
    bound: range | int | None = None
    is_nullable: bool = False
    is_required: bool = True
    is_set: bool = False


def _shape(hint: Any, *, is_required: bool) -> Shape:
    if get_origin(hint) is Annotated:
        inner, bound = get_args(hint)
        return Shape(inner, bound, is_required=is_required)
    if get_origin(hint) is frozenset:
        return replace(_shape(get_args(hint)[0], is_required=is_required), is_set=True)
    if NoneType in get_args(hint):
        return replace(_shape(get_args(hint)[0], is_required=is_required), is_nullable=True)
    return Shape(hint, is_required=is_required)


_SHAPES = {
    kind: {
        each.name: _shape(get_type_hints(kind, include_extras=True)[each.name], is_required=each.default is MISSING)
        for each in fields(kind)
    }
    for kind in KINDS
}


def shapes_of(kind: type[Record]) -> dict[str, Shape]:
    """By field, in the order of the fields."""
    return _SHAPES[kind]


def place_of(record: Record) -> tuple[int | str, ...]:
    """What records of one kind are sorted by."""
    values = (getattr(record, name) for name in record.sorted_by)
    return tuple(value.value if isinstance(value, Enum) else value for value in values)
