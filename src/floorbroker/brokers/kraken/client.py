"""Kraken's own calls in Kraken's own words: one request each, never repeated.

Of krakenex the signing and the addresses are used. What it does with answers is replaced (it reads
prices as floats, and keeps the last answer with the headers of its request), and so is its nonce,
which is the clock's millisecond and collides.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import krakenex
import requests
from pydantic import TypeAdapter

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.kraken import answers
from floorbroker.brokers.kraken.catalogue import Catalogue, Prices
from floorbroker.brokers.kraken.line import Line
from floorbroker.brokers.kraken.results import Read, T, made, result
from floorbroker.brokers.shared.threads import NeverStarted, seconds_left

ACCOUNT_SECONDS: Final = 10.0
ORDER_SECONDS: Final = 5.0
ORDERS_A_PAGE: Final = 50
TRADES_AT_ONCE: Final = 20

TRADING: Final = 0
READING: Final = 1
HISTORY: Final = 2
"""What a call adds to the counter. AddOrder and CancelOrder are counted elsewhere; that closed
orders count as history is the support article's."""

ORDER_ID: Final = re.compile(answers.ORDER_ID_PATTERN, re.ASCII)
_TRADE_ID: Final = re.compile(answers.TRADE_ID_PATTERN, re.ASCII)
_PAIR_ID: Final = re.compile(r"[A-Za-z0-9.]{2,40}", re.ASCII)

_KEY_INFO: Final = TypeAdapter(answers.KeyInfo).validate_python
_BALANCES: Final = TypeAdapter(dict[str, answers.Balance]).validate_python
_OPEN: Final = TypeAdapter(answers.OpenOrders).validate_python
_CLOSED: Final = TypeAdapter(answers.ClosedOrders).validate_python
_ORDERS: Final = TypeAdapter(dict[answers.OrderTxid, answers.Order]).validate_python
_TRADES: Final = TypeAdapter(dict[answers.TradeTxid, answers.Trade]).validate_python
_PLACED: Final = TypeAdapter(answers.Placed).validate_python
_VALIDATED: Final = TypeAdapter(answers.Validated).validate_python
_CANCELED: Final = TypeAdapter(answers.Canceled).validate_python
_AMENDED: Final = TypeAdapter(answers.Amended).validate_python
_VOLUME: Final = TypeAdapter(answers.TradeVolume).validate_python
_TICKERS: Final = TypeAdapter(dict[str, answers.Ticker]).validate_python
_BARS: Final = TypeAdapter(dict[str, Any]).validate_python


class _OneRequest(krakenex.API):  # type: ignore[misc] # krakenex has no types
    """The SDK's client: its nonce and its reading of answers replaced."""

    session: requests.Session

    def __init__(self, session: requests.Session, host: str, key: str, secret: str) -> None:
        """`host` is an address without a slash at its end."""
        super().__init__(key, secret)
        session.headers["User-Agent"] = self.session.headers["User-Agent"]
        self.session.close()
        self.session = session
        self.uri = host
        self._number = 0
        self._turn = threading.Lock()

    def in_turn(
        self,
        read: Read[T],
        method: str,
        fields: Mapping[str, str],
        number: int,
        given_up: threading.Event,
    ) -> T:
        """What `read` makes of the answer to one private request.

        One at a time, also while one that nobody waits for any more is still on its way: a request
        that overtook another would make the other's number too low.

        Raises:
            NeverStarted: Its turn did not come in time, or not before a higher number's.
        """
        left = seconds_left()
        if not self._turn.acquire(timeout=ACCOUNT_SECONDS if left is None else max(left, 0.0)):
            raise NeverStarted("another request of this key is under way")
        try:
            if given_up.is_set() or number <= self._number or not self.key:
                raise NeverStarted("its turn has passed, or the key is gone")
            self._number = number
            # A copy, since the SDK writes into what it is given.
            return made(read, self.query_private(method, dict(fields)))
        finally:
            self._turn.release()

    def open_to_all(self, read: Read[T], method: str, fields: Mapping[str, str]) -> T:
        """What `read` makes of the answer to one public request."""
        return made(read, self.query_public(method, dict(fields)))

    def _nonce(self) -> int:
        return self._number

    def _query(
        self, urlpath: str, data: Any, headers: Any = None, timeout: float | None = None
    ) -> Any:
        del timeout  # the call's own deadline holds
        public = "/public/" in urlpath
        response = self.session.request(
            "GET" if public else "POST",
            self.uri + urlpath,
            params=data if public else None,
            data=None if public else data,
            headers=headers or {},
            allow_redirects=False,
        )
        return result(response.status_code, response.content)


