"""The file of a whole site: the same bytes each time, and a reason for every line that is not right."""

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.picture_files import MemoryPictureFiles
from adapters.memory.storage import memory_storage
from application.moving.files import TooLong
from application.moving.lines import LONGEST_LINE, BadLine
from application.ports.flasky import Brought
from application.ports.moving.records import KINDS
from application.ports.moving.storing import NotEmpty
from application.ports.paging import Window
from domain.accounts import Account
from domain.cases import ReportKind
from domain.comments import Comment
from domain.errors import StoreFull
from domain.flasky import Kind
from domain.following import Follow
from domain.identifiers import Email, Username
from domain.job_kinds import JobKind
from domain.joining import Admission
from domain.moderation import Act, LogEntry, SubjectKind
from domain.outbox import Job
from domain.posts import Post, PostHtml, PostText
from domain.welcoming import Step
from tests.doubles import RENDERER, settings_with, wired

VERSION = "1.2.3"
# What a small community is in the file, without the last line. A change here makes another format, with another number.
FILE = """\
{"record":"header","format":"chapbook-site","number":2,"version":"1.2.3","kinds":\
["accounts","former_names","follows","posts","comments","moderation_log","flasky","jobs"]}
{"record":"accounts","id":1048576,"username":"Ada","email":"ada@example.com","password_hash":"a hash","role":"User",\
"confirmed":false,"disabled":false,"deleted":false,"name":"艾达","location":"","about_me":"","language":"en",\
"theme":"auto","renamed_at":null,"silenced_until":null,"suspended_until":null,"token_generation":1,"version":2,\
"last_seen_at":"1970-01-01T00:00:00.001000Z","admission":"approval","why":"Soup.","invitation_id":8,\
"time_zone":"Asia/Shanghai","dismissed":2,"steps":12,"picture_id":null}
{"record":"accounts","id":2097152,"username":"bob","email":"bob@example.com","password_hash":null,"role":"User",\
"confirmed":false,"disabled":false,"deleted":true,"name":"","location":"","about_me":"","language":"en",\
"theme":"auto","renamed_at":"2026-01-02T03:04:05.000006Z","silenced_until":null,"suspended_until":null,\
"token_generation":1,"version":1,"last_seen_at":"1970-01-01T00:00:00.002000Z","admission":"admitted","why":"",\
"invitation_id":0,"time_zone":"","dismissed":0,"steps":0,"picture_id":null}
{"record":"former_names","key":"adah","account_id":1048576}
{"record":"follows","id":3,"follower_id":1048576,"followed_id":2097152}
{"record":"posts","id":4,"author_id":1048576,"title":"","body":"\\"Ä\\"\\n","body_html":"<p>Ä</p>",\
"excerpt_html":"","cut":false,"html_version":0,"edited_at":null,"version":1,"hidden_by":null,"hidden_reason":"",\
"closed":false,"deleted_at":null,"deleted_by":null,"tags":"","picture_id":null}
{"record":"comments","id":5,"post_id":4,"author_id":2097152,"body":"!","body_html":"!","html_version":7,\
"edited_at":null,"version":1,"hidden":true,"hidden_reason":"rude","hidden_by":6,\
"deleted_at":null,"deleted_by":null,"reply_to":9}
{"record":"moderation_log","id":6,"actor_id":1048576,"act":"hide","subject_kind":"comment","subject_id":5,\
"about_id":2097152,"post_id":4,"text":"!","reason":"rude","rule":"7"}
{"record":"flasky","kind":"follow","number":-1,"followed":2,"made_id":3,"name":""}
{"record":"flasky","kind":"user","number":1,"followed":0,"made_id":1048576,"name":"Ada"}
{"record":"jobs","job":"erase_all","account_id":2097152,"subject_id":0}
""".encode()


