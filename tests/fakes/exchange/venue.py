"""What the scripted broker knows and says; a test changes it between two calls."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from floorbroker.brokers.port import BrokerOrder, KeyRights
from floorbroker.domain.ids import AccountId, LinkId, OrderId, UserId
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Fill, Found, LookUp, OrderChanges, Receipt
from floorbroker.domain.portfolio import BrokerAccount, Position

AAPL = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
ACCOUNT = BrokerAccount(account_id=AccountId("EX-1"), number="EX000001", may_short=True)
RULES = InstrumentRules(
    quantity_step=Decimal(1), price_tick=Decimal("0.01"), minimum_quantity=Decimal(1)
)


@dataclass(slots=True)
class Venue:
    """An exchange that takes every order and fills none, unless it is told otherwise.

    Attributes:
        requests: The name of every call, oldest first.
        opened: Whose adapters were connected, oldest first.
        closed: How many adapters were let go.
        bid: And `ask`, `last`: None where there is no such price; all None is no quote.
        quoted_at: The source's own time of the price; the clock's if None.
        equity: What the account is worth; as much as the buying power if None.
        closes: By symbol: the closing prices of the last days, yesterday's last.
        premiums: By symbol of a contract: the middle of its price; without one there is none.
        priced: How many contracts each request for the prices of a chain was for.
        failing: By call: raised while nothing has happened there.
        mute: Calls that are carried out, then raise `failing_after`'s error.
        blocked: By call: waits for the event before anything happens. With `failing`, also by
            call and symbol, `quote MSFT`; balances and open orders by account, `balances EX-1`,
            hours by market.
        book: What it knows of each order.
        others: Open orders that were placed by other means.
        ended: What it tells of ended orders.
        found: Says this to every look-up, whatever the book holds.
        rights: What a key may do, where that is asked.
        looked: How often each order was looked up.
        at_once: The most look-ups of one and the same order that were under way together.
        keys: Where keys are asked for (`tests/fakes/keyed`): what each pair of them reaches.
    """

    requests: list[str] = field(default_factory=list)
    opened: list[tuple[UserId, LinkId]] = field(default_factory=list)
    closed: int = 0
    bid: Decimal | None = Decimal("99.99")
    ask: Decimal | None = Decimal("100.00")
    last: Decimal | None = Decimal("100.00")
    delayed: bool = False
    quoted_at: datetime | None = None
    market_open: bool = True
    buying_power: Decimal = Decimal(100_000)
    equity: Decimal | None = None
    day_profit: Decimal | None = None
    currency: str = "USD"
    accounts: tuple[BrokerAccount, ...] = (ACCOUNT,)
    instruments: tuple[Instrument, ...] = (AAPL,)
    positions: tuple[Position, ...] = ()
    closes: dict[str, list[Decimal]] = field(default_factory=dict)
    premiums: dict[str, Decimal] = field(default_factory=dict)
    priced: list[int] = field(default_factory=list)
    rules: InstrumentRules = RULES
    failing: dict[str, BaseException] = field(default_factory=dict)
    failing_after: dict[str, BaseException] = field(default_factory=dict)
    blocked: dict[str, asyncio.Event] = field(default_factory=dict)
    book: dict[OrderId, Receipt] = field(default_factory=dict)
    others: list[BrokerOrder] = field(default_factory=list)
    ended: list[BrokerOrder] = field(default_factory=list)
    found: LookUp | None = None
    rights: KeyRights | None = None
    keys: dict[tuple[str, str], tuple[BrokerAccount, ...]] = field(default_factory=dict)
    cancels_at_once: bool = True
    new_id_on_modify: bool = False
    on_place: Callable[[Order], Receipt] | None = None
    looked: Counter[OrderId] = field(default_factory=Counter)
    at_once: int = 0
    _under_way: Counter[OrderId] = field(default_factory=Counter)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self, request: str) -> int:
        """How often a call came in."""
        return self.requests.count(request)

    async def heard(self, request: str, times: int = 1) -> None:
        """Returns once a call has come in so often."""
        while self.count(request) < times:
            self._news.clear()
            await self._news.wait()

    @contextmanager
    def looking(self, order_id: OrderId) -> Iterator[None]:
        """While one look-up is under way."""
        self.looked[order_id] += 1
        self._under_way[order_id] += 1
        self.at_once = max(self.at_once, self._under_way[order_id])
        try:
            yield
        finally:
            self._under_way[order_id] -= 1

    async def called(self, request: str) -> None:
        """Writes a call down and lets it fail or wait, as the test wants."""
        self.requests.append(request)
        self._news.set()
        await asyncio.sleep(0)
        if request in self.blocked:
            await self.blocked[request].wait()
        if request in self.failing:
            raise self.failing[request]

    async def asked_of(self, request: str, symbol: str) -> None:
        """As `called`, where a test may want something of one symbol only."""
        await self.called(request)
        one = f"{request} {symbol}"
        if one in self.blocked:
            await self.blocked[one].wait()
        if one in self.failing:
            raise self.failing[one]

    def answered(self, request: str) -> None:
        """Lets the answer to a call get lost, if the test wants that."""
        if request in self.failing_after:
            raise self.failing_after[request]

    def place(self, order: Order) -> Receipt:
        """Takes an order."""
        made = self.on_place or (lambda o: accepted(f"X-{o.order_id}"))
        self.book[order.order_id] = made(order)
        return self.book[order.order_id]

    def cancel(self, order: Order) -> Receipt | None:
        """Cancels it now, or only says that it will."""
        if not self.cancels_at_once:
            return None
        known = self.book[order.order_id]
        self.book[order.order_id] = Receipt(
            broker_order_id=known.broker_order_id, state=OrderState.CANCELED, fills=known.fills
        )
        return self.book[order.order_id]

    def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Changes it, under a new id where that is its way."""
        known = self.book[order.order_id]
        new = f"{known.broker_order_id}'" if self.new_id_on_modify else known.broker_order_id
        self.book[order.order_id] = Receipt(
            broker_order_id=new,
            state=known.state,
            fills=known.fills,
            quantity=changes.quantity or order.request.quantity,
            limit_price=changes.limit_price or order.request.limit_price,
            stop_price=changes.stop_price or order.request.stop_price,
        )
        return self.book[order.order_id]

    def find(self, order: Order) -> LookUp:
        """Looks an order up."""
        if self.found is not None:
            return self.found
        known = self.book.get(order.order_id)
        return Absent() if known is None else Found(receipt=known)


def accepted(broker_order_id: str, limit_price: Decimal | None = None) -> Receipt:
    """A receipt of a resting order."""
    return Receipt(
        broker_order_id=broker_order_id, state=OrderState.ACCEPTED, limit_price=limit_price
    )


def filled(broker_order_id: str, quantity: Decimal, at: datetime) -> Receipt:
    """A receipt of an order that was filled at 100.00 in one go."""
    fill = Fill(fill_id=f"{broker_order_id}-1", quantity=quantity, price=Decimal(100), at=at)
    return Receipt(broker_order_id=broker_order_id, state=OrderState.FILLED, fills=(fill,))


def held(quantity: int | str, at: datetime, instrument: Instrument = AAPL) -> Position:
    """A holding; negative for a short one."""
    return Position(
        instrument=instrument,
        quantity=Decimal(quantity),
        average_price=Decimal(100),
        market_price=Decimal(100),
        as_of=at,
    )
