"""Which kind an exception is, and what one line says of it: no values, no line breaks."""

import subprocess
import sys
import textwrap
import traceback
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from pebble.common.types import RemoteTraceback
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from adapters.sql.engine import Database
from adapters.sql.migrate import unpooled_engine
from entrypoints import tracebacks
from entrypoints.tracebacks import fingerprint, one_line
from tests.postgres import PostgresServer

HERE = Path(__file__).parents[2]
# Where the planted files seem to stand. None is there, so that nobody counts their lines as lines of ours.
ROOT = Path("/planted")
SECRET = "fiona@example.com"


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracebacks, "ROOT", ROOT)


def raised_by(program: str, file: str = "entrypoints/planted.py", **names: object) -> BaseException:
    """What a program raises whose source stands in this file of ours."""
    with pytest.raises(BaseException) as found:
        exec(compile(textwrap.dedent(program), str(ROOT / file), "exec"), names)
    # Without the frame of this function.
    return found.value.with_traceback(found.value.__traceback__ and found.value.__traceback__.tb_next)


FAILS = """
def inner(value):
    raise ValueError(value)

def outer(value):
    inner(value)

outer(1)
"""


def test_an_edit_nearby_and_another_value_keep_the_fingerprint() -> None:
    error = raised_by(FAILS)

    assert fingerprint(error) == fingerprint(raised_by(f"# a comment\n\n\n{FAILS}".replace("outer(1)", "outer(2)")))
    assert len(fingerprint(error)) == 12
    assert int(fingerprint(error), 16) >= 0


@pytest.mark.parametrize(
    "other",
    [
        FAILS.replace("ValueError", "KeyError"),
        FAILS.replace("inner", "innermost"),
        FAILS.replace("raise ValueError(value)", "raise ValueError from KeyError()"),
        FAILS.replace("    inner(value)", "    try:\n        inner(value)\n    except ValueError:\n        {}['a']"),
    ],
)
def test_another_class_function_or_cause_is_another_kind(other: str) -> None:
    assert fingerprint(raised_by(other)) != fingerprint(raised_by(FAILS))


def test_another_file_is_another_kind() -> None:
    assert fingerprint(raised_by(FAILS, "entrypoints/other.py")) != fingerprint(raised_by(FAILS))


def test_what_was_suppressed_is_neither_counted_nor_said() -> None:
    quiet = raised_by("try:\n    {}[1]\nexcept KeyError:\n    raise ValueError from None")

    assert one_line(quiet) == "ValueError at entrypoints/planted.py:4 <module>"


def test_frames_of_libraries_count_only_where_there_is_none_of_ours() -> None:
    ours = raised_by("import json\ndef load():\n    json.loads('x')\nload()")
    deeper = raised_by("import json\ndef load():\n    json.JSONDecoder().decode('x')\nload()")
    assert fingerprint(ours) == fingerprint(deeper)

    theirs, others = (
        raised_by("int('x')", "/elsewhere/it.py"),
        raised_by("def f():\n int('x')\nf()", "/elsewhere/it.py"),
    )
    assert fingerprint(theirs) != fingerprint(others)
    assert one_line(theirs) == "ValueError in it.py:1 <module>"


def test_a_recursion_is_one_kind_however_deep_it_was() -> None:
    recursion = "def down(n):\n    return down(n - 1) if n else 1 / 0\ndown({})"

    assert fingerprint(raised_by(recursion.format(3))) == fingerprint(raised_by(recursion.format(40)))
    assert one_line(raised_by("def down():\n    down()\ndown()")).count(" down") <= 3


def test_a_comprehension_counts_as_in_newer_versions_of_python() -> None:
    loop = "def all():\n    for n in [0]:\n        1 / n\nall()"

    assert fingerprint(raised_by(loop)) == fingerprint(raised_by("def all():\n    [1 / n for n in [0]]\nall()"))


def test_another_process_computes_the_same_fingerprint() -> None:
    program = (
        "from entrypoints.tracebacks import fingerprint\nfrom domain.accounts import Email\n"
        "try:\n    Email.parse('')\nexcept Exception as error:\n    print(fingerprint(error))"
    )

    def computed() -> str:
        command = [sys.executable, "-c", program]
        return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout

    assert computed() == computed()


def test_a_line_says_class_text_and_places_innermost_first() -> None:
    line = one_line(raised_by("def member(none):\n    none.name\ndef page():\n    member(None)\npage()"))

    assert line == (
        "AttributeError: 'NoneType' object has no attribute 'name' at "
        "entrypoints/planted.py:2 member < entrypoints/planted.py:4 page < entrypoints/planted.py:5 <module>"
    )


def test_a_line_says_what_led_to_the_error() -> None:
    line = one_line(raised_by("try:\n    {}[1]\nexcept KeyError as error:\n    raise ValueError from error"))

    assert line == (
        "ValueError at entrypoints/planted.py:4 <module>; because of KeyError at entrypoints/planted.py:2 <module>"
    )


def test_the_innermost_frame_of_a_library_is_named() -> None:
    line = one_line(raised_by("import json\njson.loads('x')"))

    assert line.startswith("json.decoder.JSONDecodeError in json/decoder.py:")
    assert " raw_decode at entrypoints/planted.py:2 <module>" in line


