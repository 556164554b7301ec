"""The schema: which version a database has, and the steps to the version of this software."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from forewarn.console.store.tables import METADATA

VERSION_TABLE: Final = "forewarn_console_version"
MIGRATIONS: Final = Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """The database is not this software's to use; the message says why."""


def current(c: Connection) -> str | None:
    """Return the version of the database's schema, None where it has none yet."""
    heads = MigrationContext.configure(c, opts={"version_table": VERSION_TABLE}).get_current_heads()
    return heads[0] if heads else None


def migrate(c: Connection) -> None:
    """Bring the database to the newest schema, within the caller's transaction.

    Raises SchemaError, before anything is changed, for one that a newer version of the software has written, and for
    one that holds the tables of something else.
    """
    steps = ScriptDirectory(MIGRATIONS)
    found = current(c)
    if found is None:
        _is_ours_to_fill(c)
    else:
        try:
            steps.get_revision(found)
        except CommandError as error:
            raise SchemaError(f"its schema is {found}, of a newer version of the software than this one") from error
    environment = EnvironmentContext(
        Config(),
        steps,
        fn=lambda rev, _: steps._upgrade_revs("head", rev),  # as alembic's documentation has it
    )
    with environment:
        environment.configure(connection=c, version_table=VERSION_TABLE, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()


def _is_ours_to_fill(c: Connection) -> None:
    found = set(inspect(c).get_table_names()) - {VERSION_TABLE}
    # a file is one program's; a PostgreSQL database may be shared, as long as no name is taken
    alien = found if c.dialect.name == "sqlite" else found & set(METADATA.tables)
    if alien:
        raise SchemaError(f"it holds tables of something else: {', '.join(sorted(alien)[:5])}")
