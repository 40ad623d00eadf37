"""The settings: whether they parse, who may read their secrets, and whether they fit each other."""

import ipaddress
from urllib.parse import urlsplit

from entrypoints.container import Container
from entrypoints.doctor.findings import Findings, Found, fault, warning, well
from entrypoints.settings import BadSettings, Settings, files_of_secrets, load_settings
from entrypoints.web.hosts import is_allowed

# RFC 6761 and RFC 6762: no name below these is anybody's in the Internet.
_RESERVED = ("localhost", "test", "example", "invalid", "local", "internal")


def check_settings() -> Findings:
    try:
        settings = load_settings()
    except BadSettings as error:
        variables = list(dict.fromkeys(error.variables))
        count = f" ({len(variables)} are not: {', '.join(variables)})" if len(variables) > 1 else ""
        for variable, problem in zip(error.variables, error.problems, strict=True):
            yield fault(f"{variable} is not right, and nothing starts{count}.", problem)
        return
    yield Found("settings", settings)
    yield Found("container", Container(settings=settings))
    yield well(f"{len(Settings.model_fields)} settings are right.")


def check_secret_files() -> Findings:
    files = files_of_secrets()
    open_files = [path for path in files if path.stat().st_mode & 0o006]
    for path in open_files:
        yield fault(
            f"Everybody on this machine may read or change {path}, which holds a secret.",
            f"Run `chmod o-rwx {path}`, and make a new secret if somebody may have read it.",
        )
    if not open_files:
        yield well(f"No stranger may read {', '.join(map(str, files))}." if files else "No secret is in a file.")


def check_environment(settings: Settings) -> Findings:
    public = is_public(host_of(settings))
    is_fine = True
    if settings.env == "development":
        if public:
            is_fine = False
            yield fault(
                f"{settings.base_url} is public, and CHAPBOOK_ENV=development answers to other hosts and allows weak"
                " password hashes.",
                "Set CHAPBOOK_ENV to production.",
            )
    else:
        for is_wrong, says, remedy in (
            (
                not public,
                f"Links in mails lead to {settings.base_url}, which only this machine or network reaches.",
                "Set CHAPBOOK_BASE_URL to the address where readers find the site.",
            ),
            (
                public and not settings.is_https,
                "Passwords and sessions cross the network unencrypted, because CHAPBOOK_BASE_URL begins with http.",
                "Let a proxy serve the site by https (deploy/nginx.conf), and set CHAPBOOK_BASE_URL to https://...",
            ),
            (
                settings.storage == "memory",
                "The site forgets everything when it ends, because CHAPBOOK_STORAGE is memory.",
                "Set CHAPBOOK_STORAGE to sql.",
            ),
            (
                settings.rate_limits == "off",
                "Passwords can be guessed without an end, because CHAPBOOK_RATE_LIMITS is off.",
                "Set CHAPBOOK_RATE_LIMITS to on.",
            ),
        ):
            if is_wrong:
                is_fine = False
                yield warning(says, remedy)
    if is_fine:
        yield well(f"The settings suit {settings.env}.")


def check_hosts(settings: Settings) -> Findings:
    host = host_of(settings)
    if answers_to_its_host(settings):
        yield well(f"The site answers to {host}.")
    else:
        yield fault(
            f"Every page at {settings.base_url} answers 400, because CHAPBOOK_ALLOWED_HOSTS does not name {host}.",
            f"Set CHAPBOOK_ALLOWED_HOSTS to a list with {host}, or leave it out.",
        )


def answers_to_its_host(settings: Settings) -> bool:
    return is_allowed(urlsplit(settings.base_url).netloc, settings.allowed_hosts)


def host_of(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or ""


def is_public(host: str) -> bool:
    """Whether the Internet may know this host."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and host.rstrip(".").rpartition(".")[2] not in _RESERVED
