"""There is no room for pictures, or for the temporary files of what members send."""

import contextlib
import http.client
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.adapters.pictures import encoded
from tests.disks import small_disk_at
from tests.faults.client import TIMEOUT, ask
from tests.faults.community import Community, community_on, happens
from tests.faults.conftest import SHORT
from tests.faults.pictures import PHOTO, Browser, faults_of_pictures, files, folder_of, form, rows, send
from tests.faults.report import note
from tests.faults.test_full_disk import fill
from tests.faults.writers import ROOT, Member

# 2 MB as a file of 2,560 px.
LARGE = encoded(Image.effect_noise((2_600, 1_500), 60), "JPEG")
# Enough for a request that waits in a file.
SOME = PHOTO + bytes(600_000)


@pytest.fixture(scope="module")
def disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """For pictures, and for temporary files."""
    folder = tmp_path_factory.mktemp("disks")
    with (
        small_disk_at(folder / "pictures", megabytes=64) as pictures,
        small_disk_at(folder / "temporary", megabytes=24) as temporary,
    ):
        yield {"pictures": pictures, "temporary": temporary}


@pytest.fixture(scope="module", params=SHORT)
def site(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    url_on: Callable[[str, Path], str],
    disks: dict[str, Path],
) -> Iterator[Community]:
    """Its log is a file."""
    folder = tmp_path_factory.mktemp("site")
    settings = {"TMPDIR": str(disks["temporary"]), "CHAPBOOK_PICTURES_URL": f"file:{disks['pictures']}/{folder.name}"}
    before = ("sh", "-c", f'exec "$@" 2>{folder}/log', "sh")
    with community_on(request.param, folder, url_on(request.param, folder), 2, before, **settings) as found:
        yield found


def portray(site: Community, member: Member) -> tuple[int, str]:
    kind, body = form(PHOTO)
    headers = member.headers | {"Content-Type": kind}
    reply = ask(site.server.port, "PUT", f"{ROOT}/me/picture", body, headers=headers)
    return reply.status, reply.content.decode()


def shown(site: Community, member: Member, sent: bytes) -> tuple[str, list[str]]:
    """A new picture that a post shows: its path in the API, and those of its files."""
    told = send(site.server.port, member, sent).json
    body = {"body": f"{told['markdown']} {secrets.token_hex(4)}"}
    assert ask(site.server.port, "POST", f"{ROOT}/posts/", body, headers=member.headers).status == 201
    return f"{ROOT}/pictures/{told['id']}", ["/" + each["url"].split("/", 3)[3] for each in told["sources"]]


def over_one_connection(port: int, paths: list[str]) -> dict[str, bytes]:
    found = {}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)) as connection:
        for path in paths:
            connection.request("GET", path, headers={"Host": "127.0.0.1"})
            found[path] = connection.getresponse().read()
    return found


def test_no_picture_is_taken_while_their_disk_is_full_and_the_site_goes_on(
    site: Community, disks: dict[str, Path]
) -> None:
    member, browser, port = site.members[0], Browser(site.server.port, site.members[1].name), site.server.port
    resource, paths = shown(site, member, LARGE)
    before = rows(site).keys()
    ballast = fill(disks["pictures"])

    refused = send(port, member)
    assert (refused.status, refused.json["detail"]) == (507, "The site has no room for pictures at the moment")
    status, page = browser.send()
    assert status == 507
    assert "This site has no room for pictures at the moment." in page
    assert portray(site, member)[0] == 507
    assert rows(site).keys() == before
    assert files(folder_of(site)).keys() == before
    assert list(folder_of(site).rglob("*.part")) == []
    assert [ask(port, "GET", path).status for path in ("/", "/readyz", *paths)] == [200] * (2 + len(paths))
    site.publish(member)
    assert ask(port, "DELETE", resource, headers=member.headers).status == 204
    happens(lambda: files(folder_of(site)).keys() == rows(site).keys())
    ballast.unlink()
    assert send(port, member).status == 201
    assert browser.send()[0] == 200
    assert portray(site, member)[0] == 200
    assert list(faults_of_pictures(site)) == []
    assert f"There is no room for pictures in {folder_of(site)}" in (site.server.folder / "log").read_text()


def test_what_is_large_waits_until_there_is_room_for_temporary_files_and_the_rest_goes_on(
    site: Community, disks: dict[str, Path]
) -> None:
    member, browser, port = site.members[0], Browser(site.server.port, site.members[1].name), site.server.port
    _, paths = shown(site, member, LARGE)
    whole = {path: ask(port, "GET", path).content for path in paths}
    assert max(map(len, whole.values())) > 1_100_000
    before = rows(site).keys()
    ballast = fill(disks["temporary"])

    began_at = time.monotonic()
    refused = send(port, member, SOME)
    took = time.monotonic() - began_at
    assert (refused.status, refused.json["detail"]) == (503, "Please try again in a moment")
    assert refused.headers["retry-after"]
    status, page = browser.send(SOME)
    assert status == 503
    assert "Please try again in a moment." in page
    text = {"body": "word " * 100_000}
    assert ask(port, "POST", f"{ROOT}/posts/", text, headers=member.headers).status == 503
    assert rows(site).keys() == before
    assert over_one_connection(port, paths) == whole
    assert ask(port, "GET", "/").status == 200
    site.publish(member)
    ballast.unlink()
    assert send(port, member, SOME).status == 201
    assert browser.send(SOME)[0] == 200
    assert list(faults_of_pictures(site)) == []
    said = (site.server.folder / "log").read_text()
    assert "Temporary files cannot be written (No space left on device)" in said
    assert "Traceback" not in said
    note("temporary files without room", site.database, f"a picture is refused after {took:.2f} s")
