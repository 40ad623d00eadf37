"""The password of the demo's administrator. Each installation gets a random one, in a file that only its owner
reads."""

import os
import secrets
from pathlib import Path

from entrypoints.container import Container

ADMIN_EMAIL = "admin@example.com"
PASSWORD_FILE = Path("var/demo-password")

# Letters and digits that do not look alike. 20 of them have 99 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def administrator_password(path: Path = PASSWORD_FILE) -> str:
    """The password in the file. A missing file is made, with mode 0600. If two processes do so at once, both get the
    password of the first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4)))
    return path.read_text(encoding="utf-8").strip()


def password_works(container: Container, password: str) -> bool:
    """Whether the demo's administrator can sign in with this password. It may have changed since, or the account may be
    deleted."""
    return container.credentials().find(email=ADMIN_EMAIL, password=password) is not None


def _write(path: Path, password: str) -> None:
    # Written under another name, then linked. So a file with its final name is complete.
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password + "\n")
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
