"""Members who send pictures to a running site, and the question whether rows and files agree."""

import contextlib
import os
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path

from sqlalchemy import select

from adapters.pictures.file_store import FolderPictureFiles, files_in
from adapters.pictures.paths import picture_in
from adapters.sql.engine import Database
from adapters.sql.tables import pictures
from domain.pictures import TYPES, sizes
from entrypoints.container import Container
from tests.adapters.pictures import encoded, photo
from tests.doubles import put_in
from tests.faults.client import TIMEOUT, Reply, ask
from tests.faults.community import PASSWORD, Community
from tests.faults.writers import ROOT, Member

# Two widths.
PHOTO = encoded(photo(600, 400), "JPEG")
_PLAIN_FORM = "application/x-www-form-urlencoded"


def form(sent: bytes, **fields: str) -> tuple[str, bytes]:
    """The type and the bytes of a multipart form with a file."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="boat.jpg"\r\n\r\n'.encode()
    body = b"".join([*parts, head, sent, f"\r\n--{boundary}--\r\n".encode()])
    return f"multipart/form-data; boundary={boundary}", body


def send(
    port: int, member: Member, sent: bytes = PHOTO, *, key: str = "", timeout: float = TIMEOUT, **fields: str
) -> Reply:
    """Over the API."""
    kind, body = form(sent, **fields)
    headers = member.headers | {"Content-Type": kind} | ({"Idempotency-Key": key} if key else {})
    return ask(port, "POST", f"{ROOT}/pictures/", body, headers=headers, timeout=timeout)


class Browser:
    """A member who uses the pages of the site, without scripts. Signed in when made."""

    def __init__(self, port: int, name: str) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        fields = {"email": f"{name}@example.com", "password": PASSWORD, "csrf_token": self.token_on("/login")}
        _, page = self.ask("/login", urllib.parse.urlencode(fields).encode())
        assert name in page

    def ask(
        self, path: str, body: bytes | None = None, kind: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, str]:
        """The status and the page, after redirects."""
        headers = {} if body is None else {"Content-Type": kind}
        request = urllib.request.Request(self._address + path, body, headers)
        try:
            answer = self._opener.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            answer = error
        with contextlib.closing(answer):
            return int(answer.status), answer.read().decode(errors="replace")

    @property
    def cookie(self) -> str:
        """The header of that name."""
        return "; ".join(f"{each.name}={each.value}" for each in self._cookies)

    def token_on(self, path: str) -> str:
        found = re.search('name="csrf_token" value="([^"]*)"', self.ask(path)[1])
        assert found is not None
        return found[1]

    def press(self, path: str, **fields: str) -> None:
        sent = urllib.parse.urlencode({"csrf_token": self.token_on("/pictures"), **fields})
        status, page = self.ask(path, sent.encode())
        assert status == 200, (status, page)

    def send(self, sent: bytes = PHOTO) -> tuple[int, str]:
        kind, body = form(sent, csrf_token=self.token_on("/pictures"), alt="A boat")
        return self.ask("/pictures", body, kind)


def folder_of(community: Community) -> Path:
    return Path(community.server.environment["CHAPBOOK_PICTURES_URL"].removeprefix("file:"))


def rows(community: Community) -> dict[int, tuple[int, int, bool]]:
    """Width, bytes, and whether it is a portrait, by id."""
    with contextlib.closing(Database(community.url)) as database, database.engine.connect() as connection:
        found = connection.execute(select(pictures.c.id, pictures.c.width, pictures.c.size, pictures.c.portrait))
        return {row.id: (row.width, row.size, row.portrait) for row in found}


def files(folder: Path) -> dict[int, dict[str, int]]:
    """The bytes of each file, by picture and name."""
    found: dict[int, dict[str, int]] = {}
    for path, size in files_in(folder):
        outer, inner, name = path.split("/")
        picture_id = picture_in(outer, inner)
        assert picture_id is not None
        found.setdefault(picture_id, {})[name] = size
    return found


def faults_of_pictures(community: Community) -> Iterator[str]:
    """Rows without all of their files, and counters that are wrong. A sweep removes files without a row."""
    there = files(folder_of(community))
    for picture_id, (width, size, portrait) in rows(community).items():
        names = {f"{each.name}.{kind}" for each in sizes(width, portrait=portrait) for kind in TYPES}
        found = there.get(picture_id, {})
        if found.keys() != names:
            yield f"picture {picture_id} of {width} px has {sorted(found)}"
        if sum(found.values()) != size:
            yield f"picture {picture_id} has {sum(found.values())} bytes, and {size} in its row"
    with community.container() as container:
        for compared in container.mending().compare_counters():
            yield from map(str, compared.drifts)


def orphans(community: Community) -> set[int]:
    """Pictures that have a folder in the store and no row."""
    return set(FolderPictureFiles(folder_of(community)).ids(0, 1_000_000)) - rows(community).keys()


def in_later_days(container: Container, days: int) -> Container:
    """With a clock that goes before that of the site."""
    now = container.now()
    put_in(container, now=lambda: now() + timedelta(days=days))
    return container


def memory_of(pid: int) -> float:
    """Megabytes that are its own or shared, in RAM now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1_000


def children_of(pid: int) -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.add(int(path.parent.name))
    return found


def is_running(pid: int) -> bool:
    """False for one that has ended, also before its parent has looked."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False
