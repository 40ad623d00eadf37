"""SMTP servers that do what the real one does not: one stalls after its greeting, one dies after DATA, one kills."""

import asyncio
import contextlib
import socketserver
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.smtp_server import SmtpServer


class RawSmtp:
    """A server in threads. It has the port (0: a free one) while the `with` lasts, and hangs up on everybody at its
    end."""

    def __init__(self, port: int, talk: Callable[["RawSmtp", socketserver.StreamRequestHandler], None]) -> None:
        self.over = threading.Event()
        self.visits = 0
        outer = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.visits += 1
                with contextlib.suppress(OSError):
                    talk(outer, self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", port), Talk)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join(30)
        self._server.server_close()


def stall(server: RawSmtp, client: socketserver.StreamRequestHandler) -> None:
    client.wfile.write(b"220 one moment please\r\n")
    server.over.wait()


def die_after_data(server: RawSmtp, client: socketserver.StreamRequestHandler) -> None:
    """It takes the whole mail, and nobody will ever know what became of it."""
    client.wfile.write(b"220 hello\r\n")
    while line := client.rfile.readline():
        word = line[:4].upper()
        client.wfile.write(b"354 go on\r\n" if word == b"DATA" else b"250 ok\r\n")
        if word == b"DATA":
            while client.rfile.readline() not in (b".\r\n", b""):
                pass
            return


class DeadlySmtp(SmtpServer):
    """Calls `before_answer` when it has taken a mail, before it says so: `before_answer` may kill the mail worker."""

    before_answer: Callable[[], None] | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.before_answer is not None:
            await asyncio.to_thread(self.before_answer)
        return answer
