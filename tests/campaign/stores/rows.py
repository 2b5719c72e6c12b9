"""A row for each engine, and one for its sudden death."""

from functools import partial
from typing import Final

from tests.campaign.row import Row
from tests.campaign.stores import killed
from tests.campaign.stores.campaign import run
from tests.campaign.stores.on_mongodb import OnMongodb
from tests.campaign.stores.on_sqlite import OnSqlite

_PROMISE: Final = (
    "told not sent only where nothing was; never sent twice; what was sent is read back"
)

STORES: Final = (
    Row(
        name="store-sqlite",
        what="SQLite is locked, full, gone or read-only at a moment of an order or a cancel",
        unit="orders",
        goal=400,
        short=20,
        passes_when=_PROMISE,
        run=partial(run, OnSqlite),
    ),
    Row(
        name="store-mongodb",
        what="MongoDB: cut, lost answers, steps down, full, silent, at a moment of an order",
        unit="orders",
        goal=200,
        short=5,
        passes_when=_PROMISE,
        run=partial(run, OnMongodb),
    ),
    Row(
        name="store-killed",
        what="SQLite's process is killed in the middle of writing",
        unit="kills",
        goal=200,
        short=3,
        passes_when="the file is whole and every acknowledged write is in it",
        run=killed.run,
    ),
)
"""SQLite is the store at home, MongoDB that of the cloud."""
