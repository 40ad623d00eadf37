"""The guide to a capability is true: its blocks, applied to a copy of the project, pass its own tests and ours."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "building" / "adding-a-capability.md").read_text(encoding="utf-8")
COPIED = ("domain", "application", "adapters", "entrypoints", "migrations", "tests", "docs", "pyproject.toml")
CATALOGUE = "entrypoints/translations/zh_Hans/LC_MESSAGES/messages.po"

NEW = dict(re.findall(r"^`(\S+)`:\n\n```(?:python|jinja)\n(.*?\n)```$", GUIDE, flags=re.DOTALL | re.MULTILINE))
EDITED = dict(re.findall(r"^In `(\S+)`:\n\n```diff\n(.*?\n)```$", GUIDE, flags=re.DOTALL | re.MULTILINE))
WORDS = re.findall(r"^```po\n(.*?\n)```$", GUIDE, flags=re.DOTALL | re.MULTILINE)


def test_the_guide_gives_the_right_number_of_files() -> None:
    (new,) = re.findall(r"These are its (\d+) new files", GUIDE)
    (edited,) = re.findall(r"It edits (\d+) files", GUIDE)

    assert len(NEW) == int(new)
    # The last one is the catalogue.
    assert len(EDITED) + len(WORDS) == int(edited)
    assert GUIDE.count("```") == 2 * (len(NEW) + len(EDITED) + len(WORDS))


def test_the_capability_of_the_guide_passes_its_tests(tmp_path: Path) -> None:
    project = follow(tmp_path)

    tests = [path for path in NEW if path.startswith("tests/")]
    run(project, "pytest", "-q", "-m", "not postgres", *tests, "tests/test_capabilities.py", "tests/test_layers.py")


@pytest.mark.long
def test_the_capability_of_the_guide_passes_the_tests_of_all_capabilities(tmp_path: Path) -> None:
    project = follow(tmp_path)

    run(project, "ruff", "check", ".")
    run(project, "ruff", "format", "--check", ".")
    run(project, "mypy")
    run(
        project,
        *("pytest", "-q", "tests/contracts/test_claps.py", "tests/migrations"),
        *("tests/use_cases/test_moving.py", "tests/contracts/test_moving.py"),
        *("tests/web/test_permissions.py", "tests/web/test_languages.py", "tests/web/test_nonsense.py"),
        *("tests/web/test_csrf.py", "tests/api/test_permissions.py", "tests/api/test_openapi.py"),
    )


def follow(folder: Path) -> Path:
    """A copy of the project in which everything that the guide says is done."""
    project = folder / "project"
    project.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, project / name)
    for path, text in NEW.items():
        assert not (project / path).exists(), path
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    for path, hunks in EDITED.items():
        edit(project / path, hunks)
    catalogue = project / CATALOGUE
    catalogue.write_text(catalogue.read_text(encoding="utf-8") + "\n" + "".join(WORDS), encoding="utf-8")
    with catalogue.open("rb") as source, catalogue.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(source))
    return project


def edit(file: Path, hunks: str) -> None:
    """Each hunk stands once in the file. Dots separate one from the next."""
    text = file.read_text(encoding="utf-8")
    for hunk in hunks.split("...\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(old) == 1, f"{file.name}: the guide quotes what stands there {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def run(project: Path, module: str, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=project,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
