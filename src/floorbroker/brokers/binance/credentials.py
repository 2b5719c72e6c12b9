"""What linking Binance asks for: one pair of keys."""

from typing import Annotated, Final

from pydantic import Field

from floorbroker.brokers.shared.secret_fields import Pasted, Secrets, fitting

_A_KEY: Final = fitting(
    r"[A-Za-z0-9]{16,128}", "an HMAC key and its secret have letters and digits only"
)
"""Both have 64 characters in every example of rest-api.md; the length is documented nowhere."""


class BinanceCredentials(Secrets):
    """A system-generated (HMAC) key of the spot exchange, or of its testnet."""

    api_key: Annotated[Pasted, _A_KEY] = Field(
        title="API key",
        description="Under API Management at Binance, or at testnet.binance.vision for paper.",
    )
    api_secret: Annotated[Pasted, _A_KEY] = Field(
        title="Secret key",
        description="Shown once, when the key is made. If it is lost, make a new key.",
    )
