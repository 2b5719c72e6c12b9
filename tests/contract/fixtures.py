"""What a broker's own test module gives to the contract, and what is made from it."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Protocol

import pytest

from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.clock import Clock
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    Found,
    OrderRequest,
    OrderType,
    Receipt,
    Side,
    TimeInForce,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.contract.placing import sending


class Sabotage(Protocol):
    """How a test makes the broker's simulator misbehave."""

    @property
    def orders_received(self) -> int:
        """How many requests for an order reached the broker."""
        ...

    def accept_and_stay_silent(self) -> None:
        """The next order requests are carried out and get no readable answer."""
        ...

    def refuse_orders(self) -> None:
        """Order requests are refused in so many words."""
        ...

    def be_unreachable(self) -> None:
        """Nothing gets through, not even a connection."""
        ...

    def work(self) -> None:
        """Everything works again."""
        ...


class BrokerFixtures:
    """The subclass gives the fixtures that raise here, and `broker_id`."""

    broker_id = ""
    environment = Environment.PAPER

    # Given by the subclass

    @pytest.fixture
    def sabotage(self) -> Sabotage:
        """The simulator's bad side."""
        raise NotImplementedError

    @pytest.fixture
    def adapter(self) -> BrokerAdapter:
        """From the real factory, not connected yet."""
        raise NotImplementedError

    @pytest.fixture
    def clock(self) -> Clock:
        """The one that the adapter was given."""
        raise NotImplementedError

    @pytest.fixture
    def tradable(self) -> Instrument:
        """Something that the account can buy one unit of."""
        raise NotImplementedError

    @pytest.fixture
    def underlying(self) -> Instrument:
        """A share with options, where the broker lists them, at least two of them with prices."""
        return Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        """A limit at which a buy of `tradable` is taken and does not fill."""
        raise NotImplementedError

    @pytest.fixture
    def pass_time(self) -> Callable[[], Awaitable[None]]:
        """Lets the broker carry out what it can, without real waiting."""
        raise NotImplementedError

    # Made from these

    @pytest.fixture
    def spec(self) -> BrokerSpec:
        """The manifest."""
        return get_broker(self.broker_id)

    @pytest.fixture
    async def account(self, adapter: BrokerAdapter) -> BrokerAccount:
        """The first account of a connected adapter."""
        await adapter.connect()
        return (await adapter.accounts())[0]

    def order(self, account: BrokerAccount, request: OrderRequest) -> Order:
        """`request` about to be sent to `account`."""
        return sending(
            request,
            account_id=account.account_id,
            broker=self.broker_id,
            environment=self.environment,
        )

    @pytest.fixture
    def resting(
        self, account: BrokerAccount, tradable: Instrument, resting_price: Decimal, spec: BrokerSpec
    ) -> Order:
        """A limit buy of one unit far below the market."""
        lasting = {TimeInForce.GTC, TimeInForce.DAY} & spec.times_in_force
        request = OrderRequest(
            instrument=tradable,
            side=Side.BUY,
            quantity=Decimal(1),
            type=OrderType.LIMIT,
            limit_price=resting_price,
            time_in_force=max(lasting),
        )
        return self.order(account, request)

    @pytest.fixture
    def at_market(self, account: BrokerAccount, tradable: Instrument, spec: BrokerSpec) -> Order:
        """A market buy of one unit."""
        fits = {TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC} & spec.times_in_force
        request = OrderRequest(
            instrument=tradable,
            side=Side.BUY,
            quantity=Decimal(1),
            time_in_force=min(fits),
        )
        return self.order(account, request)

    def listed_as(
        self, order: Order, receipt: Receipt, listed: Sequence[BrokerOrder]
    ) -> list[BrokerOrder]:
        """The lines of a list that are `order`: by our id, or where brokers tell none by theirs."""
        theirs = (None, receipt.broker_order_id)
        return [
            line
            for line in listed
            if line.order_id == order.order_id
            or (line.order_id, line.receipt.broker_order_id) == theirs
        ]

    async def read_back(self, adapter: BrokerAdapter, order: Order) -> Receipt:
        """An order that must be at the broker, as it stands there."""
        found = await adapter.find_order(order)
        assert isinstance(found, Found)
        return found.receipt
