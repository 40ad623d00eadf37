"""The log: one line an event to stderr, as text or JSON. Each line says which request and which account it belongs to.

Nothing that a member sent gets into it: an exception's text only where it speaks of the program, a path only as its
route. What remains is masked and escaped here, whoever logs it.
"""

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from entrypoints.masking import escaped, masked
from entrypoints.observing import current
from entrypoints.settings import Settings
from entrypoints.tracebacks import fingerprint, one_line

# For `extra`: the same sentence comes at most once in this time. The next one says how often it was repeated. With
# `once_as`, sentences that differ count as the same.
ONCE_A_MINUTE = {"once_in": 60.0}
ONCE_AN_HOUR = {"once_in": 3_600.0}

# Libraries log at WARNING: below, they write values, paths and addresses.
OURS = ("domain", "application", "adapters", "entrypoints", "chapbook")
_SENTENCES_AT_MOST = 1_000
_PLAIN = re.compile(r"[^\s\"=]+")


def install(settings: Settings | None = None) -> None:
    """Replaces what wrote the log before. Other handlers stay, such as the one that notes program errors. Without
    settings, for commands that end soon, only warnings are logged. In development the traceback of an error stands
    below its line, as Python writes it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings))
    handler.addFilter(_OnceInAWhile())
    root = logging.getLogger()
    for writer in [found for found in root.handlers if isinstance(found, logging.StreamHandler)]:
        root.removeHandler(writer)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level.upper() if settings else logging.WARNING)


def _formatter(settings: Settings | None) -> logging.Formatter:
    if settings is not None and settings.log_format == "json":
        return _Json()
    return _Text(shows_tracebacks=settings is not None and settings.env == "development")


class _OnceInAWhile(logging.Filter):
    """Holds back a sentence that was said less than `once_in` seconds ago, of the same kind of error if it is about
    one, and counts it."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        seconds = getattr(record, "once_in", None)
        if seconds is None:
            return True
        sentence, now = getattr(record, "once_as", None) or record.getMessage(), time.monotonic()
        error = _error_of(record)
        if error is not None:
            sentence += fingerprint(error)
        with self._lock:
            said_at, repeated = self._said.get(sentence, (float("-inf"), 0))
            if now - said_at < seconds:
                self._said[sentence] = (said_at, repeated + 1)
                return False
            if len(self._said) >= _SENTENCES_AT_MOST:
                self._said.clear()
            self._said[sentence] = (now, 0)
        if repeated:
            record.fields = {**getattr(record, "fields", {}), "repeated": repeated}
        return True


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _parts(record: logging.LogRecord) -> dict[str, Any]:
    """What stands behind the message. A record brings its own parts as `extra={"fields": ...}`."""
    parts = {name: value for name, value in _fields(record, "fields").items() if value not in (None, "")}
    error = _error_of(record)
    if error is not None:
        parts |= {"fingerprint": fingerprint(error), "error": masked(one_line(error))}
    request = current()
    if request is not None:
        parts["request_id"] = request.request_id
        if request.account_id is not None:
            parts["account_id"] = str(request.account_id)  # 64 bits are too many for JavaScript's numbers
    return parts


def _fields(record: logging.LogRecord, name: str) -> dict[str, Any]:
    fields: Mapping[str, Any] = getattr(record, name, {})
    return {name: masked(value) if isinstance(value, str) else value for name, value in fields.items()}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Text(logging.Formatter):
    def __init__(self, *, shows_tracebacks: bool) -> None:
        super().__init__()
        self._shows_tracebacks = shows_tracebacks

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)} {record.levelname} {record.name}[{record.process}]: {masked(record.getMessage())}"
        for name, value in _parts(record).items():
            text = str(value)
            line += f" {name}={text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)}"
        line = escaped(line)
        if self._shows_tracebacks and record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class _Json(logging.Formatter):
    """One object a line (JSON Lines). Without line breaks, control characters and characters beyond ASCII. What a
    message is made of may come as `extra={"in_message": ...}` too, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": masked(record.getMessage()),
        }
        return json.dumps(event | _fields(record, "in_message") | _parts(record), default=str)
