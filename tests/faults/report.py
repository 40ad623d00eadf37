"""What came out, as a table at the end of the run. No test asserts a time: times are printed here, beside what is
wanted."""

from collections.abc import Iterator

_ROWS: list[tuple[str, str, str]] = []


def note(fault: str, database: str, *facts: str) -> None:
    _ROWS.append((fault, database, "; ".join(facts)))


def lines() -> Iterator[str]:
    for fault, database, facts in sorted(_ROWS):
        yield f"{fault:<44} {database:<11} {facts}"
