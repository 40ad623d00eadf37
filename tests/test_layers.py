"""Who may import whom: the arrows point inwards, never in a circle, and each technology has one place.

Every import statement counts, wherever it stands: in a function, under TYPE_CHECKING, or spelled import_module.
"""

import ast
import contextlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAYERS = ("domain", "application", "adapters", "entrypoints", "migrations")

# The domain is deterministic: time, chance and the outside come to it as arguments.
NOT_IN_THE_DOMAIN = {
    "asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip

# What a layer may import besides itself. What is not listed for a layer is free to it (ONLY_IN aside).
INNER = {
    "domain": set(sys.stdlib_module_names) - NOT_IN_THE_DOMAIN,
    "application": {"domain", *sys.stdlib_module_names},
}

# Who alone may import it: the modules named here and those below them.
ONLY_IN = {
    "alembic": ("adapters.sql", "migrations"),
    "bleach": ("adapters",),
    "dependency_injector": ("entrypoints.container",),
    "entrypoints": ("entrypoints",),
    "flask": ("entrypoints",),
    "gunicorn": ("entrypoints",),
    "jose": ("adapters",),
    "migrations": ("migrations", "adapters.sql"),
    "passlib": ("adapters",),
    "prometheus_client": ("adapters.metrics",),
    "psycopg": ("adapters.sql",),
    "pydantic": ("entrypoints",),
    "smtplib": ("adapters.smtp",),
    "sqlalchemy": ("adapters.sql", "migrations"),
    "tests": (),
    "werkzeug": ("entrypoints", "adapters.werkzeug_hashes"),
}

# Each a use of the environment; one file reads it, so that every setting is known and documented.
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
READS_THE_ENVIRONMENT = "entrypoints.settings"


def test_every_layer_imports_only_what_it_may() -> None:
    assert list(breaches(ROOT)) == []


# Each a file that breaks one rule, on its last line.
PLANTED = {
    "domain/uses_a_library.py": "import flask\n",
    "domain/uses_the_application.py": "from application import ports\n",
    "domain/reads_a_clock.py": "import time\n",
    "domain/imports_late.py": "def late():\n    from adapters import smtp\n",
    "domain/imports_for_types.py": "if TYPE_CHECKING:\n    import sqlalchemy\n",
    "domain/imports_by_name.py": "import importlib\nimportlib.import_module('flask')\n",
    "application/uses_an_adapter.py": "import adapters.smtp\n",
    "application/uses_a_library.py": "from pydantic import BaseModel\n",
    "adapters/uses_an_entrypoint.py": "from entrypoints.settings import Settings\n",
    "adapters/uses_a_test.py": "from tests.smtp_server import SmtpServer\n",
    "adapters/reads_the_environment.py": "from os import getenv\n",
    "adapters/memory/uses_sql.py": "import sqlalchemy as sa\n",
    "adapters/sql_but_not_quite.py": "import sqlalchemy as sa\n",
    "entrypoints/web/uses_sql.py": "from sqlalchemy.orm import Session\n",
    "entrypoints/web/injects.py": "from dependency_injector.wiring import inject\n",
    "entrypoints/web/migrates.py": "from alembic import command\n",
    "entrypoints/web/reads_the_environment.py": "import os\nos.environ['HOME']\n",
    "entrypoints/imports_relatively.py": "from . import settings\n",
    "migrations/versions/uses_flask.py": "import flask\n",
}


def test_a_forbidden_import_planted_in_a_copy_of_the_tree_is_reported(tmp_path: Path) -> None:
    for layer in LAYERS:
        if (ROOT / layer).is_dir():
            shutil.copytree(ROOT / layer, tmp_path / layer, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name, text in PLANTED.items():
        planted = tmp_path / name
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text(text, encoding="utf-8")

    reported = [line.rpartition(":")[0] for line in breaches(tmp_path)]

    assert sorted(reported) == sorted(f"{name}:{text.count(chr(10))}" for name, text in PLANTED.items())


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles(imports_between(ROOT)) == []


def test_a_circle_planted_in_a_copy_of_the_tree_is_found(tmp_path: Path) -> None:
    for name, text in {
        "domain/one.py": "from domain.two import x\n",
        "domain/two.py": "def late() -> None:\n    import domain.three\n",
        "domain/three.py": "from domain import one\n",
        "domain/four.py": "from domain import one\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert circles(imports_between(tmp_path)) == [["domain.one", "domain.three", "domain.two"]]


def test_doubles_are_assembled_in_one_place() -> None:
    wires = re.compile("^(from|import) dependency_injector", re.MULTILINE)
    files_that_wire = [path for path in (ROOT / "tests").rglob("*.py") if wires.search(path.read_text("utf-8"))]
    assert files_that_wire == [ROOT / "tests" / "doubles.py"]


# These take the name of an attribute as a text.
BY_NAME = {"getattr", "setattr", "delattr", "hasattr", "attrgetter"}


def test_tests_use_no_private_names() -> None:
    assert list(reaches(ROOT)) == []


# Each a test file that reaches into what is private elsewhere, on its last line.
REACHES = {
    "imports_a_name": "from adapters.passwords import _hashable\n",
    "imports_a_module": "import tests._hidden\n",
    "reads_an_attribute": "def test_it(store):\n    assert store._staged == {}\n",
    "calls_a_function": "from adapters.sql import migrate\nmigrate._alone(None)\n",
    "reads_by_name": "def test_it(limits):\n    getattr(limits, '_hits').clear()\n",
    "asks_by_name": "def test_it(limits):\n    assert not hasattr(limits, '_hits')\n",
    "patches_by_name": "def test_it(monkeypatch):\n    monkeypatch.setattr('adapters.passwords._LONGEST', 1)\n",
    "inherits": "from adapters import smtp\nclass Mailer(smtp.SmtpMailer):\n    look = lambda self: self._turns\n",
    "overrides": "from adapters.passwords import Argon2Hasher\nclass Mine(Argon2Hasher):\n    def _usable(self): ...\n",
    "in_a_program": "PROGRAM = 'import adapters\\nadapters._hidden'\n",
}  # fmt: skip
# Its own, Python's, and what another library has subclasses override.
REACHES_NOT = """
from aiosmtpd.controller import Controller

def _own():
    return _own.__name__

class Door(Controller):
    def __init__(self):
        self._open = False

    def _trigger_server(self):
        return super()._trigger_server()

def test_it(door: Door):
    assert not door._open
"""


def test_a_planted_use_of_a_private_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / "adapters").mkdir()
    shutil.copy(ROOT / "adapters" / "passwords.py", tmp_path / "adapters")
    (tmp_path / "tests").mkdir()
    for name, text in REACHES.items():
        (tmp_path / "tests" / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "tests" / "innocent.py").write_text(REACHES_NOT, encoding="utf-8")

    reported = [line.rpartition(":")[0] for line in reaches(tmp_path)]

    assert sorted(reported) == sorted(f"tests/{name}.py:{text.count(chr(10))}" for name, text in REACHES.items())


# A file past this usually holds two things. Settings and tables are lists, and migrations are history.
LINES_AT_MOST = 300
LISTS = {"entrypoints/settings.py", "adapters/sql/tables.py"}
# It has two lines for each capability.
CONTAINER_AT_MOST = 200


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files(ROOT)}
    long = {str(path.relative_to(ROOT)) for path, lines in lengths.items() if lines > LINES_AT_MOST}

    assert {path for path in long - LISTS if not path.startswith("migrations/")} == set()
    assert lengths[ROOT / "entrypoints/container.py"] <= CONTAINER_AT_MOST


# These find the reader, or ask about the store and what waits in it, or for the author of a text, whoever renders it;
# every other feed is asked as its reader.
NOT_ASKED_AS_A_READER = {
    "CredentialFeeds.token_reader",
    "MemberFeeds.counts",
    "MemberFeeds.is_empty",
    "MentionFeeds.mentionable",
    "OutboxFeeds.backlog",
    "OutboxFeeds.latest",
    "OutboxFeeds.mail_health",
    "OverviewFeeds.days",
    "OverviewFeeds.standing",
    "SessionFeeds.of_account",
    "SessionFeeds.reader",
    "SessionFeeds.viewer",
    "SiteFeeds.site",
}


def test_every_feed_of_texts_or_members_takes_its_reader_first() -> None:
    methods = {
        f"{feed.name}.{method.name}": [argument.arg for argument in method.args.args]
        for path in sorted((ROOT / "application" / "ports").glob("*.py"))
        for feed in ast.parse(path.read_bytes()).body
        if isinstance(feed, ast.ClassDef) and feed.name.endswith("Feeds")
        for method in feed.body
        if isinstance(method, ast.FunctionDef)
    }

    assert len(methods) > 25
    assert {name for name, arguments in methods.items() if arguments[1:2] != ["reader"]} == NOT_ASKED_AS_A_READER


def imports_between(root: Path) -> dict[str, set[str]]:
    """By module: which of our own modules it imports, wherever the import stands."""
    modules = {name_of(path, root): path for path in files(root)}
    found: dict[str, set[str]] = {}
    for module, path in modules.items():
        found[module] = set()
        for _, imported in imports_of(ast.parse(path.read_bytes())):
            name = imported
            while name and name not in modules:
                name = name.rpartition(".")[0]
            if name and name != module:
                found[module].add(name)
    return found


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """The modules that reach themselves, in groups that reach each other."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = imports[waiting.pop()] - seen
            seen |= new
            waiting += new
        return seen

    reach = {module: reached(module) for module in imports}
    rounds = {module: {other for other in reach[module] if module in reach[other]} for module in imports}
    return [list(group) for group in sorted({tuple(sorted(group)) for group in rounds.values() if group})]


def files(root: Path) -> Iterator[Path]:
    for layer in LAYERS:
        yield from sorted((root / layer).rglob("*.py"))


def name_of(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def breaches(root: Path) -> Iterator[str]:
    """One line for each import that its layer must not have."""
    for path in files(root):
        relative = path.relative_to(root)
        for line, why in breaches_in(name_of(path, root), ast.parse(path.read_bytes(), filename=str(relative))):
            yield f"{relative}:{line}: {why}"


def breaches_in(module: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    layer = module.partition(".")[0]
    for line, imported in imports_of(tree):
        top = imported.partition(".")[0]
        if imported.startswith("."):
            yield line, "an import is relative"
        elif top != layer and layer in INNER and top not in INNER[layer]:
            yield line, f"{layer} must not import {imported}"
        elif top in ONLY_IN and not any(is_within(module, place) for place in ONLY_IN[top]):
            yield line, f"{imported} has no place in {module}"
        elif imported in {f"os.{name}" for name in ENVIRONMENT} and module != READS_THE_ENVIRONMENT:
            yield line, f"only {READS_THE_ENVIRONMENT} reads the environment"


def imports_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Dotted names, each with its line; `from a import b` gives `a.b`. `os.environ` counts as if it were imported."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=None | str() as origin, names=names, level=level):
                yield from ((node.lineno, f"{'.' * level}{origin or ''}.{alias.name}") for alias in names)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(str(name)), *_]):
                if called in {"import_module", "__import__"}:
                    yield node.lineno, name
            case ast.Attribute(value=ast.Name(id="os"), attr=attribute) if attribute in ENVIRONMENT:
                yield node.lineno, f"os.{attribute}"


def is_within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def reaches(root: Path) -> Iterator[str]:
    """One line for each use of a private name in another file of the tests than the one that defines it."""
    of_the_product = set().union(*(private_names_in(ast.parse(path.read_bytes())) for path in files(root)))
    for path in sorted((root / "tests").rglob("*.py")):
        if path.name == Path(__file__).name:  # what is planted stands there
            continue
        tree = ast.parse(path.read_bytes())
        for line, name in {*reaches_in(tree), *overrides_in(tree, of_the_product)}:
            yield f"{path.relative_to(root)}:{line}: {name} is private elsewhere"


def reaches_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    own = private_names_in(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names if any(map(is_private, alias.name.split("."))))
            case ast.ImportFrom(module=origin, names=names):
                dotted = [f"{origin}.{alias.name}" for alias in names]
                yield from ((node.lineno, name) for name in dotted if any(map(is_private, name.split("."))))
            case ast.Attribute(attr=name) if is_private(name) and name not in own:
                yield node.lineno, name
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=arguments) if called in BY_NAME:
                texts = [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                named = [text.rpartition(".")[2] for text in texts]
                yield from ((node.lineno, name) for name in named if is_private(name) and name not in own)
            case ast.Constant(value=str(text)) if "import " in text:
                # A program in a string is one, too.
                with contextlib.suppress(SyntaxError):
                    yield from ((node.lineno, name) for _, name in reaches_in(ast.parse(text)))


def overrides_in(tree: ast.Module, of_the_product: set[str]) -> Iterator[tuple[int, str]]:
    """Private methods of the product that a double puts its own in place of."""
    products = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in LAYERS
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(
            ast.unparse(base).partition(".")[0] in products for base in node.bases
        ):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name in of_the_product:
                    yield part.lineno, part.name


def private_names_in(tree: ast.AST) -> set[str]:
    """Those that this file defines: functions, classes, attributes, variables and arguments."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Attribute(attr=name, value=ast.Name(id="self" | "cls"), ctx=ast.Store()):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.add(name)
    return {name for name in found if is_private(name)}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"
