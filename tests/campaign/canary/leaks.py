"""The control: leaks that are planted on purpose. A search that misses one would prove nothing."""

import base64
import json
import logging
import secrets
import sqlite3
import sys
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from floorbroker.vault.keyring import new_key, parse_keyring
from floorbroker.vault.seal import Vault
from tests.campaign.row import Reached, Row
from tests.left_behind import folder, keep


def _stored(text: str) -> None:
    with folder("leaks") as place, sqlite3.connect(place / "floor.db") as store:
        store.execute("create table leaks (text)")
        store.execute("insert into leaks values (?)", [text])


LOGGED: Final = "a log line"
"""Made of words: what looks like a key is masked in a log, see observability/redact.py."""

LEAKS: Final[dict[str, Callable[[str], object]]] = {
    "a line on standard output": lambda one: sys.stdout.write(f"got {one}\n"),
    "a line on standard error": lambda one: sys.stderr.write(f"got {one}\n"),
    LOGGED: lambda one: logging.getLogger("vendor").debug("sent %s", one),
    "base64 in a message": lambda one: keep(
        "messages", base64.b64encode(f"x:{one}:y".encode()).decode()
    ),
    "hex in a page": lambda one: keep("pages", one.encode().hex()),
    "an address in a request": lambda one: keep("requests", f"?key={quote(one, safe='')}&a=b"),
    "JSON in a metric": lambda one: keep("metrics", json.dumps(json.dumps({"key": one}))),
    "a dump of MongoDB": lambda one: keep("dumps", f"{{'token': '{one}'}}"),
    "a store's file": _stored,
}


def run(size: int, seed: int) -> Reached:
    """Seals a secret for each leak, as the product would, and lets it out."""
    vault = Vault(parse_keyring(new_key("leaks")))
    for name, leak in LEAKS.items():
        letters = "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(9))
        secret = f"canary {letters} words" if name == LOGGED else f'ca+/"{letters}{seed}"/é'
        vault.seal(json.dumps({"api_secret": secret}), {"what": name})
        leak(secret)
    logging.getLogger("vendor").debug("sent %s", secrets.token_urlsafe(32))  # is masked
    return Reached(trials=size)


ROW: Final = Row(
    name="planted-leaks",
    what="Leaks that are planted",
    unit="leaks",
    goal=len(LEAKS),
    short=len(LEAKS),
    passes_when="Every one is found.",
    run=run,
)