class Site:
    """A whole site in memory."""

    def __init__(self) -> None:
        self.storage = memory_storage()
        container: Any = wired(settings_with(), storage=self.storage, renderer=RENDERER)
        self.moving = container.moving()
        self.files = container.picture_files()

    def exported(self, *, with_files: bool = True) -> bytes:
        output = io.BytesIO()
        self.moving.export(output.write, version=VERSION, with_files=with_files)
        return output.getvalue()

    def take(self, file: bytes) -> dict[str, int]:
        counts: dict[str, int] = self.moving.import_from(io.BytesIO(file))
        return counts

    def refusal(self, file: bytes) -> tuple[int, str]:
        """The line and the reason. Nothing is stored."""
        with pytest.raises(BadLine) as raised:
            self.take(file)
        assert self.storage.member_feeds.is_empty()
        assert self.storage.outbox_feeds.latest(Window(9)).items == ()
        assert self.files.ids(0, 9) == []
        return raised.value.number, raised.value.code


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def small(site: Site) -> Site:
    ada = Account(id=1 << 20, username=Username("Adah"), email=Email("ada@example.com"), password_hash="a hash")
    bob = Account(id=2 << 20, username=Username("bob"), email=Email("bob@example.com"), password_hash=None)
    ada.name, bob.deleted = "艾达", True
    ada.admission, ada.why, ada.invitation_id = Admission.APPROVAL, "Soup.", 8
    ada.time_zone = "Asia/Shanghai"
    ada.dismissed = 2
    ada.steps = Step.FOLLOW | Step.WRITE
    bob.renamed_at = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    text, html = PostText(title="", body='"Ä"\n'), PostHtml(body_html="<p>Ä</p>", excerpt_html="", cut=False, version=0)
    with site.storage.unit_of_work() as work:
        work.accounts.add(bob)
        work.accounts.add(ada)
        ada.rename(Username("Ada"))
        work.accounts.save(ada)
        work.follows.add(Follow(id=3, follower_id=ada.id, followed_id=bob.id))
        work.posts.add(Post(id=4, author_id=ada.id, text=text, html=html))
        comment = Comment(id=5, post_id=4, author_id=bob.id, body="!", body_html="!", html_version=7, reply_to=9)
        comment.hidden, comment.hidden_reason, comment.hidden_by = True, "rude", 6
        work.comments.add(comment)
        entry = LogEntry(
            id=6,
            actor_id=ada.id,
            act=Act.HIDE,
            subject_kind=SubjectKind.COMMENT,
            subject_id=5,
            about_id=bob.id,
            post_id=4,
            text="!",
            reason="rude",
            rule="7",
        )
        work.moderation_log.add(entry)
        work.flasky.add([Brought(Kind.USER, 1, ada.id, name="Ada"), Brought(Kind.FOLLOW, -1, 3, followed=2)])
        work.commit()
    return site


def with_end(lines: list[bytes], **given: Any) -> bytes:
    """The lines with a last one that suits them."""
    body = b"".join(lines)
    header, *records = map(json.loads, lines)
    counts = {kind: sum(record.get("record") == kind for record in records) for kind in header["kinds"]}
    end = {"record": "end", "counts": counts, "sha256": hashlib.sha256(body).hexdigest()} | given
    # Without spaces, as an export writes it: a space can be a tab to JSON, and nobody would notice.
    return body + json.dumps(end, separators=(",", ":")).encode() + b"\n"


LINES = FILE.splitlines(keepends=True)
GOOD = with_end(LINES)
COUNTS = json.loads(GOOD.splitlines()[-1])["counts"]


def changed(number: int, /, **values: Any) -> bytes:
    """With other values in a line. What is `...` is left out."""
    line = {name: value for name, value in (json.loads(LINES[number - 1]) | values).items() if value is not ...}
    return replaced(number, json.dumps(line).encode() + b"\n")


def replaced(number: int, *lines: bytes) -> bytes:
    return b"".join([*LINES[: number - 1], *lines, *LINES[number:]]) + GOOD.splitlines(keepends=True)[-1]


# A community with a picture of 320 pixels, whose two files have four bytes each.
PICTURE = {"record": "pictures", "id": 7, "owner_id": 1 << 20, "alt": "A heron.", "width": 320, "height": 200}
PICTURE |= {"size": 8, "portrait": False, "unused_since": None}
FILE_OF_PICTURE = {"record": "picture_files", "picture_id": 7, "name": "320.jpg", "part": 0, "content": "SlBFRw=="}
OTHER_FILE = FILE_OF_PICTURE | {"name": "320.webp", "content": "V2ViUA=="}


