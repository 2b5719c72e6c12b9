"""Coinbase's answers about keys, accounts and markets, in Coinbase's names: what is used of them.

From the reference at docs.cdp.coinbase.com/api-reference/advanced-trade-api (2026) and from answers
that others recorded from the live API, which `tests/simulators/coinbase` names one by one. Amounts
are strings, and an empty one stands for none.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, StrictBool, TypeAdapter

from floorbroker.brokers.shared.wire import Amount, Answer, Moment

UUID_PATTERN: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
PRODUCT_PATTERN: Final = r"^[A-Z0-9]{1,20}-[A-Z0-9]{1,10}$"
_LATEST: Final = 10**11
_AMOUNT: Final = TypeAdapter(Amount)


def _figure(value: Any) -> Decimal:
    return Decimal(0) if value in ("", None) else _AMOUNT.validate_python(value)


def _unix(value: Any) -> datetime:
    seconds = _AMOUNT.validate_python(value)
    if not 0 <= seconds < _LATEST:
        raise ValueError("no moment")
    return datetime.fromtimestamp(int(seconds), UTC)


def _text(value: Any) -> Any:
    return "" if value is None else value


Uuid = Annotated[str, Field(pattern=UUID_PATTERN)]
Figure = Annotated[Decimal, BeforeValidator(_figure)]
"""An amount; 0 where none is told."""
Unix = Annotated[datetime, BeforeValidator(_unix)]
Text = Annotated[str, BeforeValidator(_text)]
"""Words; empty where none are told."""


class Money(Answer):
    """An amount beside its currency, which is that of what it stands in."""

    value: Amount


class KeyPermissions(Answer):
    """`GET /key_permissions`."""

    can_view: StrictBool
    can_trade: StrictBool
    can_transfer: StrictBool
    portfolio_uuid: Uuid


class Portfolio(Answer):
    """One of `GET /portfolios`."""

    uuid: str
    name: Text = ""


class Portfolios(Answer):
    """`GET /portfolios`."""

    portfolios: tuple[Portfolio, ...]


class Account(Answer):
    """What a portfolio has of one currency; `available_balance` is without what is held."""

    currency: str = Field(min_length=1, max_length=40)
    available_balance: Money
    hold: Money
    type: Text = ""
    platform: Text = ""
    retail_portfolio_id: Text = ""


class Accounts(Answer):
    """A page of `GET /accounts`."""

    accounts: tuple[Account, ...]
    has_next: StrictBool
    cursor: Text = ""


class Product(Answer):
    """One of `GET /market/products`."""

    product_id: str = Field(pattern=PRODUCT_PATTERN)
    base_currency_id: str
    quote_currency_id: str
    base_name: Text = ""
    base_increment: Amount
    quote_increment: Amount
    price_increment: Figure = Decimal(0)
    base_min_size: Figure = Decimal(0)
    base_max_size: Figure = Decimal(0)
    quote_min_size: Figure = Decimal(0)
    price: Figure = Decimal(0)
    status: Text = ""
    is_disabled: bool = False
    trading_disabled: bool = False
    view_only: bool = False
    cancel_only: bool = False
    limit_only: bool = False
    post_only: bool = False


class Level(Answer):
    """One price of a book."""

    price: Amount


class PriceBook(Answer):
    """Best first; `time` is the book's own."""

    product_id: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    time: Moment


class Book(Answer):
    """`GET /market/product_book`. Its `last` is left out: seen in 2026, it is the middle."""

    pricebook: PriceBook


class StreamedTicker(Answer):
    """One of the ticker channel; `price` is the last match."""

    product_id: str
    price: Figure
    best_bid: Figure = Decimal(0)
    best_ask: Figure = Decimal(0)
    volume_24_h: Amount | None = None


class TickerEvent(Answer):
    """A snapshot or an update: both are whole."""

    tickers: tuple[StreamedTicker, ...]


class StreamedTickers(Answer):
    """A message of that channel."""

    timestamp: Moment
    events: tuple[TickerEvent, ...]


class Candle(Answer):
    """One of `GET /market/products/{id}/candles`; `start` is its beginning."""

    start: Unix
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    volume: Amount


class Candles(Answer):
    """Newest first."""

    candles: tuple[Candle, ...]
