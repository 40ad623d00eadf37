"""The models of joining."""

from pydantic import ConfigDict

from domain.credentials import LONGEST_PASSWORD, SHORTEST_PASSWORD
from domain.identifiers import EMAIL_LIMIT, USERNAME_LIMIT, USERNAME_PATTERN
from domain.joining import WHY_LIMIT
from entrypoints.api.schemas.fields import ANYTHING, Answer, In, Urls, missing, text


class NewUser(In):
    model_config = ConfigDict(json_schema_extra={"required": ["email", "username", "password"]})

    email: str = missing("Where the link is mailed to.", text(EMAIL_LIMIT, "^[^@]+@[^@]+$"), "susan@example.com")
    username: str = missing(
        "Unique without regard to case.",
        text(USERNAME_LIMIT, f"^{USERNAME_PATTERN}$"),
        "susan",
    )
    password: str = missing(
        "Not one of the most common ones.",
        {"minLength": SHORTEST_PASSWORD, **text(LONGEST_PASSWORD, ANYTHING)},
        "seven quiet herons",
    )
    why: str = missing(
        "Why they want to join, for the moderators. Required where the site admits its members (`approval`), ignored "
        "elsewhere.",
        text(WHY_LIMIT, ANYTHING),
        "I keep bees, and read here since spring.",
    )
    invitation: str = missing(
        "The code of an invitation, from its link. Required where members come by invitation.",
        {},
    )


class NewConfirmation(In):
    model_config = ConfigDict(json_schema_extra={"required": ["token"]})

    token: str = missing("From the mailed link.", {"minLength": 1}, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...")


class Message(Answer):
    message: str

    @classmethod
    def example(cls, _urls: Urls) -> "Message":
        return cls(message="A mail is on its way to that address")
