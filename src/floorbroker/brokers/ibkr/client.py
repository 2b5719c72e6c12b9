"""One connection to TWS through ib_insync, in TWS's own words: each message sent once.

The SDK is imported when the first connection opens, on the running loop. Of it only the protocol is
used and the requests that have an answer of their own. Its picture of orders is not: an error of
any kind marks an order as canceled there, also one that stands (wrapper.py, `error`); what became
of an order is heard from the messages themselves. Nor are its methods that block.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any, Final, TypeVar

from floorbroker.brokers.ibkr import told
from floorbroker.brokers.ibkr.errors import (
    BROKER,
    Refusal,
    TakenClientId,
    is_read_only,
    no_connection,
)
from floorbroker.brokers.ibkr.hooks import hang_on
from floorbroker.brokers.ibkr.told import OrderNews
from floorbroker.brokers.ibkr.turns import Turns, seen
from floorbroker.domain.errors import BrokerConnectionError, BrokerTimeout

TAKEN: Final = 326
OPEN_ORDERS: Final = "openOrders"
COMPLETED_ORDERS: Final = "completedOrders"

_T = TypeVar("_T")


def contract(**fields: Any) -> Any:
    """The SDK's contract."""
    from ib_insync.contract import Contract

    return Contract(**fields)


def order(**fields: Any) -> Any:
    """The SDK's order; prices and sizes may be text."""
    from ib_insync.order import Order

    return Order(**fields)


