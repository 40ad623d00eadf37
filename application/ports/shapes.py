"""What the fields of records hold, read from their types."""

from dataclasses import dataclass, replace
from types import NoneType
from typing import Annotated, Any, get_args, get_origin


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field holds. `bound` is the range of a number, or the most characters of a text. A nullable field may be
    None, and one that is not required may be missing."""

    type: type
    bound: range | int | None = None
    is_nullable: bool = False
    is_required: bool = True


def shape_of(hint: Any, *, is_required: bool) -> Shape:
    if get_origin(hint) is Annotated:
        inner, bound = get_args(hint)
        return Shape(inner, bound, is_required=is_required)
    if NoneType in get_args(hint):
        return replace(shape_of(get_args(hint)[0], is_required=is_required), is_nullable=True)
    return Shape(hint, is_required=is_required)
