"""The command that looks at a set-up and says what is broken, and how to mend it."""

import json
import sys
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import click

from entrypoints.cli.running import cli

_LEVELS: dict[str, tuple[str, dict[str, Any]]] = {
    "ok": ("ok", {"fg": "green"}),
    "warning": ("WARNING", {"fg": "yellow", "bold": True}),
    "fault": ("FAULT", {"fg": "red", "bold": True}),
    "unknown": ("-", {}),
}


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.option("--counters", is_flag=True, help="Count all posts, comments, followers and members, too.")
@click.option("--mend", is_flag=True, help="The same, and mend counters and search texts that are wrong.")
def doctor(as_json: bool, counters: bool, mend: bool) -> None:
    """Look at the whole set-up: settings, database, disk, clocks, mail, proxies, worker. Exit status 1 for a fault."""
    from entrypoints.doctor import look
    from entrypoints.doctor.findings import Level

    findings = []
    for finding in look(counters=counters, mends=mend, show=_show):
        findings.append(finding)
        if not as_json:
            _print(finding)
    count = {level: sum(finding.level is level for finding in findings) for level in Level}
    if as_json:
        click.echo(json.dumps(_object(findings, count), ensure_ascii=False, indent=2))
    else:
        click.echo(f"\n{_counted(count[Level.FAULT], 'fault')}, {_counted(count[Level.WARNING], 'warning')}.")
    sys.exit(1 if count[Level.FAULT] else 0)


def _print(finding: Any) -> None:
    """One line for what is well. What is not stands out, with its remedy below."""
    word, style = _LEVELS[finding.level.value]
    click.echo(f"{click.style(f'{word:<8}', **style)}{finding.check}: {finding.says}")
    for line in (*finding.lines, *([f"-> {finding.remedy}"] if finding.remedy else [])):
        click.echo(f"{'':8}{line}")


def _object(findings: Iterable[Any], count: Any) -> dict[str, object]:
    return {
        "version": version("chapbook"),
        "count": {level.value: number for level, number in count.items()},
        "findings": [
            {
                "check": finding.check,
                "level": finding.level.value,
                "says": finding.says,
                "remedy": finding.remedy,
                "lines": list(finding.lines),
            }
            for finding in findings
        ],
    }


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _show(done: int, total: int) -> None:
    """On a terminal only, in a line that is written over."""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} members, posts and comments are counted", err=True, nl=done >= total)
