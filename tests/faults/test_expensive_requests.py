"""Requests that cost much: slow texts, and password hashes. Everybody else goes on."""

import json
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from entrypoints.settings import PASSWORD_MEMORY_KIB, PASSWORD_ROUNDS
from tests.doubles import SLOW_TEXT
from tests.faults.bystander import Bystander
from tests.faults.client import ask
from tests.faults.community import Community, community_on
from tests.faults.conftest import EITHER
from tests.faults.crowd import Crowd
from tests.faults.extent import IS_LONG, SECONDS
from tests.faults.report import note
from tests.faults.writers import ROOT

pytestmark = pytest.mark.long

SLOW_TEXTS = {
    "blanks": "# a" + " " * 40_000 + "b",
    "code": SLOW_TEXT,
    "delimiters": "*a " * 4_000 + "_a*_ " * 4_000,
}


CROWDS = pytest.mark.parametrize(
    "is_hasty", [False, True] if IS_LONG else [False], ids=lambda is_hasty: "hasty" if is_hasty else "patient"
)


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    told = {"Host": "127.0.0.1", "Connection": "close", "Content-Length": str(len(body))} | headers
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode() + body


@CROWDS
@pytest.mark.parametrize("community", EITHER, indirect=True)
@pytest.mark.parametrize("name", SLOW_TEXTS)
def test_others_go_on_while_one_member_edits_with_slow_texts(community: Community, name: str, is_hasty: bool) -> None:
    member, other = community.members[1:3]
    path = ROOT + community.publish(member)
    headers = member.headers | {"Content-Type": "application/json"}
    edit = request("PUT", path, headers, json.dumps({"body": SLOW_TEXTS[name]}).encode())

    with Bystander(community.server.port) as bystander:
        before = bystander.calm()
        with Crowd(community.server.port, 100, lambda _: edit, is_hasty=is_hasty) as crowd:
            began_at = time.monotonic()
            time.sleep(SECONDS / 3)
            asked_at = time.monotonic()
            community.publish(other)
            taken = time.monotonic() - asked_at
            seen = bystander.during(began_at)

    assert seen.all
    assert not seen.failures
    assert set(crowd.statuses) <= {"200", "422", "503"}
    note(
        f"slow texts: {name}" + ", without a pause" * is_hasty,
        community.database,
        crowd.summary(),
        seen.compared(before) + " (wanted: 2.0)",
        f"another member's post took {taken:.2f} s",
    )


@pytest.fixture(scope="module", params=EITHER)
def guarded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, url_on: Callable[[str, Path], str]
) -> Iterator[Community]:
    """With password hashes as they are in production, and rate limits."""
    folder = tmp_path_factory.mktemp("guarded")
    hashes = {
        "CHAPBOOK_PASSWORD_MEMORY_KIB": str(PASSWORD_MEMORY_KIB),
        "CHAPBOOK_PASSWORD_ROUNDS": str(PASSWORD_ROUNDS),
        "CHAPBOOK_TRUSTED_PROXIES": "1",
        "CHAPBOOK_RATE_LIMITS": "on",
    }
    with community_on(request.param, folder, url_on(request.param, folder), 1, **hashes) as found:
        yield found


def memory_of(pid: int, what: str) -> float:
    """In MB: VmRSS is what a process holds now, VmHWM the most that it ever held."""
    told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(told.partition(f"{what}:")[2].split()[0]) * 1024 / 1_000_000


@CROWDS
def test_others_go_on_while_many_sign_in_with_wrong_passwords(guarded: Community, is_hasty: bool) -> None:
    def sign_in(_: int) -> bytes:
        proof = b64encode(f"{secrets.token_hex(4)}@example.com:wrong words here".encode()).decode()
        address = ".".join(["203", *(str(byte) for byte in secrets.token_bytes(3))])
        return request("POST", f"{ROOT}/tokens/", {"Authorization": f"Basic {proof}", "X-Forwarded-For": address})

    with Bystander(guarded.server.port) as bystander:
        before = bystander.calm()
        with Crowd(guarded.server.port, 60, sign_in, is_hasty=is_hasty) as crowd:
            began_at = time.monotonic()
            time.sleep(SECONDS / 3)
            member = ask(guarded.server.port, "GET", f"{ROOT}/me", headers=guarded.members[0].headers)
            seen = bystander.during(began_at)
            now, most = (max(memory_of(pid, what) for pid in guarded.processes("web")) for what in ("VmRSS", "VmHWM"))

    assert member.status == 200
    assert seen.all
    assert not seen.failures
    assert set(crowd.statuses) <= {"401", "503"}
    note(
        "sign-ins with wrong passwords" + ", without a pause" * is_hasty,
        guarded.database,
        crowd.summary(),
        seen.compared(before),
        f"a worker has {now:.0f} MB, and had {most:.0f} MB at most (wanted: 120)",
    )
