"""The stores of the files of pictures: memory, a folder, and a bucket of a real server. All of them do the same."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.picture_files import MemoryPictureFiles
from adapters.pictures.file_store import FolderPictureFiles, files_in
from adapters.pictures.object_store import BucketPictureFiles
from application.ports.pictures.files import PictureFiles
from application.storage import StorageFault
from domain.errors import NotFound, StoreFull, TryAgain
from domain.ids import LARGEST
from entrypoints.storage_faults import in_words
from tests.disks import small_disk_at
from tests.s3_server import S3Server

ROOT = Path(__file__).parents[2]
# Of the same five hours, of the next ones, and of other years.
FIRST = 0x0197C3A1B2C4D5E6
IDS = (1, FIRST, FIRST + 1, FIRST + (1 << 44), FIRST + (7 << 50), LARGEST)
SMALL = {"320.webp": b"webp 320", "320.jpg": b"jpeg 320"}
LARGE = SMALL | {"640.webp": b"webp 640", "640.jpg": bytes(300_000)}

Make = Callable[[], PictureFiles]


@pytest.fixture
def faults() -> list[StorageFault]:
    """What the store complained about."""
    return []


@pytest.fixture(
    params=["memory", pytest.param("folder", marks=pytest.mark.sql), pytest.param("bucket", marks=pytest.mark.sql)]
)
def make(request: pytest.FixtureRequest, tmp_path: Path, faults: list[StorageFault]) -> Make:
    """A new and empty store, each time."""
    if request.param == "memory":
        return MemoryPictureFiles
    if request.param == "folder":
        return lambda: FolderPictureFiles(tmp_path / secrets.token_hex(4) / "pictures", faults.append)
    server: S3Server = request.getfixturevalue("s3_server")
    bucket = server.make_bucket()
    return lambda: in_bucket(server, bucket, faults, prefix=f"blog/{secrets.token_hex(4)}")


@pytest.fixture
def files(make: Make) -> PictureFiles:
    return make()


def in_bucket(
    server: S3Server,
    bucket: str,
    faults: list[StorageFault],
    *,
    endpoint: str = "",
    key: str = "",
    secret: str = "",
    prefix: str = "",
    seconds: float = 10.0,
) -> BucketPictureFiles:
    return BucketPictureFiles(
        endpoint or server.endpoint,
        bucket,
        key=key or server.key,
        secret=secret or server.secret,
        region="us-east-1",
        prefix=prefix,
        complain=faults.append,
        seconds=seconds,
    )


def content(files: PictureFiles, picture_id: int, names: Iterator[str] | list[str]) -> dict[str, bytes]:
    found = {}
    for name in names:
        try:
            found[name] = files.get(picture_id, name)
        except NotFound:
            continue
    return found


def test_files_come_back_as_they_were_put(files: PictureFiles) -> None:
    for picture_id in IDS:
        files.put(picture_id, {name: told + bytes([picture_id % 251]) for name, told in LARGE.items()})
    for picture_id in IDS:
        for name, told in LARGE.items():
            assert files.has(picture_id, name)
            assert files.get(picture_id, name) == told + bytes([picture_id % 251])
    files.check()
    assert files.ids(0, 100) == sorted(IDS)


def test_what_was_never_put_is_not_found(files: PictureFiles) -> None:
    for picture_id, name in ((FIRST, "320.webp"), (-1, "320.webp"), (LARGEST + 1, "320.webp")):
        assert not files.has(picture_id, name)
        with pytest.raises(NotFound):
            files.get(picture_id, name)
    files.put(FIRST, SMALL)
    with pytest.raises(NotFound):
        files.get(FIRST, "640.webp")
    with pytest.raises(NotFound):
        files.get(FIRST + 1, "320.webp")
    files.remove(FIRST + 1)


def test_the_same_files_may_be_put_again_and_others_beside_them(files: PictureFiles) -> None:
    for sent in (SMALL, SMALL, LARGE):
        files.put(FIRST, sent)
    assert content(files, FIRST, list(LARGE)) == LARGE
    assert files.ids(0, 9) == [FIRST]


def test_a_removed_picture_is_gone_and_no_other(files: PictureFiles) -> None:
    for picture_id in IDS:
        files.put(picture_id, SMALL)
    files.remove(FIRST)
    files.remove(FIRST)
    assert content(files, FIRST, list(SMALL)) == {}
    assert content(files, FIRST + 1, list(SMALL)) == SMALL
    assert files.ids(0, 9) == sorted(set(IDS) - {FIRST})
    files.put(FIRST, SMALL)
    assert files.get(FIRST, "320.jpg") == SMALL["320.jpg"]


def test_ids_come_in_order_and_a_part_at_a_time(files: PictureFiles) -> None:
    for picture_id in reversed(IDS):
        files.put(picture_id, LARGE)
    assert files.ids(0, 0) == []
    assert files.ids(LARGEST, 5) == []
    assert files.ids(FIRST, 2) == sorted(IDS)[2:4]
    found: list[int] = []
    while part := files.ids(found[-1] if found else 0, 2):
        assert len(part) <= 2
        found += part
    assert found == sorted(IDS)


BAD_NAMES = (
    "", ".", "..", "../../etc/passwd", "/etc/passwd", "320", "320.png", "320.webp/", "320.webp.part", "a.webp",
    "320.webp\n", "\u0663\u0662\u0660.webp", "32000.webp", "-1.jpg", ".320.webp", "320.WEBP", "320.webp\0",
)  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_none_is_refused_before_anything_is_written(files: PictureFiles, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        files.put(FIRST, SMALL | {name: b"there"})
    assert content(files, FIRST, list(SMALL)) == {}
    assert files.ids(0, 9) == []
    with pytest.raises(NotFound):
        files.get(FIRST, name)


def test_an_id_that_is_none_is_refused(files: PictureFiles) -> None:
    for picture_id in (-1, LARGEST + 1):
        with pytest.raises(ValueError, match="no id"):
            files.put(picture_id, SMALL)
        with pytest.raises(ValueError, match="no id"):
            files.remove(picture_id)


def sooner_or_later(files: PictureFiles, call: Callable[[], None]) -> None:
    """The server of these tests answers 500 when it lists while another thread writes. Then a caller tries again."""
    for _ in range(5 if isinstance(files, BucketPictureFiles) else 0):
        try:
            return call()
        except TryAgain:
            continue
    return call()


def test_many_put_and_remove_at_once(files: PictureFiles) -> None:
    """In one folder of the store, which becomes empty again and again."""
    alike = threading.Barrier(8)

    def work(own: int) -> None:
        alike.wait()
        for turn in range(8):
            sooner_or_later(files, lambda: files.put(own, SMALL))
            sooner_or_later(files, lambda: files.put(FIRST, LARGE))
            assert content(files, own, list(SMALL)) == SMALL
            if turn % 2:
                sooner_or_later(files, lambda: files.remove(own))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(FIRST + 10, FIRST + 18)))
    assert content(files, FIRST, list(LARGE)) == LARGE
    assert files.ids(0, 99) == [FIRST]


def test_two_put_and_remove_pictures_that_share_a_folder(files: PictureFiles) -> None:
    def work(picture_id: int) -> None:
        for _ in range(25):
            sooner_or_later(files, lambda: files.put(picture_id, {"320.webp": b"there"}))
            assert files.get(picture_id, "320.webp") == b"there"
            sooner_or_later(files, lambda: files.remove(picture_id))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(FIRST, FIRST + 4)))
    assert files.ids(0, 9) == []


PICTURES = st.sampled_from(IDS)
NAMES = st.sampled_from(sorted(LARGE))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), PICTURES, st.dictionaries(NAMES, st.binary(max_size=20), min_size=1)),
        st.tuples(st.just("remove"), PICTURES, st.just({})),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, after=st.one_of(st.just(0), PICTURES, st.integers(0, LARGEST)), limit=st.integers(0, 8))
def test_a_store_is_a_dictionary(
    make: Make, steps: list[tuple[str, int, dict[str, bytes]]], after: int, limit: int
) -> None:
    files, model = make(), dict[int, dict[str, bytes]]()
    for verb, picture_id, sent in steps:
        if verb == "put":
            files.put(picture_id, sent)
            model.setdefault(picture_id, {}).update(sent)
        else:
            files.remove(picture_id)
            model.pop(picture_id, None)
    assert files.ids(after, limit) == sorted(id for id in model if id > after)[:limit]
    for picture_id in IDS:
        assert content(files, picture_id, sorted(LARGE)) == model.get(picture_id, {})


# A folder.


@pytest.mark.sql
def test_files_lie_in_folders_that_others_cannot_read(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        FolderPictureFiles(tmp_path / "pictures").put(FIRST, SMALL)
    finally:
        os.umask(before)
    path = tmp_path / "pictures/0197c/0197c3a1b2c4d5e6/320.webp"
    assert path.read_bytes() == b"webp 320"
    assert path.stat().st_mode & 0o777 == 0o640
    for folder in (path.parent, path.parent.parent, tmp_path / "pictures"):
        assert folder.stat().st_mode & 0o777 == 0o750
    FolderPictureFiles(tmp_path / "pictures").remove(FIRST)
    assert list((tmp_path / "pictures").iterdir()) == []


@pytest.mark.sql
def test_what_else_lies_in_the_folder_is_no_picture(tmp_path: Path) -> None:
    files = FolderPictureFiles(tmp_path)
    files.put(FIRST, SMALL)
    folder = tmp_path / "0197c"
    for name in ("0197c/0197c3a1b2c4d5e7", "0197c/0197d3a1b2c4d5e6", "0197c/x", "0197d", "ffff0/ffff000000000000"):
        (tmp_path / name).mkdir(parents=True)
    (folder / "0197c3a1b2c4d5e6/.640.webp.0123.part").write_bytes(b"half of it")
    (folder / "0197c3a1b2c4d5e6/notes.txt").touch()
    (tmp_path / "0197e").touch()
    (tmp_path / "0197c3a1b2c4d5e6.jpg").touch()

    assert files.ids(0, 9) == [FIRST, FIRST + 1]  # of the second one a put was cut short
    assert sorted(files_in(tmp_path)) == [
        ("0197c/0197c3a1b2c4d5e6/320.jpg", len(SMALL["320.jpg"])),
        ("0197c/0197c3a1b2c4d5e6/320.webp", len(SMALL["320.webp"])),
    ]
    files.remove(FIRST)
    assert not (folder / "0197c3a1b2c4d5e6").exists()


@pytest.mark.sql
def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path, faults: list[StorageFault]) -> None:
    files = FolderPictureFiles(tmp_path, faults.append)
    files.put(FIRST, SMALL)
    (tmp_path / "0197c/0197c3a1b2c4d5e6/640.webp").symlink_to("/etc/passwd")
    with pytest.raises(TryAgain):
        files.get(FIRST, "640.webp")


@pytest.mark.sql
def test_a_full_disk_takes_no_part_of_a_picture(tmp_path: Path, faults: list[StorageFault]) -> None:
    with small_disk_at(tmp_path / "disk", megabytes=1) as disk:
        files = FolderPictureFiles(disk / "pictures", faults.append)
        files.put(FIRST, LARGE)
        with pytest.raises(StoreFull):
            files.put(FIRST + 1, LARGE | {"1280.jpg": bytes(900_000)})
        with pytest.raises(StoreFull):
            files.put(FIRST, LARGE | {"1280.jpg": bytes(900_000)})
        assert files.ids(0, 9) == [FIRST]
        assert content(files, FIRST, [*LARGE, "1280.jpg"]) == LARGE
        assert [path for path in disk.rglob("*") if path.name.endswith(".part")] == []
        (disk / "ballast").write_bytes(bytes((os.statvfs(disk).f_bavail) * os.statvfs(disk).f_bsize))
        with pytest.raises(StorageFault) as refused:
            files.check()
        assert files.get(FIRST, "640.jpg") == LARGE["640.jpg"]
        files.remove(FIRST)
        files.put(FIRST + 1, SMALL)
    assert {(fault.code, fault.where) for fault in [*faults, refused.value]} == {
        ("pictures_full", f"{disk}/pictures"),
    }
    assert "Make room there" in in_words(faults[0])


@pytest.mark.sql
def test_a_read_only_folder_is_read(tmp_path: Path, faults: list[StorageFault]) -> None:
    with small_disk_at(tmp_path / "disk", megabytes=1) as disk:
        files = FolderPictureFiles(disk / "pictures", faults.append)
        files.put(FIRST, SMALL)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for write in (lambda: files.put(FIRST + 1, SMALL), lambda: files.remove(FIRST)):
            with pytest.raises(TryAgain):
                write()
        with pytest.raises(StorageFault) as refused:
            files.check()
        assert content(files, FIRST, list(SMALL)) == SMALL
    assert {(fault.code, fault.cause) for fault in [*faults, refused.value]} == {
        ("pictures_unusable", "Read-only file system")
    }


@pytest.mark.sql
def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path, faults: list[StorageFault]) -> None:
    (tmp_path / "pictures").write_text("Dear Ada")
    files = FolderPictureFiles(tmp_path / "pictures", faults.append)
    with pytest.raises(TryAgain):
        files.put(FIRST, SMALL)
    with pytest.raises(StorageFault) as refused:
        files.check()
    assert f"The pictures in {tmp_path}/pictures cannot be read or written (Not a directory)" in in_words(faults[0])
    assert refused.value.code == "pictures_unusable"


@pytest.mark.sql
def test_a_check_leaves_nothing_and_makes_no_folder(tmp_path: Path) -> None:
    FolderPictureFiles(tmp_path / "var" / "pictures").check()
    assert list(tmp_path.iterdir()) == []


PUTS = """
import sys, pathlib
from adapters.pictures.file_store import FolderPictureFiles
files = FolderPictureFiles(pathlib.Path(sys.argv[1]))
print("begins", flush=True)
for number in range(100_000):
    picture = int(sys.argv[2]) + number
    files.put(picture, {f"{width}.webp": picture.to_bytes(8, "big") * 40_000 for width in (320, 640, 1280)})
