"""The Jinja environment. Each language has compiled templates of its own: a sentence that stands in a template is
translated when the template is compiled, and others from a catalogue that is at hand."""

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, cast

from babel.support import NullTranslations, Translations
from flask import Flask
from flask.templating import DispatchingJinjaLoader
from flask.templating import Environment as FlaskEnvironment
from jinja2 import Environment as JinjaEnvironment
from jinja2 import Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from entrypoints.web.display import locale

# In the name of a compiled template, between the locale and the path of its file.
_COLON = ":"
# A translation with one of them is not the same as a string in a template: it is HTML, or has a place for a value.
_SPECIAL = frozenset("&<>\"'%")
# The tokens of `_('a sentence')`.
_CALL = ["name", "lparen", "string", "rparen"]


class Environment(FlaskEnvironment):
    """A template is found by the path of its file. It is compiled for the language of the request."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, loader=_Loader(app), **options)
        self.add_extension("jinja2.ext.i18n")
        self.add_extension(_Translated)
        self._catalogues: dict[str, NullTranslations] = {}
        cast("Any", self).install_gettext_callables(  # the extension adds it
            lambda text: self.catalogue(locale()).ugettext(text),
            lambda one, many, number: self.catalogue(locale()).ungettext(one, many, number),
            newstyle=True,
        )

    def catalogue(self, locale: str) -> NullTranslations:
        """Without a compiled catalogue the sentences stay English."""
        if locale not in self._catalogues:
            (folder,) = self.app.extensions["babel"].translation_directories
            self._catalogues[locale] = Translations.load(folder, [locale])
        return self._catalogues[locale]

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if parent is None and isinstance(name, str):
            name = locale() + _COLON + name
        return super().get_template(name, parent, globals)

    def join_path(self, template: str, parent: str) -> str:
        return parent.partition(_COLON)[0] + _COLON + template


class _Loader(DispatchingJinjaLoader):
    def get_source(
        self, environment: JinjaEnvironment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        return super().get_source(environment, template.partition(_COLON)[2])


class _Translated(Extension):
    """Puts the translation in the place of `_('a sentence')`."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        environment = cast("Environment", self.environment)
        translate = environment.catalogue((stream.name or "").partition(_COLON)[0]).ugettext
        tokens = list(stream)
        place = 0
        while place < len(tokens):
            call = tokens[place : place + len(_CALL)]
            text = translate(call[2].value) if _is_call(call) else None
            if text is None or _SPECIAL.intersection(text):
                yield tokens[place]
                place += 1
            else:
                yield Token(tokens[place].lineno, "string", text)
                place += len(_CALL)


def _is_call(tokens: list[Token]) -> bool:
    return tokens[0].value == "_" and [token.type for token in tokens] == _CALL
