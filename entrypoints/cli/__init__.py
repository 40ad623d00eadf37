"""The command line: `chapbook COMMAND`. It has no rules of its own. Exit status 0 means success."""

from entrypoints.cli import (
    backups,
    demo,
    deploying,
    developing,
    doctor,
    importing,
    members,
    moderation,
    outbox,
    profiling,
    rerendering,
    searching,
    serving,
    site,
    tags,
)
from entrypoints.cli.running import cli
from entrypoints.logs import install

__all__ = [
    "backups",
    "cli",
    "demo",
    "deploying",
    "developing",
    "doctor",
    "importing",
    "main",
    "members",
    "moderation",
    "outbox",
    "profiling",
    "rerendering",
    "searching",
    "serving",
    "site",
    "tags",
]


def main() -> None:
    install()
    cli(prog_name="chapbook")
