"""Coinbase's own calls in Coinbase's own words: one request each, never repeated.

Of coinbase-advanced-py the addresses, the tokens and the shape of requests are used. What it does
with answers is replaced: it prints the body of an error to standard error and puts it into an
exception, follows redirects, and reads numbers as floats. Its calls for orders are not used either:
they make up a client order id where none is given.
"""

import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import requests
from coinbase.constants import API_PREFIX, USER_AGENT
from coinbase.rest import RESTClient
from pydantic import TypeAdapter

from floorbroker.brokers.coinbase import answers, order_answers, results
from floorbroker.brokers.coinbase.line import Line
from floorbroker.brokers.coinbase.results import Read, T
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.threads import NeverStarted

ACCOUNT_SECONDS: Final = 10.0
ORDER_SECONDS: Final = 5.0
ACCOUNTS_A_PAGE: Final = 250
ORDERS_A_PAGE: Final = 100
FILLS_A_PAGE: Final = 100

UUID: Final = re.compile(answers.UUID_PATTERN, re.ASCII)
_PRODUCT: Final = re.compile(answers.PRODUCT_PATTERN, re.ASCII)
_PUBLIC: Final = f"{API_PREFIX}/market/"

_PERMISSIONS: Final = TypeAdapter(answers.KeyPermissions).validate_python
_PORTFOLIOS: Final = TypeAdapter(answers.Portfolios).validate_python
_ACCOUNTS: Final = TypeAdapter(answers.Accounts).validate_python
_BOOK: Final = TypeAdapter(answers.Book).validate_python
_CANDLES: Final = TypeAdapter(answers.Candles).validate_python
_ONE_ORDER: Final = TypeAdapter(order_answers.OneOrder).validate_python
_ORDERS: Final = TypeAdapter(order_answers.Orders).validate_python
_FILLS: Final = TypeAdapter(order_answers.Fills).validate_python
_PLACED: Final = TypeAdapter(order_answers.Placed).validate_python
_CANCELED: Final = TypeAdapter(order_answers.Canceled).validate_python
_EDITED: Final = TypeAdapter(order_answers.Edited).validate_python
_PREVIEWED: Final = TypeAdapter(order_answers.Previewed).validate_python


class _OneRequest(RESTClient):  # type: ignore[misc] # coinbase-advanced-py has no types
    """The SDK's client: its reading of answers replaced, and its way to the operator's address."""

    session: requests.Session

    def __init__(
        self,
        session: requests.Session,
        host: str,
        key: str,
        secret: str,
        heard: Callable[[Mapping[str, str]], None],
    ) -> None:
        """`host` is an address without a slash at its end; tokens name Coinbase's whatever it is.

        Args:
            heard: Hears the headers of every answer.
        """
        if not key or not secret:
            raise ValueError("without a key the SDK takes the operator's from the environment")
        super().__init__(api_key=key, api_secret=secret)
        self.session.close()
        self.session = session
        self._host = host
        self._heard = heard
        _silence()

    def forget(self) -> None:
        """Lets go of the key; requests under way end as they will."""
        self.is_authenticated = False
        self.api_key = self.api_secret = ""

    def exchange(
        self, read: Read[T], method: str, path: str, params: Any = None, data: Any = None
    ) -> T:
        """What `read` makes of the answer to one request.

        Raises:
            NeverStarted: The key is gone.
        """
        public = path.startswith(_PUBLIC)
        if not public and not self.is_authenticated:
            raise NeverStarted("the key is gone")
        told = self.prepare_and_send_request(method, path, params, data, public=public)
        return results.made(read, told)

    def set_headers(self, method: str, path: str) -> dict[str, str]:
        """The SDK's, with a token for this request; none where Coinbase asks for none."""
        if path.startswith(_PUBLIC):
            return {"User-Agent": USER_AGENT}
        headers: dict[str, str] | None = None
        with suppress(Exception):  # the SDK raises nothing narrower, and it may hold the key
            headers = super().set_headers(method, path)
        if headers is None:
            raise NeverStarted("no token could be made")
        return headers

    def send_request(
        self, http_method: str, url_path: str, params: Any, headers: Any, data: Any = None
    ) -> dict[str, Any]:
        """Sends once; an answer that is no result is raised."""
        response = self.session.request(
            http_method,
            f"{self._host}{url_path}",
            params=params,
            json=data,
            headers=headers,
            allow_redirects=False,
        )
        self._heard(response.headers)
        return results.result(response.status_code, response.headers, response.content)


