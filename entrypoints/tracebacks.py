"""What may be said of an exception: which kind it is, and one line without values.

The text of an exception may hold what a member sent: an address, a name, a password. It is repeated only where it
speaks of the program.
"""

import errno
import hashlib
import os
import re
import ssl
import sys
import traceback
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_OURS = ("domain", "application", "adapters", "entrypoints", "migrations")

# Classes whose texts name attributes, types and modules, and no values.
_SPEAK_OF_THE_PROGRAM = {
    *("AttributeError", "ImportError", "IndexError", "ModuleNotFoundError", "NameError"),
    *("NotImplementedError", "RecursionError", "TypeError", "UnboundLocalError", "ZeroDivisionError"),
    *("dataclasses.FrozenInstanceError", "jinja2.exceptions.TemplateSyntaxError", "jinja2.exceptions.UndefinedError"),
}
_LONGEST_TEXT = 300
_FRAMES_AT_MOST = 20

# SQLite's and PostgreSQL's texts that name tables, columns and constraints only. PostgreSQL's are chosen by SQLSTATE:
# those of class 22 and of 42601 repeat values (postgresql.org/docs/current/errcodes-appendix.html).
_SQLITE_TEXT = re.compile(r"[A-Z ]+ constraint failed(: [\w., ]+)?|no such (table|column|index|function): [\w.]+")
_SQLSTATES = ("23", "25", "40", "42P", "42703", "42883", "53", "55", "57")

# An exception of a child process carries its traceback as a text (Pebble).
_REMOTE = "pebble.common.types.RemoteTraceback"
_REMOTE_FRAME = re.compile(r'^  File "([^"\n]+)", line (\d+), in ([\w<>]+)$', re.MULTILINE)


def fingerprint(error: BaseException) -> str:
    """12 hexadecimal digits, the same for errors of one kind: the same classes, raised through the same functions. An
    edit that moves the lines keeps it. So do another process, machine and version of Python."""
    parts: list[str] = []
    for _, raised in _chain(error):
        parts.append(_name_of(type(raised)))
        frames = _frames(raised)
        kept = [frame for frame in frames if frame.is_ours] or frames
        # A recursion visits the same functions more or less often.
        parts += dict.fromkeys(f"{frame.file} {frame.function}" for frame in kept)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def one_line(error: BaseException) -> str:
    """The class, the text where it is safe, in which function of a library it was raised, and at which of our frames,
    innermost first. Then the same of each exception that led to it."""
    said = ((link, _name_of(type(raised)), _text(raised), _places(raised)) for link, raised in _chain(error))
    return "; ".join(map("".join, said))


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """The exception and those that led to it, each with words that link it to the one before."""
    link, raised = "", error
    seen: set[int] = set()
    while id(raised) not in seen:
        seen.add(id(raised))
        if _name_of(type(raised)) != _REMOTE:
            yield link, raised
        if raised.__cause__ is not None:
            link, raised = "because of ", raised.__cause__
        elif raised.__context__ is not None and not raised.__suppress_context__:
            link, raised = "while handling ", raised.__context__


@dataclass(frozen=True, slots=True)
class _Frame:
    file: str
    line: int
    function: str
    is_ours: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}"


def _frames(error: BaseException) -> list[_Frame]:
    """Outermost first. Those of a child process are the inner ones."""
    walked = traceback.walk_tb(error.__traceback__)
    found = [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walked]
    remote = error.__cause__
    if remote is not None and _name_of(type(remote)) == _REMOTE:
        found += [(file, int(line), function) for file, line, function in _REMOTE_FRAME.findall(str(remote))]
    # Python 3.12 and later have no frames for comprehensions.
    comprehensions = ("<listcomp>", "<dictcomp>", "<setcomp>")
    return [_frame(file, line, name) for file, line, name in found if name not in comprehensions]


def _frame(file: str, line: int, function: str) -> _Frame:
    """The file without what differs from one machine to another."""
    path = Path(file)
    if path.is_relative_to(ROOT):
        path = path.relative_to(ROOT)
        if path.parts[0] in _OURS:
            return _Frame(path.as_posix(), line, function, is_ours=True)
    for folder in ("site-packages", "dist-packages", f"python{sys.version_info.major}.{sys.version_info.minor}"):
        if folder in path.parts:
            path = Path(*path.parts[path.parts.index(folder) + 1 :])
    if path.is_absolute():
        path = Path(path.name)
    return _Frame(path.as_posix(), line, function, is_ours=False)


def _places(error: BaseException) -> str:
    frames = _frames(error)[::-1]
    inside = f" in {frames[0]}" if frames and not frames[0].is_ours else ""
    places = list(dict.fromkeys(str(frame) for frame in frames if frame.is_ours))
    more = [f"{len(places) - _FRAMES_AT_MOST} more"] if len(places) > _FRAMES_AT_MOST else []
    return _escaped(inside + (f" at {' < '.join(places[:_FRAMES_AT_MOST] + more)}" if places else ""))


def _name_of(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _text(error: BaseException) -> str:
    text = _escaped(_safe_text(error))
    return f": {text[:_LONGEST_TEXT]}" if text else ""


def _safe_text(error: BaseException) -> str:
    """Empty where the text may repeat a value."""
    if _name_of(type(error)) in _SPEAK_OF_THE_PROGRAM:
        return error.args[0] if error.args and isinstance(error.args[0], str) else ""
    driver: Any = getattr(error, "orig", None) or error
    if name := getattr(driver, "sqlite_errorname", None):
        found = _SQLITE_TEXT.fullmatch(str(driver))
        return f"{name} {found[0]}" if found else str(name)
    if state := getattr(driver, "sqlstate", None):
        primary = driver.diag.message_primary if state.startswith(_SQLSTATES) else ""
        return f"SQLSTATE {state} {primary or ''}".strip()
    number = error.errno if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    known = isinstance(number, int) and number in errno.errorcode
    return f"{errno.errorcode[number]} {os.strerror(number)}" if number and known else ""


def _escaped(text: str) -> str:
    """Without what breaks a line, moves a cursor or turns the direction of writing."""
    return "".join(char.encode("unicode_escape").decode() if _is_control(char) else char for char in text)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
