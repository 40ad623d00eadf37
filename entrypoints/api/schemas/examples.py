"""The members, posts and comments in the examples of the OpenAPI document."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from application.ports.members import MemberName
from domain.ids import make_id
from domain.roles import Role

THEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SUSAN = MemberName(id=make_id(THEN, 1), username="susan", name="Susan Smith", role=Role.USER)
MARY = MemberName(id=make_id(THEN, 2), username="mary", name="", role=Role.MODERATOR)
POST_ID, COMMENT_ID, ENTRY_ID, ANSWERED_ID = (make_id(THEN, number) for number in (3, 4, 5, 6))
# The envelope of a list with one item.
ALONE: dict[str, Any] = {"prev": None, "next": None, "count": 1}


def request(model: type[BaseModel]) -> dict[str, Any]:
    """An example of a request, made of the examples of its fields."""
    return {name: field.examples[0] for name, field in model.model_fields.items() if field.examples}


def of_form(schema: dict[str, Any]) -> dict[str, Any]:
    """An example of a multipart body, made of the examples of its fields."""
    return {name: field["examples"][0] for name, field in schema["properties"].items()}
