"""`chapbook backup` and `chapbook restore` take the files of pictures along, and refuse whatever is none."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters.pictures.file_store import FolderPictureFiles
from application.ports.pictures.files import PictureFiles
from entrypoints.backups import making
from entrypoints.backups.folder import NotWritten
from entrypoints.backups.making import back_up
from entrypoints.cli import cli
from tests.disks import small_disk_at
from tests.entrypoints.conftest import SetUp
from tests.s3_server import S3Server

pytestmark = pytest.mark.sql

ROOT = Path(__file__).parents[2]
FIRST = 0x0197C3A1B2C4D5E6
NAMES = ("320.jpg", "320.webp", "640.jpg", "640.webp")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="chapbook")


def done(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    return result.output


def picture(picture_id: int) -> dict[str, bytes]:
    return {name: f"{picture_id} {name}".encode() * 90 for name in NAMES}


def filled(files: PictureFiles, *ids: int) -> None:
    for picture_id in ids:
        files.put(picture_id, picture(picture_id))


def there(files: PictureFiles) -> list[int]:
    """The pictures whose files are all as they were put."""
    ids = files.ids(0, 1_000)
    for picture_id in ids:
        assert {name: files.get(picture_id, name) for name in NAMES} == picture(picture_id)
    return ids


@pytest.fixture
def files(setup: SetUp) -> FolderPictureFiles:
    """The store of the site, with three pictures."""
    found = FolderPictureFiles(setup.folder / "var" / "pictures")
    filled(found, FIRST, FIRST + 1, FIRST + (9 << 50))
    return found


@pytest.fixture
def backup(files: FolderPictureFiles, tmp_path: Path) -> Path:
    assert "It holds 12 files of pictures." in done("backup", tmp_path / "one.tar")
    return tmp_path / "one.tar"


IDS = [FIRST, FIRST + 1, FIRST + (9 << 50)]


def test_pictures_come_back(backup: Path, files: FolderPictureFiles, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "var" / "pictures")

    said = done("restore", backup, "--replace")

    assert f"Pictures put into {tmp_path}/var/pictures: 3. Pictures that were there already: 0." in said
    assert there(files) == IDS
    path = tmp_path / "var/pictures/0197c/0197c3a1b2c4d5e6/320.webp"
    assert path.stat().st_mode & 0o777 == 0o640


def test_pictures_that_are_there_stay_and_what_is_missing_comes_back(backup: Path, files: FolderPictureFiles) -> None:
    files.remove(FIRST)
    (files_of(FIRST + 1) / "640.jpg").unlink()
    filled(files, FIRST + 2)

    said = done("restore", backup, "--replace")

    assert ": 2. Pictures that were there already: 1." in said
    assert there(files) == sorted([*IDS, FIRST + 2])


def files_of(picture_id: int) -> Path:
    return Path("var/pictures") / f"{picture_id:016x}"[:5] / f"{picture_id:016x}"


def test_pictures_are_put_where_the_setting_says(
    setup: SetUp, backup: Path, files: FolderPictureFiles, s3_server: S3Server, tmp_path: Path
) -> None:
    """Also from a folder into a bucket."""
    setup.set(pictures_url="file:elsewhere")
    assert "Pictures put into" in done("restore", backup, "--replace")
    assert there(FolderPictureFiles(tmp_path / "elsewhere")) == IDS

    bucket = s3_server.make_bucket()
    setup.set(pictures_url=s3_server.url(f"{bucket}/pictures"))
    for put, found in ((3, 0), (0, 3)):
        said = done("restore", backup, "--replace")
        assert f"{bucket}/pictures: {put:,}. Pictures that were there already: {found:,}." in said
        assert there(setup.container().picture_files()) == IDS
        assert s3_server.secret not in said


def test_the_file_is_an_ordinary_tar_with_checksums(backup: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(["tar", "xf", backup], cwd=out, check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "manifest.json.sha256"], cwd=out, check=True)
    told = json.loads((out / "manifest.json").read_text())
    names = [member["name"] for member in told["members"]]
    assert told["format"] == "chapbook-backup/1"
    assert names[0] == "database"
    assert names[1:5] == [f"pictures/0197c/0197c3a1b2c4d5e6/{name}" for name in NAMES]
    for member in told["members"]:
        assert hashlib.sha256((out / member["name"]).read_bytes()).hexdigest() == member["sha256"]


def test_no_byte_of_a_picture_can_change_unseen(backup: Path, files: FolderPictureFiles, tmp_path: Path) -> None:
    good, bad = backup.read_bytes(), tmp_path / "bad.tar"
    begin = good.index(picture(FIRST)["320.jpg"]) - 512
    shutil.rmtree(tmp_path / "var" / "pictures")
    for at in range(begin, begin + 2_600, 101):
        bad.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert "is damaged (" in refused("restore", bad, "--replace")
    assert not (tmp_path / "var" / "pictures").exists()


def test_a_picture_removed_meanwhile_is_left_out(setup: SetUp, files: FolderPictureFiles, tmp_path: Path) -> None:
    """While the copied database goes into the file, which is before the pictures do."""

    def show(what: str, _done: int, _total: int) -> None:
        if what == "Writing":
            files.remove(FIRST + 1)

    url = setup.container().settings().database_url
    made = back_up(url, tmp_path / "one.tar", show, pictures=tmp_path / "var" / "pictures")
    assert len(made.manifest.members) == 9

    shutil.rmtree(tmp_path / "var" / "pictures")
    done("restore", tmp_path / "one.tar", "--replace")
    assert there(files) == [FIRST, FIRST + (9 << 50)]


def test_a_backup_while_pictures_come_and_go_is_whole(setup: SetUp, files: FolderPictureFiles, tmp_path: Path) -> None:
    ended = threading.Event()

    def work() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            filled(files, FIRST + 100 + number)
            files.remove(FIRST + 100 + number // 2)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(5):
            done("backup", tmp_path / f"{number}.tar")
    finally:
        ended.set()
        worker.join()
    for number in range(5):
        setup.set(pictures_url=f"file:{number}")
        done("restore", tmp_path / f"{number}.tar", "--replace")
        found = FolderPictureFiles(tmp_path / str(number))
        assert set(IDS) <= set(found.ids(0, 10_000))
        for picture_id in found.ids(0, 10_000):
            for path in (tmp_path / str(number)).glob(f"*/{picture_id:016x}/*"):
                assert path.read_bytes() == picture(picture_id)[path.name]


def test_another_content_is_not_written_over(backup: Path, files: FolderPictureFiles) -> None:
    path = files_of(FIRST) / "640.webp"
    path.write_bytes(b"of another community")
    files.remove(FIRST + 1)

    said = refused("restore", backup, "--replace")

    assert f"differ in pictures/0197c/{FIRST:016x}/640.webp. Nothing was changed." in said
    assert path.read_bytes() == b"of another community"
    assert FIRST + 1 not in files.ids(0, 9)
    path.unlink()
    done("restore", backup, "--replace")
    assert there(files) == IDS


HOSTILE = (
    "pictures/0197c/0197c3a1b2c4d5e6/320.png",
    "pictures/0197c/0197c3a1b2c4d5e6/320.webp.part",
    "pictures/0197d/0197c3a1b2c4d5e6/320.webp",
    "pictures/0197c/0197C3A1B2C4D5E6/320.webp",
    "pictures/fffff/ffffffffffffffff/320.webp",
    "pictures/0197c/0197c3a1b2c4d5e6",
    "pictures/320.webp",
    "0197c/0197c3a1b2c4d5e6/320.webp",
    "secret-key",
    "pictures/pictures/0197c/0197c3a1b2c4d5e6/320.webp",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_file_of_a_picture_is_refused_before_anything_is_touched(
    backup: Path, files: FolderPictureFiles, tmp_path: Path, name: str
) -> None:
    bad = tmp_path / "bad.tar"
    bad.write_bytes(renamed(f"pictures/0197c/{FIRST:016x}/320.webp", name)(backup.read_bytes()))
    files.remove(FIRST)

    said = refused("restore", bad, "--replace")

    assert f"holds {name}, which is no file of a picture. Nothing was changed." in said
    assert there(files) == IDS[1:]
    assert not (tmp_path / "var" / "secret-key").exists()


@pytest.mark.parametrize("name", ["pictures/../../x/320.webp", "/etc/320.webp", "pictures//320.webp"])
def test_a_name_that_leads_out_is_damage(backup: Path, tmp_path: Path, name: str) -> None:
    bad = tmp_path / "bad.tar"
    bad.write_bytes(renamed(f"pictures/0197c/{FIRST:016x}/320.webp", name)(backup.read_bytes()))
    assert "is damaged (manifest.json" in refused("restore", bad, "--replace")


def renamed(old: str, new: str) -> Callable[[bytes], bytes]:
    """With another name in the manifest and in the header, and right checksums."""

    def make(good: bytes) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(good)) as tar:
            members = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
        manifest = members.pop("manifest.json").replace(f'"{old}"'.encode(), f'"{new}"'.encode())
        del members["manifest.json.sha256"]
        made_at = datetime.fromisoformat(json.loads(manifest)["made_at"]).timestamp()
        total = f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n".encode()
        parts = [("manifest.json", manifest), ("manifest.json.sha256", total)]
        parts += [(new if name == old else name, content) for name, content in members.items()]
        return b"".join(entry(name, content, int(made_at)) for name, content in parts) + bytes(1024)

    return make


def entry(name: str, content: bytes, made_at: int) -> bytes:
    """As this program writes it."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, made_at
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def test_a_backup_without_pictures_leaves_those_that_are_there(files: FolderPictureFiles, tmp_path: Path) -> None:
    """As one of `deploy`, one of an older version, and one of a site with a bucket."""
    said = done("backup", tmp_path / "one.tar", "--no-pictures")
    assert "of pictures" not in said

    assert "Pictures" not in done("restore", tmp_path / "one.tar", "--replace")
    assert there(files) == IDS


