"""What linking Kraken asks for: one spot API key."""

import base64
import binascii
import re
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

_KEY: Final = re.compile(r"[A-Za-z0-9+/=_-]{8,128}", re.ASCII)
_LONGEST: Final = 512
_FEWEST_BYTES: Final = 16


class KrakenCredentials(BaseModel):
    """The public and the private part of a key.

    The private part is base64, which the signature decodes:
    https://docs.kraken.com/exchange/guides/rest/authentication. No length is documented.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr = Field(
        title="API key",
        description="In your Kraken account's API settings, the shorter of the two.",
    )
    private_key: SecretStr = Field(
        title="Private key",
        description="Shown once, when the key is made. If it is lost, make a new key.",
    )

    @field_validator("api_key", "private_key", mode="before")
    @classmethod
    def _without_the_space_around_it(cls, pasted: object) -> object:
        return pasted.strip() if isinstance(pasted, str) else pasted

    @field_validator("api_key")
    @classmethod
    def _a_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("an API key has letters, digits, + and / only")
        return key

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
