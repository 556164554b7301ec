"""The schema: the steps to it, and what is not brought to it."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from forewarn.console.store import Store, open_store, schema, urls
from forewarn.console.store.tables import METADATA
from forewarn.toml_config import BadConfigError

HEAD = ScriptDirectory(schema.MIGRATIONS).get_current_head()


def test_an_empty_store_comes_to_the_newest_schema(store: Store) -> None:
    """From nothing, all tables are there and the version is the newest one."""
    with store.read() as c:
        assert schema.current(c) == HEAD
        assert set(inspect(c).get_table_names()) == {*METADATA.tables, schema.VERSION_TABLE}


def test_the_steps_make_the_tables_that_the_code_knows(store: Store) -> None:
    """What the migrations make and what the tables say are the same: columns, types, nulls, indexes, constraints."""
    with store.read() as c:
        context = MigrationContext.configure(c, opts={"version_table": schema.VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_open_alarms_index_is_partial_and_unique(store: Store) -> None:
    """What the comparison does not look at: the conditions of the partial indexes are those of the tables."""
    where = "sqlite_where" if "sqlite" in store.url else "postgresql_where"
    with store.read() as c:
        for table, index in (("alarms", "alarms_open"), ("segment_files", "segment_files_live")):
            found = next(one for one in inspect(c).get_indexes(table) if one["name"] == index)
            said = str(found["dialect_options"][where]).replace("::text", "").strip("()")
            wanted = next(one for one in METADATA.tables[table].indexes if one.name == index)
            assert found["unique"] and said == str(wanted.dialect_options[where.split("_")[0]]["where"])


def test_a_newer_schema_is_refused_and_left(store_url: str) -> None:
    """A store that a newer version of the software has written is refused by name, and nothing in it changes."""
    open_store(store_url).close()
    engine = create_engine(urls.Named(store_url).url)
    with engine.begin() as c:
        c.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))  # noqa: S608  # a constant
    with pytest.raises(BadConfigError, match=r"^console\.store: .*its schema is 9999, of a newer version"):
        open_store(store_url)
    with engine.begin() as c:
        assert schema.current(c) == "9999"
    engine.dispose()


def test_a_step_that_fails_leaves_nothing(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that breaks in the middle leaves an empty store, from which it can be done again."""
    from alembic import op

    real = op.create_index

    def breaks(name: str, *args: object, **fields: object) -> None:
        if name == "alerts_at":
            raise RuntimeError("broken in the middle")
        real(name, *args, **fields)

    monkeypatch.setattr(op, "create_index", breaks)
    with pytest.raises(RuntimeError, match="in the middle"):
        open_store(store_url)
    engine = create_engine(urls.Named(store_url).url)
    with engine.connect() as c:
        assert inspect(c).get_table_names() == []
    engine.dispose()
    monkeypatch.undo()
    open_store(store_url).close()


def test_consoles_that_start_together_make_one_schema(postgres_url: str) -> None:
    """On PostgreSQL, of consoles that find an empty database at once one makes the tables, and the others wait."""
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(open_store(postgres_url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    for store in opened:
        store.close()