def test_with_a_bucket_a_sentence_says_that_pictures_are_not_copied(
    setup: SetUp, files: FolderPictureFiles, s3_server: S3Server, tmp_path: Path
) -> None:
    bucket = s3_server.make_bucket()
    setup.set(pictures_url=s3_server.url(bucket))
    said = done("backup", tmp_path / "one.tar")
    assert f"The pictures are in the bucket 127.0.0.1:{s3_server.port}/{bucket} and are not copied." in said
    assert s3_server.secret not in said
    with tarfile.open(tmp_path / "one.tar") as tar:
        assert [info.name for info in tar][2:] == ["database"]


def test_room_is_asked_for_pictures_too(
    setup: SetUp, files: FolderPictureFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "SPARE", 0)
    with small_disk_at(tmp_path / "disk", megabytes=6) as disk:
        (tmp_path / "var/pictures/0197c/0197c3a1b2c4d5e6/1280.jpg").write_bytes(os.urandom(6_000_000))
        said = refused("backup", disk / "one.tar")
        assert "There is no room for a backup" in said
        assert "`--no-pictures` leaves out the pictures." in said
        monkeypatch.setattr(making, "SPARE", -(1 << 40))
        assert f"The disk of {disk} is full." in refused("backup", disk / "one.tar")
        assert list(disk.iterdir()) == []
        done("backup", disk / "one.tar", "--no-pictures")