class CoinbaseClient:
    """One person's way to Coinbase.

    Every call raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_line", "_sdk")

    def __init__(self, context: BrokerContext, *, key: str, secret: str) -> None:
        """Asks nobody yet."""
        host = context.endpoints[context.environment]
        self._line = Line(context)
        self._sdk = _OneRequest(context.transport.session(), host, key, secret, self._line.hear)

    def forget(self) -> None:
        """Lets go of the key; requests under way end as they will."""
        self._sdk.forget()

    # Account

    async def get_permissions(self) -> answers.KeyPermissions:
        """`GET /key_permissions`."""
        return await self._read(_PERMISSIONS, "key_permissions")

    async def get_portfolios(self) -> answers.Portfolios:
        """`GET /portfolios`."""
        return await self._read(_PORTFOLIOS, "portfolios")

    async def get_accounts(self, cursor: str = "") -> answers.Accounts:
        """`GET /accounts`: a page of those of the key's portfolio."""
        asked = {"limit": ACCOUNTS_A_PAGE, **_from(cursor)}
        return await self._read(_ACCOUNTS, "accounts", asked)

    # Orders

    async def post_order(
        self, fields: Mapping[str, Any], *, urgent: bool
    ) -> order_answers.PlacedOrder:
        """`POST /orders`."""
        if not fields.get("client_order_id"):
            raise ValueError("an order without an id of ours could not be found again")
        told = await self._ask(_PLACED, "orders", fields, urgent=urgent)
        return results.placed(told)

    async def cancel_order(self, order_id: str) -> None:
        """`POST /orders/batch_cancel` of one order: taken, not carried out."""
        fields = {"order_ids": [_order(order_id)]}
        told = await self._ask(_CANCELED, "orders/batch_cancel", fields, urgent=True)
        results.canceled(told, order_id)

    async def edit_order(self, order_id: str, *, price: str, size: str) -> None:
        """`POST /orders/edit`: asked for, not carried out. A term that is missing counts as 0."""
        fields = {"order_id": _order(order_id), "price": price, "size": size}
        results.edited(await self._ask(_EDITED, "orders/edit", fields))

    async def preview_order(self, fields: Mapping[str, Any]) -> order_answers.Previewed:
        """`POST /orders/preview`: becomes no order."""
        return results.previewed(await self._ask(_PREVIEWED, "orders/preview", fields))

    async def get_order(self, order_id: str) -> order_answers.Order:
        """`GET /orders/historical/{id}`, ended ones included."""
        path = f"orders/historical/{_order(order_id)}"
        return (await self._read(_ONE_ORDER, path, urgent=True)).order

    async def get_orders(
        self, terms: Mapping[str, Any], cursor: str = "", *, urgent: bool = False
    ) -> order_answers.Orders:
        """`GET /orders/historical/batch`: a page."""
        asked = {"limit": ORDERS_A_PAGE, **terms, **_from(cursor)}
        return await self._read(_ORDERS, "orders/historical/batch", asked, urgent=urgent)

    async def get_fills(self, order_id: str, cursor: str = "") -> order_answers.Fills:
        """`GET /orders/historical/fills` of one order: a page."""
        asked = {"order_ids": [_order(order_id)], "limit": FILLS_A_PAGE, **_from(cursor)}
        return await self._read(_FILLS, "orders/historical/fills", asked, urgent=True)

    # What is traded: the same for everybody

    async def get_products(self, read: Read[T]) -> T:
        """`GET /market/products`: what `read` makes of all that are traded on the spot."""
        return await self._public(read, "products", {"product_type": "SPOT"})

    async def get_book(self, product_id: str) -> answers.Book:
        """`GET /market/product_book`: the best bid and ask."""
        asked = {"product_id": _product(product_id), "limit": 1}
        return await self._public(_BOOK, "product_book", asked)

    async def get_candles(
        self, product_id: str, granularity: str, start: datetime, end: datetime
    ) -> answers.Candles:
        """`GET /market/products/{id}/candles`: both ends count; fewer than 350."""
        asked = {
            "start": str(int(start.astimezone(UTC).timestamp())),
            "end": str(int(end.astimezone(UTC).timestamp())),
            "granularity": granularity,
        }
        return await self._public(_CANDLES, f"products/{_product(product_id)}/candles", asked)

    # What all of them share

    async def _read(
        self,
        read: Read[T],
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        urgent: bool = False,
    ) -> T:
        exchange = partial(self._sdk.exchange, read, "GET", f"{API_PREFIX}/{path}", params or {})
        return await self._line.private(ACCOUNT_SECONDS, exchange, urgent=urgent)

    async def _ask(
        self, read: Read[T], path: str, fields: Mapping[str, Any], *, urgent: bool = False
    ) -> T:
        exchange = partial(
            self._sdk.exchange, read, "POST", f"{API_PREFIX}/{path}", None, dict(fields)
        )
        return await self._line.private(ORDER_SECONDS, exchange, urgent=urgent)

    async def _public(self, read: Read[T], path: str, params: Mapping[str, Any]) -> T:
        exchange = partial(self._sdk.exchange, read, "GET", f"{_PUBLIC}{path}", params)
        return await self._line.public(exchange)


def _silence() -> None:
    """The SDK's logger: it would print bodies of errors, on a handler of its own."""
    logger = logging.getLogger("coinbase.RESTClient")
    logger.handlers.clear()
    logger.disabled = True


def _from(cursor: str) -> dict[str, str]:
    """Coinbase's own word for where a page begins; it goes back as it came."""
    return {"cursor": cursor} if cursor else {}


def _order(order_id: str) -> str:
    """Anything else than an id could be the address of something else."""
    if not UUID.fullmatch(order_id):
        raise ValueError("not an order id of Coinbase's")
    return order_id


def _product(product_id: str) -> str:
    if not _PRODUCT.fullmatch(product_id):
        raise ValueError("not the id of a product")
    return product_id
