"""Secrets of session cookies. The storage has only the hash, so nobody can sign in with a copy of the database."""

import hashlib
import secrets


class RandomSecrets:
    """The port `SessionSecrets`. A secret of 256 random bits cannot be guessed. So it needs no salt and no slow
    hash."""

    def new(self) -> str:
        return secrets.token_urlsafe(32)

    def hash(self, secret: str) -> str:
        """64 hexadecimal digits. Never raises, so a malformed cookie is treated as an unknown one."""
        return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
