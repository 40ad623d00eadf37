"""The guide to the smallest site, followed word by word: one command behind one proxy."""

from pathlib import Path

import pytest

from tests.api.running import ROOT
from tests.guides.blocks import blocks_of
from tests.guides.machine import machine

GUIDE = ROOT / "docs" / "running" / "smallest.md"
HOST = "blog.example.com"
# The last command of these two parts goes on. The proxy's certificate is signed here.
GOES_ON = {"2. Start it": ("serve --worker", ""), "3. A proxy": ("127.0.0.1:8000", "--internal-certs")}
AUTHORITY = ".local/share/caddy/pki/authorities/local/root.crt"

pytestmark = [pytest.mark.sql, pytest.mark.long]


def test_the_guide_leads_to_a_site_that_works(tmp_path: Path) -> None:
    with machine(tmp_path, ROOT) as server:
        server.run(f"useradd --create-home blog; echo '127.0.0.1 {HOST}' >> /etc/hosts")
        server.run("git config --system --add safe.directory '*'; sysctl -q net.ipv4.ip_unprivileged_port_start=80")
        for heading, commands in blocks_of(GUIDE):
            server.run(
                _in_the_background(heading, commands), user="blog", online="make -C" in commands, SOURCE="/sources"
            )
        ask = f"curl --silent --retry 30 --retry-all-errors --retry-delay 1 --cacert {AUTHORITY}"
        page = server.run(f"{ask} --write-out '%{{http_version}}' https://{HOST}/", user="blog")
        assert "<h1" in page
        assert page.endswith("2")
        server.run(f"cd chapbook; SSL_CERT_FILE=~/{AUTHORITY} .venv/bin/chapbook doctor", user="blog")
        server.run("pkill --signal TERM --oldest -f 'chapbook serve'", user="blog")
        server.run("timeout 30 bash -c 'while pgrep -f [c]hapbook.serve; do sleep 0.2; done'", user="blog")


def _in_the_background(heading: str, commands: str) -> str:
    """Where the last command goes on, the test does too."""
    if heading not in GOES_ON:
        return commands
    asked, added = GOES_ON[heading]
    assert commands.rstrip().endswith(asked)
    return f"{commands.rstrip()} {added} > ~/'{heading}' 2>&1 &"
