"""Binance's own calls in Binance's own words: one request each, never repeated."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic, time
from typing import Any, Final, TypeVar

import aiohttp
from pydantic import TypeAdapter

from floorbroker.brokers.binance import answers
from floorbroker.brokers.binance.catalogue import Catalogue, Prices
from floorbroker.brokers.binance.client import OneRequest
from floorbroker.brokers.binance.errors import Refusal
from floorbroker.brokers.binance.metering import Metering
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.http_async import failure, let_closed_ones_be_seen
from floorbroker.brokers.shared.threads import NeverStarted
from floorbroker.brokers.shared.wire import Failure, NoAllowance, NotBegun, Unreadable, read_json

ACCOUNT_SECONDS: Final = 10.0
ORDER_SECONDS: Final = 5.0
MARKET_SECONDS: Final = 5.0
ORDERS_A_PAGE: Final = 1000
TRADES_A_PAGE: Final = 1000
BARS_A_PAGE: Final = 1000
CLOCK_HOLDS_SECONDS: Final = 600.0

SYMBOL: Final = re.compile(r"[A-Z0-9]{2,20}", re.ASCII)
_VALUE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
"""The SDK escapes nothing in an address, and signs what a form would escape: nothing else goes."""

_A_MOMENT: Final = timedelta(seconds=1)
_T = TypeVar("_T")
_Read = Callable[[Any], _T]
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

_TIME: Final = TypeAdapter(answers.ServerTime).validate_python
_ACCOUNT: Final = TypeAdapter(answers.Account).validate_python
_PERMISSIONS: Final = TypeAdapter(answers.KeyPermissions).validate_python
_ORDER: Final = TypeAdapter(answers.Order).validate_python
_ORDERS: Final = TypeAdapter(tuple[answers.Order, ...]).validate_python
_CANCELED: Final = TypeAdapter(answers.Canceled).validate_python
_TRADES: Final = TypeAdapter(tuple[answers.Trade, ...]).validate_python
_TICKER: Final = TypeAdapter(answers.Ticker).validate_python
_ROWS: Final = TypeAdapter(list[list[Any]]).validate_python


class BinanceCalls:
    """One person's way to Binance.

    Every call raises a `Failure` where it has nothing to return. Weights are rest-api.md's.
    """

    __slots__ = ("_blocking", "_closed", "_key", "_make", "_metering", "_sdk", "_timed_until")

    def __init__(self, context: BrokerContext, *, key: str, secret: str) -> None:
        """Asks nobody yet."""
        host = context.endpoints[context.environment]
        self._metering = Metering(context, host)
        self._blocking = context.transport.blocking
        self._sdk: OneRequest | None = None
        self._closed = False
        self._timed_until = 0.0
        # Made with the first request: aiohttp wants a running loop.
        self._make: Callable[[], OneRequest] | None = lambda: OneRequest(
            context.transport,
            key=key,
            secret=secret,
            host=host,
            wallet=context.endpoints["wallet"],
            told=self._metering.hear,
        )

    def forget(self) -> None:
        """Lets go of the keys; requests under way end as they will."""
        self._closed, self._make = True, None
        if self._sdk is not None:
            self._sdk.forget()

    # Account

    async def get_account(self) -> answers.Account:
        """`GET /api/v3/account`."""
        await self.keep_time()
        asked = {"omitZeroBalances": "true"}
        return await self._read(_ACCOUNT, "account", asked, weight=20)

    async def get_key_permissions(self) -> answers.KeyPermissions:
        """`GET /sapi/v1/account/apiRestrictions`; the testnet has no /sapi."""
        await self._metering.take(1, urgent=False, wallet=True)
        body = await self._send(
            ACCOUNT_SECONDS, lambda sdk: sdk.ask_wallet("account/apiRestrictions"), wallet=True
        )
        return _made(_PERMISSIONS, body)

    # Orders

    async def post_order(self, fields: Mapping[str, str], *, urgent: bool) -> answers.Order:
        """`POST /api/v3/order`."""
        await self._metering.take_order(urgent=urgent)
        return await self._ask(_ORDER, "post", fields, urgent=urgent)

    async def delete_order(self, fields: Mapping[str, str]) -> answers.Canceled:
        """`DELETE /api/v3/order`: the order that the ids name; of two, both must fit."""
        if not fields.keys() & {"orderId", "origClientOrderId"}:
            raise ValueError("a cancel names its order")
        return await self._ask(_CANCELED, "delete", fields, urgent=True)

    async def get_order(self, symbol: str, client_order_id: str) -> answers.Order:
        """`GET /api/v3/order` by our id, ended ones included; the newest of that id."""
        asked = {"symbol": _symbol(symbol), "origClientOrderId": client_order_id}
        return await self._read(_ORDER, "order", asked, weight=4, urgent=True)

    async def get_trades(
        self, symbol: str, order_id: int, from_id: int | None = None
    ) -> tuple[answers.Trade, ...]:
        """`GET /api/v3/myTrades` of one order: a page, oldest first."""
        asked = {"symbol": _symbol(symbol), "orderId": order_id, "limit": TRADES_A_PAGE}
        if from_id is not None:
            asked["fromId"] = from_id
        return await self._read(_TRADES, "myTrades", asked, weight=5, urgent=True)

    async def get_symbol_trades(
        self, symbol: str, since: datetime | None = None
    ) -> tuple[answers.Trade, ...]:
        """`GET /api/v3/myTrades` of a pair: the newest, or those since then, a page."""
        asked: dict[str, Any] = {"symbol": _symbol(symbol), "limit": TRADES_A_PAGE}
        if since is not None:
            asked["startTime"] = _millis(since)
        return await self._read(_TRADES, "myTrades", asked, weight=20)

    async def get_open_orders(self) -> tuple[answers.Order, ...]:
        """`GET /api/v3/openOrders`, of all pairs."""
        return await self._read(_ORDERS, "openOrders", {}, weight=80)

    async def get_all_orders(self, symbol: str) -> tuple[answers.Order, ...]:
        """`GET /api/v3/allOrders`: the newest thousand of a pair, whatever became of them."""
        asked = {"symbol": _symbol(symbol), "limit": ORDERS_A_PAGE}
        return await self._read(_ORDERS, "allOrders", asked, weight=20)

    # What is traded: the same for everybody

    async def get_catalogue(self) -> Catalogue:
        """`GET /api/v3/exchangeInfo`: all pairs, read by a thread of ours."""
        asked = {"permissions": "SPOT", "showPermissionSets": "false"}
        body = await self._public("exchangeInfo", asked, weight=20)
        try:
            return await self._blocking.run(MARKET_SECONDS, _made, Catalogue.read, body)
        except NeverStarted as error:
            raise NoAllowance(_A_MOMENT) from error

    async def get_prices(self) -> Prices:
        """`GET /api/v3/ticker/price` of all pairs."""
        return _made(Prices.read, await self._public("ticker/price", {}, weight=4))

    async def get_ticker(self, symbol: str) -> answers.Ticker:
        """`GET /api/v3/ticker/24hr`: best bid and ask, and the last price."""
        asked = {"symbol": _symbol(symbol)}
        return _made(_TICKER, await self._public("ticker/24hr", asked, weight=2))

    async def get_bars(
        self, symbol: str, interval: str, start: datetime, end: datetime
    ) -> list[list[Any]]:
        """`GET /api/v3/klines`: a page, oldest first; both ends count."""
        asked = {
            "symbol": _symbol(symbol),
            "interval": interval,
            "startTime": _millis(start),
            "endTime": _millis(end),
            "limit": BARS_A_PAGE,
        }
        return _made(_ROWS, await self._public("klines", asked, weight=2))

    async def keep_time(self) -> None:
        """Asks for Binance's clock now and then: it refuses what a clock ahead of it signs."""
        if monotonic() < self._timed_until:
            return
        before = time()
        told = _made(_TIME, await self._public("time", {}, weight=1))
        middle = (before + time()) / 2
        if self._sdk is not None:
            self._sdk.timestamp_offset = told.server_time - round(middle * 1000)
        self._timed_until = monotonic() + CLOCK_HOLDS_SECONDS

    # What all of them share

    async def _read(
        self,
        read: _Read[_T],
        path: str,
        fields: Mapping[str, Any],
        *,
        weight: int,
        urgent: bool = False,
    ) -> _T:
        await self._metering.take(weight, urgent=urgent)
        checked = _checked(fields)
        body = await self._send(ACCOUNT_SECONDS, lambda sdk: sdk.ask("get", path, checked, True))
        return _made(read, body)

    async def _ask(
        self, read: _Read[_T], method: str, fields: Mapping[str, str], *, urgent: bool
    ) -> _T:
        checked = _checked(fields)
        await self._metering.take(1, urgent=urgent)
        body = await self._send(ORDER_SECONDS, lambda sdk: sdk.ask(method, "order", checked, True))
        return _made(read, body)

    async def _public(self, path: str, fields: Mapping[str, Any], *, weight: int) -> bytes:
        await self._metering.take(weight, urgent=False)
        checked = _checked(fields)
        return await self._send(MARKET_SECONDS, lambda sdk: sdk.ask("get", path, checked, False))

    async def _send(
        self, seconds: float, ask: Callable[[OneRequest], Any], *, wallet: bool = False
    ) -> bytes:
        await let_closed_ones_be_seen()
        told: Failure
        try:
            async with asyncio.timeout(seconds):
                answer: bytes = await ask(self._open())
                return answer
        except Refusal as refusal:
            self._metering.refused(refusal, wallet=wallet)
            if refusal.of_the_time:
                self._timed_until = 0.0
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            told = failure(error)
        # Out here, since the error may hold the request, and that holds the key.
        raise told

    def _open(self) -> OneRequest:
        if self._closed:
            raise NotBegun("closed")
        if self._sdk is None:
            assert self._make is not None  # noqa: S101 # it goes when it is closed
            self._sdk, self._make = self._make(), None
        return self._sdk


def _made(read: _Read[_T], body: bytes) -> _T:
    try:
        return read(read_json(body))
    except (ValueError, TypeError, KeyError, IndexError):
        pass  # the error holds what it could not read, so it ends here
    raise Unreadable(200)


def _symbol(symbol: str) -> str:
    if not SYMBOL.fullmatch(symbol):
        raise ValueError("not a symbol that may stand in an address")
    return symbol


def _checked(fields: Mapping[str, Any]) -> dict[str, str]:
    """Everything as text, and nothing that would stand otherwise in an address than in a form."""
    told = {name: str(value) for name, value in fields.items()}
    if not all(_VALUE.fullmatch(value) for value in told.values()):
        raise ValueError("not a value that may stand in an address")
    return told


def _millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
