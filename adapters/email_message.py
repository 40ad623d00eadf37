"""Makes an email message of a letter: one sender, one recipient, no injected headers.

The body is quoted-printable. So every line is short and ASCII.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any

from application.ports.mailing import Letter, MailNotSent
from application.ports.work import Now

# Exactly one address. The domain decides who may register. This check only keeps out text that is two addresses.
_ADDRESS = re.compile(r'[^\s<>@,;:"\\()\[\]]+@[^\s<>@,;:"\\()\[\]]+')
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,120}@[!-;=?A-~]{1,120}>", re.ASCII)
# An address as RFC 3986 spells it, without what ends it in the header, and short enough for one line (RFC 5322, section
# 2.1.1).
_WEB_ADDRESS = re.compile(r"https?://[!-;=?-~]{1,900}", re.ASCII)


class _OnOneLine(UnstructuredHeader, BaseHeader):
    """The email package would break an address that is longer than a line, and encode the parts."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """Where a long line has words in and out of ASCII, the email package breaks it within a word, and programs show a
    space there. The older code for headers encodes all of it."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        charset = None if self.isascii() else "utf-8"
        encoded = Header(self, charset, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {encoded}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)
_HEADERS.map_to_type("list-unsubscribe", _OnOneLine)
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of a site share. `sender` is an address, with or without a name. Both may change while the site
    runs."""

    sender: Callable[[], str]
    site_name: Callable[[], str]
    now: Now

    @property
    def sender_address(self) -> str:
        return self.sender().rpartition("<")[2].removesuffix(">")

    def message(self, letter: Letter) -> EmailMessage:
        """Raises MailNotSent when the letter has characters that a mail must not have."""
        user, _, domain = _one_address(letter.to).rpartition("@")
        message = EmailMessage(_POLICY if letter.to.isascii() else _POLICY.clone(utf8=True))
        try:
            message["From"] = _one_line(self.sender())
            message["To"] = Address(username=user, domain=domain)
            message["Subject"] = _one_line(f"[{self.site_name()}] {letter.subject}")
            message["Date"] = self.now().astimezone(UTC)
            message["Message-ID"] = _one_id(letter.message_id)
            # RFC 3834, and X-Auto-Response-Suppress for older servers. Both ask for no automatic reply.
            message["Auto-Submitted"] = "auto-generated"
            message["X-Auto-Response-Suppress"] = "All"
            if letter.unsubscribe:
                # RFC 8058: the mail program offers a button, which sends one POST.
                message["List-Unsubscribe"] = f"<{_one_web_address(letter.unsubscribe)}>"
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message.set_content(letter.text, cte="quoted-printable")
            message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        except ValueError:
            # The message of the error would repeat the text of the mail.
            raise MailNotSent("the letter holds characters that no mail may hold") from None
        return message


def _one_address(text: str) -> str:
    if not _ADDRESS.fullmatch(_one_line(text)):
        raise MailNotSent("the recipient is not one address")
    return text


def _one_id(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise MailNotSent("the Message-ID is not of the form <left@right>")
    return text


def _one_web_address(text: str) -> str:
    if not _WEB_ADDRESS.fullmatch(text):
        raise MailNotSent("the link that ends mails is not one address")
    return text


def _one_line(text: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        raise MailNotSent("a header holds a line break or another control character")
    return text
