"""The example of docs/building/writing-a-storage.md, as it stands there."""

from functools import cache
from itertools import takewhile
from pathlib import Path
from types import ModuleType

GUIDE = Path(__file__).parents[2] / "docs" / "building" / "writing-a-storage.md"


@cache
def example() -> ModuleType:
    """All blocks of Python in the guide, as one module."""
    module = ModuleType("journal")
    exec(compile(source(), GUIDE, "exec"), module.__dict__)
    return module


def source() -> str:
    """Each line of code at its place in the guide, so that an error names the line there."""
    found: list[str] = []
    lines = iter(GUIDE.read_text(encoding="utf-8").splitlines())
    for line in lines:
        found.append("")
        if line == "```python":
            found += [*takewhile(lambda code: code != "```", lines), ""]
    return "\n".join(found)