"""


@pytest.mark.sql
def test_a_kill_in_the_middle_of_a_put_leaves_whole_files(tmp_path: Path) -> None:
    """Under a final name there is all of a file, or nothing. What is left can be removed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PUTS, str(tmp_path)]
    for number in range(6):
        with subprocess.Popen(
            [*command, str(FIRST + (number << 30))], env=environment, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.05 + 0.013 * number)
            process.send_signal(signal.SIGKILL)
    files = FolderPictureFiles(tmp_path)
    ids = files.ids(0, 100_000)
    assert len(ids) > 6
    for path, size in files_in(tmp_path):
        assert size == 320_000, path
        picture = int(path.split("/")[1], 16)
        assert (tmp_path / path).read_bytes() == picture.to_bytes(8, "big") * 40_000
    for picture in ids:
        files.remove(picture)
    assert list(tmp_path.iterdir()) == []


# A bucket.


@pytest.mark.sql
def test_an_object_has_its_type_and_its_place(s3_server: S3Server, faults: list[StorageFault]) -> None:
    bucket = s3_server.make_bucket()
    files = in_bucket(s3_server, bucket, faults, prefix="blog/pictures")
    files.put(FIRST, SMALL)
    for name, kind in (("320.webp", "image/webp"), ("320.jpg", "image/jpeg")):
        found = s3_server.objects.get_object(Bucket=bucket, Key=f"blog/pictures/0197c/0197c3a1b2c4d5e6/{name}")
        assert found["ContentType"] == kind
        assert found["Body"].read() == SMALL[name]


