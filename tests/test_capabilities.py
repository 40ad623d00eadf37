"""One word a capability, one file of it in every layer that it touches."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Where a capability's file stands. A capability may be a folder of that name instead.
PLACES = {
    "domain": "domain/{}.py",
    "use_case": "application/{}.py",
    "ports": "application/ports/{}.py",
    "memory": "adapters/memory/{}.py",
    "sql": "adapters/sql/{}.py",
    "web": "entrypoints/web/{}.py",
    "templates": "entrypoints/web/templates/{}",
    "api": "entrypoints/api/{}.py",
    "t_use_cases": "tests/use_cases/test_{}.py",
    "t_contracts": "tests/contracts/test_{}.py",
    "t_web": "tests/web/test_{}.py",
    "t_api": "tests/api/test_{}.py",
}

_TABLE = """
             domain use_case ports memory sql web templates api t_use_cases t_contracts t_web t_api
posts        x      x        x     x      x   x   x         x   x           x           x     x
tags         x      x        x     x      x   x   x         x   x           x           x     x
pictures     x      x        x     x      x   x   x         x   x           x           x     x
comments     x      x        x     x      x   x   x         x   x           x           x     x
answers      -      -        -     -      x   -   -         -   x           x           x     -
mentions     x      -        x     x      x   -   -         -   x           x           -     -
following    x      x        x     x      x   x   x         x   x           x           x     x
people       -      -        x     x      x   x   x         x   -           x           x     x
members      x      x        x     x      x   x   x         x   x           x           x     x
assisting    -      x        -     -      -   x   -         -   x           -           x     -
liking       x      x        x     x      x   x   x         x   x           x           x     x
bookmarks    x      x        x     x      x   x   x         x   x           x           x     x
watching     x      x        x     x      x   x   -         x   x           x           x     x
moderation   x      x        x     x      x   x   x         x   x           x           x     x
sanctions    x      x        x     x      x   x   x         x   x           x           x     x
persons      -      x        x     x      x   x   -         -   x           x           x     -
hiding_all   -      x        -     -      -   x   -         -   x           x           x     -
appeals      x      x        x     x      x   x   x         x   x           x           x     x
cases        x      x        x     x      x   x   x         x   x           x           x     x
reporting    -      -        -     -      -   x   x         -   -           -           x     -
notices      -      x        -     -      -   -   -         -   x           -           -     -
muting       x      x        x     x      x   x   x         x   x           x           x     x
preferences  x      x        x     x      x   x   x         x   x           x           x     x
notifications x     x        x     x      x   x   x         x   x           x           x     x
bundling     x      x        -     -      -   -   -         -   x           -           -     -
deleting     x      x        x     x      x   x   x         -   x           x           x     -
sessions     x      x        x     x      x   x   x         -   x           x           x     -
credentials  x      x        x     x      x   x   x         x   x           x           x     x
joining      x      x        -     -      -   x   x         x   x           -           x     x
admitting    -      x        x     x      x   x   x         -   x           x           x     -
invitations  x      x        x     x      x   x   x         -   x           x           x     -
welcoming    x      x        -     -      -   x   x         -   x           x           x     -
leaving      -      x        x     x      x   x   x         -   x           x           x     -
site         x      x        x     x      x   x   x         -   x           x           x     -
overview     x      x        x     x      x   x   x         -   x           x           x     -
outbox       x      x        x     x      x   x   x         -   x           x           x     -
rerendering  x      x        x     x      x   -   -         -   x           x           x     -
mending      -      x        x     x      x   -   -         -   x           x           -     -
searching    x      x        x     x      x   x   x         x   x           x           x     x
incidents    x      x        x     x      x   -   -         -   x           x           -     -
flasky       x      x        x     x      x   x   -         -   x           x           x     -
moving       -      x        x     x      x   -   -         -   x           x           -     -
"""


def table() -> dict[str, set[str]]:
    """By capability: the places that have a file of it."""
    head, *rows = filter(None, _TABLE.splitlines())
    places = head.split()
    assert places == list(PLACES)
    found = {}
    for row in rows:
        name, *cells = row.split()
        assert len(cells) == len(places), name
        assert set(cells) <= {"x", "-"}, name
        found[name] = {place for place, cell in zip(places, cells, strict=True) if cell == "x"}
    return found


CAPABILITIES = table()


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_capability_has_a_file_of_its_name_in_each_of_its_layers(name: str) -> None:
    there = {place for place, pattern in PLACES.items() if exists(ROOT / pattern.format(name))}

    assert there == CAPABILITIES[name]


def exists(path: Path) -> bool:
    return path.exists() or path.with_suffix("").is_dir()


# What serves several capabilities, by layer. A new file is a capability's, or is named here.
SHARED = {
    "domain": {
        *(
            "accounts",
            "decisions",
            "display",
            "errors",
            "host_names",
            "identifiers",
            "ids",
            "job_kinds",
            "limits",
            "mailing",
            "once",
        ),
        *("profiles", "roles", "rules", "texts", "time_zones"),
    },
    "application": {
        *(
            "closing",
            "counting",
            "current_site",
            "finding",
            "hiding",
            "jobs",
            "mailing",
            "newcomers",
            "notifying",
            "once",
            "recording",
            "rendering",
            "repeating",
            "storage",
        ),
        *("undoing",),
    },
    "application/ports": {
        *(
            "filling",
            "limits",
            "mailing",
            "metrics",
            "once",
            "paging",
            "passwords",
            "rendering",
            "tallies",
            "tokens",
            "work",
        ),
    },
    "adapters/memory": {
        "liked",
        "limits",
        "muted",
        "picture_files",
        "once",
        "paging",
        "storage",
        "store",
        "tallies",
        "unit_of_work",
        "visibility",
    },
    "adapters/sql": {
        *("backups", "bounded_connection", "checkup", "connecting", "deploying", "diagnosis", "engine", "faults"),
        *(
            "file_lock",
            "filling",
            "flasky_source",
            "inserts",
            "kept",
            "liked",
            "limits",
            "lookups",
            "member_names",
            "member_search",
            "metering",
            "migrate",
        ),
        *("muted",),
        *("named", "observing", "once", "paging", "postgres_programs", "prepared", "restoring"),
        *("restrictions", "script"),
        *("storage", "tables", "tallies", "timeline", "unit_of_work", "visibility"),
    },
    "entrypoints/web": {
        *(
            "avatars",
            "picture_files",
            "caching",
            "charts",
            "compression",
            "converters",
            "cookies",
            "csrf",
            "current_site",
            "decorators",
            "devices",
            "environment",
            "fragments",
            "once",
            "pages",
            "visitor_cookie",
        ),
        *("diagnosis", "display", "error_pages", "errors", "flashes", "foot_line", "forms", "guide", "headers"),
        *("health", "hooks", "hosts", "languages", "manifest", "metrics", "proxies", "redirects", "requests"),
        *("resubmission", "script_words", "sitemaps", "static", "static_files", "structured_data", "syndication"),
        *("templates", "templating", "viewer", "well_known"),
    },
    "entrypoints/web/templates": {
        *("_administration", "_filters", "_forms", "_mail_folder", "_pager", "_settings", "_shared", "_times", "api"),
        "_script_words",
        *("display", "errors", "foot_line", "guide", "layout", "styleguide"),
    },
    "entrypoints/api": {"auth", "blueprint", "components", "errors", "openapi", "operations", "schemas", "shape"},
    "entrypoints/api/schemas": {"examples", "fields", "problems"},
}


@pytest.mark.parametrize("folder", SHARED)
def test_a_file_belongs_to_one_capability_or_is_shared(folder: str) -> None:
    found = {path.stem for path in (ROOT / folder).iterdir() if path.stem not in ("__init__", "__pycache__")}

    assert found - CAPABILITIES.keys() - {"ports"} == SHARED[folder]
