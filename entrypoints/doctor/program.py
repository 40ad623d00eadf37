"""The program itself: its renderer, its static files, its translations."""

import gettext
import re
import struct
from pathlib import Path
from typing import Any

from domain.display import Language
from domain.errors import Invalid, Overloaded
from entrypoints import web
from entrypoints.doctor.findings import Findings, fault, well

_ROOT = Path(web.__file__).parent
_STATIC, _TEMPLATES = _ROOT / "static", _ROOT / "templates"
_TRANSLATIONS = _ROOT.parent / "translations"
_INSTALL = "install this version of Chapbook anew"
# How templates, stylesheets and scripts name a file.
_NAMED = (
    (_TEMPLATES, "*.html", re.compile(r"static\('([^']+)'\)"), ""),
    (_STATIC, "*.css", re.compile(r'url\("([\w./-]+)'), ""),
    (_STATIC, "*.js", re.compile(r"(?:from |import\()'\./([\w.-]+)'"), "scripts/"),
)
# Every catalogue translates this text.
_TRANSLATED = "Sign in"
_SCRIPTS = ("scripts/page.js", "scripts/editor.js", "scripts/post.js", "scripts/portrait.js")


def check_renderer(container: Any) -> Findings:
    renderer = container.renderer()
    try:
        html = renderer.post("*a* `b`", account_id=0).html
    except (Invalid, Overloaded, OSError) as error:
        html = type(error).__name__
    finally:
        renderer.close()
    if "<em>a</em>" in html:
        yield well("Its process renders a text.")
    else:
        yield fault(
            "The process that renders texts does not start, or cannot render: nobody can publish.",
            f"See that the machine has memory for one more process, or {_INSTALL}, with requirements/run.lock.",
        )


def check_static_files(folder: Path = _STATIC, templates: Path = _TEMPLATES) -> Findings:
    bad = sorted(name for name in _names(folder, templates) if not _is_readable(folder / name))
    if bad:
        yield fault(
            f"Static files are missing, empty or not readable: {', '.join(bad)}.",
            f"Run `chmod -R a+rX {folder}`; if they are missing, {_INSTALL}.",
        )
    else:
        yield well("They are there.")


def check_translations(folder: Path = _TRANSLATIONS) -> Findings:
    translated = [language for language in Language if language is not Language.ENGLISH]
    bad = [language.value for language in translated if not _is_catalogue(_catalogue(folder, language))]
    if bad:
        yield fault(
            f"There is no compiled catalogue for {', '.join(bad)}, so its readers get English.",
            "Install a wheel that hatch_build.py made, or run"
            f" `pybabel compile -d {folder}` in a checkout, and restart the site.",
        )
    else:
        yield well("Every language has its catalogue.")


def _names(folder: Path, templates: Path) -> set[str]:
    found = set(_SCRIPTS)
    for place, pattern, name, below in _NAMED:
        root = folder if place is _STATIC else templates
        for file in root.rglob(pattern):
            if _is_readable(file):
                found |= {below + each for each in name.findall(file.read_text(encoding="utf-8"))}
    return found


def _is_readable(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return bool(file.read(1))
    except OSError:
        return False


def _catalogue(folder: Path, language: Language) -> Path:
    return folder / language.value.replace("-", "_") / "LC_MESSAGES" / "messages.mo"


def _is_catalogue(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file).gettext(_TRANSLATED) != _TRANSLATED
    except (OSError, ValueError, struct.error):
        return False
