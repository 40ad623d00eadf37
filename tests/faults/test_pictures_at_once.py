"""Many send pictures at once, some of them slowly."""

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.pictures.making import InlinePictureMaker
from domain.pictures import BYTES_AT_MOST
from tests.doubles import put_in
from tests.faults.bystander import Bystander
from tests.faults.client import Reply
from tests.faults.community import Community, community_on, happens
from tests.faults.conftest import SHORT
from tests.faults.extent import IS_LONG, PATIENCE, SECONDS
from tests.faults.pictures import (
    PHOTO,
    children_of,
    faults_of_pictures,
    form,
    is_running,
    memory_of,
    send,
)
from tests.faults.report import note
from tests.faults.writers import ROOT, Member

MEMBERS = 30
ROOM = 1_000_000
SLOW = 100


@pytest.fixture(scope="module", params=SHORT)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, url_on: Callable[[str, Path], str]
) -> Iterator[Community]:
    folder = tmp_path_factory.mktemp("pictures")
    url = url_on(request.param, folder)
    with community_on(request.param, folder, url, MEMBERS, CHAPBOOK_PICTURES_PER_MEMBER_MB="1") as found:
        yield found


def used(site: Community, owner: int) -> int:
    with site.container() as container:
        return container.storage().picture_feeds.bytes_of(owner)


def test_eight_pictures_at_once_never_take_more_than_the_room(site: Community) -> None:
    member = site.members[1]
    owner = int(site.get("/me", member)["id"])
    with site.container() as container:
        put_in(container, picture_maker=InlinePictureMaker())
        size = 0
        while used(site, owner) + 4 * size < ROOM:
            before = used(site, owner)
            container.pictures().send(actor_id=owner, sent=PHOTO)
            size = used(site, owner) - before

    def insist(_: int) -> list[Reply]:
        """Until it is taken, or there is no room."""
        told = [send(site.server.port, member)]
        while told[-1].is_refusal and len(told) < 100:
            time.sleep(0.2)
            told.append(send(site.server.port, member))
        return told

    with ThreadPoolExecutor(8) as pool:
        told = [reply for replies in pool.map(insist, range(8)) for reply in replies]
    statuses = Counter(reply.status for reply in told)

    assert statuses.keys() <= {201, 422, 503}
    assert statuses[201] == 3
    assert statuses[422] == 5
    assert {reply.json["errors"][0]["field"] for reply in told if reply.status == 422} == {"file"}
    assert used(site, owner) <= ROOM < used(site, owner) + size
    assert list(faults_of_pictures(site)) == []
    note(
        "eight pictures at once near the quota", site.database, f"{dict(statuses)}, {used(site, owner)} of {ROOM} bytes"
    )


@pytest.mark.long
def test_pages_go_on_while_thirty_members_send_pictures(site: Community) -> None:
    with Bystander(site.server.port) as bystander, ThreadPoolExecutor(MEMBERS) as pool:
        before = bystander.calm()
        began_at = time.monotonic()
        told = list(pool.map(lambda member: send(site.server.port, member), site.members))
        ended_at = time.monotonic()
        seen = bystander.during(began_at, ended_at)
        # Those who were refused try again, as they were told.
        waiting = [member for member, reply in zip(site.members, told, strict=True) if reply.status != 201]
        while waiting and time.monotonic() - ended_at < 2 * PATIENCE:
            time.sleep(2)
            again = list(pool.map(lambda member: send(site.server.port, member), waiting))
            waiting = [member for member, reply in zip(waiting, again, strict=True) if reply.status == 503]
        taken = time.monotonic() - began_at

    assert {reply.status for reply in told} <= {201, 503}
    assert all(reply.headers["retry-after"] for reply in told if reply.status == 503)
    assert waiting == []
    assert not seen.failures
    assert list(faults_of_pictures(site)) == []
    slowest = max(reply.seconds for reply in told)
    note(
        "thirty pictures at once",
        site.database,
        f"{dict(Counter(reply.status for reply in told))} within {slowest:.1f} s, all taken after {taken:.0f} s",
        seen.compared(before),
    )


def part_of_a_picture(member: Member, size: int) -> tuple[bytes, bytes]:
    """The header of a request, and its whole body."""
    kind, body = form(PHOTO + bytes(size - len(PHOTO)))
    head = {"Host": "127.0.0.1", "Content-Type": kind, "Content-Length": str(len(body))} | member.headers
    lines = [f"POST {ROOT}/pictures/ HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode(), body


@pytest.mark.long
def test_pages_go_on_beside_members_who_send_slowly_or_stop(site: Community) -> None:
    """Ten megabytes at 50 kB a second take three minutes and a half: so much in a long run, and less in a short one."""
    size = BYTES_AT_MOST if IS_LONG else 400_000
    answered: list[bytes] = []
    head, body = part_of_a_picture(site.members[2], size)

    def trickle(client: socket.socket) -> None:
        client.sendall(head)
        for at in range(0, len(body), 10_000):
            client.sendall(body[at : at + 10_000])
            time.sleep(0.2)
        answered.append(client.recv(100))

    def connected(stack: contextlib.ExitStack) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", site.server.port), timeout=10 * PATIENCE)
        return stack.enter_context(made)

    with contextlib.ExitStack() as stack, Bystander(site.server.port) as bystander:
        before = bystander.calm()
        began_at = time.monotonic()
        for _ in range(SLOW):
            client = connected(stack)
            client.sendall(head + body[: len(body) // 2])
        slow = [threading.Thread(target=trickle, args=(connected(stack),), daemon=True) for _ in range(5)]
        for thread in slow:
            thread.start()
        time.sleep(SECONDS / 3)
        # Somebody who is not slow is served meanwhile.
        assert send(site.server.port, site.members[3]).status in (201, 422)
        for thread in slow:
            thread.join(10 * PATIENCE)
        seen = bystander.during(began_at)

    assert [answer[9:12] for answer in answered if answer[9:12] not in (b"201", b"503", b"422")] == []
    assert len(answered) == len(slow)
    assert not seen.failures
    note(
        f"{SLOW} stop in the middle of a picture, five are slow",
        site.database,
        f"{size / 1e6:.1f} MB each, {time.monotonic() - began_at:.0f} s, {Counter(a[9:12].decode() for a in answered)}",
        seen.compared(before),
    )


@pytest.mark.long
def test_processes_and_memory_are_given_back(site: Community) -> None:
    workers = site.processes("web")
    before = {pid: memory_of(pid) for pid in workers}
    with ThreadPoolExecutor(4) as pool:
        large = PHOTO + bytes(9_000_000)
        told = list(pool.map(lambda member: send(site.server.port, member, large), 2 * site.members[4:24]))
    assert {reply.status for reply in told} <= {201, 422, 503}
    children = {child for pid in workers for child in children_of(pid)}
    happens(lambda: sum(map(is_running, children)) <= 2 * len(workers))
    grown = ", ".join(f"{before[pid]:.0f} -> {memory_of(pid):.0f} MB" for pid in workers)
    note("forty pictures of 9 MB", site.database, f"{dict(Counter(reply.status for reply in told))}, {grown}")
