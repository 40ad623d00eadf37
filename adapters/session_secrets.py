"""What a browser holds to prove its session. The store holds the hash, so that a copy of it signs nobody in."""

import hashlib
import secrets


class RandomSecrets:
    """The port `SessionSecrets`. 256 random bits need no salt and no slow hash: they cannot be guessed."""

    def new(self) -> str:
        return secrets.token_urlsafe(32)

    def hash(self, secret: str) -> str:
        """64 hexadecimal digits. Never raises, so that a garbled cookie is merely unknown."""
        return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
