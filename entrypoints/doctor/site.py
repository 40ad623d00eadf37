"""Whether CHAPBOOK_BASE_URL leads to this site, and how the proxies on the way pass requests on."""

import http.client
import socket
import ssl
from datetime import timedelta
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from entrypoints.doctor.configuration import answers_to_its_host, host_of
from entrypoints.doctor.findings import Finding, Findings, Found, fault, warning, well
from entrypoints.doctor.reaching import MADE_UP, PATIENCE, Answer, Arrived, ask, speaks_http
from entrypoints.settings import Settings

_NO_MATTER_OF_TLS = (ssl.SSLCertVerificationError, socket.gaierror, ConnectionRefusedError)
_FROM_PROXIES = (502, 503, 504)
_AS_DEPLOY = "as deploy/nginx.conf does"


def check_site(settings: Settings, container: Any) -> Findings:
    try:
        answer = ask(settings.base_url, container.tokens())
    except (OSError, http.client.HTTPException) as error:
        yield _not_reached(settings, error)
        return
    if answer.arrived is None:
        yield _another(settings, answer)
        return
    yield Found("answer", answer)
    here, there = version("chapbook"), answer.arrived.version
    if here != there:
        yield warning(
            f"Version {there} answers at {settings.base_url}; this is version {here}.",
            "Restart the site and its workers after each new version.",
        )
    older = _older_settings(settings, answer.arrived)
    yield from older
    if here == there and not older:
        yield well(f"{settings.base_url} leads to this site.")


def _older_settings(settings: Settings, arrived: Arrived) -> list[Finding]:
    """The site reads its settings when it starts. What is wrong here too is no matter of a restart."""
    host, says = host_of(settings), []
    if arrived.is_refused and _came_to(arrived) == host and answers_to_its_host(settings):
        says.append(f"The running site refuses the host {host}: every page answers 400.")
    if arrived.base_url not in ("", settings.base_url):
        says.append(f"The running site has another CHAPBOOK_BASE_URL: {arrived.base_url} and not {settings.base_url}.")
    remedy = (
        "Restart the site and its workers, so that they run with the settings of now, or run `chapbook doctor` with"
        " those of the site."
    )
    return [fault(" ".join(says), remedy)] if says else []


def _not_reached(settings: Settings, error: Exception) -> Finding:
    base_url, host = settings.base_url, host_of(settings)
    match error:
        # This case comes first: a server without TLS refuses the handshake, or waits for the rest of a line.
        case _ if settings.is_https and not isinstance(error, _NO_MATTER_OF_TLS) and speaks_http(base_url):
            return fault(
                f"What answers at {base_url} speaks http, not https.",
                f"Let a proxy serve https there ({_AS_DEPLOY}), or set CHAPBOOK_BASE_URL to http://...",
            )
        case ssl.SSLCertVerificationError(verify_message=words):
            return fault(
                f"The certificate at {base_url} does not hold: {words}.",
                f"Get a certificate for {host} and let the proxy use it with its whole chain, or set CHAPBOOK_BASE_URL"
                " to the name that the certificate has.",
            )
        case ssl.SSLError():
            return fault(
                f"What answers at {base_url} does not speak TLS.",
                f"Let a proxy serve https there ({_AS_DEPLOY}), or correct CHAPBOOK_BASE_URL.",
            )
        case socket.gaierror():
            return fault(
                f"The name {host} has no address here.",
                f"Make a DNS record for {host}, or set CHAPBOOK_BASE_URL to the name that readers use.",
            )
        case TimeoutError():
            says = f"{base_url} did not answer in {PATIENCE:g} seconds."
        case OSError(strerror=words) if words:
            says = f"{base_url} cannot be reached: {words}."
        case _:
            says = f"What answers at {base_url} does not speak HTTP."
    remedy = (
        "Start the site (`chapbook serve`) and the proxy before it, see that no firewall is between, or correct"
        " CHAPBOOK_BASE_URL."
    )
    return fault(says, remedy)


def _another(settings: Settings, answer: Answer) -> Finding:
    base_url = settings.base_url
    if 300 <= answer.status < 400:
        url = urlsplit(answer.location)
        place = f"{url.scheme}://{url.netloc.rpartition('@')[2]}" if url.netloc else "another path"
        return fault(
            f"{base_url} leads on to {place[:200]!a} and not to this site.",
            "Set CHAPBOOK_BASE_URL to the address where the site itself answers, or let the proxy pass requests on.",
        )
    if answer.status in _FROM_PROXIES:
        return fault(
            f"The proxy at {base_url} answers {answer.status}: it does not reach the site.",
            f"Start the site (`chapbook serve`), and let the proxy pass requests on to port {settings.port}"
            " (CHAPBOOK_HOST, CHAPBOOK_PORT).",
        )
    if answer.text.strip() != "ok":
        return fault(
            f"Another site answers at {base_url}.",
            "Correct CHAPBOOK_BASE_URL, or let the proxy pass requests for its host on to this site.",
        )
    if answer.clock_ahead is not None and abs(answer.clock_ahead) > timedelta(seconds=8):
        return fault(
            f"The clock of the site at {base_url} differs by {abs(answer.clock_ahead).total_seconds():.0f} seconds.",
            "Let NTP set the clocks of all hosts, for example with `timedatectl set-ntp true`.",
        )
    return fault(
        f"The site at {base_url} does not know this secret key: it is another one, or it runs with older settings or an"
        " older version.",
        "Give all processes the same CHAPBOOK_SECRET_KEY and restart them, or correct CHAPBOOK_BASE_URL.",
    )


