"""The operations of the API. One call adds the route and the description, so the two cannot differ."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app
from pydantic import BaseModel

from entrypoints.api.schemas.fields import Answer

View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`takes` and `gives` are the models of the bodies, and `form` is the JSON Schema of a multipart body. `refuses`
    has the error statuses that only this operation has."""

    method: str
    path: str
    summary: str
    tag: str
    takes: type[BaseModel] | None
    form: dict[str, Any] | None
    gives: type[Answer] | None
    status: int
    refuses: tuple[int, ...]
    open: bool
    listed: bool
    asks: tuple[str, ...]
    versioned: bool
    once: bool
    by_password: bool
    name: str

    @property
    def tagged(self) -> bool:
        """Whether the response has an ETag. It has one if it is an object with a URL of its own."""
        return self.gives is not None and (self.method == "GET" or self.versioned or self.once)


class Operations:
    """Registers views on `blueprint` and keeps their descriptions."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.all: list[Operation] = []
        self.tags: dict[str, str] = {}
        self._open: set[Callable[..., Response]] = set()

    def describe(self, tag: str, words: str) -> None:
        """Sets the description of a tag."""
        self.tags[tag] = words

    def add(
        self,
        method: str,
        path: str,
        summary: str,
        *,
        tag: str,
        takes: type[BaseModel] | None = None,
        form: dict[str, Any] | None = None,
        gives: type[Answer] | None = None,
        status: int = 200,
        refuses: tuple[int, ...] = (),
        open: bool = False,
        listed: bool = False,
        asks: tuple[str, ...] = (),
        versioned: bool = False,
        once: bool = False,
        by_password: bool = False,
    ) -> Callable[[View], View]:
        """`open` needs no authentication. `by_password` accepts no token. `listed` takes limit and cursor, and
        `asks` are its other parameters. `versioned` takes If-Match, `once` takes Idempotency-Key."""

        def register(view: View) -> View:
            # A rule without the final slash matches both forms. So 405 and OPTIONS know its methods in both forms.
            if open:
                self.open_to_all(view)
            self.blueprint.add_url_rule(path.rstrip("/"), view.__name__, view, methods=[method])
            self.all.append(
                Operation(
                    method=method,
                    path=path,
                    summary=summary,
                    tag=tag,
                    takes=takes,
                    form=form,
                    gives=gives,
                    status=status,
                    refuses=refuses,
                    open=open,
                    listed=listed,
                    asks=asks,
                    versioned=versioned,
                    once=once,
                    by_password=by_password,
                    name=view.__name__,
                )
            )
            return view

        return register

    def open_to_all(self, view: View) -> View:
        """The view needs no authentication."""
        self._open.add(view)
        return view

    def is_open(self, endpoint: str | None) -> bool:
        return current_app.view_functions.get(endpoint or "") in self._open
