"""An order as the simulator keeps it, and as Kraken shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tests.simulators.kraken.describing import close_text, order_text, price_text, volume_text
from tests.simulators.kraken.kinds import TAKES, TRAILS, TRIGGERED
from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.ticket import Terms
from tests.simulators.kraken.trades import Trade
from tests.simulators.kraken.wire import fixed, new_id, unix

ENDED: Final = frozenset({"closed", "canceled", "expired"})


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order.

    Attributes:
        terms: As they are shown: a trailing stop keeps its offsets.
        limit: The price at which it may fill at worst, once known; None for market orders.
        trigger_price: Where it triggers, as it stands now; None for orders that never do.
        signal: "last" or "index".
        lots: What an amount of money came to, from its first fill on.
        rests: Whether it has been in the book, and fills as a maker.
        peak: The best price since a trailing stop was placed.
        parts_left: How many more matches fill it, when it fills in parts.
        touched_at: When it was placed or last amended.
        canceling: Whether a cancel of it waits.
    """

    person: Person
    pair: Pair
    side: str
    terms: Terms
    volume: Decimal
    opened_at: datetime
    flags: tuple[str, ...]
    time_in_force: str = "GTC"
    signal: str = "last"
    close: Terms | None = None
    leverage: int | None = None
    userref: int = 0
    cl_ord_id: str = ""
    refid: str | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    status: str = "open"
    reason: str | None = None
    closed_at: datetime | None = None
    txid: str = field(default_factory=lambda: new_id("O"))
    limit: Decimal | None = None
    trigger_price: Decimal | None = None
    triggered: bool = False
    peak: Decimal | None = None
    rests: bool = False
    lots: Decimal | None = None
    trades: list[Trade] = field(default_factory=list)
    parts_left: int = 1
    touched_at: datetime = field(init=False)
    amended: bool = False
    canceling: bool = False

    def __post_init__(self) -> None:
        """Not amended yet."""
        self.touched_at = self.opened_at

    @property
    def type(self) -> str:
        """As it was asked for, triggered or not."""
        return self.terms.type

    @property
    def viqc(self) -> bool:
        """Whether `volume` is an amount of money."""
        return "viqc" in self.flags

    @property
    def executed(self) -> Decimal:
        """Lots that have filled."""
        return sum((trade.volume for trade in self.trades), Decimal(0))

    @property
    def cost(self) -> Decimal:
        """Without fees."""
        return sum((trade.cost for trade in self.trades), Decimal(0))

    @property
    def fee(self) -> Decimal:
        """In the quote currency."""
        return sum((trade.fee for trade in self.trades), Decimal(0))

    @property
    def remaining(self) -> Decimal:
        """Lots still to fill; of an amount of money none are known before its first fill."""
        whole = self.lots if self.viqc else self.volume
        return (whole or Decimal(0)) - self.executed

    @property
    def waits(self) -> bool:
        """Whether its trigger has not come."""
        return self.type in TRIGGERED and not self.triggered

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in ENDED

    def end(self, status: str, at: datetime, reason: str | None = None) -> None:
        """It leaves the book."""
        self.status, self.closed_at, self.reason = status, at, reason
        self.canceling = False

    def wire(self) -> dict[str, Any]:
        """An entry of OpenOrders, ClosedOrders and QueryOrders, but for its trades.

        The fields as recorded in July 2025, `cl_ord_id` and `margin` as in the docs of May 2026,
        `time_in_force` as in those of summer 2026.
        """
        pair, places = self.pair, self.pair.cost_decimals
        average = self.cost / self.executed if self.executed else Decimal(0)
        volume = volume_text(self.volume, pair, viqc=self.viqc)
        shown: dict[str, Any] = {
            "refid": self.refid,
            "userref": self.userref,
            **({"cl_ord_id": self.cl_ord_id} if self.cl_ord_id else {}),
            "status": self.status,
            "opentm": unix(self.opened_at),
            "starttm": unix(self.starts_at) if self.starts_at else 0,
            "expiretm": unix(self.expires_at) if self.expires_at else 0,
            "descr": {
                "pair": pair.altname,
                "aclass": "forex",
                "type": self.side,
                "ordertype": self.type,
                "price": price_text(self.terms.price, pair),
                "price2": price_text(self.terms.price2, pair),
                "leverage": f"{self.leverage}:1" if self.leverage else "none",
                "order": order_text(self.side, volume, pair, self.terms, self.leverage),
                "close": close_text(self.close, pair),
            },
            "time_in_force": self.time_in_force.lower(),
            "vol": volume,
            "vol_exec": fixed(self.executed, pair.lot_decimals),
            "cost": fixed(self.cost, places),
            "fee": fixed(self.fee, places),
            "price": fixed(average, places),
            "stopprice": fixed(self._stop_shown, places),
            "limitprice": fixed(self._limit_shown, places),
            "margin": self.leverage is not None,
            "misc": ",".join(self._misc),
            "oflags": ",".join(self.flags),
        }
        if self.type in TRIGGERED:
            shown["trigger"] = self.signal
        if self.closed_at is not None:
            shown |= {"reason": self.reason, "closetm": unix(self.closed_at)}
        return shown

    @property
    def _stop_shown(self) -> Decimal:
        # Zero in the docs' example of a stop that waits; recorded above zero for a trailing stop.
        known = self.triggered or self.type in TRAILS
        return (self.trigger_price or Decimal(0)) if known else Decimal(0)

    @property
    def _limit_shown(self) -> Decimal:
        return (self.limit or Decimal(0)) if self.triggered else Decimal(0)

    @property
    def _misc(self) -> list[str]:
        words = []
        if self.triggered:
            words.append("touched" if self.type in TAKES else "stopped")
        if self.trades and self.status == "open":
            words.append("partial")
        if self.amended:
            words.append("amended")
        return words
