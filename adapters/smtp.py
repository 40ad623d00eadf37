"""Mail by SMTP: one connection and one recipient for each letter, within a deadline for all of it.

Timeouts of the socket start anew with every byte that comes, so a watchdog ends what takes too long as a whole.
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
    """`tls` is TLS from the first byte, `starttls` before anything is said; both want a certificate that holds."""

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
        """Raises MailNotSent. Finding the server's address has the system's own time limit, on top of the deadline."""
        message = self._letterhead.message(letter).as_bytes()
        with _Watchdog(self._deadline) as watchdog:
            try:
                self._hand_over(letter.to, message, watchdog)
            except (OSError, smtplib.SMTPException, ValueError) as error:
                why = f"took longer than {self._deadline:g} s" if watchdog.is_over else _why(error)
                raise MailNotSent(f"{self._host}:{self._port} {why}") from None

    def _hand_over(self, to: str, message: bytes, watchdog: "_Watchdog") -> None:
        tls = self._trusted if self._security == "tls" else None
        # Our own name in the greeting: the sender's domain, since asking the system may take a long look-up.
        domain = self._letterhead.sender_address.rpartition("@")[2]
        line = _Line(self._host, self._port, name=domain, tls=tls, watchdog=watchdog)
        try:
            if self._security == "starttls":
                line.starttls(context=self._trusted)
            if self._user:
                line.login(self._user, self._password)
            options = () if to.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
            line.ehlo_or_helo_if_needed()
            if options and not line.has_extn("smtputf8"):
                raise smtplib.SMTPNotSupportedError("takes no address outside ASCII")
            line.sendmail(self._letterhead.sender_address, [to], message, options)
            # It is theirs now; a server that is slow to say goodbye must not make it look unsent.
            line.putcmd("QUIT")
        finally:
            line.close()


class _Line(smtplib.SMTP):
    """A connection that the watchdog can end."""

    def __init__(self, host: str, port: int, *, name: str, tls: ssl.SSLContext | None, watchdog: "_Watchdog") -> None:
        self._tls = tls
        self._watchdog = watchdog
        super().__init__(host, port, local_hostname=name, timeout=watchdog.left)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # The place that SMTP_SSL replaces too. A name may have several addresses; together they get what time is left.
        error: OSError = OSError("no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            line = socket.socket(family, kind, protocol)
            try:
                line.settimeout(self._watchdog.left)
                line.connect(address)
                self._watchdog.guard(line)
                return self._tls.wrap_socket(line, server_hostname=host) if self._tls else line
            except OSError as refusal:
                line.close()
                error = refusal
        raise error


class _Watchdog:
    """Ends a connection when the time is up, whatever is being said on it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._bite)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._line: socket.socket | None = None

    @property
    def left(self) -> float:
        """Seconds, never 0: that would mean no limit."""
        return max(0.001, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def guard(self, line: socket.socket) -> None:
        with self._lock:
            # TLS takes over the descriptor of a socket; a second one still reaches the same connection.
            self._drop()
            if self.is_over:
                raise TimeoutError
            self._line = line.dup()

    def _bite(self) -> None:
        with self._lock:
            if self._line is not None:
                with contextlib.suppress(OSError):  # it may be gone already
                    self._line.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

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
            # Its words may repeat the login.
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
