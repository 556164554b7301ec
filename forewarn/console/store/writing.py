"""Inserts that let what is known already stand, removal in portions, many names in one question: where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Connection, Table, Text, bindparam, cast, column, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from forewarn.console.store.columns import Kept, to_json

_AS_JSON: Final = (JSON, Kept)


def insert(c: Connection, table: Table) -> Any:
    """Return the database's own INSERT, which has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if c.dialect.name == "postgresql" else sqlite.insert(table)


def insert_new(c: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row, and tell whether it was new."""
    statement = insert(c, table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return c.execute(statement, row).first() is not None


def insert_columns(c: Connection, table: Table, columns: dict[str, list[Any]], newer: str | None = None) -> int:
    """Insert rows, many and given as columns by name, whose key is new; returns how many were written.

    A known one stands, or, with ``newer``, is replaced where that column of the new one is greater. Text must be
    ``columns.writable``; what a column keeps as JSON is given as what it says.
    """
    as_json = [name for name in columns if isinstance(table.c[name].type, _AS_JSON)]
    given = columns | {name: [to_json(value) for value in columns[name]] for name in as_json}
    if c.dialect.name == "postgresql":
        # all rows as one text: it reads JSON faster than the driver makes arrays, or takes rows one by one. JSON within
        # it is a text of its own: no U+0000 in it is read
        types = {name: Text() if name in as_json else table.c[name].type for name in columns}
        told = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON)).table_valued(
            *(column(name, type_) for name, type_ in types.items())
        )
        read = told.render_derived(with_types=True)
        asked = select(*(cast(read.c[name], JSON) if name in as_json else read.c[name] for name in columns))
        whole = _known_stand(insert(c, table).from_select(list(columns), asked), table, columns, newer)
        each = [dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)]
        return int(c.execute(whole, {"rows": to_json(each)}, execution_options={"preserve_rowcount": True}).rowcount)
    # SQLAlchemy's way with each value of each row takes longer than SQLite
    text, order = _one_by_one(table, tuple(columns), newer)
    return int(c.exec_driver_sql(text, list(zip(*(given[name] for name in order), strict=True))).rowcount)


@cache
def _one_by_one(table: Table, columns: tuple[str, ...], newer: str | None) -> tuple[str, tuple[str, ...]]:
    """Return SQLite's text of an INSERT, and in which order it takes the columns."""
    statement = _known_stand(sqlite.insert(table), table, columns, newer)
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=list(columns))
    return str(compiled), tuple(compiled.positiontup)


def _known_stand(statement: Any, table: Table, columns: Iterable[str], newer: str | None) -> Any:
    if newer is None:
        return statement.on_conflict_do_nothing()
    keys = [key.name for key in table.primary_key.columns]
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in columns if name not in keys},
        where=statement.excluded[newer] > table.c[newer],
    )


def among(c: Connection, column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Return that a column is one of many texts, more than a database takes as variables."""
    given = bindparam(None, to_json(list(values)), type_=Text, unique=True)
    if c.dialect.name == "postgresql":
        one = func.json_array_elements_text(cast(given, JSON)).table_valued("value")
    else:
        one = func.json_each(given).table_valued("value")
    return column.in_(select(one.c.value))


def remove_before(c: Connection, table: Table, before_ms: int, most: int, time: str = "at_ms") -> int:
    """Remove up to ``most`` of the rows whose time is before; returns how many they were."""
    keys = list(table.primary_key.columns)
    old = select(*keys).where(table.c[time] < before_ms).order_by(table.c[time]).limit(most)
    return c.execute(table.delete().where(tuple_(*keys).in_(old))).rowcount
