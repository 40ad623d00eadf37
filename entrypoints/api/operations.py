"""The operations of the API: each is routed and described in one place, so that the description cannot drift."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, Response, current_app
from pydantic import BaseModel

from entrypoints.api.schemas.fields import Answer

View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`takes` and `gives` are models of bodies; `refuses` are the statuses beside those that every operation has."""

    method: str
    path: str
    summary: str
    tag: str
    takes: type[BaseModel] | None
    gives: type[Answer] | None
    status: int
    refuses: tuple[int, ...]
    open: bool
    listed: bool
    versioned: bool
    once: bool
    by_password: bool
    name: str

    @property
    def tagged(self) -> bool:
        """Its answer is an object that can be asked for again, so it has an ETag."""
        return self.gives is not None and (self.method == "GET" or self.versioned or self.once)


class Operations:
    """Registers views on `blueprint` and remembers what they are."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.all: list[Operation] = []
        self.tags: dict[str, str] = {}
        self._open: set[Callable[..., Response]] = set()

    def describe(self, tag: str, words: str) -> None:
        """What the operations with this tag are about."""
        self.tags[tag] = words

    def add(
        self,
        method: str,
        path: str,
        summary: str,
        *,
        tag: str,
        takes: type[BaseModel] | None = None,
        gives: type[Answer] | None = None,
        status: int = 200,
        refuses: tuple[int, ...] = (),
        open: bool = False,
        listed: bool = False,
        versioned: bool = False,
        once: bool = False,
        by_password: bool = False,
    ) -> Callable[[View], View]:
        """`open` needs no proof of who asks, `by_password` takes no token for one; `listed` takes limit and cursor,
        `versioned` If-Match, `once` Idempotency-Key."""

        def register(view: View) -> View:
            # Without the final slash a rule answers to both, and 405 and OPTIONS know its methods in both forms.
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
                    gives=gives,
                    status=status,
                    refuses=refuses,
                    open=open,
                    listed=listed,
                    versioned=versioned,
                    once=once,
                    by_password=by_password,
                    name=view.__name__,
                )
            )
            return view

        return register

    def open_to_all(self, view: View) -> View:
        """The view asks for no proof."""
        self._open.add(view)
        return view

    def is_open(self, endpoint: str | None) -> bool:
        return current_app.view_functions.get(endpoint or "") in self._open
