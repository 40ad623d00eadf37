"""Whether mail leaves, and the DNS records without which it does not arrive."""

import ipaddress
from typing import Any

from adapters.mail_files import FileMailer
from adapters.smtp import SmtpMailer
from application.ports.mailing import LoginRefused, MailNotSent
from entrypoints.doctor.configuration import host_of, is_public
from entrypoints.doctor.findings import Findings, fault, warning, well
from entrypoints.settings import Settings

_LOCAL = ("localhost", "127.0.0.1", "::1")


def check_mail(settings: Settings, container: Any) -> Findings:
    url, mailer = settings.mail_url, container.mailer()
    if not isinstance(mailer, SmtpMailer):
        if isinstance(mailer, FileMailer):
            try:
                mailer.check()
            except MailNotSent as error:
                yield fault(
                    f"No mail is kept: {error}.",
                    f"Make {url.path} a folder that the user who runs the site may write to, for example with `mkdir`"
                    " and `chown`, or correct CHAPBOOK_MAIL_URL.",
                )
                return
        where = f"the folder {url.path}" if url.scheme == "file" else "standard output"
        if settings.env == "production":
            yield warning(
                f"No mail leaves: all mails go to {where}.",
                "Set CHAPBOOK_MAIL_URL to smtp+starttls://user:password@host.",
            )
        else:
            yield well(f"Mails go to {where}.")
        return
    server = f"{url.host}:{url.port}"
    try:
        mailer.check()
    except MailNotSent as error:
        yield fault(f"No mail leaves: {error}.", _remedy(error))
        return
    if url.user and url.scheme == "smtp" and url.host not in _LOCAL:
        yield warning(
            f"The password for {server} crosses the network unencrypted.",
            "Set CHAPBOOK_MAIL_URL to smtp+starttls://... or smtps://...",
        )
    yield well(f"{server} takes mail from {domain_of(settings)}.")


def _remedy(error: MailNotSent) -> str:
    said = str(error)
    if isinstance(error, LoginRefused):
        return "Correct user and password in CHAPBOOK_MAIL_URL, and restart the worker."
    if "refused the sender" in said:
        return "Set CHAPBOOK_MAIL_FROM to an address from which this server lets you send, or log in to it."
    if "certificate" in said:
        return (
            "Set the host in CHAPBOOK_MAIL_URL to the name in the certificate; for an authority of its own set"
            " CHAPBOOK_MAIL_CA_FILE to its certificate."
        )
    if "TLS" in said or "STARTTLS" in said:
        return "Set CHAPBOOK_MAIL_URL to what the server speaks at this port: smtp+starttls://, smtps:// or smtp://."
    return "Start the mail server, see that no firewall is between, or correct host and port in CHAPBOOK_MAIL_URL."


def domain_of(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].removesuffix(">").lower()


def check_sender(settings: Settings) -> Findings:
    """The records of RFC 7208 (SPF), RFC 6376 (DKIM) and RFC 7489 (DMARC). They are said and not looked up: what
    receivers see is in the DNS of the world, not of this host."""
    domain = domain_of(settings)
    if not is_public(domain):
        says = (
            f"{domain} in CHAPBOOK_MAIL_FROM is no domain of the Internet, so no DNS record makes its mails believed."
        )
        remedy = "Set CHAPBOOK_MAIL_FROM to an address of a domain that is yours."
        if settings.env == "production" and settings.mail_url.host:
            yield fault(says, remedy)
        else:
            yield well(says)
        return
    yield well(f"Receivers believe mails from {domain} only with these DNS records:", *records(settings))


def records(settings: Settings) -> tuple[str, ...]:
    """What can be known of them. The key of DKIM is that of the server which signs."""
    domain, server = domain_of(settings), settings.mail_url.host or "the mail server"
    return (
        f'SPF:   {domain}. TXT "v=spf1 {_sends(settings)} ~all"',
        "       One such record only: add to one that is there.",
        f"       If {server} hands mails on to others, ask its provider for the `include:` to put in.",
        f'DKIM:  SELECTOR._domainkey.{domain}. TXT "v=DKIM1; k=rsa; p=PUBLIC-KEY"',
        f"       Ask the provider of {server} to sign with d={domain}.",
        "       It names SELECTOR and PUBLIC-KEY, or a CNAME in their place.",
        f'DMARC: _dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"',
        "       Once the reports name nobody else who sends for you: p=quarantine, later p=reject.",
    )


def _sends(settings: Settings) -> str:
    """The mechanism of SPF for the host that delivers."""
    host = settings.mail_url.host
    if not host or host in _LOCAL:
        # This machine delivers. Readers find it under this name, if its mails come from there too.
        return f"a:{host_of(settings)}" if is_public(host_of(settings)) else "ip4:ADDRESS-OF-THIS-MACHINE"
    try:
        return f"ip{ipaddress.ip_address(host).version}:{host}"
    except ValueError:
        return f"a:{host}"
