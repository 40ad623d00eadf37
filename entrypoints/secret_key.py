"""The key that signs cookies, links and tokens: make a new one, and refuse weak ones."""

import os
import re
import secrets
from pathlib import Path

SECRET_KEY_FILE = Path("var/secret-key")
SECRET_KEY_BYTES = 32

# Keys of tutorials and examples, in lower case and without separators between words.
_KNOWN_SECRETS = (
    "hardtoguessstring", "replacethiswith", "verysecretkey", "supersecret", "development", "changethis", "changeit",
    "changeme", "replaceme", "secretkey", "notsosecret", "topsecret", "production", "insecure", "password", "chapbook",
    "default", "example", "dontknow", "flasky", "django", "random", "secret", "please", "guess", "string", "flask",
    "hard", "test", "this", "your", "very", "dev", "key", "not", "now", "in", "is", "to", "my", "me",
)  # fmt: skip


def make_secret_key(path: Path = SECRET_KEY_FILE) -> None:
    """Writes a new random key to a file of mode 0600, unless the file exists. If two processes do so at once, one
    succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written under another name, then linked. So a file with its final name is complete.
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def is_good_secret_key(secret: str) -> bool:
    """False for a key that is too short, well known, or repetitive."""
    if len(secret.encode()) < SECRET_KEY_BYTES or len(set(secret)) < 8:
        return False
    if secret in (secret + secret)[1:-1]:
        return False
    rest = re.sub(r"[\s_.!-]", "", secret.lower())
    for known in _KNOWN_SECRETS:
        rest = rest.replace(known, "")
    in_order = "0123456789abcdefghijklmnopqrstuvwxyz0123456789"
    return len(rest) >= 16 and rest not in in_order * 2
