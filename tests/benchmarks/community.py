"""The database that is read: made once by `chapbook demo`, kept, and copied for each run, because a run writes."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from tests.benchmarks.serving import chapbook, environment

SIZES = {
    "S": {"users": 1_000, "posts": 20_000, "comments": 60_000, "follows": 50_000},
    "L": {"users": 10_000, "posts": 1_000_000, "comments": 1_000_000, "follows": 1_000_000},
}


@dataclass(frozen=True, slots=True)
class Place:
    """`folder` is for what belongs to a run."""

    root: Path
    folder: Path
    secret_key: str

    def environment(self, database_url: str) -> dict[str, str]:
        return environment(self.root, self.folder, database_url, self.secret_key)


def kept(place: Place, home: Path, size: str) -> str:
    """The URL of the community of this size on SQLite, in the folder `home`. It is made when it is missing."""
    made = home / "chapbook.db"
    url = f"sqlite:///{made}"
    if not made.exists():
        draft = place.folder / "draft.db"
        remove(draft)
        fill(place, f"sqlite:///{draft}", size)
        for path in _files(draft):
            path.rename(str(path).replace(str(draft), str(made)))
    return url


def fill(place: Place, database_url: str, size: str) -> None:
    print(f"Making the community {size} ...", flush=True)  # noqa: T201
    options = [part for name, number in SIZES[size].items() for part in (f"--{name}", str(number))]
    chapbook("deploy", "--no-backup", environment=place.environment(database_url), folder=place.folder)
    chapbook("demo", *options, "--seed", "1", environment=place.environment(database_url), folder=place.folder)


def copied(place: Place, database_url: str) -> str:
    """The URL of a copy. Nobody may write into the database meanwhile."""
    source, copy = Path(str(make_url(database_url).database)), place.folder / "run.db"
    if not source.exists():
        raise SystemExit(f"There is no {source}.")
    remove(copy)
    for path in _files(source):
        if not path.name.endswith("-shm"):
            shutil.copyfile(path, str(path).replace(str(source), str(copy)))
    return f"sqlite:///{copy}"


def remove(database: Path) -> None:
    for path in [*_files(database), *_files(Path(f"{database}.limit")), Path(f"{database}.lock")]:
        path.unlink(missing_ok=True)


def _files(database: Path) -> list[Path]:
    """SQLite's own, which are there."""
    return [path for end in ("", "-wal", "-shm") if (path := Path(f"{database}{end}")).exists()]