@pytest.mark.sql
def test_what_else_lies_in_the_bucket_stays(s3_server: S3Server, faults: list[StorageFault]) -> None:
    bucket = s3_server.make_bucket()
    files = in_bucket(s3_server, bucket, faults)
    others = ["0197c/0197c3a1b2c4d5e60/1.webp", "0197c/x/320.webp", "backups/site.tar", "zebra"]
    cut_short = f"0197c/{FIRST + 1:016x}/320.webp"
    for name in (*others, cut_short):
        s3_server.objects.put_object(Bucket=bucket, Key=name, Body=b"there")
    files.put(FIRST, SMALL)
    assert files.ids(0, 9) == [FIRST, FIRST + 1]
    files.check()
    for picture_id in files.ids(0, 9):
        files.remove(picture_id)
    assert sorted(each["Key"] for each in s3_server.objects.list_objects_v2(Bucket=bucket)["Contents"]) == others


@pytest.mark.sql
def test_more_objects_than_one_answer_lists_are_found(s3_server: S3Server, faults: list[StorageFault]) -> None:
    files = in_bucket(s3_server, s3_server.make_bucket(), faults)
    ids = [FIRST + (number << 20) for number in range(260)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda picture_id: files.put(picture_id, LARGE | {"1.jpg": b""}), ids))
    assert files.ids(0, 1_000) == ids
    assert files.ids(ids[99], 150) == ids[100:250]


