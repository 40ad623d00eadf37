"""Processes of the site are killed while members send pictures, and while pictures are removed."""

import os
import random
import secrets
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from adapters.pictures.making import InlinePictureMaker
from tests.doubles import put_in
from tests.faults.client import Reply, ask
from tests.faults.community import Community, community_on, happens
from tests.faults.conftest import SHORT
from tests.faults.extent import PATIENCE, ROUNDS
from tests.faults.pictures import (
    PHOTO,
    children_of,
    faults_of_pictures,
    files,
    folder_of,
    in_later_days,
    is_running,
    orphans,
    rows,
    send,
)
from tests.faults.report import note
from tests.faults.writers import ROOT, Member

SENDERS = 4
# Pictures whose files are removed while the worker is killed.
REMOVED = 60


@pytest.fixture(scope="module", params=SHORT)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, url_on: Callable[[str, Path], str]
) -> Iterator[Community]:
    folder = tmp_path_factory.mktemp("pictures")
    with community_on(request.param, folder, url_on(request.param, folder), SENDERS) as found:
        yield found


class Sender:
    """One member in one thread. A picture whose answer is lost or refused is sent again, with the same key."""

    def __init__(self, port: int, member: Member) -> None:
        self.stopped = threading.Event()
        self.acknowledged: dict[str, int] = {}
        self.told: Counter[int] = Counter()
        self.wrong: list[Reply] = []
        self.thread = threading.Thread(target=self._run, args=(port, member), daemon=True)
        self.thread.start()

    def _run(self, port: int, member: Member) -> None:
        run = secrets.token_hex(4)
        for number in count():
            alt, key = f"{run} {number}", secrets.token_hex(8)
            while not self.stopped.is_set():
                reply = send(port, member, key=key, alt=alt)
                self.told[reply.status] += 1
                if reply.status == 201:
                    self.acknowledged[alt] = int(reply.json["id"])
                    break
                if reply.status not in (0, -1, 503) or (reply.is_refusal and "retry-after" not in reply.headers):
                    self.wrong.append(reply)
                    return
                time.sleep(0.1)
            if self.stopped.is_set():
                return


def pictures_of(site: Community, member: Member) -> dict[int, str]:
    """What its owner is told about: the texts of the pictures, by id."""
    found: dict[int, str] = {}
    path: str | None = "/pictures/?limit=100"
    while path is not None:
        told = site.get(path, member)
        found |= {int(each["id"]): each["alt"] for each in told["pictures"]}
        path = told["next"] and told["next"].partition(ROOT)[2]
    return found


def await_another(number: Callable[[], int]) -> None:
    """Until it is larger than it was."""
    before = number()
    happens(lambda: number() > before)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*/*")}


def test_a_killed_web_worker_loses_no_acknowledged_picture(site: Community) -> None:
    chance = random.Random(7_391)
    back, left = [], set[int]()
    senders = [Sender(site.server.port, member) for member in site.members]
    for number in range(2 * ROUNDS):
        await_another(lambda: sum(len(sender.acknowledged) for sender in senders))
        if number % 2:
            time.sleep(chance.uniform(0.0, 1.0))
        else:  # while files are written, or before their commit
            await_another(lambda: len(names_in(folder_of(site))))
            time.sleep(chance.uniform(0.0, 0.04))
        victim = chance.choice(site.processes("web"))
        left |= children_of(victim)
        site.kill(victim)
        back.append(site.await_another("web", victim))
    time.sleep(1)
    for sender in senders:
        sender.stopped.set()
    for sender in senders:
        sender.thread.join(2 * PATIENCE)
    # Processes that made pictures end when there is nobody left to tell.
    gone = happens(lambda: not any(map(is_running, left)))

    assert [reply for sender in senders for reply in sender.wrong] == []
    assert list(faults_of_pictures(site)) == []
    for member, sender in zip(site.members, senders, strict=True):
        there = pictures_of(site, member)
        assert sender.acknowledged
        assert {alt: there.get(id) for alt, id in sender.acknowledged.items()} == {
            alt: alt for alt in sender.acknowledged
        }
        assert len(set(there.values())) == len(there)  # nothing is there twice
        picture = site.get(f"/pictures/{next(iter(sender.acknowledged.values()))}", member)
        for source in picture["sources"]:
            path = "/" + source["url"].split("/", 3)[3]
            assert ask(site.server.port, "GET", path).status == 404  # no text shows it
    swept = orphans(site)
    with site.container() as container:
        assert container.tidying_pictures().sweep() == 0  # their commits may be on their way
    with site.container() as container:
        assert in_later_days(container, 2).tidying_pictures().sweep() == len(swept)
    assert files(folder_of(site)).keys() == rows(site).keys()
    assert list(faults_of_pictures(site)) == []
    told = sum((sender.told for sender in senders), Counter[int]())
    note(
        "kill -9 of a web worker during uploads",
        site.database,
        f"{len(back)} kills, {sum(len(sender.acknowledged) for sender in senders)} acknowledged, {told[0]} lost, "
        f"{told[503]} refused",
        f"{len(swept)} without a row were swept",
        f"replaced in at most {max(back):.1f} s, {len(left)} processes of pictures gone {gone:.1f} s after the last",
    )


def test_files_of_removed_pictures_go_although_the_worker_is_killed(site: Community) -> None:
    chance = random.Random(7_391)
    member = site.members[0]
    before = rows(site).keys()
    owner = int(site.get("/me", member)["id"])
    with site.container() as container:
        put_in(container, picture_maker=InlinePictureMaker())
        for _ in range(REMOVED):
            container.pictures().send(actor_id=owner, sent=PHOTO)
    added = rows(site).keys() - before

    def left() -> int:
        return len(files(folder_of(site)).keys() & added)

    happens(lambda: site.processes("mail"))
    victim = site.processes("mail")[0]
    os.kill(victim, signal.SIGSTOP)
    for picture_id in added:
        assert ask(site.server.port, "DELETE", f"{ROOT}/pictures/{picture_id}", headers=member.headers).status == 204
    os.kill(victim, signal.SIGCONT)
    kills = 0
    while kills < ROUNDS and left() > 1:
        await_another(lambda: -left())
        time.sleep(chance.uniform(0.0, 0.01))
        victim = site.processes("mail")[0]
        site.kill(victim)
        site.await_another("mail", victim)
        kills += 1
    assert not rows(site).keys() & added
    # A job in the hands of a killed worker waits for the end of its lease.
    took = happens(lambda: left() <= kills)
    waiting = left()
    with site.container() as container:
        jobs = in_later_days(container, 1).jobs()
        while jobs.run_next():
            pass
    assert left() == 0
    assert list(faults_of_pictures(site)) == []
    note(
        "kill -9 of the worker during removals",
        site.database,
        f"{kills} kills, {REMOVED} pictures, {waiting} waited for the end of a lease",
        f"the others gone after {took:.1f} s",
    )
