"""Inserts that let what is known already stand, removal in portions, many names in one question: where they differ."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Table, Text, bindparam, cast, column, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from forewarn.console.store.columns import to_json, writable


def insert(c: Connection, table: Table) -> Any:
    """Return the database's own INSERT, which has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if c.dialect.name == "postgresql" else sqlite.insert(table)


def insert_new(c: Connection, table: Table, rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """Insert rows whose key is new, and return those keys; of two with one key the first counts."""
    if not rows:
        return set()
    statement = insert(c, table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return {tuple(row) for row in c.execute(statement, rows)}


def insert_columns(c: Connection, table: Table, columns: dict[str, list[Any]], newer: str | None = None) -> int:
    """Insert rows, many and given as columns by name, whose key is new; returns how many were written.

    A known one stands, or, with ``newer``, is replaced where that column of the new one is greater. Text must be
    ``columns.writable``.
    """
    statement = insert(c, table)
    whole = c.dialect.name == "postgresql"
    if whole:
        # all rows as one text: it reads JSON faster than the driver makes arrays, or takes rows one by one
        told = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON)).table_valued(
            *(column(name, table.c[name].type) for name in columns)
        )
        statement = statement.from_select(list(columns), select(told.render_derived(with_types=True)))
    if newer is None:
        statement = statement.on_conflict_do_nothing()
    else:
        keys = [key.name for key in table.primary_key.columns]
        statement = statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in columns if name not in keys},
            where=statement.excluded[newer] > table.c[newer],
        )
    if whole:
        each = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        given = {"rows": to_json(each)}
        return int(c.execute(statement, given, execution_options={"preserve_rowcount": True}).rowcount)
    # SQLAlchemy's way with each value of each row takes longer than SQLite
    compiled = statement.compile(dialect=c.dialect, column_keys=list(columns))
    rows = list(zip(*(columns[name] for name in compiled.positiontup), strict=True))
    return int(c.exec_driver_sql(str(compiled), rows).rowcount)


def among(c: Connection, column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Return that a column is one of many texts, more than a database takes as variables."""
    given = bindparam(None, to_json([writable(one) for one in values]), type_=Text, unique=True)
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
