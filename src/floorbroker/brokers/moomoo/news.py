"""What OpenD pushes of orders and deals, as news of our orders."""

from collections.abc import AsyncIterator
from typing import Any, Final

from floorbroker.brokers.moomoo import receipts, words
from floorbroker.brokers.moomoo.line import OpenDLine
from floorbroker.brokers.moomoo.orders import Orders
from floorbroker.brokers.moomoo.pushes import Pushes
from floorbroker.brokers.port import OrderNews
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import Receipt

_ORDER: Final = "Trd_UpdateOrder"
_DEAL: Final = "Trd_UpdateOrderFill"


class News:
    """Those of one environment."""

    __slots__ = ("_environment", "_line", "_orders")

    def __init__(self, line: OpenDLine, orders: Orders, environment: Environment) -> None:
        """`orders` read the fills that a push does not tell."""
        self._line = line
        self._orders = orders
        self._environment = words.ENVIRONMENTS[environment]

    def told(self) -> AsyncIterator[OrderNews]:
        """News of our orders from now on, until the connection ends."""
        return self._told(self._line.pushes(_ORDER, _DEAL))

    async def _told(self, pushes: Pushes) -> AsyncIterator[OrderNews]:
        """A deal has no remark in it, so the last push of each order at work is kept for that."""
        try:
            async for news in self._read(pushes):
                yield news
        finally:
            pushes.end()

    async def _read(self, pushes: Pushes) -> AsyncIterator[OrderNews]:
        last: dict[str, Any] = {}
        async for name, told in pushes:
            if told.header.trdEnv != self._environment:
                continue
            order = told.order if name == _ORDER else last.get(told.orderFill.orderIDEx)
            ours = None if order is None else receipts.ours_of(order)
            if order is None or ours is None:
                continue
            last[order.orderIDEx] = order
            receipt = await self._receipt(AccountId(str(told.header.accID)), order)
            if receipt.state.final:
                del last[order.orderIDEx]
            yield OrderNews(order_id=ours, receipt=receipt)

    async def _receipt(self, account_id: AccountId, order: Any) -> Receipt:
        """Without its fills, and so at work, where these cannot be read now: it is news anyhow."""
        try:
            return await self._orders.told(account_id, order)
        except (Failure, BrokerError):
            return receipts.receipt(order, (), asked_to_cancel=True)
