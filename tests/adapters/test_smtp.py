"""SmtpMailer against real servers: polite ones, and scripted ones that misbehave byte by byte."""

import datetime as dt
import email
import email.policy
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.email_message import Letterhead
from adapters.smtp import SmtpMailer, trusting
from application.ports.mailing import Letter, LoginRefused, MailNotSent, MailRefused, MailServerFailed
from tests.certificates import self_signed
from tests.smtp_server import SmtpServer

LETTERHEAD = Letterhead(
    sender=lambda: "Chapbook <noreply@example.com>",
    site_name=lambda: "Chapbook",
    now=lambda: dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
LETTER = Letter(
    to="ada@example.com",
    subject="Confirm your account",
    text="Dear Ada,\n\n.\nFrom here on: https://blog.example.com/confirm/abc\n",
    html="<p>Dear Ada</p>",
    message_id="<42@blog.example.com>",
)
LOGIN = ("postman@example.com", "s3cr3t w0rd")


def mailer_for(server: SmtpServer, **options: Any) -> SmtpMailer:
    given: dict[str, Any] = {"host": server.host, "port": server.port, "security": "none"} | options
    return SmtpMailer(LETTERHEAD, **given)


def failure_of(mailer: SmtpMailer, letter: Letter = LETTER) -> MailNotSent:
    with pytest.raises(MailNotSent) as caught:
        mailer.send(letter)
    why = str(caught.value)
    assert len(why.splitlines()) == 1
    assert LOGIN[1] not in why
    return caught.value


def why_not(mailer: SmtpMailer, letter: Letter = LETTER) -> str:
    return str(failure_of(mailer, letter))


def test_a_mail_arrives_as_it_was_written(smtp_server: SmtpServer) -> None:
    mailer_for(smtp_server).send(LETTER)

    mail = smtp_server.wait_for(to="ada@example.com")
    assert mail.sender == "noreply@example.com"
    assert mail.message["From"] == "Chapbook <noreply@example.com>"
    assert mail.message["To"] == "ada@example.com"
    assert mail.message["Subject"] == "[Chapbook] Confirm your account"
    assert mail.message["Message-ID"] == "<42@blog.example.com>"
    assert mail.message["Date"] == "Fri, 02 Jan 2026 03:04:05 +0000"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["X-Auto-Response-Suppress"] == "All"
    assert mail.message.get_content_type() == "multipart/alternative"
    assert mail.text.replace("\r\n", "\n") == LETTER.text
    assert mail.html.strip() == LETTER.html


def test_a_mail_in_another_script_is_sent_in_short_ascii_lines(smtp_server: SmtpServer) -> None:
    letter = replace(LETTER, subject="确认你的帐户 " * 12, text="Grüße " * 400, html="<p>" + "é" * 3000 + "</p>")

    mailer_for(smtp_server).send(letter)

    mail = smtp_server.wait_for(to="ada@example.com")
    assert mail.message["Subject"].strip() == f"[Chapbook] {letter.subject}".strip()
    assert mail.text.strip() == letter.text.strip()
    assert mail.html.strip() == letter.html
    assert mail.content.isascii()
    assert max(map(len, mail.content.split(b"\r\n"))) < 100
    assert mail.content.count(b"\n") == mail.content.count(b"\r\n")


def test_a_mail_that_can_be_switched_off_says_how_and_others_do_not(smtp_server: SmtpServer) -> None:
    address = f"https://blog.example.com/unsubscribe/{'eyJhbGciOiJIUzI1NiJ9' * 20}.x-_"
    mailer_for(smtp_server).send(replace(LETTER, unsubscribe=address))
    mailer_for(smtp_server).send(replace(LETTER, to="bob@example.com"))

    mail = smtp_server.wait_for(to="ada@example.com")
    for policy in (email.policy.default, email.policy.SMTP, email.policy.compat32):
        read = email.message_from_bytes(mail.content, policy=policy)
        assert read["List-Unsubscribe"] == f"<{address}>"
        assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert max(map(len, mail.content.split(b"\r\n"))) < 998
    other = smtp_server.wait_for(to="bob@example.com").message
    assert [name for name in other.keys() if name.lower().startswith("list-")] == []  # noqa: SIM118 - a message is no dict


@pytest.mark.parametrize(
    "address",
    ["http://x/ y", "http://x/\r\nBcc: b@example.com", "http://x/>,<mailto:a@example.com", "javascript:0", "http://x/é",
     "http://x/" + "x" * 1_000, "mailto:a@example.com"],
)  # fmt: skip
def test_a_link_that_ends_mails_is_one_address_of_the_web(smtp_server: SmtpServer, address: str) -> None:
    why_not(mailer_for(smtp_server), replace(LETTER, unsubscribe=address))

    assert smtp_server.messages == []


def test_a_mail_has_exactly_one_recipient(smtp_server: SmtpServer) -> None:
    mailer_for(smtp_server).send(LETTER)

    assert [mail.recipients for mail in smtp_server.messages] == [("ada@example.com",)]


@pytest.mark.parametrize(
    "to",
    [
        "a@example.com, b@example.com", "a@example.com b@example.com", "<a@example.com>", "A <a@example.com>",
        "a@example.com\r\nBcc: b@example.com", "a@example.com\u2028", "a@example.com\x85", "a\0@example.com",
        '"a b"@example.com', "a", "a@b@example.com", "",
    ],
)  # fmt: skip
def test_a_recipient_that_is_not_one_address_is_refused(smtp_server: SmtpServer, to: str) -> None:
    why_not(mailer_for(smtp_server), replace(LETTER, to=to))

    assert smtp_server.messages == []


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\v", "\0", "\ud800"])
@pytest.mark.parametrize("field", ["subject", "message_id"])
def test_a_line_break_cannot_add_a_header(smtp_server: SmtpServer, field: str, end: str) -> None:
    letter = replace(LETTER, **{field: f"<1{end}Bcc: b@example.com>"})

    why_not(mailer_for(smtp_server), letter)

    assert smtp_server.messages == []


def test_a_text_that_cannot_be_encoded_is_reported_in_one_line(smtp_server: SmtpServer) -> None:
    assert why_not(mailer_for(smtp_server), replace(LETTER, text="\ud800")).startswith("the letter holds characters")


# What an answer to RCPT or DATA means for this mail, or for all of them.
MEANINGS = [
    ("450 later", MailNotSent),
    ("452 full today", MailNotSent),
    ("421 going down", MailServerFailed),
    ("550 no such mailbox", MailRefused),
    ("551 not here", MailRefused),
    ("552 full for good", MailRefused),
    ("553 no such name", MailRefused),
    ("554 5.7.1 we think it is spam", MailRefused),
    ("530 5.7.0 log in first", LoginRefused),
]


@pytest.mark.parametrize(("answer", "meaning"), MEANINGS)
def test_a_refused_recipient_is_reported_in_the_servers_words(
    smtp_server: SmtpServer, answer: str, meaning: type[MailNotSent]
) -> None:
    smtp_server.refuse_recipient = answer

    failure = failure_of(mailer_for(smtp_server))

    assert type(failure) is meaning
    assert str(failure) == f"127.0.0.1:{smtp_server.port} refused the recipient: {answer}"


@pytest.mark.parametrize(("answer", "meaning"), MEANINGS)
def test_a_refused_mail_is_reported_in_the_servers_words(
    smtp_server: SmtpServer, answer: str, meaning: type[MailNotSent]
) -> None:
    smtp_server.refuse_data = answer

    failure = failure_of(mailer_for(smtp_server))

    assert type(failure) is meaning
    assert str(failure) == f"127.0.0.1:{smtp_server.port} refused: {answer}"
    assert smtp_server.messages == []


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("451 later", MailServerFailed),
        ("550 we do not know this sender", MailServerFailed),
        ("530 5.7.0 log in first", LoginRefused),
    ],
)
def test_a_refused_sender_is_no_fault_of_the_mail(
    smtp_server: SmtpServer, answer: str, meaning: type[MailNotSent]
) -> None:
    smtp_server.refuse_sender = answer

    failure = failure_of(mailer_for(smtp_server))

    assert type(failure) is meaning
    assert str(failure) == f"127.0.0.1:{smtp_server.port} refused the sender: {answer}"


