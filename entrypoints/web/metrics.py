"""What the site counts, for Prometheus. Only for those networks that the setting METRICS_FROM names."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from flask import Blueprint, Response, request

from application.ports.members import MemberFeeds
from application.ports.metrics import Level, Reading, SiteMeter
from application.ports.outbox import OutboxFeeds
from application.ports.paging import COUNTED_AT_MOST
from application.ports.work import Now
from application.storage import Pulse
from domain.errors import TryAgain
from entrypoints.readiness import checks, worst
from entrypoints.settings import Settings
from entrypoints.web.decorators import for_any_host, hidden_unless, without_viewer

# A proxy that sends one of these without X-Forwarded-For hides the address of the client.
_OF_PROXIES = ("X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Via")

CHECK = Level("check_passes", "1 for what is right, of what /readyz says.", ("check",))
MEMBERS = Level("members", "Members, without those who have left.")
WAITING = Level("outbox_jobs_waiting", f"Jobs that wait or are held, counted up to {COUNTED_AT_MOST}.", ("kind",))
OLDEST = Level("outbox_oldest_due_seconds", "How long the oldest job has been due.", ("kind",))
FAILING = Level("mails_failing", f"Mails that failed and are tried again, counted up to {COUNTED_AT_MOST}.")
GIVEN_UP = Level("mails_given_up", f"Mails that are not tried again, counted up to {COUNTED_AT_MOST}.")
MAIL_FAILS = Level("mail_fails", "1 while the last attempt to send any mail failed at the mail server.")


def blueprint(
    *,
    meter: SiteMeter,
    outbox_feeds: OutboxFeeds,
    member_feeds: MemberFeeds,
    ping: Callable[[], Pulse],
    data_folder: Path,
    now: Now,
    settings: Settings,
) -> Blueprint:
    views = Blueprint("metrics", __name__)

    def may_read() -> bool:
        # A request that passed more proxies than are trusted has the address of a proxy, and not of who asks.
        passed = [address for line in request.headers.getlist("X-Forwarded-For") for address in line.split(",")]
        if len(passed) > settings.trusted_proxies or "Forwarded" in request.headers:
            return False
        if not passed and any(name in request.headers for name in _OF_PROXIES):
            return False
        return is_within(request.remote_addr, settings.metrics_from)

    @views.get("/metrics")
    @for_any_host
    @without_viewer
    @hidden_unless(may_read)
    def metrics() -> Response:
        media_type, text = meter.exposition(request.headers.get("Accept", ""), readings())
        return Response(text, content_type=media_type, headers={"Cache-Control": "no-store"})

    def readings() -> list[Reading]:
        checked = checks(ping, data_folder, now)
        found = [Reading(CHECK, float(check.status == "pass"), (name,)) for name, check in checked.items()]
        # Nobody knows which statements a schema of another version can answer.
        if worst(checked) != "fail":
            try:
                found += stored()
            except TryAgain:
                found[0] = Reading(CHECK, 0.0, found[0].labels)
        return found

    def stored() -> Iterator[Reading]:
        """Three statements, and none that grows with the site."""
        yield Reading(MEMBERS, member_feeds.counts().members)
        for backlog in outbox_feeds.backlog():
            yield Reading(WAITING, backlog.waiting, (backlog.kind.value,))
            yield Reading(OLDEST, backlog.overdue(now()).total_seconds(), (backlog.kind.value,))
        health = outbox_feeds.mail_health()
        yield Reading(FAILING, health.failing)
        yield Reading(GIVEN_UP, health.given_up)
        yield Reading(MAIL_FAILS, float(health.fails))

    return views


def is_within(address: str | None, networks: Iterable[str]) -> bool:
    """Whether one of the networks holds the address. An IPv4 address may be written as one of IPv6."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in ipaddress.ip_network(network) for network in networks)
