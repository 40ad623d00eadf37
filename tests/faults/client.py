"""One request, on a connection of its own. It tells apart what was never sent, what was refused, and what was lost."""

import http.client
import json
import socket
import time
from dataclasses import dataclass
from typing import Any

# Longer than the site may wait for anything.
TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` is 0 when the answer was lost, and -1 when there was no connection."""

    status: int
    seconds: float
    ended_at: float
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def is_refusal(self) -> bool:
        return self.status == 503


def ask(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: dict[str, str] | None = None,
    source: str = "127.0.0.1",
    timeout: float = TIMEOUT,
) -> Reply:
    began = time.monotonic()
    status, content, received = -1, b"", {}
    # A host name without port: any of them is allowed in development.
    sent = {"Host": "127.0.0.1", "Connection": "close"} | (headers or {})
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout, source_address=(source, 0))
    try:
        connection.connect()
        status = 0
        connection.request(method, path, body if body is None or isinstance(body, bytes) else json.dumps(body), sent)
        with connection.getresponse() as response:
            content = response.read()
            received = {name.lower(): value for name, value in response.getheaders()}
            status = response.status
    except (OSError, http.client.HTTPException, socket.gaierror):
        pass
    finally:
        connection.close()
    now = time.monotonic()
    return Reply(status, now - began, now, received, content)
