"""The console's memory: SQLite for one console, PostgreSQL where several share one journal.

``database`` opens it and gives transactions; each other module is one thing that is kept, as functions over a
transaction's connection. Times are UTC epoch milliseconds. What comes from outside goes to the database as bound
parameters only.
"""

from forewarn.console.store.database import Store, StoreError, open_store

__all__ = ["Store", "StoreError", "open_store"]
