"""Alpaca's own calls in Alpaca's own words: one request each, never repeated.

Of alpaca-py only its REST client is used: headers, addresses and request format are the SDK's.
What it does with answers is replaced, since it retries orders, cannot read an HTML error and turns
prices into floats. Its trading and data clients stay out: they import pandas (0.4 s, 50 MB), and
their request models turn amounts into floats.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

import requests
from alpaca.common.rest import RESTClient

from floorbroker.brokers.alpaca import answers, readers
from floorbroker.brokers.alpaca.catalogue import Catalogue
from floorbroker.brokers.alpaca.errors import BROKER, Refusal
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.http import failure
from floorbroker.brokers.shared.threads import NeverStarted
from floorbroker.brokers.shared.told_allowance import ToldAllowance
from floorbroker.brokers.shared.wire import Unreadable, read_json

ACCOUNT_SECONDS: Final = 10.0
ORDER_SECONDS: Final = 5.0
MARKET_SECONDS: Final = 5.0
ORDERS_A_PAGE: Final = 500
FILLS_A_PAGE: Final = 100
BARS_A_PAGE: Final = 1000
REQUESTS_A_MINUTE: Final = 200
"""Of one account, at either host; who pays for more is told so in the headers of each answer.
https://docs.alpaca.markets/us/docs/about-market-data-api, https://alpaca.markets/support/usage-limit-api-calls
"""

_UUID: Final = re.compile(answers.UUID_PATTERN, re.ASCII)
SYMBOL: Final = re.compile(r"[A-Z0-9]{1,21}(?:\.[A-Z0-9]{1,10})?", re.ASCII)
_NO_CONTENT: Final = object()
_T = TypeVar("_T")
_Read = Callable[[Any], _T]


class _OneRequest(RESTClient):
    """The SDK's client, with the reading of answers replaced."""

    def __init__(
        self,
        session: requests.Session,
        counted: Mapping[str, ToldAllowance],
        opens: Mapping[str, Any],
    ) -> None:
        super().__init__(base_url="", raw_data=True, **opens)
        self._session = session
        self._counted = counted
        self._retry = 0

    def exchange(
        self, read: _Read[_T], method: str, host: str, path: str, data: Any, version: str
    ) -> _T:
        """What `read` makes of the answer to one request."""
        answer: Any = self._request(method, path, data, base_url=host, api_version=version)
        try:
            return read(answer)
        except (ValueError, TypeError, KeyError):
            pass  # the error holds what it could not read, so it ends here
        raise Unreadable(200)

    def _one_request(self, method: str, url: str, opts: dict[str, Any], retry: int) -> Any:
        response = self._session.request(method, url, **opts)
        allowance = next(one for host, one in self._counted.items() if url.startswith(host))
        allowance.hear(response.headers)
        status = response.status_code
        if status == 204:
            return _NO_CONTENT
        try:
            body = read_json(response.content)
        except ValueError:
            raise Unreadable(status) from None
        if 200 <= status < 300:
            return body
        error = body if isinstance(body, dict) else {}
        code, message = error.get("code"), error.get("message")
        if status < 400 or not isinstance(message, str):
            raise Unreadable(status)
        wait = allowance.whole_in() if status == 429 else None
        raise Refusal(status, code if type(code) is int else None, message, retry_after=wait)


