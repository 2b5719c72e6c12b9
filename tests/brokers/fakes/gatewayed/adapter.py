"""An adapter that connects as it is told to and writes down what was asked of it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position
from tests.brokers.fakes.gatewayed.credentials import ScriptedCredentials

ACCOUNT = BrokerAccount(account_id=AccountId("DU1"), number="DU1")


class ScriptedAdapter(BrokerAdapter):
    """Options: `connect`, awaited by `connect()`; `calls`, a list that grows."""

    def __init__(self, context: BrokerContext, credentials: ScriptedCredentials) -> None:
        self.context = context
        self.credentials = credentials
        self._connect: Callable[[], Awaitable[None]] | None = context.options.get("connect")
        self._calls: list[str] = context.options.get("calls", [])

    async def connect(self) -> None:
        self._calls.append("connect")
        if self._connect is not None:
            await self._connect()

    async def close(self) -> None:
        self._calls.append("close")

    async def accounts(self) -> Sequence[BrokerAccount]:
        self._calls.append("accounts")
        return [ACCOUNT]

    def status(self) -> ConnectionStatus:
        raise NotImplementedError

    async def balances(self, account: BrokerAccount) -> Balances:
        raise NotImplementedError

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        raise NotImplementedError

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        raise NotImplementedError

    async def instrument(self, symbol: str) -> Instrument:
        raise NotImplementedError

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        raise NotImplementedError

    async def place_order(self, order: Order) -> Receipt:
        raise NotImplementedError

    async def cancel_order(self, order: Order) -> Receipt | None:
        raise NotImplementedError

    async def find_order(self, order: Order) -> LookUp:
        raise NotImplementedError

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        raise NotImplementedError

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        raise NotImplementedError
