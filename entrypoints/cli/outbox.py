"""The outbox, from the command line."""

import json
from typing import Any

import click

from entrypoints.cli.running import cli, with_container


@cli.group()
def outbox() -> None:
    """What waits to be sent."""


@outbox.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_container
def list_outbox(container: Any, as_json: bool) -> None:
    """The newest hundred rows, newest first."""
    from application.ports.paging import Window

    for mail in container.storage().outbox_feeds.latest(Window(100)).items:
        row = {
            "id": str(mail.id),
            "kind": mail.kind.value,
            "address": mail.address,
            "state": mail.state.value,
            "attempts": mail.attempts,
            "created_at": mail.created_at.isoformat(),
            "due_at": mail.due_at.isoformat(),
            "last_error": mail.last_error,
        }
        click.echo(json.dumps(row) if as_json else "  ".join(str(value) for value in row.values()))


@outbox.command()
@click.argument("mail_id", type=click.IntRange(1, 2**63 - 1))
@with_container
def retry(container: Any, mail_id: int) -> None:
    """Make a row that waits or was given up due now."""
    container.outbox().retry_from_the_command_line(mail_id=mail_id)
    click.echo("The worker will try it again now.")