def every_call(files: PictureFiles) -> list[Callable[[], object]]:
    return [
        lambda: files.put(FIRST, SMALL),
        lambda: files.get(FIRST, "320.webp"),
        lambda: files.remove(FIRST),
        lambda: files.ids(0, 9),
    ]


def said_by(files: PictureFiles, faults: list[StorageFault], *, secrets: tuple[str, ...]) -> set[str]:
    """The codes of what is said of each call. All of them try again later, and nothing that is said has a secret."""
    for call in every_call(files):
        assert isinstance(files, BucketPictureFiles)
        files.after_fork()  # a process that has not asked before
        with pytest.raises(TryAgain) as refused:
            call()
        assert refused.value.__cause__ is None
        faults.append(StorageFault("", str(refused.value)))
    with pytest.raises(StorageFault) as checked:
        files.check()
    words = [f"{fault.where} {fault.cause} {fault!r}" for fault in [*faults, checked.value]]
    assert not [each for each in words for secret in secrets if secret in each]
    assert not [secret for secret in secrets if secret in repr(files)]
    return {fault.code for fault in faults if fault.code} | {checked.value.code}


@pytest.mark.sql
@pytest.mark.parametrize("wrong", ["key", "secret"])
def test_a_wrong_key_is_refused_and_said(s3_server: S3Server, faults: list[StorageFault], wrong: str) -> None:
    pair = {"key": s3_server.key, "secret": s3_server.secret} | {wrong: "hush-hush-hush"}
    files = in_bucket(s3_server, s3_server.make_bucket(), faults, **pair)
    assert said_by(files, faults, secrets=tuple(pair.values())) == {"pictures_refused"}
    assert "Correct key, secret and region in CHAPBOOK_PICTURES_URL" in in_words(faults[0])
    assert faults[0].cause == {"key": "403 InvalidAccessKeyId", "secret": "403 SignatureDoesNotMatch"}[wrong]


