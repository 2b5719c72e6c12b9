"""What linking Binance asks for: one pair of keys."""

import re
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

_KEY: Final = re.compile(r"[A-Za-z0-9]{16,128}", re.ASCII)
"""Both have 64 characters in every example of rest-api.md; the length is documented nowhere."""


class BinanceCredentials(BaseModel):
    """A system-generated (HMAC) key of the spot exchange, or of its testnet."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr = Field(
        title="API key",
        description="Under API Management at Binance, or at testnet.binance.vision for paper.",
    )
    api_secret: SecretStr = Field(
        title="Secret key",
        description="Shown once, when the key is made. If it is lost, make a new key.",
    )

    @field_validator("api_key", "api_secret", mode="before")
    @classmethod
    def _without_the_space_around_it(cls, pasted: object) -> object:
        return pasted.strip() if isinstance(pasted, str) else pasted

    @field_validator("api_key", "api_secret")
    @classmethod
    def _letters_and_digits(cls, given: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(given.get_secret_value()):
            raise ValueError("an HMAC key and its secret have letters and digits only")
        return given
