"""The guide to a Debian server, followed word by word on a machine that boots with systemd."""

import re
from pathlib import Path

import pytest

from tests.api.running import ROOT
from tests.guides.blocks import blocks_of
from tests.guides.machine import Machine, machine

GUIDE = ROOT / "docs" / "running" / "debian.md"
HOST = "blog.example.com"
# These commands install packages. All others have no network but that of the machine itself.
ONLINE = re.compile(r"^(apt-get|make) ", re.MULTILINE)

pytestmark = [pytest.mark.sql, pytest.mark.long]

A_CERTIFICATE = f"""
mkdir -p /etc/letsencrypt/live/{HOST}
cd /etc/letsencrypt/live/{HOST}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN={HOST} \\
    -addext subjectAltName=DNS:{HOST} -keyout privkey.pem -out fullchain.pem
cp fullchain.pem /usr/local/share/ca-certificates/site.crt
update-ca-certificates
"""
# Nobody outside of this machine may sign for it.
ITS_OWN_AUTHORITY = "sed -i '0,/^{$/s//{\\n\\tlocal_certs/' /opt/chapbook/deploy/Caddyfile"
TRUST_IT = """
authority=/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt
for _ in $(seq 100); do test -e $authority && break; sleep 0.1; done
cp $authority /usr/local/share/ca-certificates/site.crt
update-ca-certificates
"""
# Readers and writers, who write more than one member may, while the site restarts twice.
RESTART = f"""
ask() {{ curl --silent --output /dev/null --write-out '%{{http_code}}\\n' --max-time 30 "$@"; }}
read_pages() {{ until test -e ended; do ask https://{HOST}/ >> pages; done; }}
write_posts() {{
    until test -e ended; do
        ask --user 'susan@example.com:cat in a box' --json '{{"body": "here"}}' https://{HOST}/api/v1/posts/ >> posts
    done
}}
echo CHAPBOOK_RATE_LIMITS=off >> /etc/chapbook/settings
systemctl restart chapbook
rm -f ended pages posts
read_pages & read_pages & write_posts & write_posts &
for _ in 1 2; do sleep 1; systemctl restart chapbook; done
sleep 1; touch ended; wait
sort pages | uniq -c; sort posts | uniq -c
test "$(sort -u pages)" = 200
test "$(sort -u posts)" = 201
"""


@pytest.mark.parametrize(("database", "proxy"), [("sqlite", "nginx"), ("postgres", "caddy")])
def test_the_guide_leads_to_a_site_that_works(tmp_path: Path, database: str, proxy: str) -> None:
    with machine(tmp_path, ROOT) as server:
        server.run(f"echo '127.0.0.1 {HOST}\n::1 {HOST}' >> /etc/hosts; git config --global --add safe.directory '*'")
        for heading, commands in blocks_of(GUIDE):
            if heading == {"nginx": "Caddy", "caddy": "nginx"}[proxy]:
                continue
            if heading.startswith("3.") and database == "sqlite":
                continue
            if heading == "nginx":
                server.run(A_CERTIFICATE)
            if heading == "Caddy":
                server.run(ITS_OWN_AUTHORITY)
            server.run(commands, online=ONLINE.search(commands) is not None, SOURCE="/sources")
            if heading == "Caddy":
                server.run(TRUST_IT)
        _is_served(server)
        server.run(RESTART)
        _restarts_by_itself(server)
        _comes_back(server)


def _is_served(server: Machine) -> None:
    server.run("echo 'cat in a box' | chapbook user create susan@example.com susan --confirmed")
    for family in ("--ipv4", "--ipv6"):
        said = server.run(
            f"curl --silent --output /dev/null --write-out '%{{http_version}} %{{http_code}}' {family} https://{HOST}/"
        )
        assert said == "2 200"
    assert "permission denied" in server.run("runuser -u nobody -- cat /etc/chapbook/secret-key 2>&1 || true").lower()
    server.run("systemd-analyze security chapbook chapbook-worker chapbook-backup --threshold=20")


def _restarts_by_itself(server: Machine) -> None:
    server.run(
        "for unit in chapbook chapbook-worker; do systemctl kill --signal=KILL $unit; done\n"
        "sleep 8\n"
        f"curl --fail --silent --output /dev/null https://{HOST}/\n"
        "systemctl is-active chapbook chapbook-worker chapbook.socket"
    )


def _comes_back(server: Machine) -> None:
    """A restore as the guide to backups says: an account that was made after the backup is gone."""
    everything = "chapbook site export -"
    blocks = dict(blocks_of(ROOT / "docs" / "running" / "backups.md"))
    server.run(blocks["Each night"])
    backup = server.run("ls /var/lib/chapbook/var/backups/*.tar").split()[-1]
    before = server.run(f'{everything} | grep -c \'"record":"posts"\'')
    server.run("chapbook user create john@example.com john --confirmed <<< 'cat in a box'")
    assert "john" in server.run(everything)
    server.run(blocks["Restoring here"], BACKUP=backup)
    assert "john" not in server.run(everything)
    assert server.run(f'{everything} | grep -c \'"record":"posts"\'') == before
