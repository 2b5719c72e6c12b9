"""What linking Kraken asks for: one spot API key."""

import base64
import binascii
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator

from floorbroker.brokers.shared.secret_fields import Pasted, Secrets, fitting

_A_KEY: Final = fitting(r"[A-Za-z0-9+/=_-]{8,128}", "an API key has letters, digits, + and / only")
_LONGEST: Final = 512
_FEWEST_BYTES: Final = 16


class KrakenCredentials(Secrets):
    """The public and the private part of a key.

    The private part is base64, which the signature decodes:
    https://docs.kraken.com/exchange/guides/rest/authentication. No length is documented.
    """

    api_key: Annotated[Pasted, _A_KEY] = Field(
        title="API key",
        description="In your Kraken account's API settings, the shorter of the two.",
    )
    private_key: Pasted = Field(
        title="Private key",
        description="Shown once, when the key is made. If it is lost, make a new key.",
    )

    @field_validator("private_key")
    @classmethod
    def _a_private_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if len(text) > _LONGEST or not _is_base64(text):
            raise ValueError("a private key is base64 as Kraken shows it")
        return key


def _is_base64(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) >= _FEWEST_BYTES
    except (binascii.Error, ValueError):
        return False
