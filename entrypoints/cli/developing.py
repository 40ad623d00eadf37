"""Commands for development: the settings, a Python prompt, the tests."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from entrypoints.cli.running import cli, with_container, with_settings
from entrypoints.settings import Settings, variable

_COVERED_WHOLLY = ("domain/*", "application/*")


@cli.group()
def config() -> None:
    """The settings."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@with_settings
def show(settings: Settings, as_json: bool) -> None:
    """All settings as they are in force; secrets are masked."""
    masked = settings.masked()
    if as_json:
        click.echo(json.dumps(masked, default=str, indent=2))
        return
    for name, value in masked.items():
        click.echo(f"{variable(name)}={' '.join(map(str, value)) if isinstance(value, tuple) else value}")


@cli.command()
@with_container
def shell(container: Any) -> None:
    """A Python prompt with use cases and feeds at hand."""
    import code

    storage = container.storage()
    feeds = {field.name: getattr(storage, field.name) for field in fields(storage) if field.name.endswith("_feeds")}
    made = (name for name, provider in container.providers.items() if _is_use_case(provider))
    use_cases = {name: getattr(container, name)() for name in made}
    names = use_cases | feeds
    code.interact(banner=f"Chapbook. At hand: {', '.join(names)}, container.", local={**names, "container": container})


def _is_use_case(provider: Any) -> bool:
    """Whether the provider makes an object of the application layer."""
    made = next(iter(getattr(provider, "args", ())), None)
    return getattr(made, "__module__", "").startswith("application.")


@cli.command()
@click.option("--coverage", is_flag=True, help="Tell how much of the code the tests reach, in text and in htmlcov/.")
@click.argument("arguments", nargs=-1)
def test(coverage: bool, arguments: tuple[str, ...]) -> None:
    """Run the tests, all or those named; the exit status is theirs. With --coverage, all tests together have to reach
    95 % of the code, and all of the domain and the application."""
    checkout = Path(__file__).parents[2]
    if not (checkout / "pyproject.toml").is_file() or not (checkout / "tests").is_dir():
        raise click.ClickException(
            "The tests are not installed with the program: run this in a checkout of its sources, or `make test` there."
        )
    commands = [["pytest", *arguments]]
    if coverage:
        commands[0] += ["--cov", "--cov-report=term", "--cov-report=html"]
    if coverage and arguments:
        commands[0] += ["--cov-fail-under=0"]
    elif coverage:
        commands += [["coverage", "report", f"--include={','.join(_COVERED_WHOLLY)}", "--fail-under=100"]]
    ended = [subprocess.run([sys.executable, "-m", *each], check=False, cwd=checkout).returncode for each in commands]  # noqa: S603
    sys.exit(max(ended))
