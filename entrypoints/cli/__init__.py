"""The command line: `chapbook COMMAND`. It has no rules of its own. Exit status 0 means success."""

import logging

from entrypoints.cli import developing, members, outbox, rerendering, serving
from entrypoints.cli.running import cli

__all__ = ["cli", "developing", "main", "members", "outbox", "rerendering", "serving"]


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    cli(prog_name="chapbook")
