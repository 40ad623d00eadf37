"""The log as an operator reads it: the real handler with the real formatters, and its lines."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from entrypoints import logs
from tests.doubles import settings_with


class Lines:
    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def all(self) -> list[str]:
        return self.text.splitlines()

    @property
    def events(self) -> list[dict[str, Any]]:
        """Of the format json."""
        return [json.loads(line) for line in self.all]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["logger"] == logger]


@contextmanager
def logged(monkeypatch: pytest.MonkeyPatch, **given: str) -> Iterator[Lines]:
    """What is logged meanwhile, as JSON unless `given` settings say otherwise."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", stream)
        logs.install(settings_with(**{"env": "production", "log_format": "json"} | given))
    try:
        yield Lines(stream)
    finally:
        root.handlers[:], root.level = handlers, level
