"""Two servers of one site: what one saves, the other shows."""

import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.api.running import running


@pytest.mark.sql
def test_what_is_saved_beside_a_server_is_shown_within_five_seconds(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    shared = {"CHAPBOOK_DATABASE_URL": f"sqlite:///{tmp_path}/chapbook.db", "CHAPBOOK_WORKERS": "1"}
    with running(tmp_path / "one", **shared) as one, running(tmp_path / "other", **shared) as other:
        assert [name_of(each.url) for each in (one, other)] == ["Chapbook", "Chapbook"]

        command = [sys.executable, "-m", "entrypoints.cli", "site", "set", "name", "Soup club"]
        done = subprocess.run(
            command, env=one.environment, cwd=one.folder, check=True, capture_output=True, text=True, timeout=60
        )
        assert done.stdout == "The name of the site is saved. The site shows it within five seconds.\n"

        saved_at = time.monotonic()
        shown: dict[str, float] = {}
        while len(shown) < 2 and time.monotonic() - saved_at < 10:
            for each in (one, other):
                if name_of(each.url) == "Soup club":
                    shown.setdefault(each.url, time.monotonic() - saved_at)
            time.sleep(0.1)
        assert len(shown) == 2
        assert max(shown.values()) < 6, shown


def name_of(url: str) -> str:
    with urllib.request.urlopen(f"{url}/") as answer:
        found = re.search("<title>(.*)</title>", answer.read().decode())
    assert found
    return found[1]