class IbkrClient:
    """One connection from its opening to its end; the next one is another client.

    Attributes:
        ib: The SDK's own object.
        lost: Done, with the reason, as soon as the connection has ended.
    """

    def __init__(self, hears: Callable[[OrderNews], None]) -> None:
        """`hears` is told whatever may concern an order, and every error and notice."""
        from ib_insync.ib import IB
        from ib_insync.wrapper import RequestError

        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.ib: Any = IB()
        self.ib.RaiseRequestErrors = True
        # Its throttle keeps messages for later, orders too: what was handed over has left here.
        # `pacing.py` is what counts.
        self.ib.client.MaxRequests = 0
        # It would ask for a summary of accounts by itself after each 1102, and never end that.
        self.ib.errorEvent -= self.ib._onError
        self._request_error: type[Exception] = RequestError
        self._hears = hears
        self._turns = Turns(self)
        self._profits: dict[int, asyncio.Future[Decimal | None]] = {}
        self._taken = False
        hang_on(self.ib.wrapper, hears, self._hear_error, self._hear_profit)
        self.ib.client.conn.disconnected += self._hung_up

    # The connection

    async def connect(self, host: str, port: int, client_id: int) -> None:
        """Greets TWS and waits until it is ready.

        Raises:
            TakenClientId: Somebody is connected with that number.
            BrokerConnectionError: It hung up.
        """
        self.ib.wrapper.clientId = client_id
        greeting = asyncio.ensure_future(self.ib.client.connectAsync(host, port, client_id, None))
        try:
            await asyncio.wait({greeting, self.lost}, return_when=asyncio.FIRST_COMPLETED)
            if self._taken:
                raise TakenClientId
            if self.lost.done():
                raise BrokerConnectionError(_HUNG_UP, broker=BROKER)
            await greeting
        except OSError as error:
            raise no_connection(str(error)) from error
        finally:
            if not greeting.done():
                greeting.cancel()
            await asyncio.gather(greeting, return_exceptions=True)

    async def close(self) -> None:
        """Ends the connection, and whatever waits for an answer on it."""
        self.end("The connection was closed.")
        await self._turns.close()
        transport = self.ib.client.conn.transport
        with suppress(OSError):  # the other side may have gone a moment ago
            self.ib.client.disconnect()
        if transport is not None:
            transport.abort()
        self.ib.wrapper.setTimeout(0)

    def next_id(self) -> int:
        """A number for a request or an order, never used before."""
        with self._standing():
            return int(self.ib.client.getReqId())

    # Requests

    async def ask(
        self,
        call: Callable[[Any], Awaitable[_T]],
        seconds: float,
        refused: asyncio.Future[None] | None = None,
    ) -> _T:
        """What `call` gets from the SDK.

        Args:
            refused: Fails when the answer is an error that names no request.

        Raises:
            Refusal: TWS's error about this request.
            BrokerConnectionError: The connection ended before the answer came.
            BrokerTimeout: No answer came in time.
        """
        with self._standing():
            answer = asyncio.ensure_future(call(self.ib))
        answer.add_done_callback(seen)
        ends: set[asyncio.Future[Any]] = {answer, self.lost, *([refused] if refused else ())}
        try:
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                if refused is not None and refused.done():
                    refused.result()
                if self.lost.done():
                    raise BrokerConnectionError(self.lost.result(), broker=BROKER)
                raise BrokerTimeout(broker=BROKER)
            return answer.result()
        except self._request_error as error:
            raise Refusal(error.code, error.message) from error  # type: ignore[attr-defined] # the SDK's
        except ConnectionError as error:
            why = self.lost.result() if self.lost.done() else ""
            raise BrokerConnectionError(why, broker=BROKER, detail="dropped") from error
        finally:
            answer.cancel()

    async def ask_alone(
        self, kind: str, call: Callable[[Any], Awaitable[_T]], seconds: float, about: str = ""
    ) -> _T:
        """As `ask`, for requests whose answers TWS does not number; see `Turns`."""
        return await self._turns.take(kind, about, call, seconds)

    async def day_profit(self, account: str, seconds: float) -> Decimal | None:
        """What the account made today; None where TWS does not tell in time."""
        number = self.next_id()
        self._profits[number] = asyncio.get_running_loop().create_future()
        try:
            with self._standing():
                self.ib.client.reqPnL(number, account, "")
            ends: set[asyncio.Future[Any]] = {self._profits[number], self.lost}
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            known = self._profits[number]
            return known.result() if known.done() else None
        finally:
            self._profits.pop(number).cancel()
            if not self.lost.done():
                self.ib.client.cancelPnL(number)

    # Orders: sent once, answered by messages

    def place(self, orders: Sequence[tuple[int, Any, Any]]) -> int:
        """Hands over number, contract and order of each; how many left.

        Raises:
            BrokerConnectionError: There is no connection, and nothing left.
        """
        with self._standing():
            for number, about, fields in orders:
                self.ib.client.placeOrder(number, about, fields)
        return len(orders)

    def cancel(self, number: int) -> None:
        """Hands over one cancel."""
        with self._standing():
            self.ib.client.cancelOrder(number, "")

    # What is heard

    def _hear_error(self, about: int, code: int, words: str) -> None:
        if code == TAKEN:
            self._taken = True
            self.end(words)
        if is_read_only(code, words):
            self._read_only(Refusal(code, words))
        self._hears(told.ErrorTold(about=about, code=code, words=words))

    def _hear_profit(self, request: int, day: Decimal | None) -> None:
        waits = self._profits.get(request)
        if waits is not None and not waits.done():
            waits.set_result(day)

    def _read_only(self, refusal: Refusal) -> None:
        """The answer to a question about orders, which TWS does not say which."""
        for kind in (OPEN_ORDERS, COMPLETED_ORDERS):
            self._turns.refuse(kind, refusal)

    def _hung_up(self, _why: str) -> None:
        self.end(_HUNG_UP)

    def end(self, why: str) -> None:
        """Gives the connection up; the first reason stays."""
        if not self.lost.done():
            self.lost.set_result(why)

    @contextmanager
    def _standing(self) -> Iterator[None]:
        if self.lost.done() or not self.ib.client.isReady():
            raise no_connection()
        try:
            yield
        except ConnectionError as error:
            raise no_connection() from error


_HUNG_UP: Final = "TWS or IB Gateway ended the connection."
