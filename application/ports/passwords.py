"""Hashing passwords, and knowing the common ones."""

from typing import Protocol


class PasswordHasher(Protocol):
    """Slow on purpose: call it outside a unit of work. At most as many at once as there are cores."""

    def hash(self, password: str) -> str:
        """`password` is in NFC, of 8 to 128 characters."""

    def verify(self, password: str, hashed: str | None) -> bool:
        """Never raises, whatever the two hold; without a hash it takes as long and answers False."""

    def is_outdated(self, hashed: str) -> bool:
        """Whether a new hash of the same password would be better."""


class CommonPasswords(Protocol):
    def __contains__(self, password: object) -> bool: ...
