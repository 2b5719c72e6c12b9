"""Binance's answers, in Binance's names.

From binance/binance-spot-api-docs (rest-api.md, errors.md, filters.md), as of July 2026. Only what
is used is here.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from floorbroker.brokers.shared.wire import Amount, Answer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 10**14
"""Milliseconds; beyond it nothing is meant as a date."""


def _millis(value: Any) -> datetime:
    if type(value) is not int or not 0 <= value < _LATEST:
        raise ValueError("no moment in milliseconds")
    return _EPOCH + timedelta(milliseconds=value)


def _perhaps(value: Any) -> datetime | None:
    """-1 stands for what has not happened."""
    return None if value in (None, -1) else _millis(value)


Millis = Annotated[datetime, BeforeValidator(_millis)]
PerhapsMillis = Annotated[datetime | None, BeforeValidator(_perhaps)]


class _Camel(Answer):
    model_config = ConfigDict(alias_generator=to_camel)  # type: ignore[pydantic-alias] # read only


class ServerTime(_Camel):
    """`GET /api/v3/time`."""

    server_time: int = Field(gt=0)


class Balance(_Camel):
    """What there is of one asset; `locked` is held by orders."""

    asset: str = Field(min_length=1, max_length=40)
    free: Amount
    locked: Amount


class Account(_Camel):
    """`GET /api/v3/account`; Binance.US is not documented to give a `uid`."""

    balances: tuple[Balance, ...]
    can_trade: bool
    uid: int | None = None


class KeyPermissions(_Camel):
    """`GET /sapi/v1/account/apiRestrictions`."""

    enable_reading: bool
    enable_spot_and_margin_trading: bool
    enable_withdrawals: bool
    enable_internal_transfer: bool = False
    permits_universal_transfer: bool = False
    ip_restrict: bool
    trading_authority_expiration_time: PerhapsMillis = None


class PlacedFill(_Camel):
    """One of `fills` in the answer to a new order; it has no time of its own."""

    trade_id: int
    price: Amount
    qty: Amount
    commission: Amount
    commission_asset: str = Field(min_length=1, max_length=40)


class Order(_Camel):
    """An order as every answer shows it; `price` and the like are 0 where there is none."""

    symbol: str
    order_id: int
    client_order_id: str
    status: str
    side: str
    type: str
    time_in_force: str = ""
    price: Amount
    orig_qty: Amount
    executed_qty: Amount
    cummulative_quote_qty: Amount
    orig_quote_order_qty: Amount | None = None
    stop_price: Amount | None = None
    trailing_delta: int | None = None
    expiry_reason: str = ""
    time: PerhapsMillis = None
    update_time: PerhapsMillis = None
    transact_time: PerhapsMillis = None
    fills: tuple[PlacedFill, ...] = ()


class Canceled(Order):
    """The answer to a cancel: `clientOrderId` is the cancel's, `origClientOrderId` the order's."""

    orig_client_order_id: str


class Trade(_Camel):
    """One of `GET /api/v3/myTrades`: an execution; its `id` is unique within the symbol."""

    id: int
    order_id: int
    symbol: str
    price: Amount
    qty: Amount
    commission: Amount
    commission_asset: str = Field(min_length=1, max_length=40)
    time: Millis


class Filter(_Camel):
    """One rule of a symbol; each kind has names of its own."""

    filter_type: str
    min_qty: Amount | None = None
    step_size: Amount | None = None
    tick_size: Amount | None = None
    min_notional: Amount | None = None
    min_trailing_above_delta: int | None = None
    max_trailing_above_delta: int | None = None
    min_trailing_below_delta: int | None = None
    max_trailing_below_delta: int | None = None


class Symbol(_Camel):
    """One of `GET /api/v3/exchangeInfo`."""

    symbol: str
    status: str
    base_asset: str
    quote_asset: str
    base_asset_precision: int = Field(8, ge=0, le=20)
    quote_asset_precision: int = Field(8, ge=0, le=20)
    order_types: tuple[str, ...]
    quote_order_qty_market_allowed: bool = False
    allow_trailing_stop: bool = False
    is_spot_trading_allowed: bool = True
    filters: tuple[Filter, ...]


class Ticker(_Camel):
    """`GET /api/v3/ticker/24hr`; a price of 0 says that there is none."""

    symbol: str
    bid_price: Amount
    ask_price: Amount
    last_price: Amount
    volume: Amount
    close_time: PerhapsMillis


class StreamedTicker(Answer):
    """`24hrTicker` of web-socket-streams.md, whose fields are letters."""

    symbol: str = Field(alias="s")
    at: Millis = Field(alias="E")
    bid: Amount = Field(alias="b")
    ask: Amount = Field(alias="a")
    last: Amount = Field(alias="c")
    volume: Amount = Field(alias="v")


class Price(_Camel):
    """One of `GET /api/v3/ticker/price`."""

    symbol: str
    price: Amount
