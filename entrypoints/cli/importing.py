"""The commands that bring a community here from another program."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from entrypoints.cli.running import cli, with_container

# For what was left out. 1 is for a command that could not be carried out, and 2 for one that was typed wrongly.
LEFT_OUT = 3
_SHOWN = 20
_KINDS = {"user": "Users", "post": "Posts", "comment": "Comments", "follow": "Follows"}
_HEADINGS = {
    "left_out": "Left out",
    "renamed": "Renamed; the old address leads to the new one",
    "readdressed": "Without a usable address: they sign in by username, then set and confirm one",
    "joined": "Joined with the account that was here, because both sites have confirmed the address",
    "role": "With another role",
    "administrator": "Administrators",
    "password": "Without a password: they have to reset it",
    "cut": "Cut, or without the characters that cannot be stored",
    "kept": "Kept as they were, although new ones may not be so",
    "plain": "Shown as they were typed, because the renderer refuses them",
    "dated": "With another date",
}
_REASONS = {
    "no_author": "its author does not exist there",
    "author_left": "its author deleted their account here",
    "no_post": "its post does not exist there, or was left out",
    "post_deleted": "its post was deleted here",
    "no_user": "one of the two does not exist there",
    "user_left": "one of the two deleted their account here",
    "empty": "there is no text in it",
    "taken": "it was taken, at least in another case",
    "reserved": "it is reserved",
    "required": "there was none",
    "username_form": "there are characters in it that no username has here",
    "no_address": "there was none, or mail cannot reach it",
    "no_role": "there was none",
    "custom_role": "here are three roles; this is the highest that allows no more",
    "unconfirmed": "the address is not confirmed",
    "disabled": "the role allowed less than any role here, so the account is disabled",
    "unknown": "it is stored in a form that is not secure enough, or damaged",
    "none": "there was none",
    "no_date": "there was none",
    "too_early": "it was before 1970",
    "in_future": "it was in the future",
    "too_long": "it is too long",
    "characters": "it had characters that cannot be stored",
    "over_limit": "it is longer than a new one may be",
    "name": "the display name breaks a rule",
    "location": "the location breaks a rule",
    "about_me": "the text about themselves is longer than a new one may be, or had characters that cannot be stored",
}
_FAULTS = {
    "bad_url": (
        "This is no address of a database. Give one as the old site's DATABASE_URL: sqlite:////path/data.sqlite, "
        "postgresql://user:password@host/name or mysql://user:password@host/name. In a password, @ is "
        "written as %40 and % as %25."
    ),
    "no_driver": (
        "There is no driver for {where} here ({cause}). Install PyMySQL beside Chapbook (`pip install pymysql`), or "
        "move the old database to PostgreSQL or SQLite first, for example with pgloader."
    ),
    "missing": "There is no database {where}.",
    "not_flasky": "The database {where} is none of Flasky: it has no table `users` with `id`, `username` and `email`.",
    "unreadable": "The old database {where} cannot be read ({cause}). Run this again: it goes on where it stopped.",
}


@cli.group("import")
def bring() -> None:
    """Bring a community here from another program."""


@bring.command()
@click.argument("database_url")
@click.option("--dry-run", "trial", is_flag=True, help="Store nothing, and say what would come.")
@click.option(
    "--report",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append the whole report to this file, as JSON Lines.",
)
@with_container
def flasky(container: Any, database_url: str, trial: bool, path: Path | None) -> None:
    """Bring members, posts, comments and follows from the database of a Flasky site; it is only read. Run it again to
    go on, or to bring what is new there. Exit status 3 when something was left out."""
    from adapters.sql.flasky_source import old_site
    from application.ports.flasky import OldSiteFault
    from domain.flasky import AnotherSite
    from entrypoints.choices import UNHURRIED

    container.renderer.add_kwargs(**UNHURRIED)
    summary = _Summary()
    complete = False
    try:
        with old_site(database_url) as old, _writing(path) as write, _bar(old) as bar:
            for step in container.flasky().bring(old, trial=trial, report=write):
                summary.add(step)
                bar(step)
        complete = True
    except OldSiteFault as fault:
        cause = _shown(fault.cause, 300)
        raise click.ClickException(_FAULTS[fault.code].format(where=fault.where, cause=cause)) from None
    except AnotherSite:
        raise click.ClickException(
            "Another Flasky site was brought here before, and its numbers mean other users. One store takes one."
        ) from None
    finally:
        container.renderer().close()
        summary.show(complete=complete, trial=trial, path=path)
    if summary.left_out:
        sys.exit(LEFT_OUT)


class _Summary:
    """Counts, and the first lines of each part of the report."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {kind: Counter() for kind in _KINDS}
        self._totals: Counter[str] = Counter()
        self._notes: dict[str, list[Any]] = {}

    @property
    def left_out(self) -> int:
        return self._totals["left_out"]

    def add(self, step: Any) -> None:
        counts = self._counts[step.kind.value]
        counts.update(rows=step.rows, brought=step.brought, known=step.known, needless=step.needless)
        for note in step.notes:
            outcome = note.outcome.value
            counts[outcome] += 1
            self._totals[outcome] += 1
            if len(self._notes.setdefault(outcome, [])) < _SHOWN:
                self._notes[outcome].append(note)

    def show(self, *, complete: bool, trial: bool, path: Path | None) -> None:
        """Also what came before a fault: the next run does not repeat it. Nothing when no row was read until then."""
        if not complete and not any(counts["rows"] for counts in self._counts.values()):
            return
        finished = "Would come:" if trial else "Done."
        click.echo(finished if complete else "Stopped. Until then:")
        for kind, name in _KINDS.items():
            click.echo(f"  {name}: {_counted(self._counts[kind], trial=trial)}")
        for outcome, heading in _HEADINGS.items():
            total = self._totals[outcome]
            if not total:
                continue
            click.echo(f"\n{heading} ({total:,}):")
            for note in self._notes[outcome]:
                click.echo(f"  {_line(note)}")
            if total > _SHOWN:
                rest = f"stand in {path}" if path else "have a line only with --report FILE"
                click.echo(f"  … {total - _SHOWN:,} more {rest}")


