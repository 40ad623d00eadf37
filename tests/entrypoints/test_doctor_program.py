"""`chapbook doctor` and the program: its renderer, its files, its catalogues."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from adapters.render_process import ProcessRenderer
from entrypoints.doctor import program
from entrypoints.doctor.findings import Finding, Level, Named
from tests.doubles import settings_with, wired
from tests.entrypoints.conftest import SetUp

ROOT = Path(program.__file__).parents[1]


def test_a_program_that_is_whole_is_well(bare: SetUp) -> None:
    assert bare.is_well("renderer", "static files", "translations")


def test_a_renderer_whose_process_does_not_start_is_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    container = wired(settings_with(), renderer=ProcessRenderer("a sanitizer that does not exist"))

    (found,) = program.check_renderer(container)

    assert isinstance(found, Finding)
    assert found.level is Level.FAULT
    assert "nobody can publish" in found.says
    assert "See that the machine has memory for one more process" in found.remedy


@pytest.fixture
def static(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "web" / "static", tmp_path / "static"))


@pytest.mark.parametrize(
    "name", ["site.css", "writing.css", "scripts/post.js", "fonts/crimson-pro.woff2", "card.png", "favicon.svg"]
)
def test_a_static_file_that_is_missing_or_empty_is_a_fault(bare: SetUp, static: Path, name: str) -> None:
    checks = [Named("static files", partial(program.check_static_files, folder=static))]
    assert bare.is_well("static files", checks=checks)

    (static / name).write_bytes(b"")
    assert f"not readable: {name}. Run `chmod -R a+rX {static}`" in bare.fault("static files", checks=checks)
    (static / name).unlink()
    (static / name).mkdir()  # cannot be read, not even by root
    assert f"{name}." in bare.fault("static files", checks=checks)


@pytest.mark.parametrize("content", [None, b"", b"no catalogue at all"])
def test_a_wheel_without_catalogues_is_a_fault(bare: SetUp, tmp_path: Path, content: bytes | None) -> None:
    folder = Path(shutil.copytree(ROOT / "translations", tmp_path / "translations"))
    checks = [Named("translations", partial(program.check_translations, folder=folder))]
    assert bare.is_well("translations", checks=checks)
    catalogue = folder / "zh_Hans" / "LC_MESSAGES" / "messages.mo"

    catalogue.unlink()
    if content is not None:
        catalogue.write_bytes(content)

    says = bare.fault("translations", checks=checks)
    assert "There is no compiled catalogue for zh-Hans" in says
    assert "Install a wheel that hatch_build.py made" in says
