"""The URL that says where the files of pictures are kept. It may contain a secret."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from entrypoints.mail_url import MASK

# What S3 takes where no region is meant.
REGION = "us-east-1"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}", re.ASCII)
_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII)
_REGION = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PicturesUrl:
    """Where pictures are kept: `file` with the path of a folder, or `s3` with a server and a bucket. `prefix` stands
    before the names in the bucket, if it is not empty."""

    scheme: str
    path: Path = Path()
    host: str = ""
    port: int | None = None
    key: str = ""
    secret: str = field(default="", repr=False)
    bucket: str = ""
    prefix: str = ""
    region: str = REGION
    has_tls: bool = True

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError. A relative path is relative to the working directory."""
        if not text.isprintable() or not text.isascii() or " " in text:
            raise ValueError("not an address")
        if text.startswith("file:"):
            path = unquote(text.removeprefix("file:").removeprefix("//"))
            if not path or not path.isprintable():
                raise ValueError("not a path")
            return cls("file", Path.cwd() / path)
        url = urlsplit(text)
        if url.scheme != "s3" or not url.hostname or url.fragment or url.port == 0:
            raise ValueError("not an address of a bucket")
        key, secret = unquote(url.username or ""), unquote(url.password or "")
        if not key or not secret or not (key + secret).isprintable() or not (key + secret).isascii():
            raise ValueError("a key that cannot be")
        bucket, _, prefix = url.path.removeprefix("/").removesuffix("/").partition("/")
        if not _BUCKET.fullmatch(bucket) or (prefix and not _PREFIX.fullmatch(prefix)):
            raise ValueError("a bucket that cannot be")
        region, has_tls = _options(url.query)
        return cls("s3", Path(), url.hostname, url.port, key, secret, bucket, prefix, region, has_tls)

    @property
    def endpoint(self) -> str:
        """The address of the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{'https' if self.has_tls else 'http'}://{host}{port}"

    @property
    def place(self) -> str:
        """For a sentence: a folder, or a server with a bucket."""
        if self.scheme == "file":
            return str(self.path)
        return "/".join(part for part in (self.endpoint.partition("://")[2], self.bucket, self.prefix) if part)

    def masked(self) -> str:
        if self.scheme == "file":
            return f"file:{self.path}"
        options = {"region": self.region} | ({} if self.has_tls else {"tls": "no"})
        return f"s3://{quote(self.key, safe='')}:{MASK}@{self.place}?{urlencode(options)}"


def _options(query: str) -> tuple[str, bool]:
    """The region, and whether TLS is spoken. Raises ValueError."""
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
    options = dict(pairs)
    if len(options) < len(pairs) or options.keys() - {"region", "tls"}:
        raise ValueError("an option that does not exist")
    region, tls = options.get("region", REGION), options.get("tls", "yes")
    if not _REGION.fullmatch(region) or tls not in ("yes", "no"):
        raise ValueError("an option that cannot be")
    return region, tls == "yes"
