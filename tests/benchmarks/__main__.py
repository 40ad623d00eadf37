"""`make bench`: what each page of the site costs, beside the smallest page of Flask and a hand-made one.

Everything is measured in one run on one machine, page by page, in rounds. docs/performance.md says how to read it.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from tests.benchmarks.pages import chosen
from tests.benchmarks.run import Options, run
from tests.benchmarks.serving import HERE


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--size", choices=["S", "L"], default="S")
    parser.add_argument("--pages", default="", help="Names with commas between them; all without it.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1, help="For each page in each round.")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--root", type=Path, default=HERE, help="The tree whose site is measured; this one without it.")
    parser.add_argument("--database", default="", help="The URL of a community that is there.")
    parser.add_argument("--in-place", action="store_true", help="Do not copy the file of SQLite. A run writes into it.")
    parser.add_argument("--output", type=Path, help="Where the JSON goes; var/bench-S.json without it.")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("make bench needs wrk: apt-get install wrk", file=sys.stderr)  # noqa: T201
        return 1
    try:
        pages = chosen(given.pages)
    except ValueError as error:
        parser.error(str(error))
    run(
        Options(
            size=given.size,
            pages=pages,
            rounds=given.rounds,
            seconds=given.seconds,
            connections=given.connections,
            root=given.root.resolve(),
            database_url=given.database
            or os.environ.get("CHAPBOOK_DATABASE_URL", "")
            or os.environ.get("DATABASE_URL", ""),
            in_place=given.in_place,
            output=given.output or HERE / "var" / f"bench-{given.size}.json",
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
