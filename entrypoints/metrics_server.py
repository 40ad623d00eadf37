"""Answers /metrics for a worker that is a service of its own, because it is no part of the processes of the site."""

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from application.ports.metrics import SiteMeter
from entrypoints.logs import ONCE_A_MINUTE
from entrypoints.settings import BadSettings, Settings
from entrypoints.tracebacks import one_line
from entrypoints.web.metrics import is_within

log = logging.getLogger(__name__)

# In seconds.
_CLIENT = 5


def serve_metrics(settings: Settings, meter: SiteMeter) -> None:
    """In a thread of its own, which ends with the process. Raises BadSettings when the port is taken."""

    class Server(ThreadingMixIn, WSGIServer):
        address_family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        daemon_threads = True

        def verify_request(self, request: Any, client_address: Any) -> bool:
            """Nobody else gets an answer."""
            return is_within(client_address[0], settings.metrics_from)

        def handle_error(self, request: Any, client_address: Any) -> None:
            """In place of a traceback on stderr with the client's address."""
            error = sys.exception()
            assert error is not None
            log.warning("a scrape was not answered: %s", one_line(error), extra=ONCE_A_MINUTE)

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/metrics" or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"There is only /metrics.\n"]
        media_type, text = meter.exposition(environ.get("HTTP_ACCEPT", ""))
        start_response("200 OK", [("Content-Type", media_type), ("Cache-Control", "no-store")])
        return [text]

    try:
        server = make_server(settings.host, settings.metrics_port, answer, Server, _Handler)
    except OSError as error:
        problem = (
            f"Set CHAPBOOK_METRICS_PORT to a free port: {settings.metrics_port} cannot be used ({error.strerror})."
        )
        raise BadSettings([problem]) from None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Handler(WSGIRequestHandler):
    timeout = _CLIENT

    def log_message(self, *_: object) -> None:
        """A scrape is no news."""
