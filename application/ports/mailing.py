"""Writing mails and sending them."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from html import unescape
from typing import Protocol

from application.ports.notifications import NotificationCard
from domain.display import Language
from domain.incidents import Incident
from domain.moderation import Act, SubjectKind

# So many characters of a text name it in a mail.
OPENING = 80


class LetterKind(Enum):
    """Which text a mail has. A job may find that another text is needed: WELCOME becomes ALREADY_MEMBER."""

    CONFIRM = "confirm"
    ALREADY_MEMBER = "already_member"
    RESET_PASSWORD = "reset_password"
    PASSWORD_CHANGED = "password_changed"
    CHANGE_EMAIL = "change_email"
    EMAIL_CHANGING = "email_changing"
    NEW_MEMBER = "new_member"
    ADMITTED = "admitted"
    DECLINED = "declined"
    SOMEBODY_WAITS = "somebody_waits"
    NOTICE = "notice"
    SANCTION_ENDED = "sanction_ended"
    REPORT_SETTLED = "report_settled"
    URGENT_CASE = "urgent_case"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True, slots=True)
class ReportedThing:
    """What a case was about, as it was reported. The text may be forgotten."""

    kind: SubjectKind
    text: str

    @property
    def opening(self) -> str:
        return opening_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What an act of moderation was, for whom it concerns. `text` is that of its entry in the log. `until` is None for
    what does not end by itself. `reported` is what somebody had reported, where that led to the act. It never names a
    moderator."""

    entry_id: int
    at: datetime
    act: Act
    subject_kind: SubjectKind
    text: str
    reason: str
    rule: str
    by_moderator: bool
    reported: ReportedThing | None = None
    until: datetime | None = None

    @property
    def opening(self) -> str:
        return opening_of(self.text)


def opening_of(text: str) -> str:
    """The title or the first words of a text."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= OPENING else f"{line[:OPENING].rstrip()} …"


_TAG = re.compile(r"<[^>]*>?")


def opening_of_html(html: str) -> str:
    """The first words that a reader sees of rendered Markdown, of which the end may be missing."""
    first, _, _ = html.partition("</p>")
    return opening_of(unescape(_TAG.sub("", first)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNews:
    """What a mail says of a case. `path` is where its reader goes on, empty for nowhere. `acted` is whether something
    was done."""

    subject_kind: SubjectKind
    path: str
    acted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The notifications that a mail tells of, newest first, and whether there are more. `unsubscribe` is the token of
    the link that ends such mails."""

    cards: tuple[NotificationCard, ...]
    has_more: bool
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is ready to send. The subject has no line breaks. Text and HTML have the same words. `unsubscribe` is
    the address that ends such mails by a POST, or empty for a mail that nobody can switch off."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    unsubscribe: str = ""


class Letters(Protocol):
    """Writes the text of each kind of mail."""

    def write(
        self,
        kind: LetterKind,
        *,
        to: str,
        job_id: int,
        language: Language,
        username: str,
        token: str | None,
        reason: str = "",
        notice: Notice | None = None,
        case: CaseNews | None = None,
        bundle: Bundle | None = None,
    ) -> Letter:
        """`username` is that of the account that the mail is about, or empty for somebody without one. `token` is for
        the link, if there is one. `reason` is what a moderator wrote, or empty. A NOTICE and the news that a sanction
        has ended need the `notice`, REPORT_SETTLED and URGENT_CASE the `case`, NOTIFICATIONS the
        `bundle`. The same `job_id` always gives the same
        Message-ID."""

    def about_incident(self, incident: Incident, *, to: str, last_mail_at: datetime | None, at: datetime) -> Letter:
        """In English, for whoever runs the site. `last_mail_at` is when the last mail about it was sent, and `at` is
        now. A mail with the same number of times has the same Message-ID."""


class MailNotSent(Exception):
    """This mail was not sent and may be tried again. The next one may be accepted. The message is one line for
    administrators, without secrets."""


class MailRefused(MailNotSent):
    """This mail will never be accepted. The message says why in the words of the server."""


class MailServerFailed(MailNotSent):
    """The server does not work, does not answer, or does not take the sender. The next mail would fail too. `cause` is
    the same for all failures of one kind, whatever the words of the server are."""

    def __init__(self, message: str, *, cause: str = "") -> None:
        super().__init__(message)
        self.cause = cause or message


class LoginRefused(MailServerFailed):
    """The server refuses the login, or wants one. Nothing is sent until somebody changes that."""


class Mailer(Protocol):
    def send(self, letter: Letter) -> None:
        """Returns when the next server has accepted the mail. Never waits longer than a lease. Raises MailNotSent."""
