"""Sends mail by SMTP: one connection and one recipient for each letter, and one deadline for the whole exchange.

The timeout of a socket starts again with every byte. So a watchdog ends a connection at the deadline.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from typing import Literal, Self

from adapters.email_message import Letterhead
from application.ports.mailing import Letter, MailNotSent

Security = Literal["none", "tls", "starttls"]


class SmtpMailer:
    """`tls` means TLS from the first byte, `starttls` means TLS before the login. Both verify the certificate."""

    def __init__(
        self,
        letterhead: Letterhead,
        *,
        host: str,
        port: int,
        security: Security,
        user: str = "",
        password: str = "",
        deadline: float = 30,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._letterhead = letterhead
        self._host, self._port, self._security = host, port, security
        self._user, self._password = user, password
        self._deadline = deadline
        self._trusted = trusted or ssl.create_default_context()

    def send(self, letter: Letter) -> None:
        """Raises MailNotSent. The deadline does not include the look-up of the server's address, which the system
        limits."""
        message = self._letterhead.message(letter).as_bytes()
        with _Watchdog(self._deadline) as watchdog:
            try:
                self._hand_over(letter.to, message, watchdog)
            except (OSError, smtplib.SMTPException, ValueError) as error:
                why = f"took longer than {self._deadline:g} s" if watchdog.is_over else _why(error)
                raise MailNotSent(f"{self._host}:{self._port} {why}") from None

    def _hand_over(self, to: str, message: bytes, watchdog: "_Watchdog") -> None:
        tls = self._trusted if self._security == "tls" else None
        # The greeting names the sender's domain. Asking the system for the name of this host may take long.
        domain = self._letterhead.sender_address.rpartition("@")[2]
        connection = _Connection(self._host, self._port, name=domain, tls=tls, watchdog=watchdog)
        try:
            if self._security == "starttls":
                connection.starttls(context=self._trusted)
            if self._user:
                connection.login(self._user, self._password)
            options = () if to.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
            connection.ehlo_or_helo_if_needed()
            if options and not connection.has_extn("smtputf8"):
                raise smtplib.SMTPNotSupportedError("takes no address outside ASCII")
            connection.sendmail(self._letterhead.sender_address, [to], message, options)
            # The server has accepted the mail. An error in QUIT must not report it as unsent.
            connection.putcmd("QUIT")
        finally:
            connection.close()


class _Connection(smtplib.SMTP):
    """A connection that the watchdog can end."""

    def __init__(self, host: str, port: int, *, name: str, tls: ssl.SSLContext | None, watchdog: "_Watchdog") -> None:
        self._tls = tls
        self._watchdog = watchdog
        super().__init__(host, port, local_hostname=name, timeout=watchdog.left)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # SMTP_SSL overrides this method too. A host may have several addresses, and they share the remaining time.
        error: OSError = OSError("no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(self._watchdog.left)
                connection.connect(address)
                self._watchdog.guard(connection)
                return self._tls.wrap_socket(connection, server_hostname=host) if self._tls else connection
            except OSError as refusal:
                connection.close()
                error = refusal
        raise error


class _Watchdog:
    """Closes a connection when the time is up."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._close)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    @property
    def left(self) -> float:
        """Seconds. Never 0, because a socket treats 0 as no limit."""
        return max(0.001, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def guard(self, connection: socket.socket) -> None:
        with self._lock:
            # TLS takes over the descriptor of a socket. A duplicate descriptor still reaches the connection.
            self._drop()
            if self.is_over:
                raise TimeoutError
            self._socket = connection.dup()

    def _close(self) -> None:
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):  # the connection may be closed
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._drop()


def _why(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            # The reply of the server may contain the login.
            return f"refused the login ({code})"
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code, words = next(iter(refused.values()))
            return f"refused the recipient: {code} {_one_line(words)}"
        case smtplib.SMTPResponseException(smtp_code=-1):
            return "does not speak SMTP"
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return f"refused: {code} {_one_line(words)}"
        case smtplib.SMTPServerDisconnected():
            return "hung up"
        case smtplib.SMTPException():
            return _one_line(str(error))
        case ssl.SSLCertVerificationError(verify_message=words):
            return f"has a certificate that does not hold: {_one_line(words)}"
        case ssl.SSLError():
            return "does not speak TLS as it should"
        case UnicodeError():
            return "cannot be given this: a login or an address holds characters outside ASCII"
        case OSError(strerror=words) if words:
            return f"cannot be reached: {_one_line(words)}"
        case _:
            return "cannot be reached"


def _one_line(words: str | bytes) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200]
