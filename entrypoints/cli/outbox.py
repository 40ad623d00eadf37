"""Commands for the outbox."""

import json
from typing import Any

import click

from entrypoints.cli.running import cli, with_container


@cli.group()
def outbox() -> None:
    """What waits to be sent or done."""


@outbox.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_container
def list_outbox(container: Any, as_json: bool) -> None:
    """The newest hundred rows, newest first."""
    from application.ports.paging import Window
    from entrypoints.job_words import about, progress

    for job in container.storage().outbox_feeds.latest(Window(100)).items:
        row = {
            "id": str(job.id),
            "kind": job.kind.value,
            "about": about(job),
            "address": job.address,
            "state": job.state.value,
            "attempts": job.attempts,
            "created_at": job.created_at.isoformat(),
            "due_at": job.due_at.isoformat(),
            "progress": progress(job),
            "last_error": job.last_error,
        }
        in_words = [row["id"], row["state"], about(job), f"due {row['due_at']}", f"attempts: {job.attempts}"]
        in_words += filter(None, [progress(job), job.last_error])
        click.echo(json.dumps(row) if as_json else "  ".join(in_words))


@outbox.command()
@click.argument("job_id", type=click.IntRange(1, 2**63 - 1))
@with_container
def retry(container: Any, job_id: int) -> None:
    """Make a job due now that waits, was given up, or is held by a worker that died."""
    if not container.outbox().retry_from_the_command_line(job_id=job_id):
        raise click.ClickException("There is nothing left to try: this is done.")
    click.echo("The worker will try it again now.")
