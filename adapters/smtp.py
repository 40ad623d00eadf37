"""Sends mail by SMTP: one connection and one recipient for each letter, and one deadline for the whole exchange.

The timeout of a socket starts again with every byte. So a watchdog ends a connection at the deadline.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import Literal, Self

from adapters.email_message import Letterhead
from application.ports.mailing import Letter, LoginRefused, MailNotSent, MailRefused, MailServerFailed

Security = Literal["none", "tls", "starttls"]
# RFC 4954 section 6. The one code that is about the login wherever it comes.
_LOGIN_WANTED = 530
_CLOSES = 421
# With these causes somebody has to check the host, the port, and the network between.
_SLOW, _HUNG_UP, _NO_WAY = "took longer", "hung up", "cannot be reached"
_UNREACHED = (_SLOW, _HUNG_UP, _NO_WAY)


def trusting(certificates: str) -> ssl.SSLContext:
    """Trusts these certificates (PEM) and no others, not even those of the system. Raises ValueError, ssl.SSLError.

    A private authority is rarely as complete as Python 3.13's strict checks want it. And the file may hold the
    certificate of the server itself.
    """
    context = ssl.create_default_context(cadata=certificates)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


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
        login_remedy: str = "",
        reach_remedy: str = "",
    ) -> None:
        """The remedies say what to do when the server refuses the login, and when it cannot be reached or hangs."""
        self._letterhead = letterhead
        self._host, self._port, self._security = host, port, security
        self._user, self._password = user, password
        self._deadline = deadline
        self._trusted = trusted or ssl.create_default_context()
        self._login_remedy, self._reach_remedy = login_remedy, reach_remedy

    def send(self, letter: Letter) -> None:
        """Raises MailNotSent, with a remedy. The deadline does not include the look-up of the server's address, which
        the system limits."""
        message = self._letterhead.message(letter).as_bytes()
        try:
            self._talk(lambda connection: self._dictate(connection, letter.to, message), self._deadline)
        except MailServerFailed as error:
            remedy = self._remedy(error)
            if not remedy:
                raise
            raise type(error)(f"{error}; {remedy}", cause=error.cause) from None

    def check(self, *, seconds: float = 10) -> None:
        """Does what comes before a recipient: connects, logs in, names the sender, and takes it back. Sends nothing.
        Raises MailNotSent, without a remedy."""
        self._talk(self._name_sender_only, seconds)

    def _remedy(self, error: MailServerFailed) -> str:
        if isinstance(error, LoginRefused):
            return self._login_remedy
        return self._reach_remedy if error.cause in _UNREACHED else ""

    def _talk(self, say: Callable[[smtplib.SMTP], None], seconds: float) -> None:
        with _Watchdog(seconds) as watchdog:
            try:
                self._connect_and(say, watchdog)
            except MailServerFailed as error:
                # The server has said why. Whether it was slow does not matter.
                raise type(error)(f"{self._host}:{self._port} {error}", cause=_cause(str(error))) from None
            except MailNotSent as error:
                raise type(error)(f"{self._host}:{self._port} {error}") from None
            except (OSError, smtplib.SMTPException, ValueError) as error:
                why = f"{_SLOW} than {seconds:g} s" if watchdog.is_over else _why(error)
                cause = _SLOW if watchdog.is_over else _cause(why)
                raise MailServerFailed(f"{self._host}:{self._port} {why}", cause=cause) from None

    def _connect_and(self, say: Callable[[smtplib.SMTP], None], watchdog: "_Watchdog") -> None:
        tls = self._trusted if self._security == "tls" else None
        # The greeting names the sender's domain. Asking the system for the name of this host may take long.
        domain = self._letterhead.sender_address.rpartition("@")[2]
        connection = _Connection(self._host, self._port, name=domain, tls=tls, watchdog=watchdog)
        try:
            if self._security == "starttls":
                connection.starttls(context=self._trusted)
            if self._user:
                _log_in(connection, self._user, self._password)
            say(connection)
            # The server has accepted the mail. An error in QUIT must not report it as unsent.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.putcmd("QUIT")
        finally:
            connection.close()

    def _dictate(self, connection: smtplib.SMTP, to: str, message: bytes) -> None:
        """The answer to MAIL is about the sender, so another mail would get the same one. The answers to RCPT and DATA
        are about this mail."""
        connection.ehlo_or_helo_if_needed()
        options = [] if to.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        if options and not connection.has_extn("smtputf8"):
            raise MailNotSent("takes no address outside ASCII")
        self._name_sender(connection, options)
        code, words = connection.rcpt(to)
        if not _is_accepted(code):
            raise _refusal("refused the recipient", code, words)
        try:
            code, words = connection.data(message)
        except smtplib.SMTPDataError as error:
            raise _refusal("refused", error.smtp_code, error.smtp_error) from None
        if not _is_accepted(code):
            raise _refusal("refused", code, words)

    def _name_sender_only(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        self._name_sender(connection, [])
        connection.rset()

    def _name_sender(self, connection: smtplib.SMTP, options: Sequence[str]) -> None:
        code, words = connection.mail(self._letterhead.sender_address, options)
        if not _is_accepted(code):
            kind = LoginRefused if code == _LOGIN_WANTED else MailServerFailed
            raise kind(f"refused the sender: {_answer(code, words)}")


def _log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    """A login that is refused with a code of 4yz may be accepted later."""
    try:
        connection.login(user, password)
    except smtplib.SMTPAuthenticationError as error:
        # The reply of the server may contain the login.
        kind = MailServerFailed if error.smtp_code // 100 == 4 else LoginRefused
        raise kind(f"refused the login ({error.smtp_code})") from None
    except UnicodeError:
        raise LoginRefused("cannot be given this login, which has characters outside ASCII") from None
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
        raise
    except smtplib.SMTPException as error:
        # The server offers no login, or none of a kind that is known here.
        raise LoginRefused(_one_line(str(error))) from None


def _is_accepted(code: int) -> bool:
    return code // 100 == 2


def _refusal(what: str, code: int, words: str | bytes) -> MailNotSent:
    """What an answer to RCPT or DATA means. 5yz is final (RFC 5321 section 4.2.1)."""
    said = f"{what}: {_answer(code, words)}"
    if code == _LOGIN_WANTED:
        return LoginRefused(said)
    if code // 100 == 5:
        return MailRefused(said)
    return MailNotSent(said) if code // 100 == 4 and code != _CLOSES else MailServerFailed(said)


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
        case smtplib.SMTPResponseException(smtp_code=-1):
            return "does not speak SMTP"
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return f"refused: {_answer(code, words)}"
        case smtplib.SMTPServerDisconnected():
            return _HUNG_UP
        case smtplib.SMTPException():
            return _one_line(str(error))
        case ssl.SSLCertVerificationError(verify_message=words):
            return f"has a certificate that does not hold: {_one_line(words)}"
        case ssl.SSLError():
            return "does not speak TLS as it should"
        case UnicodeError():
            return "cannot be given this: an address holds characters outside ASCII"
        case OSError(strerror=words) if words:
            return f"{_NO_WAY}: {_one_line(words)}"
        case _:
            return _NO_WAY


def _cause(why: str) -> str:
    """Without the words of the server or of the system, which come after the colon."""
    return why.partition(":")[0]


def _answer(code: int, words: str | bytes) -> str:
    return f"{code} {_one_line(words)}" if code > 0 else "something that is not SMTP"


def _one_line(words: str | bytes) -> str:
    """A server may quote the mail. What is kept is shorter than the token of a link. It ends without a full stop,
    because the sentence around it goes on."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200].rstrip(". ")
