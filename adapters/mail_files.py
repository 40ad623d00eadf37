"""Mail that is not sent: written to `.eml` files, or printed on the console."""

import os
import secrets
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from adapters.email_message import Letterhead
from application.ports.mailing import Letter, MailServerFailed


class FileMailer:
    """One file for each mail, readable by its owner only. File names sort by age, oldest first."""

    def __init__(self, letterhead: Letterhead, directory: Path) -> None:
        self._letterhead = letterhead
        self._directory = directory

    def send(self, letter: Letter) -> None:
        message = self._letterhead.message(letter).as_bytes()
        name = _name_at(self._letterhead.now())
        draft = self._directory / f".{name}.part"
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(message)
                    file.flush()
                    os.fsync(file.fileno())
                # The rename is atomic, so a file with its final name is complete.
                draft.rename(self._directory / name)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            raise MailServerFailed(f"the mail could not be written to {self._directory}: {error.strerror}") from None

    def check(self) -> None:
        """Raises MailServerFailed when no mail can be written. Writes a file and removes it; a folder that is not
        there yet is not made."""
        try:
            folder = self._directory
            while not folder.exists() and folder != folder.parent:
                folder = folder.parent
            with tempfile.NamedTemporaryFile(prefix=".check-", dir=folder) as file:
                file.write(b"\n")
        except OSError as error:
            raise MailServerFailed(f"mails cannot be written to {self._directory}: {error.strerror}") from None


class ConsoleMailer:
    """Prints the text of each mail."""

    def __init__(self, letterhead: Letterhead, stream: TextIO | None = None) -> None:
        self._letterhead = letterhead
        self._stream = stream

    def send(self, letter: Letter) -> None:
        message = self._letterhead.message(letter)
        shown = "\n".join([f"To: {message['To']}", f"Subject: {message['Subject']}", "", letter.text.rstrip("\n")])
        # `sys.stdout` is looked up at each mail, because a test may replace it after the start.
        stream = self._stream or sys.stdout
        stream.write(f"{'-' * 72}\n{shown}\n{'-' * 72}\n")
        stream.flush()


def _name_at(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
