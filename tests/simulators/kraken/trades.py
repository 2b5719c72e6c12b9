"""One fill, as Kraken shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.wire import fixed, new_id, unix

_NUMBERS: Final = count(40274859)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A fill of the order `ordertxid`.

    Attributes:
        fee: In the quote currency, in whatever it was taken.
    """

    ordertxid: str
    pair: Pair
    side: str
    ordertype: str
    volume: Decimal
    price: Decimal
    cost: Decimal
    fee: Decimal
    maker: bool
    at: datetime
    txid: str = field(default_factory=lambda: new_id("T"))
    position: str = field(default_factory=lambda: new_id("T"))
    number: int = field(default_factory=lambda: next(_NUMBERS))

    def wire(self) -> dict[str, Any]:
        """An entry of TradesHistory and QueryTrades."""
        places = self.pair.cost_decimals
        return {
            "ordertxid": self.ordertxid,
            "postxid": self.position,
            "pair": self.pair.id,
            "aclass": "forex",
            "time": unix(self.at),
            "type": self.side,
            "ordertype": self.ordertype,
            "price": fixed(self.price, places),
            "cost": fixed(self.cost, places),
            "fee": fixed(self.fee, places),
            "vol": fixed(self.volume, self.pair.lot_decimals),
            "margin": fixed(Decimal(0), places),
            "leverage": "0",
            "misc": "",
            "trade_id": self.number,
            "maker": self.maker,
        }
