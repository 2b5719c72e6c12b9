"""What campaigns leave behind for the canary row to search, where CAMPAIGN_KEEP names a folder.

Everywhere else nothing is kept. Whatever a row stores goes to `folder`, MongoDB's databases and
what people saw in Discord are written down by tests/stores.py and tests/e2e/world.py, and what only
a row sees (web pages, metrics) it hands to `keep`.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from simcord import Env

VARIABLE: Final = "CAMPAIGN_KEEP"


def kept_in() -> Path | None:
    """The folder to keep things in, if any."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """An empty folder for a row's stores; gone afterwards unless it is to be kept."""
    kept = kept_in()
    if kept is None:
        with tempfile.TemporaryDirectory(prefix=f"{name}-") as made:
            yield Path(made)
        return
    place = kept / "stores" / f"{name}-{uuid4().hex}"
    place.mkdir(parents=True)
    yield place


def keep(kind: str, text: str) -> None:
    """Adds to what is kept of a kind: `pages`, `messages`, `metrics`, `requests`, `dumps`."""
    kept = kept_in()
    if kept is None or not text:
        return
    (kept / kind).mkdir(parents=True, exist_ok=True)
    with (kept / kind / str(os.getpid())).open("a", encoding="utf-8", errors="replace") as file:
        file.write(f"{text}\n")


def keep_discord(env: Env) -> None:
    """Everything that the simulated Discord was told so far, and shows."""
    if kept_in() is None:
        return
    for one in env.http_requests:
        keep("requests", json.dumps(one.json, default=repr, ensure_ascii=False))
    for channel in env.backend.messages.values():
        for message in channel.values():
            keep("messages", f"{message!r}")