def _counted(counts: Counter[str], *, trial: bool) -> str:
    parts = [f"{counts['brought']:,} {'new' if trial else 'brought'}"]
    for name, words in (
        ("known", "brought before"),
        ("left_out", "left out"),
        ("needless", "of oneself, not needed here"),
    ):
        if counts[name]:
            parts.append(f"{counts[name]:,} {words}")
    return ", ".join(parts)


def _line(note: Any) -> str:
    """On a terminal. Texts and addresses stand in the report alone."""
    what = note.kind.value
    number = f"{note.number} of {note.followed}" if note.kind.value == "follow" else str(note.number)
    change = ""
    if note.outcome.value in ("renamed", "joined", "role", "dated"):
        change = f": {_shown(note.before) or '-'} -> {_shown(note.after) or '-'}"
    elif note.outcome.value == "administrator":
        change = f": {_shown(note.after)}"
    why = _REASONS.get(note.code, "")
    return f"{what} {number}{change}{f' ({why})' if why else ''}"


def _shown(text: str, limit: int = 64) -> str:
    """A line that a terminal cannot be fooled with."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:limit])


@contextmanager
def _writing(path: Path | None) -> Iterator[Callable[[Iterable[Any]], None]]:
    """Writes lines to the report. It has addresses and texts, so it is its owner's alone."""
    if path is None:
        yield lambda _: None
        return
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8")
    except OSError as error:
        raise _cannot_write(path, error) from None

    def write(notes: Iterable[Any]) -> None:
        try:
            for note in notes:
                file.write(json.dumps(_object(note), ensure_ascii=True) + "\n")
            file.flush()
        except OSError as error:
            raise _cannot_write(path, error) from None

    try:
        yield write
    finally:
        with suppress(OSError):  # lines that a full disk does not take
            file.close()


def _cannot_write(path: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"{path} cannot be written ({error.strerror}).")


def _object(note: Any) -> dict[str, object]:
    found: dict[str, object] = {"kind": note.kind.value, "number": note.number}
    if note.kind.value == "follow":
        found["followed"] = note.followed
    found |= {"outcome": note.outcome.value, "code": note.code, "why": _REASONS.get(note.code, "")}
    return found | {name: value for name in ("before", "after") if (value := getattr(note, name))}


@contextmanager
def _bar(old: Any) -> Iterator[Callable[[Any], None]]:
    """Shows progress: a bar on a terminal, else a line for each kind that is done."""
    counts = {kind.value: number for kind, number in old.counts().items()}
    if sys.stdout.isatty():
        with click.progressbar(length=sum(counts.values()), label="Rows") as bar:
            yield lambda step: bar.update(step.rows)
        return
    done: Counter[str] = Counter()

    def line(step: Any) -> None:
        kind = step.kind.value
        done[kind] += step.rows
        if done[kind] >= counts[kind] or done[kind] // 10_000 > (done[kind] - step.rows) // 10_000:
            click.echo(f"{_KINDS[kind]}: {done[kind]:,} of {max(counts[kind], done[kind]):,}")

    yield line