def test_what_cannot_be_read_as_a_picture_prevents_the_backup(files: FolderPictureFiles, tmp_path: Path) -> None:
    """A file that is changed meanwhile has another size than was told."""
    path = tmp_path / files_of(FIRST) / "320.webp"
    path.chmod(0)
    url = f"sqlite:///{tmp_path}/var/chapbook.db"

    def grow(what: str, _done: int, _total: int) -> None:
        if what == "Writing":
            with path.open("ab") as file:
                file.write(b"more")

    with pytest.raises(NotWritten, match="has changed meanwhile"):
        back_up(url, tmp_path / "one.tar", grow, pictures=tmp_path / "var" / "pictures")
    assert not list(tmp_path.glob("one.tar*"))


def test_a_full_disk_of_pictures_leaves_the_database_as_it_was(setup: SetUp, backup: Path, tmp_path: Path) -> None:
    before = (tmp_path / "var" / "chapbook.db").read_bytes()
    with small_disk_at(tmp_path / "disk", megabytes=1) as disk:
        (disk / "ballast").write_bytes(bytes(1_000_000))
        setup.set(pictures_url=f"file:{disk}/pictures")
        said = refused("restore", backup, "--replace")
        assert f"There is no room for pictures in {disk}/pictures" in said
        assert "The database was not changed." in said
        assert (tmp_path / "var" / "chapbook.db").read_bytes() == before
        (disk / "ballast").unlink()
        done("restore", backup, "--replace")
        assert there(FolderPictureFiles(disk / "pictures")) == IDS


def test_a_killed_restore_goes_on(files: FolderPictureFiles, tmp_path: Path) -> None:
    ids = [FIRST + number for number in range(2, 60)]
    filled(files, *ids)
    done("backup", tmp_path / "one.tar")
    shutil.rmtree(tmp_path / "var" / "pictures")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "entrypoints.cli", "restore", str(tmp_path / "one.tar"), "--replace"]
    for moment in range(4):
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            time.sleep(0.5 + 0.05 * moment)
            process.kill()
    done("restore", tmp_path / "one.tar", "--replace")
    assert there(files) == sorted([*IDS, *ids])
