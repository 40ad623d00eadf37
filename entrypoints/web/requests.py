"""The request class: a readable query, and a body that is whole or refused."""

from io import BytesIO
from typing import IO, Any, cast
from urllib.parse import quote

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream


class ReadableRequest(Request):
    """The query string is ASCII. Other bytes are percent-encoded, because reading `args` raises an error for bytes that
    are no text. The body is complete, or reading it raises RequestEntityTooLarge."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.query_string = quote(self.query_string, safe="%=&+/?:;,@!$'()*~[]").encode()

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        """In memory: the body is limited, and who takes a file reads it whole. Werkzeug would write it to a disk, which
        may be full."""
        return BytesIO()

    @cached_property
    def stream(self) -> IO[bytes]:
        limit = self.max_content_length
        if limit is None or self.content_length is not None or "wsgi.input_terminated" not in self.environ:
            return super().stream
        return cast("IO[bytes]", WholeStream(self.input_stream, limit, is_max=True))


class WholeStream(LimitedStream):
    """A chunked body, which has no Content-Length. Werkzeug's own stream ends at the limit and drops the rest."""

    def readall(self) -> bytes:
        """Raises RequestEntityTooLarge if the body goes on after the limit."""
        found = super().readall()
        if self.is_exhausted and self._stream.read(1):
            raise RequestEntityTooLarge
        return found
