"""Statements that are compiled once. SQLAlchemy finds a compiled statement in its cache, by a key that takes longer to
make than a row takes to read, and makes an object for each execution."""

import time
from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Engine, Executable, Row, SelectBase, event

from adapters.sql.observing import Observe, Statement

_FAILED_WITH = "chapbook_failed_with"


class Prepared:
    """One statement for one dialect. Its columns have different names. None of its parameters is a list, and those with
    `literal_execute` are integers."""

    def __init__(self, statement: SelectBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        columns = statement.selected_columns
        self._statement = statement
        self._text = str(compiled)
        self._written = {
            name: written
            for parameter, name in compiled.bind_names.items()
            if (written := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        # Constants of the statement, and None for its parameters.
        self._values = self._as_driver_takes(dict(compiled.construct_params(_check=False)))
        literal = [compiled.bind_names[parameter] for parameter in compiled.literal_execute_params]
        self._numbers = [(name, f"__[POSTCOMPILE_{name}]") for name in literal]
        assert self._text.count("[POSTCOMPILE_") == sum(self._text.count(place) for _, place in self._numbers)
        order = getattr(compiled, "positiontup", None)
        self._order = None if order is None else [name for name in order if name not in literal]
        self._read = [
            (place, read)
            for place, column in enumerate(columns)
            if (read := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]
        self._row: Callable[[Any], Any] = cast("Any", namedtuple("Row", columns.keys()))._make  # noqa: PYI024

    def rows(self, connection: Connection, parameters: Mapping[str, Any], observe: Observe) -> list[Row[Any]]:
        """As `connection.execute(...)`. The rows are named tuples."""
        values = self._values | self._as_driver_takes(parameters)
        text = self._text
        for name, place in self._numbers:
            text = text.replace(place, str(int(values[name])))
        began = time.perf_counter()
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text, values if self._order is None else [values[name] for name in self._order])
            found = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            self._raise(error, connection, parameters)
        finally:
            cursor.close()
        observe(Statement(text, time.perf_counter() - began, len(found)))
        return cast("list[Row[Any]]", [self._row(self._converted(row)) for row in found])

    def _as_driver_takes(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        written = self._written
        return {name: written[name](value) if name in written else value for name, value in parameters.items()}

    def _converted(self, row: Any) -> Any:
        if not self._read:
            return row
        values = list(row)
        for place, read in self._read:
            values[place] = read(values[place])
        return values

    def _raise(self, error: BaseException, connection: Connection, parameters: Mapping[str, Any]) -> None:
        """SQLAlchemy handles the error as one of its own execution."""
        statement = cast("Executable", self._statement)
        connection.execution_options(**{_FAILED_WITH: error}).execute(statement, parameters)


def install(engine: Engine) -> None:
    event.listen(engine, "do_execute", _fail)


def _fail(_cursor: object, _text: str, _values: object, context: Any) -> None:
    error = context.execution_options.get(_FAILED_WITH)
    if error is not None:
        raise error
