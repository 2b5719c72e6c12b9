"""What can be asked of TWS on the connection that stands: each question once, in its turn."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from floorbroker.brokers.ibkr import told
from floorbroker.brokers.ibkr.client import COMPLETED_ORDERS, OPEN_ORDERS, IbkrClient
from floorbroker.brokers.ibkr.errors import is_read_only, no_connection
from floorbroker.brokers.ibkr.pacing import Pacing
from floorbroker.brokers.ibkr.told import HoldingTold, Values

_T = TypeVar("_T")

ROOM: Final = 1.25
"""How much longer a second is here than at TWS: that counts what arrives, and two seconds' messages
that left in time arrive closer together when something on the way was busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long TWS may take; seconds.

    Attributes:
        read: An answer to a question.
        order: The first word about an order, a change or a cancel. Below the deadline of whoever
            asks, so that silence is told as what it is.
        start: Each of the questions at the start. TWS is known to leave out the end of its list of
            ended orders: https://github.com/erdewit/ib_insync/issues/224
        settle: A refusal of the server's, of an order that TWS itself has taken: it comes after
            a "PreSubmitted" (https://github.com/erdewit/ib_insync/issues/554).
        cancel: The end of an order of which TWS has taken the cancel.
        profit: The day's profit, which is left out after that.
    """

    read: float = 8.0
    order: float = 4.0
    start: float = 3.0
    profit: float = 2.0
    cancel: float = 1.0
    settle: float = 0.5


class Questions:
    """What a line can be asked.

    Attributes:
        pacing: Passed by each message.
        read_only: TWS said that it takes no orders from programs.
    """

    def __init__(self, patience: Patience) -> None:
        """There is no connection yet."""
        self.patience = patience
        self.pacing = Pacing(
            now=lambda: time.perf_counter() / ROOM,
            pause=lambda seconds: asyncio.sleep(seconds * ROOM),
        )
        self.read_only = False
        self._client: IbkrClient | None = None
        self._refusals: dict[int, Callable[[int, str], None]] = {}

    @property
    def client(self) -> IbkrClient:
        """The connection that stands.

        Raises:
            BrokerConnectionError: None does.
        """
        if self._client is None or self._client.lost.done():
            raise no_connection()
        return self._client

    @property
    def ib(self) -> Any:
        """The SDK's object of the connection that stands."""
        return self.client.ib

    @property
    def lost(self) -> asyncio.Future[str]:
        """Done, with the reason, once the connection that stands has ended."""
        return self.client.lost

    def next_id(self) -> int:
        """A number for a request or an order."""
        return self.client.next_id()

    def refusals(self, request_id: int, hears: Callable[[int, str], None]) -> Callable[[], None]:
        """Tells `hears` each error about that request; what comes back ends it."""
        self._refusals[request_id] = hears

        def end() -> None:
            self._refusals.pop(request_id, None)

        return end

    async def ask(
        self,
        call: Callable[[Any], Awaitable[_T]],
        *,
        urgent: bool = False,
        seconds: float | None = None,
    ) -> _T:
        """What `call` gets from the SDK; for requests that TWS answers by their number.

        Raises:
            Refusal: TWS's error about it.
            BrokerConnectionError: The connection ended before the answer came.
            BrokerTimeout: No answer came in time.
            RateLimited: Too much is asked already; nothing was.
        """
        await self.pacing.message(urgent=urgent)
        return await self.client.ask(call, seconds or self.patience.read)

    async def ask_alone(
        self,
        kind: str,
        call: Callable[[Any], Awaitable[_T]],
        *,
        about: str = "",
        urgent: bool = False,
        seconds: float | None = None,
    ) -> _T:
        """As `ask`, for requests that TWS does not number: never two of a kind at once."""
        await self.pacing.message(urgent=urgent)
        return await self.client.ask_alone(kind, call, seconds or self.patience.read, about)

    async def open_orders(self, seconds: float | None = None) -> set[int]:
        """The orders at work, of every client and of TWS itself, by TWS's own number."""
        trades = await self.ask_alone(
            OPEN_ORDERS, lambda ib: ib.reqAllOpenOrdersAsync(), urgent=True, seconds=seconds
        )
        self.read_only = False
        return {int(trade.order.permId) for trade in trades}

    async def completed_orders(self, seconds: float | None = None) -> set[int]:
        """The orders that ended, as far back as TWS lists them, by TWS's own number."""
        trades = await self.ask_alone(
            COMPLETED_ORDERS,
            lambda ib: ib.reqCompletedOrdersAsync(False),
            urgent=True,
            seconds=seconds,
        )
        return {int(trade.order.permId) for trade in trades}

    async def executions(self, seconds: float | None = None) -> None:
        """Has TWS tell all executions that it keeps: since midnight, as it is set up by default.

        https://interactivebrokers.github.io/tws-api/executions_commissions.html
        """
        await self.ask(lambda ib: ib.reqExecutionsAsync(), urgent=True, seconds=seconds)

    async def positions(self, seconds: float | None = None) -> list[HoldingTold]:
        """The holdings of all accounts, as they are now."""

        async def call(ib: Any) -> list[HoldingTold]:
            found = [told.holding(one) for one in await ib.reqPositionsAsync()]
            ib.client.cancelPositions()
            return found

        await self.pacing.message()
        return await self.ask_alone("positions", call, seconds=seconds)

    async def account(self, name: str) -> tuple[Values, list[HoldingTold]]:
        """The values of one account and its portfolio, which has TWS's own prices."""

        async def call(ib: Any) -> tuple[Values, list[HoldingTold]]:
            ib.wrapper.portfolio.pop(name, None)
            for key in [key for key in ib.wrapper.accountValues if key[0] == name]:
                del ib.wrapper.accountValues[key]  # what is not told any more is not so any more
            await ib.reqAccountUpdatesAsync(name)
            ib.client.reqAccountUpdates(False, name)
            values = {(one.tag, one.currency): str(one.value) for one in ib.accountValues(name)}
            return values, [told.holding(one) for one in ib.portfolio(name)]

        await self.pacing.message()
        return await self.ask_alone("accountValues", call, about=name)

    async def day_profit(self, account: str) -> Decimal | None:
        """What the account made today; None where TWS does not tell."""
        await self.pacing.message()
        await self.pacing.message()
        return await self.client.day_profit(account, self.patience.profit)

    async def takes_orders(self) -> bool | None:
        """Whether TWS takes orders from programs; None where it does not answer.

        It cancels a number that no order has: nothing can become of that.
        """
        number = self.next_id()
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def hear(code: int, words: str) -> None:
            if not answer.done():
                answer.set_result(not is_read_only(code, words))

        end = self.refusals(number, hear)
        try:
            await self.pacing.message()
            self.client.cancel(number)
            ends: set[asyncio.Future[Any]] = {answer, self.lost}
            await asyncio.wait(
                ends, timeout=self.patience.start, return_when=asyncio.FIRST_COMPLETED
            )
            return answer.result() if answer.done() else None
        finally:
            end()
