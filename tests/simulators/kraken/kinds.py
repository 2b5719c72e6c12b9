"""The order types, and what each of them needs."""

from typing import Final

LIMITED: Final = frozenset({"limit", "stop-loss-limit", "take-profit-limit", "trailing-stop-limit"})
STOPS: Final = frozenset({"stop-loss", "stop-loss-limit"})
TAKES: Final = frozenset({"take-profit", "take-profit-limit"})
TRAILS: Final = frozenset({"trailing-stop", "trailing-stop-limit"})
TRIGGERED: Final = STOPS | TAKES | TRAILS
TYPES: Final = frozenset({"market", "limit"}) | TRIGGERED
NOT_SIMULATED: Final = frozenset({"iceberg", "settle-position"})
"""Kraken has them; asking for one is an error of the test, not a refusal."""


def triggers_above(kind: str, side: str) -> bool:
    """Whether the trigger of such an order lies above the market, and "#" with it."""
    if kind == "limit":
        return side == "sell"
    return (side == "buy") != (kind in TAKES)
