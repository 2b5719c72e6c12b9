"""Whether a request was signed with a key's secret, and whether its nonce is new.

`API-Sign` is the HMAC-SHA512, in base64, of the path and SHA256(nonce + body), keyed with the
decoded secret: https://docs.kraken.com/exchange/guides/rest/authentication. It is taken of the
bytes that came; nothing is encoded again.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

from tests.simulators.kraken.form import Form
from tests.simulators.kraken.people import Key
from tests.simulators.kraken.refusals import invalid_nonce, invalid_signature

KEY: Final = "API-Key"
SIGNATURE: Final = "API-Sign"
_NONCE: Final = re.compile(r"\d{1,20}")
_MOST: Final = 2**64


def signature(secret: str, path: str, nonce: str, body: bytes) -> str:
    """The right one."""
    digest = hashlib.sha256(nonce.encode() + body).digest()
    mac = hmac.new(base64.b64decode(secret), path.encode() + digest, hashlib.sha512)
    return base64.b64encode(mac.digest()).decode()


def check_signed(key: Key, path: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Takes the nonce if the signature is right; with a wrong one it stays free (unverified).

    Raises:
        KrakenRefusal: The signature or the nonce is wrong.
    """
    nonce = Form.of_body(body).text("nonce")
    given = headers.get(SIGNATURE, "")
    if not hmac.compare_digest(given.encode(), signature(key.secret, path, nonce, body).encode()):
        raise invalid_signature()
    if not _NONCE.fullmatch(nonce) or int(nonce) >= _MOST:
        raise invalid_nonce()
    _take(key, int(nonce))


def _take(key: Key, nonce: int) -> None:
    if nonce <= key.nonce - key.nonce_window or nonce in key.used or nonce == key.nonce:
        raise invalid_nonce()
    key.nonce = max(key.nonce, nonce)
    if key.nonce_window:
        key.used.add(nonce)
