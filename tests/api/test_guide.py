"""The guide is true: its commands run, in its order, and answer what it shows."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.api.running import Running, running

GUIDE = Path(__file__).parents[2] / "docs" / "building" / "api.md"
ITS_SITE = "http://127.0.0.1:8000"
# What is another each time.
CHANGING = {
    r"\beyJ[\w-]+\.[\w-]+\.[\w-]+": "(a token)",
    r"\b\d{4}-\d\d-\d\dT[\d:.]+Z": "(a time)",
    r"cursor=[\w-]+": "cursor=(a cursor)",
    r"r=\d+;t=\d+": "r=(left);t=(seconds)",
    r"(Content-Length:) \d+": r"\1 (a length)",
}
END = "--- the end of a command:"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if shutil.which("curl") is None:
        pytest.skip("no curl here: install the package curl")
    with running(tmp_path_factory.mktemp("guide")) as server:
        yield server


class Shell:
    """One shell for the whole guide: what a command sets, the next one knows."""

    def __init__(self, site: Running) -> None:
        self._site = site
        httpie = site.folder / "httpie"
        httpie.mkdir()
        # As at a terminal, but without colours; and without asking elsewhere for a newer version.
        options = {"default_options": ["--ignore-stdin", "--pretty=format", "--print=hb"]}
        (httpie / "config.json").write_text(json.dumps(options | {"disable_update_warnings": True}))
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            env=site.environment | {"HTTPIE_CONFIG_DIR": str(httpie)},
            cwd=site.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)

    def run(self, command: str) -> str:
        """What it says, as if the site stood where the guide has it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command.replace(ITS_SITE, self._site.url)}\nprintf '\\n%s\\n' '{END}'\n")
        self._process.stdin.flush()
        said = ""
        for line in self._process.stdout:
            if line.startswith(END):
                break
            said += line
        return said.replace("\r", "").replace(self._site.url, ITS_SITE).strip("\n")


def shown(guide: str) -> list[tuple[str, str]]:
    """Commands with what the guide shows below each."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"^```console\n(.*?)^```", guide, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            found.append((command, answer.strip("\n")))
    return found


class Lasting:
    """What stays the same from one run to the next. Ids are numbered as they come, so that each stays itself."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        for pattern, words in CHANGING.items():
            text = re.sub(pattern, words, text)
        return re.sub(r"\b\d{18,19}\b", lambda found: self._ids.setdefault(found[0], f"(id {len(self._ids)})"), text)


def test_every_command_of_the_guide_gets_the_answer_it_shows(site: Running) -> None:
    steps = shown(GUIDE.read_text(encoding="utf-8"))
    assert len(steps) > 30

    said, told = Lasting(), Lasting()
    with Shell(site) as shell:
        for command, answer in steps:
            assert said(shell.run(command)) == told(answer), command


def test_the_guide_mentions_every_status_of_the_description(site: Running) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    document = subprocess.run(
        ["curl", "-s", f"{site.url}/api/v1/openapi.json"], capture_output=True, text=True, check=True, timeout=10
    ).stdout

    for status in set(json.loads(document)["components"]["responses"]) - {"500"}:
        assert re.search(rf"\b{status}\b", guide), status
