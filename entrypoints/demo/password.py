"""The demo administrator's password: random for each installation, kept in a file that only its owner reads."""

import os
import secrets
from pathlib import Path

from entrypoints.container import Container

ADMIN_EMAIL = "admin@example.com"
PASSWORD_FILE = Path("var/demo-password")

# Without those that look alike, for people who type it: 20 of these are 99 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def administrator_password(path: Path = PASSWORD_FILE) -> str:
    """What the file says; where there is none, it is made with mode 0600. Of two processes at once, one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4)))
    return path.read_text(encoding="utf-8").strip()


def password_works(container: Container, password: str) -> bool:
    """Whether the administrator of the demo can still sign in with it: passwords change, and people leave."""
    return container.credentials().find(email=ADMIN_EMAIL, password=password) is not None


def _write(path: Path, password: str) -> None:
    # Whole under another name first, then linked: whoever sees the file sees all of it.
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
