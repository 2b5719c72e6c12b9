"""Whether a request was signed with an application's secret, lately, and for the first time.

The string to sign, of developer.webull.com/apis/docs/authentication/signature and of the SDK's
`webull/core/auth/composer/default_signature_composer.py`:

1. `x-app-key`, `x-signature-algorithm`, `x-signature-nonce`, `x-signature-version`, `x-timestamp`,
   `host` (with its port if it has one) and all query parameters, decoded, as `name=value` in the
   order of their names, with `&` between; a name that comes twice has its values sorted and joined
   with `&` (the guide, "Duplicate Parameter Names")
2. the path, `&` and that; and, where there is a body, `&` and its digest in capital hexadecimals
3. the whole percent-encoded: all but letters, digits and `-._~`

`x-signature` is its HMAC in base64, keyed with the secret and one `&` behind it. HMAC-SHA1 goes
with an MD5 digest (the documentation's default), HMAC-SHA256 with SHA-256 (all that the SDK sends).
`x-version`, `x-access-token` and `Authorization` are not signed.

A form, which only Connect's token request sends, counts as parameters and has no digest: that is
how GeneBO98/tradetally signs it, whose tests quote codes of the live server; the guide speaks of
JSON only. So it is the least certain part of this file.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from tests.simulators.webull.apps import App
from tests.simulators.webull.asking import Ask
from tests.simulators.webull.refusals import (
    clock_skew,
    duplicated_request,
    incorrect_sign,
    missing_header,
    wrong_header,
)

APP_KEY: Final = "x-app-key"
SIGNATURE: Final = "x-signature"
SIGNED: Final = (
    APP_KEY,
    "x-signature-algorithm",
    "x-signature-nonce",
    "x-signature-version",
    "x-timestamp",
)
SHA1: Final = "HMAC-SHA1"
SHA256: Final = "HMAC-SHA256"
SKEW: Final = timedelta(minutes=5)
"""How old a timestamp may be, or how far ahead: earlier documentation said about that much."""

_FORM: Final = "application/x-www-form-urlencoded"
_HASHES: Final[Mapping[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    SHA1: (hashlib.sha1, hashlib.md5),
    SHA256: (hashlib.sha256, hashlib.sha256),
}


def string_to_sign(
    path: str,
    host: str,
    headers: Mapping[str, str],
    parameters: Sequence[tuple[str, str]],
    body: bytes,
) -> str:
    """Before it is encoded; `headers` are those of `SIGNED`."""
    pairs = {"host": host, **{name: headers[name] for name in SIGNED}}
    for name, value in sorted(parameters):
        pairs[name] = f"{pairs[name]}&{value}" if name in pairs else value
    whole = f"{path}&" + "&".join(f"{name}={pairs[name]}" for name in sorted(pairs))
    if body:
        digest = _HASHES[headers["x-signature-algorithm"]][1]
        whole += f"&{digest(body).hexdigest().upper()}"
    return whole


def signature(secret: str, algorithm: str, whole: str) -> str:
    """Of a string to sign."""
    encoded = quote(whole, safe="").encode()
    mac = hmac.new(f"{secret}&".encode(), encoded, _HASHES[algorithm][0])
    return base64.b64encode(mac.digest()).decode()


def check_signed(app: App, ask: Ask, now: datetime) -> None:
    """Takes the nonce if all is right; with a wrong signature it stays free (unverified).

    Raises:
        Refusal: Something is missing, wrong, old, or came before.
    """
    headers = _headers(ask)
    sent = ask.headers.get(SIGNATURE, "")
    if headers["x-signature-algorithm"] not in _HASHES:
        raise incorrect_sign()
    if headers["x-signature-version"] != "1.0":
        raise incorrect_sign()
    at = _timestamp(headers["x-timestamp"])
    right = signature(app.app_secret, headers["x-signature-algorithm"], _whole(ask, headers))
    if not hmac.compare_digest(sent.encode(), right.encode()):
        raise incorrect_sign()
    if abs(now - at) > SKEW:
        raise clock_skew()
    nonce = headers["x-signature-nonce"]
    if nonce in app.nonces:
        raise duplicated_request()
    app.nonces.add(nonce)


def _headers(ask: Ask) -> dict[str, str]:
    found = {name: ask.headers.get(name, "") for name in (*SIGNED, SIGNATURE)}
    for name, value in found.items():
        if not value:
            raise missing_header(name)
    return found


def _timestamp(given: str) -> datetime:
    try:
        return datetime.strptime(given, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise wrong_header("x-timestamp") from error


def _whole(ask: Ask, headers: Mapping[str, str]) -> str:
    parameters = parse_qsl(ask.raw_query, keep_blank_values=True)
    body = ask.body
    if ask.headers.get("Content-Type", "").startswith(_FORM):
        parameters += parse_qsl(body.decode(), keep_blank_values=True)
        body = b""
    return string_to_sign(ask.raw_path, ask.headers.get("Host", ""), headers, parameters, body)
