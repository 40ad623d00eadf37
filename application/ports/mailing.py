"""Writing mails and sending them."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from domain.display import Language


class LetterKind(Enum):
    """Which words a mail has. A job of one kind may find that it has to say something else."""

    CONFIRM = "confirm"
    ALREADY_MEMBER = "already_member"
    RESET_PASSWORD = "reset_password"
    PASSWORD_CHANGED = "password_changed"
    CHANGE_EMAIL = "change_email"
    EMAIL_CHANGING = "email_changing"
    NEW_MEMBER = "new_member"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to send: subject without line breaks, the same words as text and as HTML."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str


class Letters(Protocol):
    """Words for each kind of mail."""

    def write(
        self, kind: LetterKind, *, to: str, job_id: int, language: Language, username: str, token: str | None
    ) -> Letter:
        """`username` is that of the account it is about; `token` goes into the link, where there is one.
        The same `job_id` always gives the same Message-ID."""


class MailNotSent(Exception):
    """The mail did not leave; its text is one line for the administrator, without secrets."""


class Mailer(Protocol):
    def send(self, letter: Letter) -> None:
        """Returns when the next hop took it. Raises MailNotSent; never waits longer than a lease."""
