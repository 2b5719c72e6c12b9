"""OpenD's encryption: InitConnect under RSA, everything after it under AES in CBC mode.

As the SDK does it (`RsaCrypt` in `common/sys_config.py`, `FutuConnMng` in `common/conn_mng.py`):
both sides hold the same private RSA key of 1024 bits; 100 bytes become 128.
"""

import secrets
from typing import Any, Final

from Crypto.Cipher import AES, PKCS1_v1_5
from Crypto.PublicKey import RSA
from Crypto.Util.Padding import pad, unpad

_CLEAR: Final = 100
_BLOCK: Final = 128
_INIT: Final = 1001


def new_key() -> Any:
    """A pair of keys."""
    return RSA.generate(1024)


class Seal:
    """The secrets of one connection.

    Attributes:
        key: `connAESKey`, 16 characters.
        iv: `aesCBCiv`, likewise.
    """

    def __init__(self, rsa: Any) -> None:
        """With OpenD's private RSA key."""
        self.key = secrets.token_hex(8)
        self.iv = secrets.token_hex(8)
        self._rsa = PKCS1_v1_5.new(rsa)

    def seal(self, proto_id: int, body: bytes) -> bytes:
        """What goes over the wire."""
        if proto_id != _INIT:
            return bytes(self._aes().encrypt(pad(body, 16)))
        parts = (body[at : at + _CLEAR] for at in range(0, len(body), _CLEAR))
        return b"".join(self._rsa.encrypt(part) for part in parts)

    def open(self, proto_id: int, body: bytes) -> bytes:
        """What came over the wire; empty where it was sealed with another key."""
        try:
            if proto_id != _INIT:
                return bytes(unpad(self._aes().decrypt(body), 16))
            parts = (body[at : at + _BLOCK] for at in range(0, len(body), _BLOCK))
            return b"".join(self._rsa.decrypt(part, b"") for part in parts)
        except ValueError:
            return b""

    def _aes(self) -> Any:
        return AES.new(self.key.encode(), AES.MODE_CBC, iv=self.iv.encode())
