"""Pictures in a bucket of an S3-compatible store.

obstore has threads of its own, which do not survive a fork: a process that was forked after its parent had used them
would wait for ever. So the client is made in the process that uses it, and a late fork is refused.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from adapters.pictures.object_faults import fault_from, has_no_answer, is_missing
from adapters.pictures.paths import picture_file, picture_folder, stored_path
from adapters.turns import made_anew_in_forks
from application.storage import StorageFault
from domain.errors import NotFound, StoreFull, TryAgain
from domain.pictures import TYPES

if TYPE_CHECKING:
    from obstore.store import S3Credential

# In seconds. A request is tried twice at most.
_CONNECTING = 3.0
_ANSWERING = 8.0
# In seconds. Who reads from a store that hangs, or writes to it, must not take all threads of the site: some wait for
# it, the others a moment for their turn, and after a request without an answer nobody asks for a while.
_WAITING = 1.0
_PAUSE = 5.0
# What one answer of S3 lists at most.
_PAGE = 1_000
# It sorts behind every name of a file. It is a letter, because servers differ in how they sign other characters.
_BEHIND_ALL_NAMES = "z"
# The process in which obstore's threads run.
_users: list[int] = []


class BucketPictureFiles:
    """The port `PictureFiles`. The bucket has to be there. Safe to call from several threads."""

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        *,
        key: str,
        secret: str,
        region: str,
        prefix: str = "",
        complain: Callable[[StorageFault], object] = lambda _: None,
        seconds: float = _ANSWERING,
        readers: int = 4,
        writers: int = 8,
    ) -> None:
        """`endpoint` is the server's address with its scheme. `complain` is told what keeps the store from working.
        `seconds` limits each of the two tries of a request. So many `readers` ask at once, and so many `writers`
        send pictures."""
        self._endpoint = endpoint
        self._bucket = bucket
        self._prefix = prefix
        self._region = region
        self._credential: S3Credential = {"access_key_id": key, "secret_access_key": secret, "expires_at": None}
        self._complain = complain
        self._seconds = seconds
        self._readers = readers
        self._writers = writers
        self._where = "/".join(part for part in (endpoint.partition("://")[2], bucket, prefix) if part)
        self.after_fork()
        made_anew_in_forks(self)

    def after_fork(self) -> None:
        """Forgets the parent's client. Its locks are replaced, because a thread of the parent may hold them."""
        self._lock = threading.Lock()
        self._reading = threading.BoundedSemaphore(self._readers)
        self._writing = threading.BoundedSemaphore(self._writers)
        self._away_until = 0.0
        self._store: S3Store | None = None

    def put(self, picture_id: int, files: Mapping[str, bytes]) -> None:
        wanted = {stored_path(picture_id, name): content for name, content in files.items()}
        with self._turn(self._writing), self._faults():
            for path, content in wanted.items():
                kind = {"Content-Type": TYPES[path.rpartition(".")[2]]}
                # In one request each, so that an object is there whole or not at all.
                obstore.put(self._client(), path, content, attributes=kind, use_multipart=False)

    def get(self, picture_id: int, name: str) -> bytes:
        try:
            path = stored_path(picture_id, name)
        except ValueError:
            raise NotFound() from None
        with self._turn(self._reading), self._faults():
            return bytes(obstore.get(self._client(), path).bytes())

    def has(self, picture_id: int, name: str) -> bool:
        try:
            path = stored_path(picture_id, name)
            with self._turn(self._reading), self._faults():
                obstore.head(self._client(), path)
        except (ValueError, NotFound):
            return False
        return True

    def remove(self, picture_id: int) -> None:
        with self._faults():
            for each in obstore.list(self._client(), picture_folder(picture_id)).collect():
                self._delete(each["path"])

    def ids(self, after: int, limit: int) -> list[int]:
        found: dict[int, None] = {}
        offset = f"{picture_folder(after)}/{_BEHIND_ALL_NAMES}" if after > 0 else None
        with self._faults():
            for page in obstore.list(self._client(), offset=offset, chunk_size=_PAGE) if limit > 0 else ():
                for each in page:
                    file = picture_file(each["path"])
                    if file is not None and file[0] > after and len(found) < limit:
                        found[file[0]] = None
                if len(found) >= limit:
                    break
        return list(found)

    def check(self) -> None:
        """Writes an object, reads it, lists and removes it."""
        path = f"check-{token_hex(8)}"
        try:
            obstore.put(self._client(), path, b"\n", use_multipart=False)
            obstore.get(self._client(), path).bytes()
            next(iter(obstore.list(self._client(), chunk_size=1)), None)
            self._delete(path)
        except (BaseError, OSError) as error:
            raise fault_from(error, self._where) from None

    @contextmanager
    def _turn(self, places: threading.BoundedSemaphore) -> Iterator[None]:
        if time.monotonic() < self._away_until or not places.acquire(timeout=_WAITING):
            raise TryAgain()
        try:
            yield
        finally:
            places.release()

    def _delete(self, path: str) -> None:
        try:
            obstore.delete(self._client(), path)
        except FileNotFoundError as error:
            if not is_missing(error):
                raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """The error itself stays behind, because its text holds what the server said."""
        try:
            yield
        except (BaseError, OSError) as error:
            if is_missing(error):
                raise NotFound() from None
            fault = fault_from(error, self._where)
            self._complain(fault)
            if has_no_answer(error):
                self._away_until = time.monotonic() + _PAUSE
            raise (StoreFull if fault.code == "pictures_full" else TryAgain) from None

    def _client(self) -> S3Store:
        with self._lock:
            if self._store is None:
                _require_own_threads()
                self._store = self._made()
            return self._store

    def _made(self) -> S3Store:
        """What the environment says to programs for AWS must not change what the setting says, so all is said here."""
        return S3Store(
            self._bucket,
            prefix=self._prefix or None,
            config={
                "endpoint": self._endpoint,
                "aws_endpoint_url_s3": self._endpoint,
                "region": self._region,
                "virtual_hosted_style_request": False,
                "skip_signature": False,
                # Not every compatible store removes several at once.
                "disable_bulk_delete": True,
            },
            credential_provider=lambda: self._credential,
            client_options={
                "allow_http": self._endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=min(_CONNECTING, self._seconds)),
                "timeout": timedelta(seconds=self._seconds),
            },
            retry_config={
                "max_retries": 1,
                "retry_timeout": timedelta(seconds=2 * self._seconds),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=1),
                    "base": 2,
                },
            },
        )


def _require_own_threads() -> None:
    if not _users:
        _users.append(os.getpid())
    if _users[0] != os.getpid():
        raise RuntimeError("pictures in a bucket were used before this process was forked")
