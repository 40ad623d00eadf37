"""One run: starts the three servers on one database, and asks them for each page in turn."""

import base64
import json
import os
import platform
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.benchmarks import report
from tests.benchmarks.community import Place, copied, fill, kept, remove
from tests.benchmarks.finding import MODERATOR, Facts, facts_of, is_empty, posts_of, session_of, strangers_in
from tests.benchmarks.limit import drop_written, make_written
from tests.benchmarks.measuring import Asked, Pace, Unexpected, measure, middle
from tests.benchmarks.pages import Page
from tests.benchmarks.processes import taken_by
from tests.benchmarks.serving import HERE, Server, chapbook, cookie_of, running, token_of

PASSWORD = "seven quiet herons"
# Requests. Each comes over a new connection, to either process.
_WARM = 24
_PREPARING = Path(__file__).with_name("preparing.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`database_url` is empty for the community that is kept here."""

    size: str
    pages: list[Page]
    rounds: int = 3
    seconds: int = 1
    connections: int = 8
    root: Path = HERE
    database_url: str = ""
    in_place: bool = False
    output: Path


def run(options: Options) -> dict[str, Any]:
    """Prints a table, writes the JSON, and answers what stands in it."""
    home = HERE / "var" / "bench" / options.size
    # Two runs at once have a folder each. That of a run that failed stays, with its logs.
    folder = home / f"run-{os.getpid()}"
    folder.mkdir(parents=True)
    place = Place(options.root, folder, secrets.token_hex(32))
    with _database(options, place, home) as database_url:
        facts = facts_of(database_url, options.size)
        with servers(place, database_url, facts, options.pages) as found:
            pages = _measured(options, place, found)
            memory = taken_by(found.site.pid).memory
    shutil.rmtree(folder)
    result = {**_about(options, database_url, facts), "memory_mb": memory / 1e6, **pages}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    _say(f"\n{report.about(result)}\n\n{report.table(result)}\n\n{options.output}")
    return result


@contextmanager
def _database(options: Options, place: Place, home: Path) -> Iterator[str]:
    """A community that may be written into."""
    url = options.database_url or kept(place, home, options.size)
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    is_copied = is_sqlite and not options.in_place
    if is_copied:
        url = copied(place, url)
    elif not is_sqlite and is_empty(url):
        fill(place, url, options.size)
    try:
        # The tree that is measured may have a newer schema.
        chapbook("deploy", "--no-backup", environment=place.environment(url), folder=place.folder)
        if strangers := strangers_in(url):
            raise SystemExit(f"This database has people who are not of the demo, such as {strangers[0]}.")
        make_written(url)
        yield url
    finally:
        drop_written(url)
        if is_copied:
            remove(Path(str(make_url(url).database)))


@dataclass(frozen=True, slots=True)
class Servers:
    """The three of them, and what the requests to them need."""

    site: Server
    limit: Server
    bare: Server
    facts: Facts
    cookies: dict[str, str]
    sessions: dict[str, int]
    tokens: dict[str, str]

    def of_site(self, page: Page) -> Asked:
        headers = {"Accept-Encoding": "gzip"} if page.gzip else {}
        if page.is_api:
            headers["Authorization"] = f"Bearer {self.tokens[page.member]}"
        elif page.member:
            headers["Cookie"] = self.cookies[page.member]
        return Asked(
            server=self.site,
            path=page.path.format(**self.facts),
            headers=headers,
            writes=page.writes,
            unchanged=page.unchanged,
            counts=True,
        )

    def of_limit(self, page: Page) -> Asked | None:
        if not page.limit:
            return None
        is_signed_in = page.member and not page.is_api and not page.unchanged
        headers = {"Cookie": f"session={self.sessions[page.member]}"} if is_signed_in else {}
        path = page.limit.format(**self.facts)
        return Asked(server=self.limit, path=path, headers=headers, writes=page.writes, unchanged=page.unchanged)

    def of_bare(self) -> Asked:
        return Asked(server=self.bare, path="/")


@contextmanager
def servers(place: Place, database_url: str, facts: Facts, pages: list[Page]) -> Iterator[Servers]:
    """Runs them, and signs in whoever the pages need."""
    environment = place.environment(database_url)
    members = sorted({page.member for page in pages if page.member in facts} - {"moderator"})
    usernames = sorted({facts[name] for name in members})
    prepared = [sys.executable, str(_PREPARING), PASSWORD, *usernames, MODERATOR]
    subprocess.run(prepared, env=environment, cwd=place.folder, check=True)
    own = environment | {"PYTHONPATH": str(HERE)}
    with ExitStack() as running_servers:

        def start(name: str, words: tuple[str, ...], ready: str, environment: dict[str, str]) -> Server:
            log = place.folder / f"{name}.log"
            return running_servers.enter_context(running(words, ready, environment, place.folder, log))

        site = start("chapbook", ("entrypoints.cli", "serve"), "Chapbook is ready", environment)
        limit = start("limit", ("tests.benchmarks.yardsticks", "limit"), "ready", own)
        bare = start("bare", ("tests.benchmarks.yardsticks", "bare"), "ready", own)
        by_username = {name: cookie_of(site, name, PASSWORD) for name in [*usernames, MODERATOR]}
        cookies = {name: by_username[facts[name]] for name in [*members, "moderator"]}
        sessions = {name: session_of(database_url, facts[name]) for name in members}
        emails = {"moderator": f"{MODERATOR}@example.com", "many": facts.get("email_of_many", "")}
        tokens = {name: _token(site, emails[name]) for name in cookies if name in emails}
        facts = facts | {"sitemap_part": _sitemap_part(site)}
        wanted = {page.name for page in pages}
        if wanted & {"case", "notifications"}:
            facts |= _something_happened(site, database_url, facts)
        yield Servers(site, limit, bare, facts, cookies, sessions, tokens)


def _token(site: Server, email: str) -> str:
    return token_of(site, base64.b64encode(f"{email}:{PASSWORD}".encode()).decode())


def _sitemap_part(site: Server) -> str:
    """The last but one, which is full where there are several."""
    parts = site.ask("/sitemap.xml").content.decode().split("<loc>")[1:]
    addresses = ["/" + part.partition("</loc>")[0].split("/", 3)[3] for part in parts]
    return addresses[-2:][0]


def _something_happened(site: Server, database_url: str, facts: Facts) -> Facts:
    """The moderator comments on posts of the person who wrote most, who is notified, and reports one."""
    headers = {
        "Authorization": f"Bearer {_token(site, f'{MODERATOR}@example.com')}",
        "Content-Type": "application/json",
    }
    theirs = posts_of(database_url, facts["person"], 20)
    for number, post in enumerate(theirs):
        body = json.dumps({"body": f"Well said, for the time number {number}."})
        reply = site.ask(f"/api/v1/posts/{post}/comments/", headers, method="POST", body=body)
        assert reply.status == 201, reply.content
    body = json.dumps({"kind": "spam", "text": "It sells something."})
    reply = site.ask(f"/api/v1/posts/{theirs[0]}/report", headers, method="POST", body=body)
    assert reply.status == 202, reply.content
    cases = json.loads(site.ask("/api/v1/moderation/cases/", headers).content)["cases"]
    return {"case": str(cases[-1]["id"])} if cases else {}


def _measured(options: Options, place: Place, found: Servers) -> dict[str, Any]:
    pace = Pace(options.seconds, options.connections, place.folder)
    rounds: dict[str, dict[str, list[dict[str, float]]]] = {}
    bytes_of: dict[str, tuple[int, int]] = {}
    bare: list[dict[str, float]] = []
    for number, page in _in_order(options.pages, options.rounds):
        try:
            site, limit = found.of_site(page), found.of_limit(page)
        except KeyError as missing:
            if number == 1:
                _say(f"{page.name} is left out: the community has nothing for {missing}.")
            continue
        if page.name not in rounds:
            _warm_up(site, limit)
            bytes_of[page.name] = _bytes(site)
        seen = rounds.setdefault(page.name, {"site": [], "limit": []})
        bare.append(measure(found.of_bare(), pace))
        try:
            if limit is not None:
                seen["limit"].append(measure(limit, pace))
            seen["site"].append(measure(site, pace))
        except Unexpected as wrong:
            _say(f"round {number}, {page.name}: {wrong}")
            continue
        _say(f"round {number}, {page.name}: {seen['site'][-1]['cpu_ms']:.2f} ms")
    smallest = middle(bare)
    shown = {
        page.name: _compared(page, rounds[page.name], smallest, bytes_of[page.name])
        for page in options.pages
        if page.name in rounds and rounds[page.name]["site"]
    }
    return {"bare": smallest, "pages": shown}


def _in_order(pages: list[Page], rounds: int) -> Iterator[tuple[int, Page]]:
    """Each page once in each round, with the number of the round. What is written changes what others read, so it has
    rounds of its own at the end."""
    for writes in (False, True):
        for number in range(1, rounds + 1):
            yield from ((number, page) for page in pages if page.writes is writes)


def _compared(
    page: Page, rounds: dict[str, list[dict[str, float]]], bare: dict[str, Any], bytes_of: tuple[int, int]
) -> dict[str, Any]:
    site, limit = middle(rounds["site"]), middle(rounds["limit"])
    return {
        "title": page.title,
        "goal": page.goal,
        "unchanged": page.unchanged,
        "chapbook": site,
        "limit": limit,
        "share_of_limit": limit["cpu_ms"] / site["cpu_ms"] if limit else None,
        "share_of_bare": bare["cpu_ms"] / site["cpu_ms"],
        "times_bare": site["cpu_ms"] / bare["cpu_ms"],
        "bytes": bytes_of[0],
        "bytes_gzip": bytes_of[1],
    }


def _warm_up(*pages: Asked | None) -> None:
    """So that statements are compiled and templates loaded in each process."""
    for asked in pages:
        if asked is not None and not asked.writes:
            for _ in range(_WARM):
                asked.once()


def _bytes(asked: Asked) -> tuple[int, int]:
    if asked.writes:
        return 0, 0
    plain, packed = (len(asked.once(**{"Accept-Encoding": how}).content) for how in ("identity", "gzip"))
    return plain, packed


def _about(options: Options, database_url: str, facts: Facts) -> dict[str, Any]:
    kind = make_url(database_url).get_backend_name()
    commit = subprocess.run(
        ["git", "-C", str(options.root), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit.stdout.strip() or "no commit",
        "size": options.size,
        "people": int(facts["people"]),
        "posts": int(facts["posts"]),
        "database": f"SQLite {sqlite3.sqlite_version}" if kind == "sqlite" else "PostgreSQL",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "run": {"rounds": options.rounds, "seconds": options.seconds, "connections": options.connections},
    }


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
