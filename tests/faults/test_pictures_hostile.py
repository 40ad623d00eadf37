"""Files that are made to do harm are sent to a running site. It takes the pixels out of them, or says what is wrong."""

import random
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest

from domain.pictures import TYPES, WIDTHS
from tests.adapters.pictures import broken, decoded, encoded, ftyp, photo, segment, slow_jpeg, with_segments
from tests.adapters.test_pictures_refused import BOMBS, NO_PICTURES, TOO_MANY_PIXELS, animation
from tests.faults.client import Reply, ask
from tests.faults.community import Community, community_on, happens
from tests.faults.conftest import SQLITE
from tests.faults.extent import IS_LONG
from tests.faults.pictures import Browser, children_of, faults_of_pictures, memory_of, send
from tests.faults.report import note
from tests.faults.writers import ROOT

_SCRIPT = b"*/=1;alert(document.cookie)//<script>alert(1)</script><?php system('id') ?>"


@pytest.fixture(scope="module", params=[SQLITE])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Community]:
    folder = tmp_path_factory.mktemp("pictures")
    url = f"sqlite:///{folder}/chapbook.db"
    with community_on(request.param, folder, url, 1, CHAPBOOK_WORKERS="1") as found:
        yield found


def polyglots() -> dict[str, bytes]:
    """Pictures that are something else as well, each wider than the smallest file that is made."""
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("virus.exe", b"MZ virus")
    image = photo(700, 300)
    return {
        "jpeg and zip": encoded(image, "JPEG") + archive.getvalue(),
        "jpeg with a script": with_segments(encoded(image, "JPEG"), segment(0xFE, _SCRIPT)),
        "jpeg with exif of a script": encoded(image, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + _SCRIPT),
        "png and zip": encoded(image, "PNG") + archive.getvalue(),
        "png and html": encoded(image, "PNG") + b"<html>" + _SCRIPT,
        "gif with a script": encoded(image, "GIF", comment=_SCRIPT) + _SCRIPT,
        "webp and zip": encoded(image, "WEBP") + archive.getvalue(),
        "avif and zip": encoded(image, "AVIF", speed=10) + archive.getvalue(),
    }


def hostile() -> Iterator[tuple[str, bytes]]:
    yield from NO_PICTURES.items()
    yield from TOO_MANY_PIXELS.items()
    yield from ((name, make()) for name, make in BOMBS.items())
    yield "empty", b""
    yield "iphone", ftyp(b"heic", b"mif1", b"heic")
    yield "a thousand frames", animation(1_000, b"no pixels at all")
    for form in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
        sent = encoded(photo(200, 150), form)
        yield f"{form} cut off", sent[: len(sent) * 2 // 3]
    if IS_LONG:
        yield "slow jpeg", slow_jpeg()
    chance = random.Random(20_260_728)
    for number in range(200 if IS_LONG else 10):
        yield f"broken {number}", broken(chance)


def test_what_harms_is_refused_with_a_sentence_or_made_harmless(site: Community) -> None:
    port, (member,) = site.server.port, site.members
    (worker,) = site.processes("web")
    assert send(port, member).status == 201
    before, at_most, told = memory_of(worker), 0.0, Counter[int]()
    for name, sent in hostile():
        reply: list[Reply] = []

        def is_answered(sent: bytes = sent, reply: list[Reply] = reply) -> bool:
            reply[:] = [send(port, member, sent)]
            return not reply[0].is_refusal

        happens(is_answered)
        status = reply[0].status
        told[status] += 1
        assert status in (201, 422), (name, reply[0])
        if status == 422:
            (problem,) = reply[0].json["errors"]
            assert problem["field"] == "file", name
            assert problem["message"].endswith("."), name
        at_most = max(at_most, memory_of(worker))
    assert site.processes("web") == [worker]
    assert list(faults_of_pictures(site)) == []
    happens(lambda: len(children_of(worker)) <= 2)  # that which renders, and that which makes pictures
    note(
        "hostile pictures",
        site.database,
        f"{sum(told.values())} files, {dict(told)}",
        f"the web process {before:.0f} -> {memory_of(worker):.0f} MB, {at_most:.0f} at most",
    )


def test_a_page_says_what_is_wrong_with_a_file(site: Community) -> None:
    browser = Browser(site.server.port, site.members[0].name)
    for sent, sentence in (
        (NO_PICTURES["svg"], "This is not a picture that can be shown here."),
        (TOO_MANY_PIXELS["png"], "This picture has more than 50 megapixels."),
        (encoded(photo(200, 150), "JPEG")[:2_000], "This picture cannot be read"),
        (b"", "Please choose a file first."),
    ):
        status, page = browser.send(sent)
        assert (status, sentence in page) == (422, True), sentence


@pytest.mark.parametrize("name", polyglots())
def test_of_a_polyglot_the_site_serves_the_pixels_alone(site: Community, name: str) -> None:
    port, (member,) = site.server.port, site.members
    sent = polyglots()[name]
    told = send(port, member, sent).json
    post = {"body": told["markdown"]}
    assert ask(port, "POST", f"{ROOT}/posts/", post, headers=member.headers).status == 201
    for width in WIDTHS:
        for ending, kind in TYPES.items():
            answer = ask(port, "GET", f"/pictures/{told['id']}/{width}.{ending}", headers={"Accept": "text/html"})
            assert answer.status == 200
            assert answer.headers["content-type"] == kind
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "sandbox" in answer.headers["content-security-policy"]
            assert answer.content != sent
            assert not any(part in answer.content for part in (b"virus", b"PK\3\4", b"alert", b"script", b"<?php"))
            assert decoded(answer.content).format == {"webp": "WEBP", "jpg": "JPEG"}[ending]
            assert decoded(answer.content).width == min(width, 700)
