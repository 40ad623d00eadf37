"""What the doctor says of the store of pictures."""

from pathlib import Path

import pytest

from entrypoints.doctor import CHECKS, disk
from entrypoints.doctor.findings import Named
from tests.entrypoints.conftest import SetUp
from tests.s3_server import S3Server

pytestmark = pytest.mark.sql


def words(found: SetUp) -> str:
    (finding,) = found.look("pictures")
    return finding.says


def test_a_folder_is_named_and_left_as_it_is(bare: SetUp) -> None:
    assert words(bare) == f"Pictures are kept in the folder {bare.folder}/var/pictures."
    assert not (bare.folder / "var").exists()

    (bare.folder / "var" / "pictures").mkdir(parents=True)
    assert bare.is_well("pictures")
    assert list((bare.folder / "var" / "pictures").iterdir()) == []


@pytest.mark.parametrize("path", ["/proc/pictures", "a-file", "a-file/pictures"])
def test_a_folder_that_cannot_be_written_is_a_fault(bare: SetUp, path: str) -> None:
    """Nobody may write in /proc, not even root."""
    (bare.folder / "a-file").touch()
    bare.set(pictures_url=f"file:{path}")

    says = bare.fault("pictures")

    assert f"The pictures in {bare.folder / path} cannot be read or written (" in says
    if path != "/proc/pictures":  # where there is no room at all
        assert bare.is_well("disk")


def test_a_disk_with_little_room_for_pictures_is_named(bare: SetUp) -> None:
    bare.set(pictures_url="file:there/pictures")
    (bare.folder / "there" / "pictures").mkdir(parents=True)

    def free(folder: Path) -> int:
        return 99_000_000 if folder.name == "pictures" else 10**12

    little = Named("disk", lambda settings: disk.check_disk(settings, free))

    says = bare.fault("disk", checks=[*(each for each in CHECKS if each.name == "settings"), little])

    assert f"99 MB are free in {bare.folder}/there/pictures, where every picture goes. Make room" in says


def test_a_bucket_is_named_without_its_key(bare: SetUp, s3_server: S3Server) -> None:
    bucket = s3_server.make_bucket()
    bare.set(pictures_url=s3_server.url(bucket))
    assert words(bare) == f"Pictures are kept in the bucket 127.0.0.1:{s3_server.port}/{bucket}."
    assert s3_server.objects.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_bucket_that_cannot_be_used_is_a_fault(bare: SetUp, s3_server: S3Server) -> None:
    bucket = s3_server.make_bucket()
    for url, told in (
        (s3_server.url("no-such-bucket"), "Make it there, or correct its name in CHAPBOOK_PICTURES_URL."),
        (s3_server.url(bucket, secret="hush-hush"), "Correct key, secret and region in CHAPBOOK_PICTURES_URL"),
        (f"s3://key:hush-hush@127.0.0.1:1/{bucket}?tls=no", "does not answer (Connection refused)"),
    ):
        bare.set(pictures_url=url)
        says = bare.fault("pictures")
        assert told in says
        assert "hush-hush" not in says
        assert s3_server.secret not in says


def test_memory_is_said(bare: SetUp) -> None:
    bare.set(storage="memory")
    assert words(bare) == "Pictures are kept in memory, and gone when the process ends."
