"""What linking Coinbase asks for: the name of a secret API key, and its private part."""

import base64
import binascii
import re
from typing import Annotated, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr, field_validator

from floorbroker.brokers.shared.secret_fields import Secrets, fitting

_A_NAME: Final = fitting(
    r"organizations/[A-Za-z0-9-]{1,64}/apiKeys/[A-Za-z0-9-]{1,64}|[A-Za-z0-9-]{16,64}",
    "a key is named organizations/…/apiKeys/…, or by its ID",
)
"""Or the id alone, which newer key files have in its place (APIBase of coinbase-advanced-py)."""

_LONGEST: Final = 4096
_BLOCK: Final = re.compile(
    r"-----BEGIN (EC PRIVATE KEY|PRIVATE KEY)-----(.*?)-----END \1-----", re.ASCII | re.DOTALL
)
_WRITTEN_BREAK: Final = re.compile(r"\\+[nr]")
"""A line break as JSON and settings files write it: two characters."""

_LINE: Final = 64
_SEED_BYTES: Final = 32


class CoinbaseCredentials(Secrets):
    """A secret API key of the Coinbase Developer Platform, ECDSA (P-256) or Ed25519.

    The private part has the forms that coinbase-advanced-py knows (`_load_private_key` in
    jwt_generator.py): PEM, or base64 of an Ed25519 seed with or without its public half. A field of
    one line takes the line breaks out of PEM; they are put back here.
    """

    key_name: Annotated[SecretStr, _A_NAME] = Field(
        title="Key name or ID",
        description="Shown with the key in the Coinbase Developer Platform: "
        "organizations/…/apiKeys/…, or the ID alone.",
    )
    private_key: SecretStr = Field(
        title="Private key",
        description="Shown once, when the key is made. All of it, from -----BEGIN to the last "
        "dashes, in one line; or the one line of letters that an Ed25519 key has.",
    )

    @field_validator("key_name", mode="before")
    @classmethod
    def _without_what_is_around_it(cls, pasted: object) -> object:
        return _bare(pasted) if isinstance(pasted, str) else pasted

    @field_validator("private_key", mode="before")
    @classmethod
    def _with_its_lines(cls, pasted: object) -> object:
        return _in_lines(pasted) if isinstance(pasted, str) and len(pasted) <= _LONGEST else pasted

    @field_validator("private_key")
    @classmethod
    def _a_private_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        trouble = _trouble_of_block(text) if "-----" in text else _trouble_of_line(text)
        if trouble:
            raise ValueError(trouble)
        return key


def _bare(pasted: str) -> str:
    """Without the space, quotes and comma that come along from a key file."""
    return pasted.strip().strip("\"',").strip()


def _in_lines(pasted: str) -> str:
    """PEM in lines of its own, whatever became of its line breaks; anything else in one line."""
    text = _WRITTEN_BREAK.sub("\n", _bare(pasted))
    found = _BLOCK.search(text)
    if found is None:
        return text if "-----" in text else "".join(text.split())
    label, body = found[1], "".join(found[2].split())
    lines = [body[at : at + _LINE] for at in range(0, len(body), _LINE)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _trouble_of_block(text: str) -> str:
    """Why it is no key that Coinbase gives, in words for people; empty if it is one."""
    if len(text) > _LONGEST or not _BLOCK.match(text):
        return "a private key goes from -----BEGIN … PRIVATE KEY----- to its END, all of it"
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "this private key cannot be read: something of it is missing or was changed"
    if isinstance(key, Ed25519PrivateKey):
        return ""
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return ""
    return "Coinbase gives keys of two kinds, ECDSA (P-256) and Ed25519; this is another one"


def _trouble_of_line(text: str) -> str:
    """Likewise; the second half, where there is one, is the public key of the first."""
    try:
        raw = base64.b64decode(text, validate=True) if len(text) <= _LONGEST else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) not in {_SEED_BYTES, 2 * _SEED_BYTES}:
        return "an Ed25519 key is one line of 44 or 88 letters; another one begins with -----BEGIN"
    public = Ed25519PrivateKey.from_private_bytes(raw[:_SEED_BYTES]).public_key()
    if raw[_SEED_BYTES:] not in {b"", public.public_bytes_raw()}:
        return "this private key cannot be read: something of it is missing or was changed"
    return ""
