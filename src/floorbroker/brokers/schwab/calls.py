"""Schwab's own calls in Schwab's own words: one request each, but for reads whose access ended."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab import answers, market_answers
from floorbroker.brokers.schwab.accounts import Named
from floorbroker.brokers.schwab.client import Asked, Words
from floorbroker.brokers.schwab.line import Line
from floorbroker.brokers.schwab.replies import Reply
from floorbroker.brokers.shared.wire import Unreadable, read_json

ACCOUNT_SECONDS: Final = 10.0
ORDER_SECONDS: Final = 5.0
MARKET_SECONDS: Final = 5.0
CREATED: Final = 201

ORDER_ID: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_T = TypeVar("_T")
_Read = Callable[[Any], _T]
_NUMBERS: Final = TypeAdapter(tuple[answers.AccountNumber, ...]).validate_python
_ACCOUNTS: Final = TypeAdapter(tuple[answers.AccountAnswer, ...]).validate_python
_ACCOUNT: Final = TypeAdapter(answers.AccountAnswer).validate_python
_ORDER: Final = TypeAdapter(answers.Order).validate_python
_ORDERS: Final = TypeAdapter(tuple[answers.Order, ...]).validate_python
_PREVIEWED: Final = TypeAdapter(answers.Previewed).validate_python
_SEARCH: Final = TypeAdapter(market_answers.Search).validate_python
_HISTORY: Final = TypeAdapter(market_answers.History).validate_python
_EXPIRIES: Final = TypeAdapter(market_answers.Expiries).validate_python
_CHAIN: Final = TypeAdapter(market_answers.Chain).validate_python
_QUOTED: Final = TypeAdapter(market_answers.Quoted).validate_python
_PREFERENCES: Final = TypeAdapter(market_answers.Preferences).validate_python
_PRODUCTS: Final = TypeAdapter(
    dict[str, dict[str, market_answers.Product]],
).validate_python


class SchwabCalls:
    """One person's way to Schwab.

    Every call raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_line", "_words")

    def __init__(self, context: BrokerContext) -> None:
        """Asks nobody yet."""
        self._line = Line(context)
        self._words = Words()

    def forget(self) -> None:
        """Lets go of the access; requests under way end as they will."""
        self._line.close()

    # Accounts

    async def get_account_numbers(self) -> tuple[answers.AccountNumber, ...]:
        """`GET /trader/v1/accounts/accountNumbers`."""
        asked = self._words.get_account_numbers()
        # Urgent, since it comes before whatever closes or cancels.
        return await self._read(_NUMBERS, asked, ACCOUNT_SECONDS, urgent=True)

    async def get_accounts(self) -> tuple[answers.AccountAnswer, ...]:
        """`GET /trader/v1/accounts`, without positions."""
        return await self._read(_ACCOUNTS, self._words.get_accounts(), ACCOUNT_SECONDS)

    async def get_account(self, account: Named, *, positions: bool) -> answers.Account:
        """`GET /trader/v1/accounts/{hash}`."""
        # A list: the library takes a text apart, letter by letter.
        fields = ["positions"] if positions else None
        asked = self._words.get_account(account.hash, fields=fields)
        told = (await self._read(_ACCOUNT, asked, ACCOUNT_SECONDS)).account
        if told.number != account.number:
            raise Unreadable(200)
        return told

    async def get_streamer(self) -> market_answers.StreamerInfo:
        """`GET /trader/v1/userPreference`: of the person, not of an account."""
        asked = self._words.get_user_preferences()
        return (await self._read(_PREFERENCES, asked, MARKET_SECONDS)).streamers[0]

    async def access_token(self) -> str:
        """The one of this moment."""
        return await self._line.access_token()

    # Orders

    async def post_order(self, account: Named, fields: Mapping[str, Any], *, urgent: bool) -> str:
        """`POST /trader/v1/accounts/{hash}/orders`: Schwab's id of what it took."""
        asked = self._words.place_order(account.hash, fields)
        return _created(await self._send(asked, account, urgent=urgent), account)

    async def put_order(
        self, account: Named, order_id: str, fields: Mapping[str, Any], *, seconds: float
    ) -> str:
        """`PUT …/orders/{id}`: Schwab's id of the order that is to take the other's place."""
        asked = self._words.replace_order(account.hash, _order(order_id), fields)
        return _created(await self._send(asked, account, seconds=seconds), account)

    async def delete_order(self, account: Named, order_id: str) -> None:
        """`DELETE …/orders/{id}`: 200 without words says that the cancel was taken."""
        asked = self._words.cancel_order(_order(order_id), account.hash)
        reply = await self._send(asked, account, urgent=True)
        if reply.status != 200 or reply.body.strip():
            raise Unreadable(reply.status)

    async def get_order(
        self, account: Named, order_id: str, *, seconds: float = ACCOUNT_SECONDS
    ) -> answers.Order:
        """`GET …/orders/{id}`, with what hangs below it."""
        asked = self._words.get_order(_order(order_id), account.hash)
        told = await self._read(_ORDER, asked, seconds, urgent=True)
        if str(told.id) != order_id or not account.holds(told.account):
            raise Unreadable(200)
        return told

    async def get_orders(
        self, account: Named, since: datetime, until: datetime, *, urgent: bool = False
    ) -> tuple[answers.Order, ...]:
        """`GET …/orders`: what came in between; times are cut to seconds, "maximum is 1 year"."""
        asked = self._words.get_orders_for_account(
            account.hash,
            # In UTC: the library writes a Z behind whatever it is given.
            from_entered_datetime=since.astimezone(UTC),
            to_entered_datetime=until.astimezone(UTC),
        )
        listed = await self._read(_ORDERS, asked, ACCOUNT_SECONDS, urgent=urgent)
        if not all(account.holds(one.account) for one in listed):
            raise Unreadable(200)
        return listed

    async def preview_order(self, account: Named, fields: Mapping[str, Any]) -> answers.Previewed:
        """`POST …/previewOrder`: becomes no order."""
        asked = self._words.preview_order(account.hash, fields)
        reply = await self._line.read(asked, MARKET_SECONDS, account=account.account_id)
        return _made(_PREVIEWED, reply)

    # The market

    async def get_quote(self, symbol: str) -> market_answers.Quoted | None:
        """`GET /marketdata/v1/quotes` of one symbol; None where nothing has it."""
        asked = self._words.get_quotes([symbol], fields=["quote", "reference"])
        told = await self._read(_an_object, asked, MARKET_SECONDS)
        # `errors` stands beside the symbols: it is no symbol.
        return _parsed(_QUOTED, told[symbol]) if symbol in told else None

    async def get_instruments(
        self, text: str, projection: str
    ) -> tuple[market_answers.Listed, ...]:
        """`GET /marketdata/v1/instruments`."""
        asked = self._words.get_instruments(text, projection)
        return (await self._read(_SEARCH, asked, MARKET_SECONDS)).instruments

    async def search_instruments(self, pattern: str) -> tuple[market_answers.Listed, ...]:
        """The same by a pattern of symbols, out of the share that typing people may use up."""
        await self._line.begin_search()
        return await self.get_instruments(pattern, "symbol-regex")

    async def get_history(
        self, symbol: str, terms: Mapping[str, Any], start: datetime, end: datetime
    ) -> tuple[market_answers.Candle, ...]:
        """`GET /marketdata/v1/pricehistory`; both ends count."""
        asked = self._words.get_price_history(
            symbol,
            **terms,
            start_datetime=start,
            end_datetime=end,
            need_extended_hours_data=False,
        )
        return (await self._read(_HISTORY, asked, MARKET_SECONDS)).candles

    async def get_expiries(self, symbol: str) -> Sequence[date]:
        """`GET /marketdata/v1/expirationchain`."""
        asked = self._words.get_option_expiration_chain(symbol)
        return [one.day for one in (await self._read(_EXPIRIES, asked, MARKET_SECONDS)).days]

    async def get_chain(self, symbol: str, expiry: date) -> market_answers.Chain:
        """`GET /marketdata/v1/chains`: every contract of one expiry."""
        asked = self._words.get_option_chain(
            symbol, contract_type="ALL", strategy="SINGLE", from_date=expiry, to_date=expiry
        )
        return await self._read(_CHAIN, asked, MARKET_SECONDS)

    async def get_hours(self, day: date) -> Sequence[market_answers.Product]:
        """`GET /marketdata/v1/markets`: the equity market on a day."""
        asked = self._words.get_market_hours(["equity"], date=day)
        told = await self._read(_PRODUCTS, asked, MARKET_SECONDS)
        return list(told.get("equity", {}).values())

    # What all of them share

    async def _read(
        self, read: _Read[_T], asked: Asked, seconds: float, *, urgent: bool = False
    ) -> _T:
        return _made(read, await self._line.read(asked, seconds, urgent=urgent))

    async def _send(
        self,
        asked: Asked,
        account: Named,
        *,
        seconds: float = ORDER_SECONDS,
        urgent: bool = False,
    ) -> Reply:
        return await self._line.send(asked, account.account_id, seconds, urgent=urgent)


def _made(read: _Read[_T], reply: Reply) -> _T:
    try:
        told = read_json(reply.body)
    except ValueError:
        pass  # the error holds what it could not read, so it ends here
    else:
        return _parsed(read, told)
    raise Unreadable(reply.status)


def _parsed(read: _Read[_T], told: Any) -> _T:
    try:
        return read(told)
    except (ValueError, TypeError, KeyError):
        pass  # the error holds what it could not read, so it ends here
    raise Unreadable(200)


def _an_object(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise TypeError("no object")
    return told


def _created(reply: Reply, account: Named) -> str:
    """The id in the `Location` of a 201; anything else does not say what was made.

    Raises:
        Unreadable: It is no such answer, or the order is another account's.
    """
    before, _, order_id = reply.location.rpartition("/orders/")
    ours = before.endswith(f"/accounts/{account.hash}")
    if reply.status != CREATED or not ours or not ORDER_ID.fullmatch(order_id):
        raise Unreadable(reply.status)
    return order_id


def _order(order_id: str) -> str:
    """The id of one order; anything else would be another address."""
    if not ORDER_ID.fullmatch(order_id):
        raise ValueError("not an order id of Schwab's")
    return order_id
