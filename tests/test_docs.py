"""The documents are true: what they list exists, and what exists is listed."""

import ast
import re
import secrets
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from entrypoints.cli import cli
from entrypoints.settings import Settings, about, load_settings, variable

TESTS = Path(__file__).parent
ROOT = TESTS.parent
DOCS = ROOT / "docs"
PAGES = sorted((*ROOT.glob("*.md"), *DOCS.rglob("*.md")))


def test_the_documented_settings_are_exactly_those_that_exist() -> None:
    assert sorted(documented_settings()) == sorted(map(variable, Settings.model_fields))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_description_of_a_setting_is_accurate(name: str) -> None:
    told = about(name)
    default = told["default"] if " " in told["default"] or told["default"] == "none" else f"`{told['default']}`"

    assert documented_settings()[variable(name)] == (
        f"{told['meaning']}\n\n"
        f"- Takes {told['takes']}\n"
        f"- Default: {default}\n"
        f"- Example: `{variable(name)}={told['example']}`"
    )


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_documented_default_is_the_default(name: str) -> None:
    told, field = about(name)["default"], Settings.model_fields[name]

    if field.is_required() or field.default_factory:
        # It depends on other settings, so it is told in words; their own tests hold the words to it.
        assert " " in told or "$" in told
    else:
        assert told == (str(field.default) if field.default not in {"", ()} else "none")


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if "(" not in about(name)["example"]])
def test_the_example_of_a_setting_works_and_changes_something(name: str) -> None:
    key = {"CHAPBOOK_SECRET_KEY": secrets.token_hex(32)}

    settings = load_settings(key | {variable(name): about(name)["example"]}, None)

    assert getattr(settings, name) != getattr(load_settings(key, None), name)


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## (.*)$", text, flags=re.MULTILINE)

    assert releases[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", release) for release in releases[1:])
    kinds = set(re.findall(r"^### (.*)$", text, flags=re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_page_and_its_heading(page: Path) -> None:
    code = re.compile(r"^(`{3,}).*?^\1$|`[^`\n]+`", flags=re.MULTILINE | re.DOTALL)
    prose = code.sub("", page.read_text(encoding="utf-8"))
    for address, _, heading in re.findall(r"(?<!!)\]\(([^)\s#:]*)(#([^)\s]+))?\)", prose):
        there = page.parent / address if address else page
        assert there.exists(), address
        if heading:
            titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), flags=re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in slugs, f"{address}#{heading}"


def test_the_documented_commands_are_exactly_those_that_exist() -> None:
    text = (DOCS / "running" / "commands.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `chapbook ((?:[a-z]+ ?)+)", text, flags=re.MULTILINE))
    assert {words.strip() for words in told} == set(_commands(cli))


def test_the_make_targets_of_tests_and_checks_are_documented() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+): \.venv/test\.stamp", makefile, flags=re.MULTILINE)
    assert first_column("The targets") == {f"make {target}" for target in targets}


def test_every_folder_of_the_tests_is_documented() -> None:
    folders = {path.parent for path in TESTS.glob("*/*") if path.parent.name != "__pycache__"}
    assert first_column("The folders") == {f"tests/{folder.name}" for folder in folders}


def test_every_double_is_documented() -> None:
    classes = [node for node in ast.parse((TESTS / "doubles.py").read_bytes()).body if isinstance(node, ast.ClassDef)]
    assert first_column("The doubles") - {"rising_ids"} == {double.name for double in classes}


def test_every_marker_is_documented() -> None:
    markers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert first_column("The markers") == {line.partition(":")[0] for line in markers["markers"]}


def first_column(section: str) -> set[str]:
    """What a table of docs/building/testing.md is about: the words in code at the beginning of each row."""
    text = (DOCS / "building" / "testing.md").read_text(encoding="utf-8")
    table = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", table, flags=re.MULTILINE)
    return {word for cell in cells for word in re.findall("`([^`]+)`", cell)}


def _commands(group: click.Group) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from (f"{name} {below}" for below in _commands(command))
        else:
            yield name


def documented_settings() -> dict[str, str]:
    """Each `### CHAPBOOK_...` with what stands below it."""
    text = (DOCS / "running" / "settings.md").read_text(encoding="utf-8")
    sections = re.split(r"^(?=##)", text, flags=re.MULTILINE)
    found = [re.fullmatch(r"### `(CHAPBOOK_\w+)`\n\n(.+)", section.rstrip(), re.DOTALL) for section in sections]
    return {match[1]: match[2] for match in found if match}
