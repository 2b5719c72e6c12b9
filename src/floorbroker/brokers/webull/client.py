"""Webull's own calls in Webull's own words: one request each. There is no SDK here.

The official one is not used: it holds `cryptography` below 43, keeps the token of one person in a
file that all share, waits up to 300 seconds in a constructor and logs to the working folder.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.wire import Unreadable, read_json
from floorbroker.brokers.webull import answers, metering, order_answers
from floorbroker.brokers.webull.access import Access
from floorbroker.brokers.webull.exchange import Asked
from floorbroker.brokers.webull.line import Line
from floorbroker.brokers.webull.metering import Scope

ACCOUNT_SECONDS: Final = 10.0
ORDER_SECONDS: Final = 5.0
MARKET_SECONDS: Final = 5.0
BARS_A_PAGE: Final = 1000

_T = TypeVar("_T")
_Read = Callable[[Any], _T]

_ACCOUNTS: Final = TypeAdapter(tuple[answers.Account, ...]).validate_python
_BALANCE: Final = TypeAdapter(answers.Balance).validate_python
_POSITIONS: Final = TypeAdapter(tuple[answers.Position, ...]).validate_python
_TAKEN: Final = TypeAdapter(order_answers.Taken).validate_python
_ESTIMATE: Final = TypeAdapter(order_answers.Estimate).validate_python
_COVER: Final = TypeAdapter(order_answers.Cover).validate_python
_COVERS: Final = TypeAdapter(order_answers.Covers).validate_python
_SHARES: Final = TypeAdapter(answers.Shares).validate_python
_COINS: Final = TypeAdapter(answers.Coins).validate_python
_CONTRACTS: Final = TypeAdapter(answers.Contracts).validate_python
_SNAPSHOTS: Final = TypeAdapter(tuple[answers.Snapshot, ...]).validate_python
_BARS: Final = TypeAdapter(answers.Bars).validate_python
_BARS_OF: Final = TypeAdapter(tuple[answers.BarsOf, ...]).validate_python


class WebullClient:
    """One person's way to Webull.

    Every call raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_line", "by_platform", "host")

    def __init__(self, context: BrokerContext, access: Access) -> None:
        """Asks nobody yet."""
        self.host = access.host
        self.by_platform = access.by_platform
        self._line = Line(context, access)

    def forget(self) -> None:
        """Lets go of the access; requests under way end as they will."""
        self._line.forget()

    # Accounts

    async def get_accounts(self) -> tuple[answers.Account, ...]:
        """`GET /trading/accounts/list`."""
        path = "/trading/accounts/list"
        return await self._get(_ACCOUNTS, path, {}, metering.ACCOUNTS, seconds=ACCOUNT_SECONDS)

    async def get_balance(self, account_id: str) -> answers.Balance:
        """`GET /trading/assets/balances/get`."""
        path, asked = "/trading/assets/balances/get", {"account_id": account_id}
        return await self._get(_BALANCE, path, asked, metering.BALANCE, seconds=ACCOUNT_SECONDS)

    async def get_positions(self, account_id: str) -> tuple[answers.Position, ...]:
        """`GET /trading/assets/positions/list`."""
        path, asked = "/trading/assets/positions/list", {"account_id": account_id}
        return await self._get(_POSITIONS, path, asked, metering.POSITIONS, seconds=ACCOUNT_SECONDS)

    # Orders

    async def post_order(self, body: Mapping[str, Any], *, urgent: bool) -> order_answers.Taken:
        """`POST /trading/orders/place`; `urgent` where it closes a position."""
        return await self._send("/trading/orders/place", body, metering.PLACE, urgent=urgent)

    async def post_replacement(self, body: Mapping[str, Any]) -> order_answers.Taken:
        """`POST /trading/orders/replace`: other numbers for an order, which keeps its ids."""
        return await self._send("/trading/orders/replace", body, metering.REPLACE)

    async def post_cancel(self, account_id: str, client_order_id: str) -> order_answers.Taken:
        """`POST /trading/orders/cancel`: 200 says that it was taken, not carried out."""
        body = {"account_id": account_id, "client_order_id": client_order_id}
        return await self._send("/trading/orders/cancel", body, metering.CANCEL)

    async def post_preview(self, body: Mapping[str, Any]) -> order_answers.Estimate:
        """`POST /trading/orders/preview`: an estimate; nothing is placed."""
        asked = Asked(method="POST", path="/trading/orders/preview", body=_json(body))
        answer = await self._line.read(asked, metering.PREVIEW, seconds=MARKET_SECONDS)
        return _made(_ESTIMATE, answer)

    async def get_order(self, account_id: str, client_order_id: str) -> order_answers.Cover:
        """`GET /trading/orders/get`: as it is now, ended or not, which no list promises."""
        asked = {"account_id": account_id, "client_order_id": client_order_id}
        path = "/trading/orders/get"
        return await self._get(_COVER, path, asked, metering.ORDER, seconds=ACCOUNT_SECONDS)

    async def get_open_orders(
        self, account_id: str, pagination_key: str | None
    ) -> order_answers.Covers:
        """`GET /trading/orders/open-orders/list`: a page; it may lag behind."""
        path = "/trading/orders/open-orders/list"
        asked = {"account_id": account_id, **_page(pagination_key)}
        return await self._get(_COVERS, path, asked, metering.OPEN_ORDERS, seconds=ACCOUNT_SECONDS)

    async def get_history(
        self, account_id: str, since: datetime, until: datetime, pagination_key: str | None
    ) -> order_answers.Covers:
        """`GET /trading/orders/historical-orders/list`: a page of those placed within the range."""
        path = "/trading/orders/historical-orders/list"
        asked = {
            "account_id": account_id,
            "start_time": _stamp(since),
            "end_time": _stamp(until),
            **_page(pagination_key),
        }
        return await self._get(_COVERS, path, asked, metering.HISTORY, seconds=ACCOUNT_SECONDS)

    # What is traded

    async def get_shares(self, symbols: Sequence[str]) -> answers.Shares:
        """`GET /trading/instruments/stocks/profiles/list`, at most 100 symbols."""
        path = "/trading/instruments/stocks/profiles/list"
        asked = {"category": "US_STOCK", "symbols": ",".join(symbols)}
        return await self._get(_SHARES, path, asked, metering.INSTRUMENTS)

    async def get_coins(self, pagination_key: str | None) -> answers.Coins:
        """`GET /trading/instruments/crypto/profiles/list`: a page of all of them."""
        path = "/trading/instruments/crypto/profiles/list"
        asked = {"category": "US_CRYPTO", **_page(pagination_key)}
        return await self._get(_COINS, path, asked, metering.INSTRUMENTS)

    async def get_contracts(
        self, terms: Mapping[str, str], pagination_key: str | None = None
    ) -> answers.Contracts:
        """`GET /trading/instruments/options/contracts/list`: a page."""
        path = "/trading/instruments/options/contracts/list"
        asked = {"category": "US_OPTION", **terms, **_page(pagination_key)}
        return await self._get(_CONTRACTS, path, asked, metering.INSTRUMENTS)

    # Prices

    async def get_snapshots(
        self, kind: str, category: str, symbols: str, *scopes: Scope
    ) -> tuple[answers.Snapshot, ...]:
        """`GET /market-data/{stocks,options,crypto}/snapshots/list`."""
        asked = {"symbols": symbols, "category": category}
        path = f"/market-data/{kind}/snapshots/list"
        return await self._get(_SNAPSHOTS, path, asked, *scopes, renews=False)

    async def post_share_bars(
        self, symbol: str, timespan: str, start: datetime, end: datetime
    ) -> answers.Bars:
        """`POST /market-data/stocks/bars/list`: the newest within the range."""
        body = {
            "symbols": [symbol],
            "category": "US_STOCK",
            "timespan": timespan,
            "count": BARS_A_PAGE,
            "start_time": _millis(start),
            "end_time": _millis(end),
        }
        asked = Asked(method="POST", path="/market-data/stocks/bars/list", body=_json(body))
        answer = await self._line.read(
            asked, metering.MARKET_DATA, seconds=MARKET_SECONDS, renews=False
        )
        return _made(_BARS, answer)

    async def get_bars(
        self, kind: str, terms: Mapping[str, str], *scopes: Scope
    ) -> tuple[answers.BarsOf, ...]:
        """`GET /market-data/{options,crypto}/bars/list`: the newest; no range is documented."""
        asked = {**terms, "count": str(BARS_A_PAGE)}
        return await self._get(
            _BARS_OF, f"/market-data/{kind}/bars/list", asked, *scopes, renews=False
        )

    # What all of them share

    async def _get(
        self,
        read: _Read[_T],
        path: str,
        asked: Mapping[str, str],
        *scopes: Scope,
        seconds: float = MARKET_SECONDS,
        renews: bool = True,
    ) -> _T:
        request = Asked(method="GET", path=path, query=asked)
        return _made(read, await self._line.read(request, *scopes, seconds=seconds, renews=renews))

    async def _send(
        self, path: str, body: Mapping[str, Any], scope: Scope, *, urgent: bool = False
    ) -> order_answers.Taken:
        asked = Asked(method="POST", path=path, body=_json(body))
        answer = await self._line.send(asked, scope, seconds=ORDER_SECONDS, urgent=urgent)
        return _made(_TAKEN, answer)


def _made(read: _Read[_T], body: bytes) -> _T:
    try:
        return read(read_json(body))
    except (ValueError, TypeError, KeyError):
        pass  # the error holds what it could not read, so it ends here
    raise Unreadable(200)


def _json(body: Mapping[str, Any]) -> bytes:
    """Without spaces: the guide on signatures asks for it."""
    return json.dumps(body, separators=(",", ":")).encode()


def _page(pagination_key: str | None) -> dict[str, str]:
    return {} if pagination_key is None else {"pagination_key": pagination_key}


def _stamp(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