class AlpacaClient:
    """One person's way to Alpaca.

    Every call raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_blocking", "_counted", "_data", "_sdk", "_trading")

    def __init__(self, context: BrokerContext, opens: Mapping[str, Any]) -> None:
        """Asks nobody yet. `opens` is the access, by the names of the SDK's own client."""
        self._trading, self._data = (
            context.endpoints[context.environment],
            context.endpoints["data"],
        )
        # Data first: its address may stand below the other one, and is looked for in this order.
        self._counted = {
            host: context.allowances.told(
                BROKER, scope, context.link_id, most=REQUESTS_A_MINUTE, seconds=60
            )
            for host, scope in ((self._data, "data"), (self._trading, "account"))
        }
        self._sdk = _OneRequest(context.transport.session(), self._counted, opens)
        self._blocking = context.transport.blocking

    def forget(self) -> None:
        """Lets go of the access; requests under way end as they will."""
        self._sdk._api_key = self._sdk._secret_key = self._sdk._oauth_token = None

    # Account

    async def get_account(self) -> answers.Account:
        """`GET /v2/account`."""
        return await self._trade(ACCOUNT_SECONDS, readers.ACCOUNT, "GET", "/account")

    async def get_configuration(self) -> answers.Configuration:
        """`GET /v2/account/configurations`."""
        return await self._trade(
            ACCOUNT_SECONDS, readers.CONFIGURATION, "GET", "/account/configurations"
        )

    async def get_positions(self) -> tuple[answers.Position, ...]:
        """`GET /v2/positions`."""
        return await self._trade(ACCOUNT_SECONDS, readers.POSITIONS, "GET", "/positions")

    async def get_fills(
        self, after: datetime, page_token: str | None
    ) -> tuple[answers.FillActivity, ...]:
        """`GET /v2/account/activities/FILL`: executions later than `after`, oldest first."""
        asked = {"after": _stamp(after), "direction": "asc", "page_size": FILLS_A_PAGE}
        if page_token is not None:
            asked["page_token"] = page_token
        return await self._trade(
            ACCOUNT_SECONDS, readers.FILLS, "GET", "/account/activities/FILL", asked
        )

    # Orders

    async def post_order(self, fields: Mapping[str, Any], *, urgent: bool = False) -> answers.Order:
        """`POST /v2/orders`; `urgent` where it closes a position."""
        ask = self._urgently if urgent else self._trade
        return await ask(ORDER_SECONDS, readers.ORDER, "POST", "/orders", fields)

    async def patch_order(self, order_id: str, fields: Mapping[str, Any]) -> answers.Order:
        """`PATCH /v2/orders/{id}`: the order that is to take its place."""
        return await self._trade(
            ORDER_SECONDS, readers.ORDER, "PATCH", _order_path(order_id), fields
        )

    async def delete_order(self, order_id: str) -> None:
        """`DELETE /v2/orders/{id}`: 204 says that the cancel was taken, not carried out."""
        await self._urgently(ORDER_SECONDS, _nothing, "DELETE", _order_path(order_id))

    async def get_order(self, order_id: str) -> answers.Order:
        """`GET /v2/orders/{id}`, with its legs."""
        return await self._urgently(
            ACCOUNT_SECONDS, readers.ORDER, "GET", _order_path(order_id), {"nested": "true"}
        )

    async def get_order_by_client_id(self, client_order_id: str) -> answers.Order:
        """`GET /v2/orders:by_client_order_id`, ended ones included."""
        asked = {"client_order_id": client_order_id}
        return await self._urgently(
            ACCOUNT_SECONDS, readers.ORDER, "GET", "/orders:by_client_order_id", asked
        )

    async def get_orders(self, status: str, **terms: str) -> tuple[answers.Order, ...]:
        """`GET /v2/orders`: a page, latest submission first; legs stand by themselves."""
        asked = {"status": status, "limit": ORDERS_A_PAGE, "direction": "desc", **terms}
        return await self._trade(ACCOUNT_SECONDS, readers.ORDERS, "GET", "/orders", asked)

    # What is traded, and when

    async def get_assets(self, asset_class: str) -> Catalogue:
        """`GET /v2/assets`: all that are active."""
        asked = {"status": "active", "asset_class": asset_class}
        return await self._trade(MARKET_SECONDS, Catalogue.read, "GET", "/assets", asked)

    async def get_asset(self, symbol: str) -> answers.Asset:
        """`GET /v2/assets/{symbol}` of a share."""
        return await self._trade(MARKET_SECONDS, readers.ASSET, "GET", f"/assets/{_symbol(symbol)}")

    async def get_option_contract(self, symbol: str) -> answers.OptionContract:
        """`GET /v2/options/contracts/{symbol}`."""
        path = f"/options/contracts/{_symbol(symbol)}"
        return await self._trade(MARKET_SECONDS, readers.CONTRACT, "GET", path)

    async def get_option_contracts(
        self, underlying: str, terms: Mapping[str, str], page_token: str | None
    ) -> answers.OptionContracts:
        """`GET /v2/options/contracts`: a page of the active contracts that `terms` choose."""
        asked = {"underlying_symbols": underlying, **terms, "status": "active", "limit": 10_000}
        if page_token is not None:
            asked["page_token"] = page_token
        return await self._trade(
            MARKET_SECONDS, readers.CONTRACTS, "GET", "/options/contracts", asked
        )

    async def get_clock(self) -> answers.Clock:
        """`GET /v2/clock`."""
        return await self._trade(MARKET_SECONDS, readers.CLOCK, "GET", "/clock")

    # Market data, from a host of its own

    async def get_stock_snapshots(self, symbol: str, feed: str) -> dict[str, answers.Snapshot]:
        """`GET /v2/stocks/snapshots`."""
        asked = {"symbols": symbol, "feed": feed}
        return await self._market(readers.BY_SYMBOL, "/stocks/snapshots", asked, "v2")

    async def get_crypto_snapshots(self, symbol: str) -> answers.Snapshots:
        """`GET /v1beta3/crypto/us/snapshots`."""
        return await self._market(
            readers.SNAPSHOTS, "/crypto/us/snapshots", {"symbols": symbol}, "v1beta3"
        )

    async def get_option_snapshots(self, symbol: str, feed: str) -> answers.Snapshots:
        """`GET /v1beta1/options/snapshots`."""
        asked = {"symbols": symbol, "feed": feed}
        return await self._market(readers.SNAPSHOTS, "/options/snapshots", asked, "v1beta1")

    async def get_bars(self, path: str, version: str, terms: Mapping[str, str]) -> answers.Bars:
        """`GET /{version}{path}`: a page of bars; the three kinds of instruments have one each."""
        asked = {**terms, "limit": str(BARS_A_PAGE), "sort": "asc"}
        return await self._market(readers.BARS, path, asked, version)

    # What all of them share

    async def _trade(
        self, seconds: float, read: _Read[_T], method: str, path: str, data: Any = None
    ) -> _T:
        exchange = partial(self._sdk.exchange, read, method, self._trading, path, data, "v2")
        return await self._ask(self._trading, seconds, exchange)

    async def _urgently(
        self, seconds: float, read: _Read[_T], method: str, path: str, data: Any = None
    ) -> _T:
        """What cancels, closes or reads back waits for nothing else."""
        exchange = partial(self._sdk.exchange, read, method, self._trading, path, data, "v2")
        return await self._ask(self._trading, seconds, exchange, urgent=True)

    async def _market(self, read: _Read[_T], path: str, data: Any, version: str) -> _T:
        exchange = partial(self._sdk.exchange, read, "GET", self._data, path, data, version)
        return await self._ask(self._data, MARKET_SECONDS, exchange)

    async def _ask(
        self, host: str, seconds: float, exchange: Callable[[], _T], *, urgent: bool = False
    ) -> _T:
        await self._counted[host].take(urgent=urgent)
        run = self._blocking.run_urgent if urgent else self._blocking.run
        try:
            return await run(seconds, exchange)
        except (requests.RequestException, NeverStarted) as error:
            told = failure(error)
        # Out here, since the error holds the request, and that holds the keys.
        raise told


def _order_path(order_id: str) -> str:
    """The address of one order; anything else than an id would be the address of all of them."""
    if not _UUID.fullmatch(order_id):
        raise ValueError("not an order id of Alpaca's")
    return f"/orders/{order_id}"


def _symbol(symbol: str) -> str:
    if not SYMBOL.fullmatch(symbol):
        raise ValueError("not a symbol that may stand in an address")
    return symbol


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _nothing(answer: Any) -> None:
    """204 is the one documented answer; words, or a 200 that was cut off, prove nothing."""
    if answer is not _NO_CONTENT:
        raise ValueError("words where none are documented")
