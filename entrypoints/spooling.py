"""What waits in a temporary file: bodies that clients send, and responses that they do not read. There may be no room
for the file."""

import contextlib
import logging
import tempfile
from typing import Any

from waitress.buffers import FileBasedBuffer, OverflowableBuffer
from waitress.parser import HTTPRequestParser

from entrypoints.logs import ONCE_A_MINUTE

log = logging.getLogger(__name__)


class _Spool(OverflowableBuffer):  # type: ignore[misc]
    def _set_large_buffer(self) -> None:
        """Goes on in a file. Raises OSError, and then everything is still in memory."""
        in_memory: Any = self.buf  # type: ignore[has-type]
        position = in_memory.getfile().tell()
        file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed with this buffer
        try:
            self.buf = FileBasedBuffer(file, in_memory)
        except OSError:
            in_memory.getfile().seek(position)
            with contextlib.suppress(OSError):  # closing writes what is left
                file.close()
            raise
        in_memory.close()
        self.overflowed = True


class Unread(_Spool):
    """A response. It stays in memory where there is no room for a file."""

    def _set_large_buffer(self) -> None:
        try:
            super()._set_large_buffer()
        except OSError as error:
            _complain(error)


class Body(_Spool):
    """The body of a request. If there is no room for it, `is_lost` is true, and what comes is read and forgotten: a
    client that may not send to the end would not read an answer."""

    is_lost = False

    def append(self, data: bytes) -> None:
        if self.is_lost:
            return
        try:
            super().append(data)
        except OSError as error:
            _complain(error)
            with contextlib.suppress(OSError):
                self.close()
            self.is_lost, self.buf, self.strbuf = True, None, b""


class Request(HTTPRequestParser):  # type: ignore[misc]
    @property
    def has_lost_body(self) -> bool:
        return self.body_rcv is not None and self.body_rcv.getbuf().is_lost

    def parse_header(self, header_plus: Any) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = Body(self.adj.inbuf_overflow)


def _complain(error: OSError) -> None:
    log.warning(
        "Temporary files cannot be written (%s): pictures and other large requests are refused. Make room in %s, or "
        "set TMPDIR to another folder.",
        error.strerror or error,
        tempfile.tempdir or "the folder for temporary files",
        extra=ONCE_A_MINUTE,
    )
