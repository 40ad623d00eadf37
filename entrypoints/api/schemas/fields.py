"""The fields of requests and responses. They are strict: no unknown fields, no conversions. The core has the rules."""

from abc import abstractmethod
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.config import JsonDict

from application.ports.members import MemberName
from domain.ids import ID_PATTERN
from domain.texts import INVISIBLE, NOT_IN_ONE_LINE


def rfc3339(at: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds and Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


Instant = Annotated[datetime, PlainSerializer(rfc3339, return_type=str)]
Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$", examples=["1882546744605111848"])]
Count = Annotated[int, Field(ge=0)]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Neighbour = Annotated[Url | None, Field(description="The page on that side; null without one.")]
Length = Annotated[Count, Field(description="How many there are in all.")]


def _whole(value: object) -> object:
    """JSON Schema takes 7.0 for an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]


# Documented here, not checked. The core checks texts (domain/texts.py), and counts after CRLF became LF.
NO_LINE_BREAK = rf"^[^\u0000{NOT_IN_ONE_LINE}]*$"
ANYTHING = r"^[^\u0000]*$"
SOMETHING = rf"^[^\u0000]*[^{INVISIBLE}][^\u0000]*$"


def text(limit: int, pattern: str) -> JsonDict:
    return {"maxLength": limit, "pattern": pattern}


def missing(description: str, schema: JsonDict, *examples: str) -> Any:
    """A text field. A missing field is an empty text, and the core then says that it is required."""
    return Field(default_factory=str, description=description, json_schema_extra=schema, examples=list(examples))


class In(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Out(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(Out):
    """The body of a response."""

    @classmethod
    @abstractmethod
    def example(cls, urls: "Urls") -> "Answer":
        """An example of a response, for the OpenAPI document."""


PREFIX = "/api/v1"


class Urls:
    """Makes absolute URLs from the base URL of the site."""

    def __init__(self, base_url: str) -> None:
        self.web = base_url
        self.api = f"{base_url}{PREFIX}"

    def user(self, face: MemberName | None) -> str | None:
        return None if face is None else f"{self.api}/users/{face.username}"


def name_of(face: MemberName | None) -> str | None:
    return None if face is None else face.username
