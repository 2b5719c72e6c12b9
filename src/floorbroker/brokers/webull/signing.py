"""How a request to Webull is signed. Pure.

https://developer.webull.com/apis/docs/authentication/signature: path, sorted headers and parameters
as they were before they were escaped, and a digest of the body, percent-encoded as a whole, under
an HMAC whose key is the secret and one `&`. The guide has HMAC-SHA1 and MD5; the official SDK signs
with HMAC-SHA256 and SHA-256 only (webull-openapi-python-sdk 3.0.4, default_signature_composer.py).

A form is signed by its fields, as parameters, and has no digest: the guide speaks of JSON only, and
this is how an application in the wild signs it that quotes answers of the live server (unverified).
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

SHA1: Final = "HMAC-SHA1"
SHA256: Final = "HMAC-SHA256"
VERSION: Final = "1.0"

_DIGESTS: Final[Mapping[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    SHA1: (hashlib.sha1, hashlib.md5),
    SHA256: (hashlib.sha256, hashlib.sha256),
}
"""Of the signature, and of the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """What is signed of a request.

    Attributes:
        host: As in the header, with the port where one is written.
        parameters: Of the query, or of a form; not escaped.
        body: The bytes that are sent, but for a form.
    """

    host: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Signer:
    """An application's key and its secret."""

    __slots__ = ("_algorithm", "_key", "_secret")

    def __init__(self, key: str, secret: str, algorithm: str = SHA256) -> None:
        """`algorithm` is `SHA1` or `SHA256`."""
        self._key = key
        self._secret = secret
        self._algorithm = algorithm

    def headers(self, request: Unsigned, *, at: datetime, nonce: str) -> dict[str, str]:
        """What goes with `request`; `nonce` must never have been used before."""
        signed = {
            "x-app-key": self._key,
            "x-signature-algorithm": self._algorithm,
            "x-signature-nonce": nonce,
            "x-signature-version": VERSION,
            "x-timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        whole = string_to_sign(request, signed)
        return {**signed, "x-signature": signature(self._secret, self._algorithm, whole)}


def string_to_sign(request: Unsigned, signed: Mapping[str, str]) -> str:
    """Before it is percent-encoded; `signed` are the headers that count."""
    pairs = {**signed, "host": request.host}
    for name, values in _by_name(request.parameters).items():
        known = (pairs[name],) if name in pairs else ()
        pairs[name] = "&".join((*known, *sorted(values)))
    whole = f"{request.path}&" + "&".join(f"{name}={pairs[name]}" for name in sorted(pairs))
    if request.body:
        digest = _DIGESTS[signed["x-signature-algorithm"]][1](request.body)
        whole += f"&{digest.hexdigest().upper()}"
    return whole


def signature(secret: str, algorithm: str, whole: str) -> str:
    """Of a string to sign."""
    encoded = quote(whole, safe="").encode()
    made = hmac.new(f"{secret}&".encode(), encoded, _DIGESTS[algorithm][0])
    return b64encode(made.digest()).decode()


def _by_name(parameters: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parameters:
        found.setdefault(name, []).append(value)
    return found