def test_an_answer_is_shown_in_one_printable_line_too_short_for_a_link(smtp_server: SmtpServer) -> None:
    smtp_server.refuse_data = "554-spam,\r\n554-\tsay \x1b[31m\r\n554 we: " + "x" * 300

    why = why_not(mailer_for(smtp_server))

    assert why.partition("refused: ")[2].startswith("554 spam, say [31m we: xxx")
    assert len(why) < 250


def test_a_server_that_comes_back_is_used_again() -> None:
    with SmtpServer() as server:
        mailer = mailer_for(server)
        server.stop()
        failure = failure_of(mailer)
        assert type(failure) is MailServerFailed
        assert "cannot be reached: Connection refused" in str(failure)

        server.start()
        mailer.send(LETTER)

        assert len(server.messages) == 1


def test_an_unknown_host_is_reported() -> None:
    mailer = SmtpMailer(LETTERHEAD, host="mail.invalid", port=25, security="none")

    assert why_not(mailer).startswith("mail.invalid:25 cannot be reached: ")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_login_is_used() -> None:
    with SmtpServer(login=LOGIN, auth_require_tls=False) as server:
        mailer_for(server, user=LOGIN[0], password=LOGIN[1]).send(LETTER)

        assert len(server.messages) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("password", ["wrong", "wröng"])