@pytest.mark.sql
def test_a_bucket_that_is_missing_is_named(s3_server: S3Server, faults: list[StorageFault]) -> None:
    files = in_bucket(s3_server, "no-such-bucket", faults)
    assert said_by(files, faults, secrets=(s3_server.key, s3_server.secret)) == {"pictures_no_bucket"}
    assert f"has no bucket 127.0.0.1:{s3_server.port}/no-such-bucket (404 NoSuchBucket)" in in_words(faults[0])


@pytest.mark.sql
@pytest.mark.parametrize(
    ("endpoint", "cause"),
    [
        ("http://127.0.0.1:1", "Connection refused"),
        ("http://nowhere.invalid", "failed to lookup address information"),
        ("https://127.0.0.1:{port}", "it does not speak TLS"),
    ],
)
def test_a_server_that_is_away_is_said_with_the_reason(
    s3_server: S3Server, faults: list[StorageFault], endpoint: str, cause: str
) -> None:
    files = in_bucket(s3_server, "pictures", faults, endpoint=endpoint.format(port=s3_server.port))
    assert said_by(files, faults, secrets=(s3_server.key, s3_server.secret)) == {"pictures_away"}
    assert cause in in_words(faults[0])


@pytest.mark.sql
def test_a_server_that_says_nothing_is_left(s3_server: S3Server, faults: list[StorageFault]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        files = in_bucket(s3_server, "pictures", faults, endpoint=endpoint, seconds=0.2)
        with pytest.raises(TryAgain):
            files.get(FIRST, "320.webp")
    assert (faults[0].code, faults[0].cause) == ("pictures_away", "it took too long")


@pytest.mark.sql
@pytest.mark.parametrize("is_reader", [True, False], ids=["readers", "writers"])
def test_a_server_that_hangs_keeps_few_and_then_none(faults: list[StorageFault], is_reader: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.5)
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        files = BucketPictureFiles(
            endpoint,
            "blog",
            key="key",
            secret="secret",
            region="x",
            complain=faults.append,
            seconds=3.0,
            readers=1,
            writers=1,
        )

        def use(_: int) -> None:
            with pytest.raises(TryAgain):
                files.get(FIRST, "320.webp") if is_reader else files.put(FIRST, SMALL)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(use, range(6)))
        assert 1 <= connections_to(silent) <= 2  # two tries of one
        use(7)
        assert connections_to(silent) == 0
    assert len(faults) == 1


