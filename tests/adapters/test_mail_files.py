"""Mail that is stored in files: their content, and that only their owner may read them."""

import datetime as dt
import io
import stat
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from adapters.email_message import Letterhead
from adapters.mail_files import ConsoleMailer, FileMailer
from application.ports.mailing import Letter, MailNotSent

LETTER = Letter(
    to="ada@example.com",
    subject="Grüße",
    text="Dear Ada,\nwelcome — really.\n",
    html="<p>Dear Ada</p>",
    message_id="<42@blog.example.com>",
)


def letterhead(at: dt.datetime = dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)) -> Letterhead:
    return Letterhead(sender=lambda: "noreply@example.com", site_name=lambda: "Chapbook", now=lambda: at)


def test_each_mail_is_a_file_that_a_mail_reader_opens(tmp_path: Path) -> None:
    mailer = FileMailer(letterhead(), tmp_path / "var/mail")

    mailer.send(LETTER)
    mailer.send(LETTER)

    first, second = (tmp_path / "var/mail").iterdir()
    assert first.name != second.name
    assert {first.suffix, second.suffix} == {".eml"}
    mail = message_from_bytes(first.read_bytes(), policy=SMTP)
    assert mail["To"] == "ada@example.com"
    assert mail["Subject"] == "[Chapbook] Grüße"
    assert mail["Message-ID"] == "<42@blog.example.com>"
    part = mail.get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == LETTER.text


def test_only_its_owner_may_read_a_mail(tmp_path: Path) -> None:
    FileMailer(letterhead(), tmp_path / "mail").send(LETTER)

    (file,) = (tmp_path / "mail").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


def test_the_file_names_sort_by_time(tmp_path: Path) -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    times = [
        dt.datetime(2026, 1, 2, 12, tzinfo=east),
        dt.datetime(2026, 1, 2, 4, tzinfo=dt.UTC),
        dt.datetime(2026, 1, 2, 4, 0, 0, 1, tzinfo=dt.UTC),
    ]
    for number, at in enumerate(times):
        FileMailer(letterhead(at), tmp_path).send(replace(LETTER, subject=str(number)))

    subjects = [message_from_bytes(file.read_bytes())["Subject"] for file in sorted(tmp_path.iterdir())]
    assert subjects == ["[Chapbook] 0", "[Chapbook] 1", "[Chapbook] 2"]


def test_an_unwritable_directory_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file is in the way")

    with pytest.raises(MailNotSent, match=r"^the mail could not be written to .*: File exists$"):
        FileMailer(letterhead(), tmp_path / "mail").send(LETTER)


def test_a_failed_write_leaves_no_partial_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(MailNotSent, match="No space left on device"):
        FileMailer(letterhead(), tmp_path).send(LETTER)
    assert list(tmp_path.iterdir()) == []


def test_the_console_shows_a_mail_as_its_recipient_reads_it() -> None:
    stream = io.StringIO()

    ConsoleMailer(letterhead(), stream).send(LETTER)

    assert "To: ada@example.com\nSubject: [Chapbook] Grüße\n\nDear Ada,\nwelcome — really.\n" in stream.getvalue()


def test_the_console_refuses_an_invalid_mail(capsys: pytest.CaptureFixture[str]) -> None:
    mailer = ConsoleMailer(letterhead())

    with pytest.raises(MailNotSent):
        mailer.send(replace(LETTER, to="ada@example.com, eve@example.com"))
    assert capsys.readouterr().out == ""

    mailer.send(LETTER)
    assert "Dear Ada" in capsys.readouterr().out


def test_a_long_subject_in_and_out_of_ascii_comes_back_word_by_word(tmp_path: Path) -> None:
    subject = (
        "Maria da Conceição Teixeira de Vasconcelos e Albuquerque (@saozinha) answered your comment below"
        " “Burned a whole batch this morning, sixty rolls, bec…"
    )
    FileMailer(letterhead(), tmp_path).send(replace(LETTER, subject=subject))

    (file,) = tmp_path.iterdir()
    data = file.read_bytes()
    assert message_from_bytes(data, policy=SMTP)["Subject"] == f"[Chapbook] {subject}"
    assert all(len(line) <= 78 for line in data.splitlines() if line.startswith((b"Subject:", b" =?")))