class KrakenClient:
    """One person's way to Kraken.

    Every call raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_line", "_sdk")

    def __init__(self, context: BrokerContext, *, key: str, secret: str) -> None:
        """Asks nobody yet."""
        host = context.endpoints[context.environment]
        self._sdk = _OneRequest(context.transport.session(), host, key, secret)
        self._line = Line(context)

    def forget(self) -> None:
        """Lets go of the key; requests under way end as they will."""
        self._sdk.key = self._sdk.secret = ""

    # Account

    async def get_key_info(self) -> answers.KeyInfo:
        """`GetApiKeyInfo`: what the key may do; needs no permission of its own."""
        return await self._read(_KEY_INFO, "GetApiKeyInfo")

    async def get_balances(self) -> dict[str, answers.Balance]:
        """`BalanceEx`, by Kraken's ids of assets."""
        return await self._read(_BALANCES, "BalanceEx")

    async def get_fees(self, pair_id: str) -> answers.TradeVolume:
        """`TradeVolume`: what this person pays in that pair."""
        return await self._read(_VOLUME, "TradeVolume", {"pair": _pair(pair_id)})

    # Orders

    async def add_order(self, fields: Mapping[str, str], *, urgent: bool) -> answers.Placed:
        """`AddOrder`."""
        if "validate" in fields:
            raise ValueError("an order that is meant is not validated only")
        return await self._ask(_PLACED, "AddOrder", fields, cost=TRADING, urgent=urgent)

    async def validate_order(self, fields: Mapping[str, str]) -> answers.Validated:
        """`AddOrder`, "validate inputs only": becomes no order."""
        asked = {**fields, "validate": "true"}
        return await self._ask(_VALIDATED, "AddOrder", asked, cost=TRADING)

    async def amend_order(self, txid: str, fields: Mapping[str, str]) -> answers.Amended:
        """`AmendOrder`: other terms in place, under the same ids."""
        asked = {"txid": _order(txid), **fields}
        return await self._ask(_AMENDED, "AmendOrder", asked, cost=READING)

    async def cancel_order(self, named: Mapping[str, str]) -> answers.Canceled:
        """`CancelOrder`, by exactly one `txid` or `cl_ord_id`."""
        return await self._ask(_CANCELED, "CancelOrder", named, cost=TRADING, urgent=True)

    async def query_order(self, txid: str) -> dict[str, answers.Order]:
        """`QueryOrders` for one id, open or ended; an unknown one is left out."""
        asked = {"txid": _order(txid), "trades": "true"}
        return await self._read(_ORDERS, "QueryOrders", asked, urgent=True)

    async def get_open_orders(self, cl_ord_id: str | None = None) -> dict[str, answers.Order]:
        """`OpenOrders`: all, or those of a client order id."""
        asked = {"trades": "true", **({} if cl_ord_id is None else {"cl_ord_id": cl_ord_id})}
        found = await self._read(_OPEN, "OpenOrders", asked, urgent=cl_ord_id is not None)
        return found.open

    async def get_closed_orders(
        self, terms: Mapping[str, str], *, urgent: bool = False
    ) -> dict[str, answers.Order]:
        """`ClosedOrders`: a page, newest first."""
        asked = {"trades": "true", **terms}
        found = await self._read(_CLOSED, "ClosedOrders", asked, cost=HISTORY, urgent=urgent)
        return found.closed

    async def query_trades(self, txids: Sequence[str]) -> dict[str, answers.Trade]:
        """`QueryTrades`: fills by their ids, twenty at most."""
        if not txids or not all(_TRADE_ID.fullmatch(one) for one in txids):
            raise ValueError("not ids of fills")
        asked = {"txid": ",".join(txids)}
        return await self._read(_TRADES, "QueryTrades", asked, cost=HISTORY, urgent=True)

    # What is traded: the same for everybody

    async def get_pairs(self) -> Catalogue:
        """`AssetPairs`: all of them."""
        return await self._public(Catalogue.read, "AssetPairs", {})

    async def get_prices(self) -> Prices:
        """`Ticker` of all pairs."""
        return await self._public(Prices.read, "Ticker", {})

    async def get_ticker(self, pair_id: str) -> dict[str, answers.Ticker]:
        """`Ticker` of one pair."""
        return await self._public(_TICKERS, "Ticker", {"pair": _pair(pair_id)})

    async def get_bars(self, pair_id: str, minutes: int, since: int) -> dict[str, Any]:
        """`OHLC`: the newest 720 bars at most."""
        asked = {"pair": _pair(pair_id), "interval": str(minutes), "since": str(since)}
        return await self._public(_BARS, "OHLC", asked)

    # What all of them share

    async def _read(
        self,
        read: Read[T],
        method: str,
        fields: Mapping[str, str] | None = None,
        *,
        cost: int = READING,
        urgent: bool = False,
    ) -> T:
        exchange = partial(self._sdk.in_turn, read, method, fields or {})
        return await self._line.private(ACCOUNT_SECONDS, exchange, cost=cost, urgent=urgent)

    async def _ask(
        self,
        read: Read[T],
        method: str,
        fields: Mapping[str, str],
        *,
        cost: int,
        urgent: bool = False,
    ) -> T:
        exchange = partial(self._sdk.in_turn, read, method, fields)
        return await self._line.private(ORDER_SECONDS, exchange, cost=cost, urgent=urgent)

    async def _public(self, read: Read[T], method: str, fields: Mapping[str, str]) -> T:
        return await self._line.public(partial(self._sdk.open_to_all, read, method, fields))


def _order(txid: str) -> str:
    """A number would be taken for a `userref`, several ids for several orders."""
    if not ORDER_ID.fullmatch(txid):
        raise ValueError("not an order id of Kraken's")
    return txid


def _pair(pair_id: str) -> str:
    if not _PAIR_ID.fullmatch(pair_id):
        raise ValueError("not the id of a pair")
    return pair_id
