"""Commands for the whole site: what it says about itself, its export to a file, and the import of such a file into an
empty store."""

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import click

from entrypoints.backups.folder import sync_folder
from entrypoints.cli.running import cli, with_container

# In seconds. A terminal is written over; lines elsewhere are fewer.
ON_TERMINAL = 0.2
ELSEWHERE = 10.0
# To the beginning of the line, and empties it (ECMA-48, EL).
_AGAIN = "\r\x1b[K"
_OPEN_FILES = "/proc/self/fd"

# By code: what is wrong with a line.
_WRONG = {
    "empty": "the file is empty",
    "not_a_site": "this is no export of a site; `chapbook site export` makes one",
    "other_format": (
        "Chapbook {version} made this file in format {format}, and this version reads format {known}; import it with"
        " a version that knows it"
    ),
    "newer_kind": (
        "Chapbook {version} made this file, and this version does not know what {kind!r} are; import it with that"
        " version"
    ),
    "line_too_long": "the line is longer than {limit:,} bytes",
    "cut": "the file was cut off here; copy or export it again",
    "not_utf8": "this is no UTF-8",
    "not_json": "this is no JSON object with texts, whole numbers, true, false and null",
    "double_field": "the field {field!r} stands here twice",
    "unknown_kind": "the header does not name {kind!r} among what the file has",
    "order_of_kinds": "{kind} stand before {after}",
    "unknown_field": "there is no field {field!r}",
    "missing_field": "the field {field!r} is missing",
    "wrong_type": "the field {field!r} is not {wanted}",
    "choice": "the field {field!r} is none of: {choices}",
    "too_long": "the field {field!r} has {length:,} characters, and at most {limit:,} fit",
    "forbidden_character": "the field {field!r} has a null character, or half of a surrogate pair",
    "out_of_range": "the field {field!r} is not between {least} and {most}",
    "order": "the lines are not sorted by {field}",
    "double": "the line before has the same {field}",
    "taken": "another account has this {field}",
    "reference": "it belongs to an account, a post or a picture that is not in the file",
    "not_left": "a job would remove what a member has who has not left",
    "not_removed": "a job would remove the files of a picture that is in the file",
    "no_picture": "it belongs to a picture that is not in the file",
    "no_such_file": "the picture has no file {name!r}",
    "parts": "this is not part {part} of {name}",
    "not_base64": "the field {field!r} is no Base64",
    "picture_size": "the files of the picture have more than its {size:,} bytes",
    "bad_end": "the last line has not the counts and the checksum",
    "counts": "the counts differ from what stands above; the file was changed",
    "checksum": "the checksum differs from what stands above; the file was changed",
    "after_end": "something stands after the last line",
}
_NOTHING = "Nothing was imported."


@cli.group()
def site() -> None:
    """The whole site."""


@site.command("show")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@with_container
def show_site(container: Any, as_json: bool) -> None:
    """What the site says about itself, and who may register."""
    from domain.site import FIELDS

    found = container.site().stored_for_the_command_line()
    values = {name: found.text.value_of(name) for name in FIELDS}
    if as_json:
        click.echo(json.dumps(values | {"version": found.version}, ensure_ascii=False))
        return
    for name, value in values.items():
        lines = value.splitlines() or ["(empty)"]
        click.echo(f"{name}: {lines[0]}" if len(lines) == 1 else "\n    ".join([f"{name}:", *lines]))
    if not found.version:
        click.echo("Nothing of it has been saved yet: CHAPBOOK_SITE_NAME and CHAPBOOK_REGISTRATION hold.")


@site.command("set")
@click.argument("name")
@click.argument("value")
@with_container
def set_site(container: Any, name: str, value: str) -> None:
    """Set NAME, which `chapbook site show` lists, to VALUE; to what standard input has for -. Empty texts take the
    place of texts."""
    from domain.site import FIELDS

    if name not in FIELDS:
        raise click.ClickException(f"There is no {name!r}. There are: {', '.join(FIELDS)}.")
    if value == "-":
        try:
            value = sys.stdin.buffer.read().decode().removesuffix("\n")
        except UnicodeDecodeError:
            raise click.ClickException("Standard input is no UTF-8.") from None
    container.site().change(actor=None, typed={name: value})
    click.echo(f"The {name} of the site is saved. The site shows it within five seconds.")


@site.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--no-pictures", is_flag=True, help="Leave the files of pictures out, for a site that keeps their store.")
@with_container
def export_site(container: Any, file: Path, no_pictures: bool) -> None:
    """Write the whole community to FILE, or to standard output for -. It has password hashes: keep it as a backup."""
    from application.moving.files import TooLong
    from domain.errors import TryAgain

    try:
        with written(file) as output, _shown(_exported) as show:
            exported = container.moving().export(
                output.write, version=version("chapbook"), with_files=not no_pictures, show=show
            )
    except TryAgain:
        raise click.ClickException(
            "The database is busy or away, or the store of pictures does not answer. Nothing was exported."
            " `chapbook doctor` says which it is."
        ) from None
    except TooLong as error:
        raise click.ClickException(
            f"One of the {error.kind} is too long for an import ({' '.join(map(str, error.place))}). Shorten it first."
        ) from None
    click.echo(f"Exported {_in_words(exported.counts)}.", err=str(file) == "-")
    if exported.missing:
        click.echo(
            f"Pictures of which a file is missing in the store: {exported.missing:,}. CHAPBOOK_PICTURES_URL may name"
            " another place, or the files were lost. Everything else is in the export.",
            err=True,
        )


