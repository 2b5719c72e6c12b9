"""Master keys by id, read once at start.

`CREDENTIAL_MASTER_KEYS` is `id:base64,id:base64,…`, newest first; every key is 32 random bytes.
A key file may also have one a line. There is no default: a key made up at start would make
yesterday's records unreadable.
"""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

KEY_BYTES: Final = 32
_ID: Final = re.compile(r"[a-z0-9-]{1,16}", re.ASCII)
_BETWEEN: Final = re.compile(r"[,\n]")


class KeyringProblem(Exception):
    """The keys cannot be used; the message says why and never holds a key."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The newest key seals; all of them open."""

    newest: str
    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        """Key ids only."""
        return f"Keyring(newest={self.newest!r}, ids={sorted(self.keys)!r})"


def parse_keyring(text: str) -> Keyring:
    """Keys from the setting.

    Raises:
        KeyringProblem: No key, a malformed or repeated id, or a key that is not 32 bytes.
    """
    keys: dict[str, bytes] = {}
    for part in (piece.strip() for piece in _BETWEEN.split(text)):
        if not part:
            continue
        key_id, colon, encoded = part.partition(":")
        if not colon or not is_key_id(key_id):
            raise KeyringProblem("A master key is written as id:base64, the id in a-z, 0-9 and -.")
        if key_id in keys:
            raise KeyringProblem(f"The key id {key_id} stands twice.")
        keys[key_id] = _decoded(key_id, encoded)
    if not keys:
        raise KeyringProblem("There is no master key.")
    return Keyring(next(iter(keys)), MappingProxyType(keys))


def is_key_id(text: str) -> bool:
    """Whether a key may be called that; what is stored may name anything."""
    return _ID.fullmatch(text) is not None


def new_key(key_id: str) -> str:
    """A fresh key in the setting's form."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def keyring_file(path: Path) -> tuple[Keyring, bool]:
    """The keys in a file that only its owner may read, made on first use; and whether it was.

    For the demo and for single-user mode only.

    Raises:
        KeyringProblem: The file holds no usable key, or others may read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        # On Windows the folder's own rights decide; st_mode tells nothing there.
        if os.name != "nt" and path.stat().st_mode & 0o077:
            raise KeyringProblem(f"{path.name} can be read by others: chmod 600 it.") from None
        return _read(path), False
    with os.fdopen(handle, "w") as file:
        file.write(new_key("local") + "\n")
    return _read(path), True


def _read(path: Path) -> Keyring:
    try:
        return parse_keyring(path.read_text("ascii"))
    except UnicodeDecodeError:  # which holds what it read
        raise KeyringProblem(f"{path.name} holds more than keys.") from None


def _decoded(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyringProblem(f"The key {key_id} is not base64.") from None
    if len(key) != KEY_BYTES:
        raise KeyringProblem(f"The key {key_id} has {len(key)} bytes; it needs {KEY_BYTES}.")
    return key
