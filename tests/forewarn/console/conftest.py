"""What the tests of the console share: the two databases, each real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forewarn.console.store import Store, open_store
from tests.own_server import ServerError
from tests.postgres import Postgres, binaries

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever asks for PostgreSQL by name, so that it can be left out by name."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of the tests' own; skips the test where it is not installed."""
    if binaries() is None:
        pytest.skip("needs PostgreSQL: make setup-system")
    try:
        server = Postgres()
        server.start()
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.close()


@pytest.fixture
def own_postgres(postgres: Postgres) -> Iterator[Postgres]:  # which skips, or fails, where there is none
    """One that a test may stop, and kill."""
    with Postgres() as own:
        yield own


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'console.db'}"


@pytest.fixture(scope="session")
def _database(postgres: Postgres) -> str:
    return postgres.new_database("console")


@pytest.fixture
def postgres_url(postgres: Postgres, _database: str) -> str:
    """The URL of an empty database."""
    return postgres.emptied(_database)


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store, once on each database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store, once on each database."""
    opened = open_store(store_url)
    yield opened
    opened.close()