@site.command("import")
@click.argument("file", type=click.File("rb"))
@with_container
def import_site(container: Any, file: IO[bytes]) -> None:
    """Read FILE, which `chapbook site export` made, into an empty store; from standard input for -. All or nothing."""
    from application.moving.lines import BadLine
    from application.moving.sites import Unsure
    from application.ports.moving.storing import NotEmpty
    from domain.errors import StoreFull, TryAgain

    try:
        with _shown(_imported(_size_of(file))) as show:
            counts = container.moving().import_from(file, show=show)
    except BadLine as error:
        why = _WRONG[error.code].format(**error.values)
        raise click.ClickException(f"Line {error.number}: {why}. {_NOTHING}") from None
    except NotEmpty:
        raise click.ClickException(
            "There are members already, and an import is for an empty store. Let CHAPBOOK_DATABASE_URL name a new"
            f" database, run `chapbook deploy`, and import then. {_NOTHING}"
        ) from None
    except Unsure:
        raise click.ClickException(
            "The database failed while it stored what was imported: all of it is there, or nothing. Import again. When"
            " there are members already, all of it was there."
        ) from None
    except StoreFull:
        raise click.ClickException(f"The store of pictures has no room. {_NOTHING} Make room there.") from None
    except TryAgain:
        raise click.ClickException(
            f"The database is busy, full or away, or the store of pictures does not answer. {_NOTHING} Stop the site,"
            " if it runs, and try again."
        ) from None
    click.echo(f"Imported {_in_words(counts)}. Members sign in again. A worker does what is left to do.")


@contextmanager
def written(file: Path) -> Iterator[IO[bytes]]:
    """The file appears whole or not at all. Only its owner can read it."""
    try:
        if str(file) == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            # A link leads to a file elsewhere, and stays.
            with _replaced(Path(os.path.realpath(file))) as output:
                yield output
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None


@contextmanager
def _replaced(file: Path) -> Iterator[IO[bytes]]:
    if file.exists() and not file.is_file():
        raise click.ClickException(f"{file} is no file. `-` writes to standard output.")
    part = file.with_name(f".chapbook-{secrets.token_hex(8)}.part")
    try:
        with open(_opened(part), "wb") as output:
            yield output
            output.flush()
            os.fsync(output.fileno())
            if not part.exists():
                # Only with a folder does Python follow the link to the file that has no name.
                os.link(f"{_OPEN_FILES}/{output.fileno()}", part, src_dir_fd=output.fileno())
        part.replace(file)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    sync_folder(file.parent)


def _opened(part: Path) -> int:
    """Where the system can, a file that has no name yet (Linux, open(2), O_TMPFILE): nothing is left of it when this
    process is killed."""
    try:
        Path(_OPEN_FILES).stat()
        return os.open(part.parent, os.O_WRONLY | os.O_TMPFILE, 0o600)
    except (AttributeError, OSError):
        return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _size_of(file: IO[bytes]) -> int:
    """0 for a pipe."""
    try:
        return os.fstat(file.fileno()).st_size
    except (OSError, ValueError):
        return 0


def _exported(done: int, total: int) -> str:
    return f"{done:,} of {total:,} records"


def _imported(size: int) -> Callable[[int, int], str]:
    def words(done: int, read: int) -> str:
        share = f", {min(100, 100 * read // size)} % of the file" if size else ""
        return f"{done:,} records{share}"

    return words


@contextmanager
def _shown(words: Callable[[int, int], str]) -> Iterator[Callable[[int, int], None]]:
    """Shows how far it is, on standard error: in a line that is written over and goes away, or in lines where there is
    no terminal."""
    terminal = sys.stderr.isatty()
    every = ON_TERMINAL if terminal else ELSEWHERE
    shown_at = time.monotonic() - (every if terminal else 0)

    def show(done: int, other: int) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at >= every:
            shown_at = time.monotonic()
            click.echo(f"{_AGAIN}{words(done, other)}" if terminal else words(done, other), err=True, nl=not terminal)

    try:
        yield show
    finally:
        if terminal:
            click.echo(_AGAIN, err=True, nl=False)


def _in_words(counts: dict[str, int]) -> str:
    named = (f"{kind.replace('_', ' ')}: {count:,}" for kind, count in counts.items())
    return f"{sum(counts.values()):,} records ({', '.join(named)})"
