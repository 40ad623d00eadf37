"""The lock file of an SQLite database, at which writing processes queue."""

import fcntl
import os
import threading


class FileLock:
    """One process at a time holds the file by flock(2). The kernel frees the lock when the process dies.

    The queue of the kernel is fair, but waiting in it has no timeout. So a thread of its own waits in the kernel, and
    the caller waits for that thread. If the caller's time is up first, the thread frees the lock as soon as it gets it.
    Call `acquire` from one thread at a time.
    """

    def __init__(self, database: str) -> None:
        """The file is in the folder of the database."""
        self._path = f"{database}.lock"
        self._condition = threading.Condition()
        self._is_wanted = False
        self._is_queued = False
        self._held: int | None = None

    def acquire(self, seconds: float) -> bool:
        """False when another process still holds the file after this time. Raises OSError when the file cannot be
        opened."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if seconds <= 0:
                os.close(descriptor)
                return False
            return self._wait(descriptor, seconds)
        except OSError:
            os.close(descriptor)
            raise
        self._held = descriptor
        return True

    def release(self) -> None:
        descriptor, self._held = self._held, None
        if descriptor is not None:
            os.close(descriptor)

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _wait(self, descriptor: int, seconds: float) -> bool:
        with self._condition:
            self._is_wanted = True
            if self._is_queued:  # the thread of an earlier call is still in the queue
                os.close(descriptor)
            else:
                threading.Thread(target=self._queue, args=(descriptor,), name="lock file", daemon=True).start()
                self._is_queued = True
            self._condition.wait_for(lambda: self._held is not None, seconds)
            self._is_wanted = False
            return self._held is not None

    def _queue(self, descriptor: int) -> None:
        locked = False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            locked = True
        finally:
            with self._condition:
                self._is_queued = False
                if locked and self._is_wanted:
                    self._held = descriptor
                    self._condition.notify_all()
                else:
                    os.close(descriptor)
