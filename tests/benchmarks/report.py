"""What a run found, as a table: `python -m tests.benchmarks.report var/bench-S.json` prints it in Markdown."""

import json
import sys
from pathlib import Path
from typing import Any

_HEAD = (
    "page",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "limit ms",
    "share of limit",
    "times bare",
    "statements",
    "kB",
    "gzip kB",
)


def table(found: dict[str, Any], *, markdown: bool = False) -> str:
    rows = [_row(page) for page in found["pages"].values()]
    if markdown:
        return "\n".join(f"| {' | '.join(row)} |" for row in [_HEAD, ["---", *["---:"] * (len(_HEAD) - 1)], *rows])
    plain = [[cell.replace("`", "") for cell in row] for row in [list(_HEAD), *rows]]
    widths = [max(len(row[at]) for row in plain) for at in range(len(_HEAD))]
    return "\n".join(_line(row, widths) for row in plain)


def about(found: dict[str, Any]) -> str:
    """In one line: what was measured where."""
    bare, made = found["bare"], found["run"]
    return (
        f"{found['size']}: {found['people']} people, {found['posts']} posts on {found['database']}; {found['date']}, "
        f"{found['commit']}, Python {found['python']}, {found['cores']} cores; medians of {made['rounds']} rounds of "
        f"{made['seconds']} s over {made['connections']} connections. bare: {bare['cpu_ms']:.2f} ms, "
        f"{bare['per_second']:.0f} requests/s. The largest web worker has {found['memory_mb']:.0f} MB."
    )


def _row(page: dict[str, Any]) -> list[str]:
    site, limit = page["chapbook"], page["limit"]
    cpu = f"{site['cpu_ms']:.2f}" + (f" + {site['helpers_ms']:.2f}" if site["helpers_ms"] >= 0.01 else "")
    goal = f" ({page['goal']})" if page["goal"] else ""
    share = page["share_of_bare"] if page["unchanged"] else page["share_of_limit"]
    return [
        page["title"],
        f"{site['per_second']:.0f}",
        f"{site['p50']:.1f}",
        f"{site['p99']:.1f}",
        cpu,
        f"{limit['cpu_ms']:.2f}" if limit else "-",
        "-" if share is None else f"{share:.2f}{' of bare' if page['unchanged'] else ''}{goal}",
        f"{page['times_bare']:.1f}",
        f"{site['statements']:.1f}",
        f"{page['bytes'] / 1000:.1f}",
        f"{page['bytes_gzip'] / 1000:.1f}",
    ]


def _line(row: list[str], widths: list[int]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join((first.strip().ljust(widths[0]), *others))


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(about(read), table(read, markdown=True), sep="\n\n")  # noqa: T201
