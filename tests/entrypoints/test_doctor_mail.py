"""`chapbook doctor` and mail: whether it leaves, and the DNS records of its domain."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.smtp import SmtpMailer
from entrypoints.doctor.findings import Level
from tests.certificates import self_signed
from tests.entrypoints.conftest import SetUp
from tests.smtp_server import SmtpServer

LOGIN = ("postman", "mellon")


@pytest.fixture
def mailing(bare: SetUp, smtp_server: SmtpServer) -> SetUp:
    bare.set(mail_url=smtp_server.url, mail_from="Chapbook <noreply@example.com>")
    return bare


def test_a_server_that_takes_the_sender_is_well_and_gets_no_mail(mailing: SetUp, smtp_server: SmtpServer) -> None:
    assert mailing.is_well("mail")
    assert smtp_server.messages == []


def test_a_server_that_refuses_connections_is_a_fault(mailing: SetUp, smtp_server: SmtpServer) -> None:
    smtp_server.stop()

    says = mailing.fault("mail")

    assert f"No mail leaves: 127.0.0.1:{smtp_server.port} cannot be reached: Connection refused." in says
    assert "Start the mail server" in says
    assert says.count("CHAPBOOK_MAIL_URL") == 1


def test_a_server_that_says_nothing_is_a_fault_in_bounded_time(bare: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    check = SmtpMailer.check
    monkeypatch.setattr(SmtpMailer, "check", lambda self: check(self, seconds=0.3))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bare.set(mail_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}")

        assert "took longer than 0.3 s" in bare.fault("mail")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("password", ["friend", LOGIN[1]])
def test_a_login_that_is_refused_is_a_fault(bare: SetUp, password: str) -> None:
    with SmtpServer(login=LOGIN, auth_require_tls=False) as server:
        bare.set(mail_url=f"smtp://{LOGIN[0]}:{password}@127.0.0.1:{server.port}")
        if password == LOGIN[1]:
            assert bare.is_well("mail")
            return
        says = bare.fault("mail")

    assert "refused the login (535)" in says
    assert "Correct user and password in CHAPBOOK_MAIL_URL" in says
    assert says.casefold().count("correct ") == 1
    assert password not in says


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_missing_login_is_a_fault(bare: SetUp) -> None:
    with SmtpServer(login=LOGIN, auth_require_tls=False) as server:
        bare.set(mail_url=server.url)

        assert "Correct user and password in CHAPBOOK_MAIL_URL" in bare.fault("mail")


def test_a_sender_that_is_refused_is_a_fault(mailing: SetUp, smtp_server: SmtpServer) -> None:
    smtp_server.refuse_sender = "553 not yours"

    says = mailing.fault("mail")

    assert "refused the sender: 553 not yours" in says
    assert "Set CHAPBOOK_MAIL_FROM to an address from which this server lets you send" in says


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path / "mail.pem")


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[SmtpServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with SmtpServer(ssl_context=context) as server:
        yield server


def test_a_certificate_that_does_not_hold_is_a_fault(bare: SetUp, tls_server: SmtpServer, certificate: Path) -> None:
    bare.set(mail_url=f"smtps://127.0.0.1:{tls_server.port}")
    says = bare.fault("mail")
    assert "has a certificate that does not hold" in says
    assert "set CHAPBOOK_MAIL_CA_FILE" in says

    bare.set(mail_ca_file=str(certificate))
    assert bare.is_well("mail")


def test_tls_where_the_server_has_none_is_a_fault(bare: SetUp, smtp_server: SmtpServer) -> None:
    bare.set(mail_url=f"smtp+starttls://127.0.0.1:{smtp_server.port}")

    says = bare.fault("mail")
    assert "Set CHAPBOOK_MAIL_URL to what the server speaks at this port" in says
    assert ".." not in says


def test_a_server_without_logins_is_a_fault_in_whole_sentences(bare: SetUp, smtp_server: SmtpServer) -> None:
    bare.set(mail_url=f"smtp://{LOGIN[0]}:{LOGIN[1]}@127.0.0.1:{smtp_server.port}")

    says = bare.fault("mail")
    assert "SMTP AUTH extension not supported by server. Correct user and password" in says
    assert ".." not in says


@pytest.mark.parametrize("url", ["console:", "file:mail"])
def test_mail_that_does_not_leave_is_a_warning_in_production(bare: SetUp, url: str) -> None:
    bare.set(mail_url=url)
    assert bare.is_well("mail")

    bare.set(env="production", password_memory_kib="", password_rounds="")

    assert "No mail leaves: all mails go to" in bare.warning("mail")


@pytest.mark.parametrize("env", ["production", "development"])
@pytest.mark.parametrize("path", ["/proc/mail", "a-file", "a-file/mail"])
def test_a_folder_for_mail_that_cannot_be_written_is_a_fault(bare: SetUp, path: str, env: str) -> None:
    """Nobody may write in /proc, not even root."""
    if env == "production":
        bare.set(env=env, password_memory_kib="", password_rounds="")
    (bare.folder / "a-file").touch()
    bare.set(mail_url=f"file:{path}")

    says = bare.fault("mail")

    assert f"No mail is kept: mails cannot be written to {bare.folder / path}: " in says
    assert f"Make {bare.folder / path} a folder that the user who runs the site may write to" in says


def test_a_folder_for_mail_is_left_as_it_is(bare: SetUp) -> None:
    bare.set(mail_url="file:mail/out")
    assert bare.is_well("mail")
    assert not (bare.folder / "mail").exists()

    (bare.folder / "mail" / "out").mkdir(parents=True)
    assert bare.is_well("mail")
    assert list((bare.folder / "mail" / "out").iterdir()) == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_password_that_crosses_the_network_unencrypted_is_a_warning(bare: SetUp) -> None:
    server = SmtpServer(login=LOGIN, auth_require_tls=False)
    server.host = "127.0.0.2"  # a host that is not this one by its name
    with server:
        bare.set(mail_url=f"smtp://{LOGIN[0]}:{LOGIN[1]}@127.0.0.2:{server.port}")

        assert "Set CHAPBOOK_MAIL_URL to smtp+starttls://... or smtps://..." in bare.warning("mail")


# The records.


def lines(setup: SetUp) -> list[str]:
    (found,) = setup.look("sender")
    assert found.level is Level.OK
    return list(found.lines)


@pytest.mark.parametrize(
    ("url", "spf"),
    [
        ("smtp+starttls://mail.example.net", "v=spf1 a:mail.example.net ~all"),
        ("smtp://9.9.9.9", "v=spf1 ip4:9.9.9.9 ~all"),
        ("smtp://[2620:fe::fe]", "v=spf1 ip6:2620:fe::fe ~all"),
        ("smtp://localhost", "v=spf1 a:blog.example.com ~all"),
        ("file:mail", "v=spf1 a:blog.example.com ~all"),
    ],
)
def test_the_records_of_the_domain_are_always_said(bare: SetUp, url: str, spf: str) -> None:
    bare.set(base_url="https://blog.example.com", mail_from="The Room <noreply@Example.com>", mail_url=url)

    said = lines(bare)

    assert f'SPF:   example.com. TXT "{spf}"' in said
    assert 'DKIM:  SELECTOR._domainkey.example.com. TXT "v=DKIM1; k=rsa; p=PUBLIC-KEY"' in said
    assert any("to sign with d=example.com" in line for line in said)
    assert 'DMARC: _dmarc.example.com. TXT "v=DMARC1; p=none; rua=mailto:postmaster@example.com"' in said


def test_a_sender_without_a_domain_is_a_fault_where_mail_leaves(bare: SetUp) -> None:
    assert lines(bare) == []
    bare.set(env="production", password_memory_kib="", password_rounds="", mail_url="smtp://localhost")

    assert "Set CHAPBOOK_MAIL_FROM to an address of a domain that is yours." in bare.fault("sender")
