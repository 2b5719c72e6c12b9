"""The assets and pairs of a new simulator: old names, new names, one that only takes cancels.

Minima and decimals were recorded from the live API on 2026-09-16 and -25; those of ADA, of the euro
pairs but ACA/EUR, and the decimals of ADA, ACA and USDT are unverified.
"""

from decimal import Decimal
from typing import Final

from tests.simulators.kraken.pairs import Asset, Pair

_TEN: Final = tuple(range(2, 11))


def usual_assets() -> list[Asset]:
    """What the usual pairs are made of."""
    return [
        Asset(id="ZUSD", altname="USD", decimals=4, display_decimals=2, collateral_value=1.0),
        Asset(id="ZEUR", altname="EUR", decimals=4, display_decimals=2, collateral_value=1.0),
        Asset(id="XXBT", altname="XBT", collateral_value=0.99),
        Asset(id="XETH", altname="ETH", collateral_value=0.99),
        Asset(id="XXDG", altname="XDG", decimals=8, display_decimals=2, collateral_value=0.925),
        Asset(id="SOL", altname="SOL", collateral_value=0.925),
        Asset(id="ADA", altname="ADA", decimals=8),
        Asset(id="ACA", altname="ACA"),
        Asset(id="USDT", altname="USDT", decimals=8, display_decimals=4),
    ]


def usual_pairs() -> list[Pair]:
    """Enough for most tests."""
    return [
        _pair("XXBTZUSD", "XBT/USD", "XXBT", "ZUSD", 1, "0.00005", leverage=_TEN),
        _pair("XXBTZEUR", "XBT/EUR", "XXBT", "ZEUR", 1, "0.00005", costmin="0.45"),
        _pair("XETHZUSD", "ETH/USD", "XETH", "ZUSD", 2, "0.002", leverage=_TEN),
        _pair("XETHXXBT", "ETH/XBT", "XETH", "XXBT", 6, "0.001", costmin="0.00002", cost=10),
        _pair("XDGUSD", "XDG/USD", "XXDG", "ZUSD", 7, "50", cost=9, leverage=_TEN),
        _pair("SOLUSD", "SOL/USD", "SOL", "ZUSD", 2, "0.06", leverage=_TEN),
        _pair("ADAUSD", "ADA/USD", "ADA", "ZUSD", 6, "4", cost=8),
        _pair("ACAEUR", "ACA/EUR", "ACA", "ZEUR", 5, "12000", costmin="0.45", status="cancel_only"),
    ]


def _pair(
    name: str,
    wsname: str,
    base: str,
    quote: str,
    decimals: int,
    ordermin: str,
    *,
    costmin: str = "0.5",
    cost: int = 5,
    status: str = "online",
    leverage: tuple[int, ...] = (),
) -> Pair:
    return Pair(
        id=name,
        altname=wsname.replace("/", ""),
        wsname=wsname,
        base=base,
        quote=quote,
        pair_decimals=decimals,
        cost_decimals=cost,
        ordermin=Decimal(ordermin),
        costmin=Decimal(costmin),
        tick_size=Decimal(1).scaleb(-decimals),
        status=status,
        leverage=leverage,
    )