def connections_to(silent: socket.socket) -> int:
    """Those that wait."""
    count = 0
    while True:
        try:
            silent.accept()[0].close()
        except TimeoutError:
            return count
        count += 1


@pytest.mark.sql
def test_the_environment_of_other_programs_changes_nothing(
    s3_server: S3Server, faults: list[StorageFault], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_SESSION_TOKEN", "of somebody else"),
        ("AWS_ACCESS_KEY_ID", "of somebody else"),
        ("AWS_SECRET_ACCESS_KEY", "of somebody else"),
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_BUCKET", "another"),
    ):
        monkeypatch.setenv(name, value)
    files = in_bucket(s3_server, s3_server.make_bucket(), faults)
    files.put(FIRST, SMALL)
    assert content(files, FIRST, list(SMALL)) == SMALL
    assert faults == []


FORKS = """
import os, sys
from adapters.pictures.object_store import BucketPictureFiles
endpoint, bucket, key, secret, uses_it = sys.argv[1:]
files = BucketPictureFiles(endpoint, bucket, key=key, secret=secret, region="us-east-1")
if uses_it == "yes":
    files.put(1, {"320.webp": b"of the parent"})
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
try:
    files.put(2, {"320.webp": b"of the child"})
    print(files.get(2, "320.webp"))
except RuntimeError as error:
    print(error)
"""


@pytest.mark.sql
@pytest.mark.parametrize(
    ("uses_it", "said"),
    [("no", "b'of the child'"), ("yes", "pictures in a bucket were used before this process was forked")],
)
def test_a_forked_process_has_a_client_of_its_own_or_says_why_not(s3_server: S3Server, uses_it: str, said: str) -> None:
    """It never waits for threads that only its parent has."""
    arguments = [s3_server.endpoint, s3_server.make_bucket(), s3_server.key, s3_server.secret, uses_it]
    ended = subprocess.run(
        [sys.executable, "-c", FORKS, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ended.stdout.strip() == said
