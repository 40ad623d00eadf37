"""Argon2id through passlib, which the package libpass provides (RFC 9106; parameters from OWASP's cheat sheet).

Hashing lets go of the interpreter lock and needs 19 MiB each time: more at once than there are cores would only cost
memory.
"""

import os
import threading

from passlib.hash import argon2

_LONGEST = 1_024
_MEMORY_AT_MOST = 1 << 20
_TIME_AT_MOST = 64


class Argon2Hasher:
    """The port `PasswordHasher`. Safe to call from several threads."""

    def __init__(
        self, memory_kib: int = 19_456, time: int = 2, parallelism: int = 1, at_once: int | None = None
    ) -> None:
        """`at_once` bounds the hashes that are computed at the same time: as many as there are cores."""
        self._argon2 = argon2.using(type="ID", memory_cost=memory_kib, rounds=time, parallelism=parallelism)  # type: ignore[no-untyped-call]
        self._turns = threading.BoundedSemaphore(at_once or os.cpu_count() or 1)
        # Nobody's: verifying against it costs what verifying costs, and its digest of zeros answers to no password.
        self._nobodys = f"$argon2id$v=19$m={memory_kib},t={time},p={parallelism}${'A' * 22}${'A' * 43}"

    def hash(self, password: str) -> str:
        """Raises ValueError for a password that `domain.passwords` would not have let through."""
        with self._turns:
            hashed: str = self._argon2.hash(password)
        return hashed

    def verify(self, password: str, hashed: str | None) -> bool:
        if hashed is not None and _hashable(password) and self._usable(hashed):
            try:
                return self._matches(password, hashed)
            except (ValueError, TypeError, MemoryError):  # a salt too short, and whatever else may be stored there
                pass
        self._matches("nobody's password", self._nobodys)
        return False

    def is_outdated(self, hashed: str) -> bool:
        try:
            return bool(self._argon2.needs_update(hashed))
        except (ValueError, TypeError):
            return True

    def _matches(self, password: str, hashed: str) -> bool:
        with self._turns:
            return bool(self._argon2.verify(password, hashed))

    def _usable(self, hashed: str) -> bool:
        """Whether it is an argon2 hash at all, and not one that would take all memory or the whole day."""
        try:
            parsed = self._argon2.from_string(hashed)
        except (ValueError, TypeError):
            return False
        return bool(parsed.checksum and parsed.memory_cost <= _MEMORY_AT_MOST and parsed.rounds <= _TIME_AT_MOST)


def _hashable(password: object) -> bool:
    """passlib raises on the rest; none of it can be anybody's password."""
    if not isinstance(password, str) or not 0 < len(password) <= _LONGEST:
        return False
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in password)