def test_a_wrong_login_is_reported_without_the_password(password: str) -> None:
    with SmtpServer(login=LOGIN, auth_require_tls=False) as server:
        failure = failure_of(mailer_for(server, user=LOGIN[0], password=password, login_remedy="ask the postmaster"))

        assert type(failure) is LoginRefused
        assert password not in str(failure)
        assert "login" in str(failure)
        assert str(failure).endswith("; ask the postmaster")
        assert server.messages == []


def test_a_login_that_the_server_does_not_support_is_reported(smtp_server: SmtpServer) -> None:
    failure = failure_of(mailer_for(smtp_server, user=LOGIN[0], password=LOGIN[1]))

    assert type(failure) is LoginRefused
    assert "AUTH" in str(failure)
    assert not str(failure).endswith(".")


def test_a_login_that_is_refused_for_now_is_not_wrong() -> None:
    def cannot_check_logins(line: socket.socket) -> None:
        line.sendall(GREETING)
        listen(line, b"\r\n")
        line.sendall(b"250-hello\r\n250 AUTH PLAIN\r\n")
        listen(line, b"\r\n")
        line.sendall(b"454 4.7.0 the directory is away\r\n")

    with scripted(cannot_check_logins) as port:
        mailer = SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", user=LOGIN[0], password=LOGIN[1])
        failure = failure_of(mailer)

    assert type(failure) is MailServerFailed
    assert str(failure).endswith("refused the login (454)")


def test_starttls_comes_before_login_and_mail(certificate: Path, trusted: ssl.SSLContext) -> None:
    with SmtpServer(login=LOGIN, tls_context=identity(certificate), require_starttls=True) as server:
        mailer_for(server, security="starttls", trusted=trusted, user=LOGIN[0], password=LOGIN[1]).send(LETTER)
        assert len(server.messages) == 1

        assert "STARTTLS" in why_not(mailer_for(server))


def test_smtps_uses_tls_from_the_first_byte(certificate: Path, trusted: ssl.SSLContext) -> None:
    with SmtpServer(ssl_context=identity(certificate)) as server:
        mailer_for(server, security="tls", trusted=trusted).send(LETTER)

        assert len(server.messages) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_with_an_authority_of_its_own_is_trusted_and_no_other(
    certificate: Path, tmp_path: Path, security: str
) -> None:
    options: dict[str, Any] = {f"{'ssl' if security == 'tls' else 'tls'}_context": identity(certificate)}
    another = trusting(self_signed(tmp_path / "another.pem").read_text())
    with SmtpServer(**options) as server:
        mailer_for(server, security=security, trusted=trusting(certificate.read_text())).send(LETTER)
        failure = failure_of(mailer_for(server, security=security, trusted=another))

        assert type(failure) is MailServerFailed
        assert "certificate that does not hold" in str(failure)
        assert len(server.messages) == 1