def with_picture(*files: dict[str, Any], job: dict[str, Any] | None = None) -> bytes:
    header = json.loads(LINES[0]) | {"kinds": ["accounts", "pictures", "jobs", "picture_files"]}
    lines = [PICTURE, *([] if job is None else [job]), *files]
    return with_end([plain(header), LINES[1], *map(plain, lines)])


def plain(line: dict[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


# The format.


def test_a_file_is_these_bytes(small: Site) -> None:
    with small.storage.unit_of_work() as work:
        due_at = datetime(2026, 1, 1, tzinfo=UTC)
        work.outbox.add(Job(id=7, kind=JobKind.ERASE_ALL, account_id=2 << 20, due_at=due_at))
        work.outbox.add(Job(id=8, kind=JobKind.WELCOME, address="ada@example.com", due_at=due_at))
        work.commit()

    file = small.exported()

    header, *lines = file.splitlines(keepends=True)
    kinds = json.dumps([kind.record for kind in KINDS], separators=(",", ":")).encode()
    assert header == re.sub(rb"\[.*\]", kinds, LINES[0])
    assert lines[:-1] == LINES[1:]
    end = json.loads(lines[-1])
    assert {kind: count for kind, count in end["counts"].items() if count} == COUNTS
    assert end["sha256"] == hashlib.sha256(b"".join([header, *lines[:-1]])).hexdigest()
    assert lines[-1] == json.dumps(end, separators=(",", ":")).encode() + b"\n"
    assert file == small.exported()


def test_it_is_taken_in_and_counted(site: Site) -> None:
    counts = site.take(GOOD)

    assert counts == COUNTS
    with site.storage.unit_of_work() as work:
        assert work.accounts.get(1 << 20).name == "艾达"
        assert work.accounts.find_by_username("adah") == work.accounts.get(1 << 20)
        assert work.comments.get(5).hidden_reason == "rude"
    assert site.storage.people_feeds.profile(None, "ada").post_count == 1
    assert {card.kind for card in site.storage.outbox_feeds.latest(Window(9)).items} == {
        JobKind.ERASE_ALL,
        JobKind.RERENDER,
    }


def test_lines_may_be_written_by_another_program(site: Site) -> None:
    """With other spaces, another order of fields, and with escapes."""
    lines = [LINES[0], json.dumps(dict(reversed(json.loads(LINES[1]).items())), indent=None).encode() + b"\r\n"]

    site.take(with_end(lines))

    assert site.exported().splitlines(keepends=True)[1] == LINES[1]


def test_a_file_of_an_older_version_may_lack_a_kind(site: Site) -> None:
    header = json.loads(LINES[0])
    header["kinds"] = ["accounts", "posts"]

    counts = site.take(with_end([json.dumps(header).encode() + b"\n", LINES[1], LINES[5]]))

    assert counts == {"accounts": 1, "posts": 1}


def test_an_empty_community_moves_too(site: Site) -> None:
    file = site.exported()

    assert set(Site().take(file).values()) == {0}
    site.take(GOOD)
    with pytest.raises(NotEmpty):
        site.take(file)


def test_progress_is_told_in_records_and_bytes(site: Site) -> None:
    read: list[tuple[int, int]] = []
    site.moving.import_from(io.BytesIO(GOOD), show=lambda done, size: read.append((done, size)))
    written: list[tuple[int, int]] = []
    site.moving.export(lambda _: None, version=VERSION, show=lambda done, total: written.append((done, total)))

    assert [done for done, _ in read] == [2, 3, 4, 5, 6, 7, 9, 10]
    assert all(one[1] <= other[1] for one, other in pairwise(read))
    assert read[-1][1] == len(GOOD)
    assert written == [(done, 10) for done in range(11)]


# What is refused, with the line and the reason.

POST = json.loads(LINES[5])
REFUSED: dict[str, tuple[bytes, tuple[int, str]]] = {
    "nothing": (b"", (1, "empty")),
    "another file": (b"SQLite format 3\0 and more\n", (1, "not_json")),
    "other JSON": (b'{"record":"header"}\n', (1, "not_a_site")),
    "other JSON without a kind": (b"{}\n", (1, "not_a_site")),
    "an older format": (changed(1, number=1), (1, "other_format")),
    "a newer format": (changed(1, number=3), (1, "other_format")),
    "a format that is true": (changed(1, number=True), (1, "not_a_site")),
    "a version that is no version": (changed(1, version="\x1b[2J"), (1, "not_a_site")),
    "a kind of a newer version": (changed(1, kinds=["accounts", "unicorns"]), (1, "newer_kind")),
    "kinds in another order": (changed(1, kinds=["posts", "accounts"]), (1, "not_a_site")),
    "a kind twice": (changed(1, kinds=["accounts", "accounts"]), (1, "not_a_site")),
    "kinds that are a text": (changed(1, kinds="accounts"), (1, "not_a_site")),
    "a header with more in it": (changed(1, more=1), (1, "not_a_site")),
    "no JSON": (replaced(3, b"bob\n"), (3, "not_json")),
    "an empty line": (replaced(3, b"\n"), (3, "not_json")),
    "a list": (replaced(3, b"[1]\n"), (3, "not_json")),
    "NaN": (replaced(3, b'{"record":"accounts","id":NaN}\n'), (3, "not_json")),
    "infinity": (replaced(3, b'{"record":"accounts","id":-Infinity}\n'), (3, "not_json")),
    "a fraction": (replaced(3, b'{"record":"accounts","id":1.0}\n'), (3, "not_json")),
    "an exponent": (replaced(3, b'{"record":"accounts","id":1e400}\n'), (3, "not_json")),
    "a number of many digits": (replaced(3, b'{"record":"accounts","id":' + b"9" * 9_999 + b"}\n"), (3, "not_json")),
    "deep nesting": (replaced(3, b'{"record":' + b"[" * 1_000_000 + b"\n"), (3, "not_json")),
    "an object inside": (changed(3, name={"a": 1}), (3, "wrong_type")),
    "a list inside": (changed(3, id=[1]), (3, "wrong_type")),
    "a field twice": (replaced(3, b'{"record":"accounts","id":1,"id":2}\n'), (3, "double_field")),
    "no UTF-8": (replaced(3, b'{"record":"\xff"}\n'), (3, "not_utf8")),
    "a surrogate in UTF-8": (replaced(3, b'{"record":"\xed\xa0\x80"}\n'), (3, "not_utf8")),
    "half of a surrogate pair": (changed(3, name="\ud83d"), (3, "forbidden_character")),
    "half of a surrogate pair in a name of a field": (changed(3, **{"\ud83d": 1}), (3, "unknown_field")),
    "a null character": (changed(3, name="a\0b"), (3, "forbidden_character")),
    "a null character in a username": (changed(3, username="a\0b"), (3, "forbidden_character")),
    "no kind": (changed(3, record=...), (3, "missing_field")),
    "another kind": (changed(3, record="unicorns"), (3, "unknown_kind")),
    "a kind that is a list": (changed(3, record=["accounts"]), (3, "unknown_kind")),
    "a second header": (replaced(3, LINES[0]), (3, "unknown_kind")),
    "a field too many": (changed(3, admin=True), (3, "unknown_field")),
    "a field too few": (changed(3, email=...), (3, "missing_field")),
    "a null where there is none": (changed(3, name=None), (3, "wrong_type")),
    "a text in place of a number": (changed(3, id="2"), (3, "wrong_type")),
    "a truth in place of a number": (changed(3, version=True), (3, "wrong_type")),
    "a number in place of a truth": (changed(3, deleted=1), (3, "wrong_type")),
    "a number in place of a text": (changed(3, name=1), (3, "wrong_type")),
    "a role that is none": (changed(3, role="Owner"), (3, "choice")),
    "a role that is a number": (changed(3, role=0), (3, "choice")),
    "a job that is none": (changed(11, job="welcome"), (11, "choice")),
    "an id of zero": (changed(3, id=0), (3, "out_of_range")),
    "an id below zero": (changed(3, id=-1), (3, "out_of_range")),
    "an id of 64 bits": (changed(3, id=2**63), (3, "out_of_range")),
    "a version of 32 bits": (changed(3, version=2**31), (3, "out_of_range")),
    "a version below zero": (changed(3, version=-1), (3, "out_of_range")),
    "a username that is too long": (changed(3, username="b" * 65), (3, "too_long")),
    "an address that is too long": (changed(3, email="b" * 255), (3, "too_long")),
    "a username that is too long in lower case": (changed(3, username="İ" * 64), (3, "too_long")),
    "an address that is too long without regard to case": (changed(3, email="ﷺ" * 254), (3, "too_long")),
    "a title that is too long": (changed(6, title="b" * 201), (6, "too_long")),
    "a time without a zone": (changed(3, last_seen_at="2026-01-02T03:04:05.000006"), (3, "wrong_type")),
    "a time of another zone": (changed(3, last_seen_at="2026-01-02T03:04:05.000006+01:00"), (3, "wrong_type")),
    "a time in short": (changed(3, last_seen_at="2026-01-02T03:04:05Z"), (3, "wrong_type")),
    "a time that is a number": (changed(3, last_seen_at=2026), (3, "wrong_type")),
    "a time that is none": (changed(3, last_seen_at="2026-02-30T00:00:00.000000Z"), (3, "wrong_type")),
    "a time before all times": (changed(3, last_seen_at="0001-01-01T00:00:00.000000+23:59"), (3, "wrong_type")),
    "an id twice": (changed(3, id=1 << 20), (3, "double")),
    "ids in another order": (replaced(2, LINES[2], LINES[1]), (3, "order")),
    "kinds in another order than the header's": (replaced(5, LINES[5], LINES[4]), (6, "order_of_kinds")),
    "an address twice": (changed(3, email="ADA@example.com"), (3, "taken")),
    "a name twice": (changed(3, username="ada"), (3, "taken")),
    "a follow twice": (replaced(5, LINES[4], LINES[4]), (6, "double")),
    "an old thing that is none": (changed(9, kind="role"), (9, "choice")),
    "an old number of 65 bits": (changed(9, number=2**63), (9, "out_of_range")),
    "an old number far below zero": (changed(9, number=-(2**63) - 1), (9, "out_of_range")),
    "an old thing that became nothing": (changed(9, made_id=0), (9, "out_of_range")),
    "an old username that is too long": (changed(10, name="b" * 65), (10, "too_long")),
    "an old thing twice": (replaced(9, LINES[8], LINES[8]), (10, "double")),
    "old things in another order": (replaced(9, LINES[9], LINES[8]), (10, "order")),
    "a reference to nothing": (changed(6, author_id=5), (6, "reference")),
    "a removal of somebody who is there": (changed(11, account_id=1 << 20), (11, "not_left")),
    "a removal of nobody": (changed(11, account_id=5), (11, "reference")),
    "a rendering for somebody": (changed(11, job="rerender_all"), (11, "reference")),
    "a telling of one reporter": (changed(11, job="tell_reporters"), (11, "reference")),
    "a file of no picture": (with_picture(FILE_OF_PICTURE | {"picture_id": 8}), (4, "no_picture")),
    "a file that the picture has not": (with_picture(FILE_OF_PICTURE | {"name": "640.jpg"}), (4, "no_such_file")),
    "a file elsewhere": (with_picture(FILE_OF_PICTURE | {"name": "../../x"}), (4, "no_such_file")),
    "a file with a long name": (with_picture(FILE_OF_PICTURE | {"name": "000320.jpg"}), (4, "too_long")),
    "a file without its beginning": (with_picture(FILE_OF_PICTURE | {"part": 1}), (4, "parts")),
    "a file with a hole": (with_picture(FILE_OF_PICTURE, FILE_OF_PICTURE | {"part": 2}), (5, "parts")),
    "a file that is no Base64": (with_picture(FILE_OF_PICTURE | {"content": "SlBFRw="}), (4, "not_base64")),
    "a file with blanks": (with_picture(FILE_OF_PICTURE | {"content": "SlBF Rw=="}), (4, "not_base64")),
    "a file that is no ASCII": (with_picture(FILE_OF_PICTURE | {"content": "é"}), (4, "not_base64")),
    "files that are too large": (
        with_picture(FILE_OF_PICTURE, OTHER_FILE | {"content": "V2ViUCE="}),
        (5, "picture_size"),
    ),
    "a removal of a picture that is there": (
        with_picture(job={"record": "jobs", "job": "remove_picture", "account_id": 0, "subject_id": 7}),
        (4, "not_removed"),
    ),
    "a removal of no picture": (
        with_picture(job={"record": "jobs", "job": "remove_picture", "account_id": 0, "subject_id": 0}),
        (4, "reference"),
    ),
    "another text": (changed(6, body="Forged."), (12, "checksum")),
    "a line that is missing": (replaced(8), (11, "counts")),
    "counts that are wrong": (with_end(LINES, counts={}), (12, "counts")),
    "counts that are none": (with_end(LINES, counts=None), (12, "counts")),
    "a checksum that is wrong": (with_end(LINES, sha256="0" * 64), (12, "checksum")),
    "a last line with more in it": (with_end(LINES, more=1), (12, "bad_end")),
    "a second file behind it": (GOOD + GOOD, (13, "after_end")),
    "an empty line behind it": (GOOD + b"\n", (13, "after_end")),
    "no last line": (b"".join(LINES), (12, "cut")),
    "half a line": (GOOD[:-100], (12, "cut")),
    "no line break at the end": (GOOD[:-1], (12, "cut")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_line_is_refused_by_its_number_and_nothing_is_imported(name: str, site: Site) -> None:
    file, expected = REFUSED[name]

    assert site.refusal(file) == expected
    site.take(GOOD)


# A case and what stands before it: a field of it is a set.
CASE = (
    b'{"record":"cases","id":7,"subject_kind":"person","subject_id":1048576,"about_id":1048576,"post_id":null,"text":"",'
    b'"kinds":["other","spam"],"report_count":0,"member_count":0,"entry_id":null,"told":0,"kept":true}\n'
)
UP_TO_CASES = [re.sub(rb"\[.*\]", b'["accounts","cases"]', LINES[0]), LINES[1]]


def test_a_set_is_a_list_in_the_file(site: Site) -> None:
    other = CASE.replace(b'["other","spam"]', b'["spam","other","spam"]')

    site.take(with_end([*UP_TO_CASES, other]))

    assert CASE in site.exported().splitlines(keepends=True)
    with site.storage.unit_of_work() as work:
        assert work.cases.get(7).kinds == {ReportKind.SPAM, ReportKind.OTHER}


@pytest.mark.parametrize(
    ("kinds", "code"),
    [("null", "wrong_type"), ('"spam"', "wrong_type"), ("{}", "wrong_type"), ('["rude"]', "choice"), ("[1]", "choice")],
)
def test_a_set_that_is_none_or_has_another_choice_is_refused(kinds: str, code: str, site: Site) -> None:
    line = CASE.replace(b'["other","spam"]', kinds.encode())

    assert site.refusal(with_end([*UP_TO_CASES, line])) == (3, code)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(GOOD) - 1), other=st.integers(1, 255))
def test_no_byte_can_be_another_one(at: int, other: int, site: Site) -> None:
    file = bytearray(GOOD)
    file[at] ^= other

    site.refusal(bytes(file))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(0, len(GOOD) - 1))
def test_a_file_may_be_cut_off_anywhere(size: int, site: Site) -> None:
    site.refusal(GOOD[:size])


class Endless:
    """A file with a line that never ends."""

    def __init__(self) -> None:
        self.asked = 0
        self._lines = iter(LINES[:2])

    def readline(self, size: int) -> bytes:
        self.asked += size
        return next(self._lines, b"x" * size)


def test_a_line_without_an_end_is_not_read_to_it(site: Site) -> None:
    source = Endless()

    with pytest.raises(BadLine) as raised:
        site.moving.import_from(source)

    assert (raised.value.number, raised.value.code) == (3, "line_too_long")
    assert source.asked == 3 * (LONGEST_LINE + 1)


def test_a_record_that_no_import_would_take_is_not_exported(small: Site) -> None:
    with small.storage.unit_of_work() as work:
        account = work.accounts.get(1 << 20)
        account.about_me = "x" * LONGEST_LINE
        work.accounts.save(account)
        work.commit()

    with pytest.raises(TooLong) as raised:
        small.exported()

    assert (raised.value.kind, raised.value.place) == ("accounts", (1 << 20,))


class Counted:
    """How many lines were read of a long file."""

    def __init__(self, file: bytes) -> None:
        self.lines = 0
        self._file = io.BytesIO(file)

    def readline(self, size: int) -> bytes:
        self.lines += 1
        return self._file.readline(size)


@pytest.mark.parametrize(("size", "ahead"), [(10, 202), (50_000, 23)])
def test_a_long_file_is_read_in_parts(size: int, ahead: int, site: Site) -> None:
    posts = [json.dumps(POST | {"id": id, "body": "x" * size}).encode() + b"\n" for id in range(1, 701)]
    source = Counted(with_end([LINES[0], LINES[1], *posts]))
    most = 0

    def show(done: int, _: int) -> None:
        nonlocal most
        most = max(most, source.lines - 1 - done)

    site.moving.import_from(source, show=show)

    assert most <= 2
    batches: list[int] = []
    Site().moving.import_from(
        Counted(with_end([LINES[0], LINES[1], *posts])), show=lambda done, _: batches.append(done)
    )
    assert max(other - one for one, other in pairwise(batches)) <= ahead


# Pictures.

WITH_PICTURE = with_picture(FILE_OF_PICTURE, OTHER_FILE)


def test_a_picture_moves_with_its_files_and_its_room(site: Site) -> None:
    counts = site.take(WITH_PICTURE)

    assert counts == {"accounts": 1, "pictures": 1, "jobs": 0, "picture_files": 2}
    assert (site.files.get(7, "320.jpg"), site.files.get(7, "320.webp")) == (b"JPEG", b"WebP")
    assert site.storage.picture_feeds.bytes_of(1 << 20) == 8
    assert site.exported().splitlines()[-3:-1] == WITH_PICTURE.splitlines()[-3:-1]


def test_a_large_file_is_cut_into_lines(site: Site) -> None:
    content = bytes(range(256)) * 10_000
    site.take(with_picture())
    site.files.put(7, {"320.jpg": content, "320.webp": b""})
    with site.storage.unit_of_work() as work:
        work.pictures.add(replace(work.pictures.lock(7), size=len(content)))
        work.commit()

    file = site.exported()
    other = Site()
    other.take(file)

    parts = [line for line in map(json.loads, file.splitlines()) if line["record"] == "picture_files"]
    assert [(line["name"], line["part"]) for line in parts] == [
        ("320.jpg", 0),
        ("320.jpg", 1),
        ("320.jpg", 2),
        ("320.webp", 0),
    ]
    assert max(map(len, file.splitlines())) < 2_000_000
    assert (other.files.get(7, "320.jpg"), other.files.get(7, "320.webp")) == (content, b"")
    assert other.exported() == file


def test_a_file_that_is_missing_is_counted_and_everything_else_moves(site: Site) -> None:
    site.take(with_picture(OTHER_FILE))
    output = io.BytesIO()

    exported = site.moving.export(output.write, version=VERSION)

    assert (exported.missing, exported.counts["pictures"], exported.counts["picture_files"]) == (1, 1, 1)
    other = Site()
    other.take(output.getvalue())
    assert other.files.get(7, "320.webp") == b"WebP"


def test_files_may_stay_where_they_are(site: Site) -> None:
    site.take(WITH_PICTURE)

    file = site.exported(with_files=False)

    counts = json.loads(file.splitlines()[-1])["counts"]
    assert (counts["pictures"], counts["picture_files"]) == (1, 0)
    other = Site()
    other.take(file)
    assert other.storage.picture_feeds.bytes_of(1 << 20) == 8
    assert other.files.ids(0, 9) == []


def test_progress_counts_each_file_once(site: Site) -> None:
    site.take(WITH_PICTURE)
    written: list[tuple[int, int]] = []

    site.moving.export(lambda _: None, version=VERSION, show=lambda done, total: written.append((done, total)))

    assert written == [(done, 4) for done in range(5)]


def test_an_import_that_fails_takes_its_files_back_and_leaves_those_of_others(site: Site) -> None:
    site.files.put(6, {"320.jpg": b"of another community"})
    site.files.put(7, {"320.jpg": b"JPEG"})
    first = {**PICTURE, "id": 6} | {"size": 99}
    further = [{**PICTURE, "id": id} for id in (8, 9)]
    files = [{**FILE_OF_PICTURE, "picture_id": id} for id in (7, 8, 9)]
    header = plain(json.loads(LINES[0]) | {"kinds": ["accounts", "pictures", "picture_files"]})
    lines = [header, LINES[1], *map(plain, [first, PICTURE, *further, *files])]

    with pytest.raises(BadLine):
        site.take(with_end(lines, sha256="0" * 64))

    assert site.files.ids(0, 9) == [6, 7]
    assert site.files.get(7, "320.jpg") == b"JPEG"
    site.take(with_end(lines))
    assert site.files.ids(0, 9) == [6, 7, 8, 9]


def test_files_that_are_in_the_store_already_are_not_written_again(site: Site) -> None:
    """A community that moves to another database may keep its store."""
    puts: list[tuple[int, set[str]]] = []
    kept = site.files

    class Noting:
        def put(self, picture_id: int, files: Mapping[str, bytes]) -> None:
            puts.append((picture_id, set(files)))
            kept.put(picture_id, files)

        def __getattr__(self, name: str) -> Any:
            return getattr(kept, name)

    kept.put(7, {"320.jpg": b"JPEG"})
    container: Any = wired(settings_with(), storage=site.storage, renderer=RENDERER, picture_files=Noting())

    container.moving().import_from(io.BytesIO(WITH_PICTURE))

    assert puts == [(7, {"320.webp"})]


def test_a_store_without_room_is_said_and_nothing_is_imported(site: Site) -> None:
    class Full(MemoryPictureFiles):
        def put(self, picture_id: int, files: Mapping[str, bytes]) -> None:
            raise StoreFull()

    container: Any = wired(settings_with(), storage=site.storage, renderer=RENDERER, picture_files=Full())

    with pytest.raises(StoreFull):
        container.moving().import_from(io.BytesIO(WITH_PICTURE))

    assert site.storage.member_feeds.is_empty()


def test_the_files_of_a_picture_that_was_removed_are_removed_on_the_other_side(site: Site) -> None:
    job = {"record": "jobs", "job": "remove_picture", "account_id": 0, "subject_id": 8}

    site.take(with_picture(job=job))

    [card] = site.storage.outbox_feeds.latest(Window(9)).items
    assert card.kind is JobKind.REMOVE_PICTURE
    assert plain(job) in site.exported().splitlines(keepends=True)


def test_an_export_of_a_version_without_pictures_is_taken_in(site: Site) -> None:
    header, *lines = ({k: v for k, v in json.loads(line).items() if k != "picture_id"} for line in LINES)

    assert site.take(with_end([plain(header), *map(plain, lines)])) == COUNTS
    assert site.exported().splitlines()[1:-1] == GOOD.splitlines()[1:-1]


# Rules of today are not those of a file.


@pytest.mark.parametrize(
    ("number", "values"),
    [
        (3, {"username": "bob smith/../%"}),
        (3, {"username": "管理员"}),
        (3, {"email": "not an address"}),
        (3, {"name": "@admin\n\u202e"}),
        (6, {"body": "x" * 60_000, "body_html": "<script>alert(1)</script>"}),
        (7, {"body": "", "hidden": False, "hidden_reason": "left from before"}),
    ],
)
def test_rows_from_before_a_rule_move(number: int, values: dict[str, Any], site: Site) -> None:
    line = (
        json.dumps(json.loads(LINES[number - 1]) | values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    )

    site.take(with_end([*LINES[: number - 1], line, *LINES[number:]]))

    assert site.exported().splitlines(keepends=True)[number - 1] == line
