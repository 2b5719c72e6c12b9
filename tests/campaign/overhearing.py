"""Begins in every process of a row: everything is logged, and whatever is secret is written down.

Imports nothing of the product before it listens: what was imported earlier would not be heard.

What counts as secret is what the product itself treats as one, so that a row need not say so: every
text that is ever sealed (credentials, interaction tokens, what a sign-in keeps), every random token
and every key, and what the link pages make from a browser's secret (states, form tokens,
verifiers). The list goes to a file beside the folder that is searched.
"""

import base64
import hmac
import json
import logging
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import aead

LEARNED: Final = "CANARY_LEARNED"
"""Names the file with the secrets."""

LISTENING: Final = "canary_is_listening"
"""A line of the lowest level that every process logs first."""

SHORTEST: Final = 12
"""Characters; whatever is shorter is also a word somewhere."""

_KEY_BYTES: Final = 32
_PUBLIC: Final = re.compile(r"https?://.*|\d{4}-\d\d-\d\dT.*|[\d.]+")
"""Addresses of ours, times and numbers are sealed beside secrets."""

_NOT_SECRET: Final = frozenset({"label", "redirect", "account", "environment", "issuer"})

_known: set[str] = set()


def learn(kind: str, secret: str) -> None:
    """Writes a secret down, once a process."""
    if len(secret) < SHORTEST or secret in _known or _PUBLIC.fullmatch(secret):
        return
    _known.add(secret)
    line = json.dumps([kind, secret]) + "\n"
    handle = os.open(os.environ[LEARNED], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())  # one write: processes that are killed leave whole lines
    finally:
        os.close(handle)


def begin() -> None:
    """For the first moment of a process."""
    from floorbroker.observability.logging import configure_logging

    _keep_folders()
    secrets.token_urlsafe = _heard(secrets.token_urlsafe, lambda text: learn("token", text))
    secrets.token_bytes = _heard(secrets.token_bytes, _key)
    secrets.token_hex = _heard(secrets.token_hex, _hex)
    hmac.digest = _heard(hmac.digest, _of_a_browser)
    aead.AESGCM = Sealing  # type: ignore[assignment] # the same, but overheard
    configure_logging("DEBUG", json=True)
    logging.getLogger("canary").debug(LISTENING)


class Sealing:
    """AES-GCM as it is, but for an ear."""

    def __init__(self, key: bytes) -> None:
        """See the library's."""
        self._cipher = _AESGCM(key)

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes | None) -> bytes:
        """See the library's."""
        for secret in _secrets_in(data.decode()):
            learn("sealed", secret)
        return self._cipher.encrypt(nonce, data, associated)

    def decrypt(self, nonce: bytes, data: bytes, associated: bytes | None) -> bytes:
        """See the library's."""
        return self._cipher.decrypt(nonce, data, associated)


_AESGCM: Final = aead.AESGCM


def _secrets_in(text: str) -> Iterator[str]:
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        yield text
        return
    pending: list[Mapping[str, Any]] = [read]
    for one in pending:
        for name, value in one.items():
            if isinstance(value, dict):
                pending.append(value)
            elif isinstance(value, str) and name not in _NOT_SECRET:
                yield value


def _heard(function: Callable[..., Any], ear: Callable[[Any], None]) -> Callable[..., Any]:
    def listening(*args: Any, **more: Any) -> Any:
        result = function(*args, **more)
        ear(result)
        return result

    return listening


def _key(raw: bytes) -> None:
    if len(raw) == _KEY_BYTES:  # not the salts and nonces, which are stored in the open
        learn("key", base64.b64encode(raw).decode())


def _hex(text: str) -> None:
    if len(text) >= 2 * _KEY_BYTES:
        learn("key", text)


def _of_a_browser(mac: bytes) -> None:
    if sys._getframe(2).f_globals["__name__"] == "floorbroker.web.browsers":
        learn("page", mac.hex())
        learn("page", base64.urlsafe_b64encode(mac).rstrip(b"=").decode())


def _keep_folders() -> None:
    """Temporary folders of rows stay where they can be searched."""
    kept = os.environ.get("CAMPAIGN_KEEP")
    if kept is None:
        return
    place = Path(kept) / "stores"
    place.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(place)

    def stays(self: Any, *_: object) -> None:
        self._finalizer.detach()

    tempfile.TemporaryDirectory.cleanup = stays  # type: ignore[method-assign] # only here