def test_an_untrusted_certificate_is_refused(certificate: Path) -> None:
    with SmtpServer(tls_context=identity(certificate)) as server:
        assert "certificate that does not hold: self-signed" in why_not(mailer_for(server, security="starttls"))
        assert server.messages == []


def test_a_certificate_for_another_name_is_refused(certificate: Path, trusted: ssl.SSLContext) -> None:
    with SmtpServer(tls_context=identity(certificate)) as server:
        mailer = mailer_for(server, security="starttls", trusted=trusted, host="localhost")

        assert "certificate that does not hold: Hostname mismatch" in why_not(mailer)


def test_starttls_is_not_optional(smtp_server: SmtpServer) -> None:
    why = why_not(mailer_for(smtp_server, security="starttls"))
    assert why.endswith("STARTTLS extension not supported by server")
    assert smtp_server.messages == []


def test_an_address_in_another_script_needs_a_server_with_smtputf8(smtp_server: SmtpServer) -> None:
    letter = replace(LETTER, to="zoë@exämple.com")
    assert "takes no address outside ASCII" in why_not(mailer_for(smtp_server), letter)

    with SmtpServer(enable_SMTPUTF8=True) as server:
        mailer_for(server).send(letter)

        assert server.wait_for(to="zoë@exämple.com").message["To"] == "zoë@exämple.com"


GREETING = b"220 hello\r\n"


def listen(line: socket.socket, until: bytes) -> None:
    """Reads up to and including `until`."""
    heard = b""
    while until not in heard:
        more = line.recv(4096)
        if not more:
            return
        heard += more


def greet_and_take(line: socket.socket) -> None:
    """Everything up to DATA."""
    line.sendall(GREETING)
    for _ in ("EHLO", "MAIL", "RCPT"):
        listen(line, b"\r\n")
        line.sendall(b"250 fine\r\n")
    listen(line, b"\r\n")
    line.sendall(b"354 go on\r\n")


def says_nothing(line: socket.socket) -> None:
    listen(line, b"never")


def stalls_after_the_letter(line: socket.socket) -> None:
    greet_and_take(line)
    listen(line, b"\r\n.\r\n")
    listen(line, b"never")


def drips(line: socket.socket) -> None:
    line.sendall(b"220-")
    while True:
        line.sendall(b"x")
        time.sleep(0.05)


def drips_lines(line: socket.socket) -> None:
    while True:
        line.sendall(b"220-still here\r\n")
        time.sleep(0.05)


def never_reads(line: socket.socket) -> None:
    greet_and_take(line)
    gone = select.poll()
    gone.register(line, select.POLLRDHUP)
    gone.poll(10_000)


def hangs_up_at_once(line: socket.socket) -> None:
    pass


def hangs_up_before_the_letter(line: socket.socket) -> None:
    line.sendall(GREETING)
    listen(line, b"\r\n")


def hangs_up_after_the_letter(line: socket.socket) -> None:
    greet_and_take(line)
    listen(line, b"\r\n.\r\n")


def takes_it_and_says_no_goodbye(line: socket.socket) -> None:
    greet_and_take(line)
    listen(line, b"\r\n.\r\n")
    line.sendall(b"250 taken\r\n")
    listen(line, b"never")


def greets_with_a_refusal(line: socket.socket) -> None:
    line.sendall(b"554 no mail from you\r\n")


def hangs_after_refusing_the_mail(line: socket.socket) -> None:
    greet_and_take(line)
    listen(line, b"\r\n.\r\n")
    line.sendall(b"550 never\r\n")
    listen(line, b"never")


def accepts_and_resets(line: socket.socket) -> None:
    greet_and_take(line)
    listen(line, b"\r\n.\r\n")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.sendall(b"250 taken\r\n")


def is_busy(line: socket.socket) -> None:
    line.sendall(b"421 busy\r\n")