@pytest.mark.parametrize(
    "raises",
    [
        "raise ValueError(secret)",
        "raise KeyError(secret)",
        "raise RuntimeError(secret)",
        "raise Exception(secret)",
        "raise AssertionError([secret])",
        "int(secret)",
        "open('/nowhere/' + secret)",
        "raise OSError(2, secret)",
        "(secret + '\\u4e2d').encode('ascii')",
        "raise ValueError from KeyError(secret)",
        "error = TypeError()\nerror.add_note(secret)\nraise error",
    ],
)
def test_a_value_is_never_said(raises: str) -> None:
    assert SECRET not in one_line(raised_by(raises, secret=SECRET))


def test_the_system_says_why_a_file_cannot_be_opened() -> None:
    assert one_line(raised_by("open('/nowhere/at/all')")).startswith("FileNotFoundError: ENOENT No such file or dir")


def test_a_line_is_one_line() -> None:
    line = one_line(raised_by("raise TypeError('a\\nb\\u2028c\\x1b[2Jd\\u202ee\\ud800')"))

    assert line == "TypeError: a\\nb\\u2028c\\x1b[2Jd\\u202ee\\ud800 at entrypoints/planted.py:1 <module>"


def test_a_long_text_is_cut() -> None:
    assert len(one_line(raised_by("raise TypeError('a' * 10_000)"))) < 400


def test_an_error_in_a_template_says_what_is_undefined_and_where() -> None:
    template = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True).from_string("{{ nobody.name }}")

    with pytest.raises(jinja2.UndefinedError) as found:
        template.render()

    assert one_line(found.value).startswith("jinja2.exceptions.UndefinedError: 'nobody' is undefined in ")


def test_an_exception_that_was_never_raised_has_no_places() -> None:
    assert one_line(KeyError("x")) == "KeyError"
    assert len(fingerprint(KeyError("x"))) == 12


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sql),
        pytest.param("postgres", marks=[pytest.mark.sql, pytest.mark.postgres]),
    ]
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Its one table holds the secret."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/some.db"
        (tmp_path / "some.db").touch()
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
    database = Database(url)
    try:
        with database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE papers (a VARCHAR(99) NOT NULL, CONSTRAINT uq_papers_a UNIQUE (a))"))
            connection.execute(text("INSERT INTO papers (a) VALUES (:value)"), {"value": SECRET})
        yield database
    finally:
        database.close()


@pytest.mark.parametrize(
    ("statement", "on_sqlite", "on_postgresql"),
    [
        (
            "INSERT INTO papers (a) VALUES (:value)",
            "SQLITE_CONSTRAINT_UNIQUE UNIQUE constraint failed: papers.a",
            'SQLSTATE 23505 duplicate key value violates unique constraint "uq_papers_a"',
        ),
        (
            "INSERT INTO papers (a) SELECT NULL WHERE :value <> ''",
            "SQLITE_CONSTRAINT_NOTNULL NOT NULL constraint failed: papers.a",
            'SQLSTATE 23502 null value in column "a" of relation "papers" violates not-null constraint',
        ),
        (
            "SELECT * FROM nowhere WHERE a = :value",
            "SQLITE_ERROR no such table: nowhere",
            'SQLSTATE 42P01 relation "nowhere" does not exist',
        ),
    ],
)
def test_a_database_names_constraints_and_no_values(
    database: Database, statement: str, on_sqlite: str, on_postgresql: str
) -> None:
    with pytest.raises(Exception) as found, database.engine.begin() as connection:
        connection.execute(text(statement), {"value": SECRET})

    line = one_line(found.value)
    assert (on_sqlite if database.is_sqlite else on_postgresql) in line
    assert SECRET not in line


def test_a_value_that_a_database_cannot_read_is_not_said(database: Database) -> None:
    function = "json(:value)" if database.is_sqlite else "CAST(:value AS json)"
    with pytest.raises(Exception) as found, database.engine.begin() as connection:
        connection.execute(text(f"SELECT {function} FROM papers"), {"value": SECRET})

    line = one_line(found.value)
    assert ("SQLITE_ERROR in" if database.is_sqlite else "SQLSTATE 22P02 in") in line
    assert SECRET not in line


def test_sqlalchemy_repeats_no_parameters(database: Database) -> None:
    with pytest.raises(ProgrammingError if not database.is_sqlite else Exception) as found:
        database.rows(text("SELECT a FROM nowhere WHERE a = :value"), {"value": SECRET})

    assert SECRET not in "".join(traceback.format_exception(found.value))


@pytest.mark.sql
def test_a_migration_repeats_no_parameters(tmp_path: Path) -> None:
    engine = unpooled_engine(f"sqlite:///{tmp_path}/some.db")

    with pytest.raises(OperationalError) as found, engine.connect() as connection:
        connection.execute(text("SELECT a FROM nowhere WHERE a = :value"), {"value": SECRET})

    engine.dispose()
    assert SECRET not in str(found.value)


def test_an_error_in_the_rendering_process_says_where_there() -> None:
    """Pebble carries the traceback of the child as a text."""
    where = f'  File "{ROOT}/adapters/markdown/blocks.py", line 3, in parse\n    parse()\nKeyError: {SECRET!r}\n'
    error = raised_by("def ask():\n    raise error\nask()", error=KeyError(SECRET))
    error.__cause__ = RemoteTraceback(f"Traceback (most recent call last):\n{where}")

    assert one_line(error) == (
        "KeyError at adapters/markdown/blocks.py:3 parse < entrypoints/planted.py:2 ask < "
        "entrypoints/planted.py:3 <module>"
    )
    other = raised_by("def ask():\n    raise error\nask()", error=KeyError(SECRET))
    assert fingerprint(other) != fingerprint(error)
