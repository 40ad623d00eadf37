"""Hashing passwords."""

from typing import Protocol


class PasswordHasher(Protocol):
    """Slow on purpose: call it outside of a unit of work. As many calls run at once as there are cores. The others
    queue. `hash` and `verify` raise Overloaded when the queue is full or too slow."""

    def hash(self, password: str) -> str:
        """`password` is in Unicode NFC and has 8 to 128 characters."""

    def verify(self, password: str, hashed: str | None) -> bool:
        """Raises nothing else. Without a hash it takes the same time and answers False."""

    def recognizes(self, hashed: str) -> bool:
        """Whether another program made this hash, and a password can be verified against it."""

    def is_outdated(self, hashed: str) -> bool:
        """Whether a new hash of the same password would be better."""


class CommonPasswords(Protocol):
    def __contains__(self, password: object) -> bool: ...