def speaks_another_language(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@contextmanager
def scripted(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that handles each connection with this function."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        # Small, so that a client notices soon when the server does not read.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

        lines: list[socket.socket] = []

        def serve() -> None:
            with suppress(OSError):
                lines.append(server.accept()[0])
                with lines[0]:
                    script(lines[0])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        for end in (*lines, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("script", [says_nothing, stalls_after_the_letter, drips, drips_lines])
def test_the_deadline_holds_with_a_slow_server(script: Callable[[socket.socket], None]) -> None:
    with scripted(script) as port:
        mailer = SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", deadline=0.4)
        start = time.monotonic()

        failure = failure_of(mailer)
        assert type(failure) is MailServerFailed
        assert str(failure) == f"127.0.0.1:{port} took longer than 0.4 s"
        assert 0.4 <= time.monotonic() - start < 2


def test_the_deadline_holds_in_a_tls_handshake() -> None:
    with scripted(says_nothing) as port:
        mailer = SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="tls", deadline=0.4)

        assert "took longer" in why_not(mailer)


def test_the_deadline_holds_when_the_server_does_not_read_a_long_mail() -> None:
    with scripted(never_reads) as port:
        mailer = SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", deadline=0.4)
        start = time.monotonic()

        assert "took longer" in why_not(mailer, replace(LETTER, text="x" * 6_000_000))
        assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (hangs_up_at_once, "hung up"),
        (hangs_up_before_the_letter, "hung up"),
        (hangs_up_after_the_letter, "hung up"),
        (is_busy, "refused: 421 busy"),
        (greets_with_a_refusal, "refused: 554 no mail from you"),
        (speaks_another_language, "does not speak SMTP"),
    ],
)
def test_a_closed_connection_is_reported(script: Callable[[socket.socket], None], why: str) -> None:
    with scripted(script) as port:
        mailer = SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", deadline=10)

        failure = failure_of(mailer)

        assert type(failure) is MailServerFailed
        assert str(failure) == f"127.0.0.1:{port} {why}"


@contextmanager
def closed() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield port


@pytest.mark.parametrize(
    ("at", "cause", "has_remedy"),
    [
        (closed, "cannot be reached", True),
        (lambda: scripted(says_nothing), "took longer", True),
        (lambda: scripted(hangs_up_at_once), "hung up", True),
        (lambda: scripted(is_busy), "refused", False),
        (lambda: scripted(speaks_another_language), "does not speak SMTP", False),
    ],
)
def test_a_failure_has_a_cause_and_a_server_that_is_not_reached_a_remedy(
    at: Callable[[], AbstractContextManager[int]], cause: str, has_remedy: bool
) -> None:
    with at() as port:
        mailer = SmtpMailer(
            LETTERHEAD, host="127.0.0.1", port=port, security="none", deadline=0.4, reach_remedy="look at the cable"
        )
        failure = failure_of(mailer)

    assert isinstance(failure, MailServerFailed)
    assert failure.cause == cause
    assert str(failure).startswith(f"127.0.0.1:{port} {cause}")
    assert str(failure).endswith("; look at the cable") is has_remedy


def test_a_remedy_is_for_the_log_and_not_for_who_checks() -> None:
    with closed() as port:
        mailer = SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", reach_remedy="look at the cable")
        with pytest.raises(MailServerFailed) as caught:
            mailer.check()

    assert str(caught.value) == f"127.0.0.1:{port} cannot be reached: Connection refused"


def test_a_server_that_refuses_a_mail_and_then_hangs_has_refused_it() -> None:
    with scripted(hangs_after_refusing_the_mail) as port:
        mailer = SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", deadline=2)

        failure = failure_of(mailer)

    assert type(failure) is MailRefused
    assert str(failure).endswith("refused: 550 never")


def test_a_mail_that_was_accepted_is_sent_though_the_connection_breaks() -> None:
    for _ in range(20):
        with scripted(accepts_and_resets) as port:
            SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", deadline=10).send(LETTER)


def test_a_mail_is_sent_once_accepted_without_waiting_for_quit() -> None:
    with scripted(takes_it_and_says_no_goodbye) as port:
        start = time.monotonic()

        SmtpMailer(LETTERHEAD, host="127.0.0.1", port=port, security="none", deadline=10).send(LETTER)

        assert time.monotonic() - start < 5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, signed by itself, with its key in the same file."""
    return self_signed(tmp_path_factory.mktemp("certificate") / "mail.pem")


@pytest.fixture(scope="module")
def trusted(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def identity(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
