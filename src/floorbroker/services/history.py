"""What a person traded: pages of ended orders, what they made, and all of it as a file."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from io import StringIO
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import OrderId, UserId
from floorbroker.domain.instruments import parse_symbol
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money
from floorbroker.domain.order import Order
from floorbroker.domain.realised import Closing
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.listing import OrderList
from floorbroker.services.lookback import Lookback, look_back

PAGE: Final = 10


class Period(StrEnum):
    """How far back, in days of the exchange."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which orders; an empty symbol means every one.

    Attributes:
        environment: Paper and real money are never added; None: whichever was used last.
    """

    period: Period = Period.MONTH
    symbol: str = ""
    environment: Environment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the closings of one period made, by currency.

    Attributes:
        profits: None of them where not every order of the period was looked through.
        unknown: Closings of which a part, or all, has no known cost.
        whole: Every order of the period was looked through.
    """

    profits: Mapping[str, Money]
    closings: int
    unknown: int
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The orders that fit, newest first, and what was made in each period up to now.

    Attributes:
        realised: What each of them closed for, where that is known, by its id.
        more: There are older orders, which were not looked through.
        unreadable: Orders that this version cannot read; what they closed is in no figure.
    """

    asked: Asked
    environment: Environment
    orders: Sequence[Order]
    realised: Mapping[OrderId, Decimal]
    made: Mapping[Period, Made]
    more: bool = False
    unreadable: int = 0

    def page(self, number: int) -> Sequence[Order]:
        """The orders of a page; pages count from 0."""
        return self.orders[number * PAGE : (number + 1) * PAGE]

    @property
    def pages(self) -> int:
        """How many there are, at least one."""
        return max(1, -(-len(self.orders) // PAGE))


class Histories:
    """Reads a person's own orders."""

    def __init__(self, orders: OrderList, clock: Clock) -> None:
        """See the module's first line."""
        self._orders = orders
        self._clock = clock

    async def history(self, user_id: UserId, asked: Asked) -> History:
        """Everything that was sent in the period, and what all closings made.

        Raises:
            InvalidInput: The symbol is none.
        """
        symbol = parse_symbol(asked.symbol) if asked.symbol else ""
        environment = asked.environment
        if environment is None:
            last = await self._orders.recent(user_id, limit=1)
            environment = last[0].environment if last else Environment.PAPER
        looked = await look_back(self._orders, user_id, environment, symbol)
        now = self._clock.now()
        since = beginning(asked.period, now)
        return History(
            asked=asked,
            environment=environment,
            orders=[one for one in looked.orders if since is None or one.created_at >= since],
            realised=_realised(looked.closed),
            made={period: made(looked, beginning(period, now)) for period in Period},
            more=looked.more,
            unreadable=looked.unreadable,
        )


def beginning(period: Period, now: datetime) -> datetime | None:
    """When the present day, week (from Monday), month or year of the exchange began."""
    today = now.astimezone(EXCHANGE_ZONE).date()
    first: date | None = {
        Period.DAY: today,
        Period.WEEK: today - timedelta(days=today.weekday()),
        Period.MONTH: today.replace(day=1),
        Period.YEAR: today.replace(month=1, day=1),
    }.get(period)
    if first is None:
        return None
    return datetime.combine(first, time(), EXCHANGE_ZONE).astimezone(now.tzinfo)


def made(looked: Lookback, since: datetime | None) -> Made:
    """What the closings from `since` on made; None takes all."""
    whole = looked.covers(since)
    within = [one for one in looked.closed if since is None or one.at >= since]
    profits: dict[str, Money] = {}
    for one in within:
        if whole and one.profit is not None:
            profit = Money(amount=one.profit, currency=one.currency)
            known = profits.get(one.currency)
            profits[one.currency] = profit if known is None else known + profit
    unknown = sum(1 for one in within if one.unknown)
    return Made(profits=profits, closings=len(within), unknown=unknown, whole=whole)


_COLUMNS: Final = (
    "sent", "order_id", "account", "environment", "side", "symbol", "type", "state", "quantity",
    "amount", "limit", "stop", "filled", "average_price", "realised", "currency", "fees",
)  # fmt: skip


def as_csv(history: History) -> bytes:
    """The orders in UTF-8 with a header, newest first; times in UTC, numbers unrounded.

    No cell begins like a formula: none holds text of a person or a broker.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for order in history.orders:
        request = order.request
        writer.writerow(
            [
                (order.sent_at or order.created_at).isoformat(timespec="seconds"),
                order.order_id,
                f"{order.broker}/{order.account_id}",
                order.environment.value,
                request.side.value,
                request.instrument.symbol,
                request.type.value,
                order.state.value,
                *map(
                    _plain,
                    (
                        request.quantity,
                        request.notional,
                        request.limit_price,
                        request.stop_price,
                        order.filled_quantity,
                        order.average_price,
                        history.realised.get(order.order_id),
                    ),
                ),
                request.instrument.currency,
                _fees(order),
            ]
        )
    return out.getvalue().encode()


def _realised(closed: Sequence[Closing]) -> dict[OrderId, Decimal]:
    sums: dict[OrderId, Decimal] = {}
    for one in closed:
        if one.profit is not None:
            sums[one.order_id] = sums.get(one.order_id, Decimal(0)) + one.profit
    return sums


def _fees(order: Order) -> str:
    """`1.50 USD`, `0.01 BNB + 1.50 USD`: amounts in different currencies are never added."""
    return " + ".join(f"{amount:f} {currency}" for currency, amount in sorted(order.fees.items()))


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
