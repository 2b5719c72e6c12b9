"""What can be held and traded, and the names that Kraken takes for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

_MODERN: Final = {"XBT": "BTC", "XDG": "DOGE"}


@dataclass(slots=True, kw_only=True, eq=False)
class Asset:
    """A row of /0/public/Assets; its fields as recorded on 2026-09-25.

    Attributes:
        decimals: How many a balance is written with.
    """

    id: str
    altname: str
    decimals: int = 10
    display_decimals: int = 5
    collateral_value: float = 0.9
    status: str = "enabled"

    @property
    def names(self) -> set[str]:
        """All that are taken for it."""
        return {self.id, self.altname, _MODERN.get(self.altname, self.altname)}

    def wire(self) -> dict[str, Any]:
        """The row."""
        return {
            "aclass": "currency",
            "altname": self.altname,
            "decimals": self.decimals,
            "display_decimals": self.display_decimals,
            "collateral_value": self.collateral_value,
            "status": self.status,
            "margin_rate": "0.02",
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Pair:
    """A row of /0/public/AssetPairs; its fields as recorded on 2026-09-25.

    Attributes:
        id: "XXBTZUSD"; the key of every answer.
        altname: "XBTUSD"; what orders show.
        wsname: "XBT/USD".
        status: "online", "cancel_only", "post_only", "limit_only" or "reduce_only".
    """

    id: str
    altname: str
    wsname: str
    base: str
    quote: str
    pair_decimals: int
    cost_decimals: int = 5
    lot_decimals: int = 8
    ordermin: Decimal
    costmin: Decimal
    tick_size: Decimal
    status: str = "online"
    leverage: tuple[int, ...] = ()

    @property
    def symbol(self) -> str:
        """Its name of today: "BTC/USD"."""
        base, quote = self.wsname.split("/")
        return f"{_MODERN.get(base, base)}/{_MODERN.get(quote, quote)}"

    @property
    def names(self) -> set[str]:
        """All that are taken for it.

        Recorded on 2026-09-25: REST refuses the `wsname` of pairs with XBT or XDG ("XBT/USD"),
        and takes "BTC/USD".
        """
        return {self.id, self.altname, self.symbol, self.symbol.replace("/", "")}

    def wire(self) -> dict[str, Any]:
        """The row. Recorded on 2026-09-25: both lists of fees are empty, for all 1,451 pairs."""
        return {
            "altname": self.altname,
            "wsname": self.wsname,
            "aclass_base": "currency",
            "base": self.base,
            "aclass_quote": "currency",
            "quote": self.quote,
            "lot": "unit",
            "cost_decimals": self.cost_decimals,
            "pair_decimals": self.pair_decimals,
            "lot_decimals": self.lot_decimals,
            "lot_multiplier": 1,
            "leverage_buy": list(self.leverage),
            "leverage_sell": list(self.leverage),
            "fees": [],
            "fees_maker": [],
            "fee_volume_currency": "ZUSD",
            "margin_call": 80,
            "margin_stop": 40,
            "ordermin": format(self.ordermin, "f"),
            "costmin": format(self.costmin, "f"),
            "tick_size": format(self.tick_size, "f"),
            "status": self.status,
            "execution_venue": "international",
        }


@dataclass(slots=True)
class Catalogue:
    """All assets and pairs by id, found by any of their names in any case."""

    assets: dict[str, Asset] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)

    def add_assets(self, assets: Iterable[Asset]) -> None:
        """New ones, or others for the same ids."""
        self.assets.update({asset.id: asset for asset in assets})

    def add_pairs(self, pairs: Iterable[Pair]) -> None:
        """New ones, or others for the same ids."""
        self.pairs.update({pair.id: pair for pair in pairs})

    def asset(self, name: str) -> Asset | None:
        """The one of that name."""
        return next((one for one in self.assets.values() if name.upper() in one.names), None)

    def pair(self, name: str) -> Pair | None:
        """The one of that name."""
        return next((one for one in self.pairs.values() if name.upper() in one.names), None)
