"""Pictures in a bucket, through the whole program, and a bucket that is away or hangs."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from domain.roles import Role
from tests.faults.bystander import Bystander
from tests.faults.client import Reply, ask
from tests.faults.community import PASSWORD, Community, community_on, happens
from tests.faults.conftest import SQLITE
from tests.faults.extent import PATIENCE, SECONDS
from tests.faults.gate import Gate
from tests.faults.pictures import Browser, in_later_days, send
from tests.faults.report import note
from tests.faults.writers import ROOT, Member
from tests.s3_server import S3Server

MEMBERS = 30


@dataclass(frozen=True, slots=True)
class Bucket:
    community: Community
    gate: Gate
    server: S3Server
    name: str

    @property
    def keys(self) -> list[str]:
        found = self.server.objects.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [each["Key"] for each in found]

    def ask(self, method: str, path: str, member: Member | None = None, body: Any = None) -> Reply:
        headers = {} if member is None else member.headers
        return ask(self.community.server.port, method, path, body, headers=headers)


@pytest.fixture(scope="module", params=[SQLITE])
def bucket(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server
) -> Iterator[Bucket]:
    folder = tmp_path_factory.mktemp("bucket")
    name = s3_server.make_bucket()
    with Gate(s3_server.port) as gate:
        url = s3_server.url(name).replace(f":{s3_server.port}/", f":{gate.port}/")
        database = f"sqlite:///{folder}/chapbook.db"
        with community_on(request.param, folder, database, MEMBERS, CHAPBOOK_PICTURES_URL=url) as found:
            with found.container() as container:
                container.members().create(
                    email="mod@example.com", username="mod", password=PASSWORD, role=Role.MODERATOR, confirmed=True
                )
            yield Bucket(found, gate, s3_server, name)


def shown(bucket: Bucket, member: Member) -> tuple[str, str, list[str]]:
    """A new picture in a post of its own: the paths of the post, of the picture in the API, and of the files."""
    sent: list[Reply] = []

    def is_taken() -> bool:
        sent.append(send(bucket.community.server.port, member))
        return sent[-1].status == 201

    happens(is_taken)
    told = sent[-1].json
    post = bucket.ask("POST", f"{ROOT}/posts/", member, {"body": f"Look: {told['markdown']}"})
    assert post.status == 201
    files = ["/" + each["url"].split("/", 3)[3] for each in told["sources"]]
    # After a fault, no process asks the bucket for some seconds.
    happens(lambda: all(bucket.ask("GET", files[0]).status == 200 for _ in range(10)))
    return f"/posts/{post.json['id']}", f"{ROOT}/pictures/{told['id']}", files


def test_a_picture_is_sent_seen_hidden_and_removed(bucket: Bucket) -> None:
    member = bucket.community.members[0]
    post, picture, files = shown(bucket, member)
    number = f"{int(picture.rpartition('/')[2]):016x}"
    assert sorted(key.rpartition("/")[2] for key in bucket.keys if number in key) == sorted(
        path.rpartition("/")[2] for path in files
    )
    for path in files:
        answer = bucket.ask("GET", path)
        assert (answer.status, "s-maxage=0" in answer.headers["cache-control"]) == (200, True)
    owner, moderator = Browser(bucket.community.server.port, member.name), Browser(bucket.community.server.port, "mod")
    assert f'src="{files[0].rpartition("/")[0]}/' in owner.ask(post)[1]

    moderator.press(f"{post}/hide", reason="Not here.")
    assert [bucket.ask("GET", path).status for path in files] == [404] * len(files)
    moderator.press(f"{post}/restore", reason="After all.")
    assert [bucket.ask("GET", path).status for path in files] == [200] * len(files)

    assert bucket.ask("DELETE", picture, member).status == 204
    assert [bucket.ask("GET", path).status for path in files] == [404] * len(files)
    happens(lambda: not any(number in key for key in bucket.keys))
    happens(lambda: '<img src="/pictures/' not in owner.ask(post)[1])


def test_a_bucket_that_is_away_takes_no_picture_and_pages_go_on(bucket: Bucket) -> None:
    member = bucket.community.members[1]
    post, picture, files = shown(bucket, member)
    browser = Browser(bucket.community.server.port, bucket.community.members[2].name)
    before = bucket.keys
    bucket.gate.turn("shut")
    try:
        refused = send(bucket.community.server.port, member)
        assert (refused.status, refused.json["detail"]) == (503, "Please try again in a moment")
        assert refused.headers["retry-after"]
        status, page = browser.send()
        assert (status, "Please try again in a moment." in page) == (503, True)
        assert bucket.ask("GET", files[0]).status == 503
        assert [bucket.ask("GET", path).status for path in ("/", post, "/readyz")] == [200] * 3
        assert bucket.ask("DELETE", picture, member).status == 204
    finally:
        bucket.gate.turn("open")
    assert set(bucket.keys) >= set(before)
    happens(lambda: send(bucket.community.server.port, member).status == 201)
    number = f"{int(picture.rpartition('/')[2]):016x}"
    with bucket.community.container() as container:
        jobs = in_later_days(container, 1).jobs()
        while jobs.run_next():
            pass
    happens(lambda: not any(number in key for key in bucket.keys))


@pytest.mark.long
def test_a_bucket_that_hangs_stops_no_page(bucket: Bucket) -> None:
    community = bucket.community
    post, _, files = shown(bucket, community.members[3])
    told: list[Reply] = []
    with Bystander(community.server.port) as bystander, ThreadPoolExecutor(2 * MEMBERS) as pool:
        before = bystander.calm()
        bucket.gate.turn("silent")
        began_at = time.monotonic()
        try:

            def insist(member: Member) -> None:
                while time.monotonic() < began_at + 2 * SECONDS:
                    told.append(send(community.server.port, member, timeout=2 * PATIENCE))
                    time.sleep(0.5)

            def look(_: int) -> None:
                while time.monotonic() < began_at + 2 * SECONDS:
                    told.append(bucket.ask("GET", files[0]))
                    time.sleep(0.5)

            waiting = [pool.submit(insist, member) for member in community.members]
            waiting += [pool.submit(look, number) for number in range(10)]
            time.sleep(2 * SECONDS)
            at_once = bucket.gate.waiting
            seen = bystander.during(began_at)
            assert bucket.ask("GET", post).status == 200
            for each in waiting:
                each.result(2 * PATIENCE)
        finally:
            bucket.gate.turn("open")
    statuses = Counter(reply.status for reply in told)
    assert statuses.keys() == {503}
    assert not seen.failures
    happens(lambda: send(community.server.port, community.members[3]).status == 201)
    note(
        "a bucket that hangs",
        community.database,
        f"{statuses[503]} refused, the slowest in {max(reply.seconds for reply in told):.1f} s, {at_once} wait at once",
        seen.compared(before),
    )
