"""AES-256-GCM with a key derived for each record, bound to what the record belongs to.

A sealed text is `version.key id.salt.nonce.ciphertext`, all but the first two in base64. The
associated data holds the version, the key id and the caller's facts (user, account, broker,
environment …): a ciphertext moved to another record does not open.
"""

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from floorbroker.vault.keyring import KEY_BYTES, Keyring

_VERSION: Final = "1"
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12


class Unsealable(Exception):
    """Tampered with, moved, cut short, or sealed with a key that is not here."""


def key_of(sealed: str) -> str:
    """The id of the key that sealed a text; nothing is opened for that."""
    return sealed.split(".", 2)[1] if sealed.count(".") >= 2 else ""


class Vault:
    """Seals and opens texts with one keyring."""

    def __init__(self, keyring: Keyring) -> None:
        """The keyring's newest key seals."""
        self._keyring = keyring

    @property
    def keyring(self) -> Keyring:
        """The keys; their representation shows ids only."""
        return self._keyring

    def seal(self, secret: str, belongs_to: Mapping[str, str]) -> str:
        """`secret`, readable again only with the same `belongs_to`."""
        key_id = self._keyring.newest
        salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
        cipher = self._cipher(key_id, salt)
        sealed = cipher.encrypt(nonce, secret.encode(), _associated(key_id, belongs_to))
        encoded = [base64.urlsafe_b64encode(part).decode() for part in (salt, nonce, sealed)]
        return ".".join((_VERSION, key_id, *encoded))

    def open(self, sealed: str, belongs_to: Mapping[str, str]) -> str:
        """The secret.

        Raises:
            Unsealable: It is not what was sealed for `belongs_to`.
        """
        try:
            version, key_id, *parts = sealed.split(".")
            salt, nonce, ciphertext = (_decoded(part) for part in parts)
        except (ValueError, binascii.Error):
            raise Unsealable("malformed") from None
        if (len(salt), len(nonce)) != (_SALT_BYTES, _NONCE_BYTES):
            raise Unsealable("malformed")
        if version != _VERSION or key_id not in self._keyring.keys:
            raise Unsealable("unknown version or key")
        try:
            associated = _associated(key_id, belongs_to)
            return self._cipher(key_id, salt).decrypt(nonce, ciphertext, associated).decode()
        except InvalidTag:
            raise Unsealable("does not belong here") from None

    def mark(self, text: str) -> str:
        """A name for `text` where it must not stand itself: 32 hexadecimal characters.

        The same in every process with the same newest key; without that key it tells nothing, not
        even to who tries all texts there are.
        """
        derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"floorbroker mark")
        key = derive.derive(self._keyring.keys[self._keyring.newest])
        return hmac.digest(key, text.encode(), "sha256").hex()[:32]

    def _cipher(self, key_id: str, salt: bytes) -> AESGCM:
        derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"floorbroker seal")
        return AESGCM(derive.derive(self._keyring.keys[key_id]))


def _decoded(part: str) -> bytes:
    """What `seal` wrote, to the letter: the decoder passes over what means nothing to it."""
    raw = base64.urlsafe_b64decode(part)
    if base64.urlsafe_b64encode(raw).decode() != part:
        raise ValueError
    return raw


def _associated(key_id: str, belongs_to: Mapping[str, str]) -> bytes:
    return json.dumps([_VERSION, key_id, sorted(belongs_to.items())]).encode()
