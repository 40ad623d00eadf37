"""A real SMTP server in a thread, whose answers the test sets, and which keeps the mails it received."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it came: the envelope, the message and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    content: bytes

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


class SmtpServer:
    """`refuse_sender`, `refuse_recipient` and `refuse_data` are answers like "450 later"; without one a mail is taken.

    `options` are those of aiosmtpd's SMTP, and `ssl_context` for TLS from the first byte. After `stop`, `start` listens
    on the same port again; what came before is still in `messages`.
    """

    def __init__(self, *, login: tuple[str, str] | None = None, **options: Any) -> None:
        self.messages: list[Received] = []
        self.refuse_sender = ""
        self.refuse_recipient = ""
        self.refuse_data = ""
        self.host = "127.0.0.1"
        self.port = 0
        self._arrived = threading.Condition()
        self._options = {"enable_SMTPUTF8": False} | options
        if login:
            self._options |= {"auth_required": True, "authenticator": _only(login)}
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def start(self) -> None:
        self._controller = _Controller(self, hostname=self.host, port=self.port, **self._options)
        self._controller.start()
        self.port = self._controller.port

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, *, to: str, subject: str = "", timeout: float = 10) -> Received:
        """The newest mail to this address whose subject holds `subject`; waits for it where it has not come yet."""

        def newest() -> Received | None:
            found = [mail for mail in self.messages if to in mail.recipients and subject in mail.message["Subject"]]
            return found[-1] if found else None

        with self._arrived:
            mail = self._arrived.wait_for(newest, timeout)
        assert mail is not None, f"no mail to {to} in {timeout} s, only {[mail.recipients for mail in self.messages]}"
        return mail

    def clear(self) -> None:
        with self._arrived:
            self.messages.clear()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse_data:
            return self.refuse_data
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, EmailMessage, policy=SMTPUTF8)
        with self._arrived:
            self.messages.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, content))
            self._arrived.notify_all()
        return "250 OK"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Controller(Controller):
    """Takes a free port when started on port 0; aiosmtpd itself goes on looking for port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _only(login: tuple[str, str]) -> Callable[..., AuthResult]:
    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=(given.login.decode(), given.password.decode()) == login, handled=False)

    return authenticate