def check_proxies(settings: Settings, answer: Answer) -> Findings:
    arrived = answer.arrived
    assert arrived is not None
    problems = [*_address_problems(settings, arrived), *_scheme_problems(settings, arrived)]
    yield from problems
    if not problems:
        count = settings.trusted_proxies
        yield well(
            f"The site knows the client's address and scheme behind {count} {'proxy' if count == 1 else 'proxies'}."
        )


def check_host_header(settings: Settings, answer: Answer) -> Findings:
    arrived = answer.arrived
    assert arrived is not None
    came = _came_to(arrived)
    if came == host_of(settings):
        yield well("The site gets the Host header of its readers.")
    else:
        yield fault(
            f"Requests for {host_of(settings)} reach the site with the Host {came!a}, and so most pages answer 400.",
            f"Let the proxy pass the Host header on, {_AS_DEPLOY} (`proxy_set_header Host $host`).",
        )


def _came_to(arrived: Arrived) -> str:
    return urlsplit(f"//{arrived.host}").hostname or ""


def _hops(arrived: Arrived) -> int:
    """How many proxies said whom they got the request from. The first entry may be the one that was made up."""
    entries = [entry.strip() for entry in arrived.forwarded_for.split(",")]
    return sum(entry not in ("", MADE_UP) for entry in entries)


def _address_problems(settings: Settings, arrived: Arrived) -> list[Finding]:
    hops, trusted = _hops(arrived), settings.trusted_proxies
    let_them = f"Let each proxy set X-Forwarded-For and X-Forwarded-Proto to what it sees, {_AS_DEPLOY}"
    if hops:
        remedy = f"Set CHAPBOOK_TRUSTED_PROXIES to {hops}."
    elif settings.is_https and not trusted:
        remedy = f"{let_them}, and set CHAPBOOK_TRUSTED_PROXIES to the number of proxies."
    else:
        remedy = f"{let_them}, or set CHAPBOOK_TRUSTED_PROXIES to 0 where no proxy is."
    if arrived.address == MADE_UP:
        says = "The site believes any address that a client makes up, so limits hold nobody."
    elif trusted and not hops:
        says = f"CHAPBOOK_TRUSTED_PROXIES is {trusted}, and no proxy says in X-Forwarded-For where a request came from."
    elif trusted < hops:
        says = (
            f"{hops} {'proxy passes' if hops == 1 else 'proxies pass'} requests on and CHAPBOOK_TRUSTED_PROXIES is"
            f" {trusted}: all readers share one address and its limits."
        )
    elif trusted > hops:
        says = (
            f"CHAPBOOK_TRUSTED_PROXIES is {trusted}, and {hops} {'proxy passes' if hops == 1 else 'proxies pass'}"
            " requests on: the site would believe an address that a client makes up."
        )
    elif settings.is_https and not hops:
        says = "A proxy serves https and does not say where a request came from: all readers share one address."
    else:
        return []
    return [fault(says, remedy)]


def _scheme_problems(settings: Settings, arrived: Arrived) -> list[Finding]:
    wanted, trusted = urlsplit(settings.base_url).scheme, settings.trusted_proxies
    if arrived.scheme == wanted:
        return []
    if wanted == "http":
        return [
            warning("The proxy says https, and CHAPBOOK_BASE_URL says http.", "Set CHAPBOOK_BASE_URL to https://...")
        ]
    says = "No page can be read, because the site takes https for http."
    said = [value for value in arrived.forwarded_proto.split(",") if value.strip()]
    if not said:
        remedy = f"Let the proxy set X-Forwarded-Proto, {_AS_DEPLOY}, and set CHAPBOOK_TRUSTED_PROXIES."
    elif not trusted:
        remedy = f"Set CHAPBOOK_TRUSTED_PROXIES to {max(1, _hops(arrived))}, so that X-Forwarded-Proto counts."
    elif len(said) < trusted:
        remedy = (
            f"X-Forwarded-Proto has {len(said)} of {trusted} values: let each proxy append its own, or set"
            f" CHAPBOOK_TRUSTED_PROXIES to {len(said)} if there is no more."
        )
    else:
        remedy = "Let the proxy that serves https set X-Forwarded-Proto to https, and the others leave it."
    return [fault(says, remedy)]
