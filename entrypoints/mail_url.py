"""The URL that says how mail is sent. It may contain a password."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote, urlsplit

MASK = "********"
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True, slots=True)
class MailUrl:
    """How mail is sent: `smtp`, `smtps`, `smtp+starttls` with a host, `file` with a path, or `console`."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    path: Path = Path()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError. A relative path is relative to the working directory."""
        if not text.isprintable() or not text.isascii() or " " in text:
            raise ValueError("not an address")
        if text == "console:":
            return cls("console")
        if text.startswith("file:"):
            path = unquote(text.removeprefix("file:").removeprefix("//"))
            if not path or not path.isprintable():
                raise ValueError("not a path")
            return cls("file", path=Path.cwd() / path)
        url = urlsplit(text)
        if url.scheme not in _PORTS or not url.hostname or url.path not in {"", "/"} or url.query or url.fragment:
            raise ValueError("not an address of a mail server")
        user, password = unquote(url.username or ""), unquote(url.password or "")
        if bool(user) != bool(password) or not (user + password).isprintable() or url.port == 0:
            raise ValueError("a login that cannot be")
        return cls(url.scheme, url.hostname, url.port or _PORTS[url.scheme], user, password)

    def masked(self) -> str:
        if self.scheme == "console":
            return "console:"
        if self.scheme == "file":
            return f"file:{self.path}"
        login = f"{quote(self.user, safe='')}:{MASK}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{login}{host}:{self.port}"
