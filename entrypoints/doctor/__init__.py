"""Looks at a set-up from all sides and says what is broken, and how to mend it. One file a topic.

Without `mends` it changes nothing but one job that it puts into the outbox.
"""

from collections.abc import Iterable, Iterator

from entrypoints.doctor import (
    backups,
    clock,
    configuration,
    database,
    disk,
    mail,
    members,
    pictures,
    program,
    site,
    worker,
)
from entrypoints.doctor.examining import examine
from entrypoints.doctor.findings import Finding, Named

CHECKS = (
    Named("settings", configuration.check_settings),
    Named("secrets", configuration.check_secret_files),
    Named("environment", configuration.check_environment),
    Named("hosts", configuration.check_hosts),
    Named("translations", program.check_translations),
    Named("static files", program.check_static_files),
    Named("renderer", program.check_renderer, seconds=90),
    Named("disk", disk.check_disk),
    Named("pictures", pictures.check_pictures, seconds=90),
    Named("backups", backups.check_backups),
    Named("database", database.check_database),
    Named("database server", database.check_server),
    Named("rows", clock.check_rows),
    Named("database clock", clock.check_database_clock),
    Named("administrator", members.check_administrators),
    Named("words", members.check_words),
    Named("search", members.check_search, seconds=3_600),
    Named("site", site.check_site),
    Named("site clock", clock.check_site_clock),
    Named("proxies", site.check_proxies),
    Named("host header", site.check_host_header),
    Named("mail", mail.check_mail),
    Named("sender", mail.check_sender),
    Named("worker", worker.check_worker),
    Named("outbox", worker.check_outbox),
    Named("leases", worker.check_leases),
)
COUNTERS = Named("counters", members.check_counters, seconds=3_600)


def look(
    *,
    counters: bool = False,
    mends: bool = False,
    show: members.Show = lambda _done, _total: None,
    checks: Iterable[Named] = CHECKS,
) -> Iterator[Finding]:
    """Findings as they come. `mends` also looks at the counters; `show` says how far that is."""
    chosen = [*checks, COUNTERS] if counters or mends else [*checks]
    return examine(chosen, {"mends": mends, "show": show})
