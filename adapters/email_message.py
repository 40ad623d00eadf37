"""From a letter to the message that travels: one sender, one recipient, headers that nothing can break out of.

The body is quoted-printable, so every line is short and in ASCII whatever the letter says.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from application.ports.mailing import Letter, MailNotSent
from application.ports.work import Now

# One address and nothing beside it. Who may register is decided in the domain; this keeps two from passing as one.
_ADDRESS = re.compile(r'[^\s<>@,;:"\\()\[\]]+@[^\s<>@,;:"\\()\[\]]+')
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,120}@[!-;=?A-~]{1,120}>", re.ASCII)
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of a site have in common. `sender` is an address, with or without a name."""

    sender: str
    site_name: str
    now: Now

    @property
    def sender_address(self) -> str:
        return self.sender.rpartition("<")[2].removesuffix(">")

    def message(self, letter: Letter) -> EmailMessage:
        """Raises MailNotSent where the letter has what no mail may have."""
        user, _, domain = _one_address(letter.to).rpartition("@")
        message = EmailMessage(_POLICY if letter.to.isascii() else _POLICY.clone(utf8=True))
        try:
            message["From"] = _one_line(self.sender)
            message["To"] = Address(username=user, domain=domain)
            message["Subject"] = _one_line(f"[{self.site_name}] {letter.subject}")
            message["Date"] = self.now().astimezone(UTC)
            message["Message-ID"] = _one_id(letter.message_id)
            # RFC 3834, and the same for servers that came before it: no machine should answer.
            message["Auto-Submitted"] = "auto-generated"
            message["X-Auto-Response-Suppress"] = "All"
            message.set_content(letter.text, cte="quoted-printable")
            message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        except ValueError:
            # The error would repeat the text.
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


def _one_line(text: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        raise MailNotSent("a header holds a line break or another control character")
    return text
