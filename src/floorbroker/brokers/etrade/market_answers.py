"""E*TRADE's answers about prices, names and contracts, as far as they are needed.

apisb.etrade.com/docs/api/market/api-quote-v1.html and …/api-market-v1.html, spelled as answers of
production were recorded.
"""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from floorbroker.brokers.etrade.answers import Camel, Many, Product, Seconds
from floorbroker.brokers.shared.wire import Amount

Price = Annotated[Amount | None, BeforeValidator(lambda given: given or None)]
"""0 stands for "nobody quotes"."""


class Extended(Camel):
    """Before and after regular hours."""

    last_price: Price = None
    bid: Price = None
    ask: Price = None


class Prices(Camel):
    """The block that `detailFlag=ALL` asks for."""

    bid: Price = None
    ask: Price = None
    last_trade: Price = None
    total_volume: Amount | None = None
    company_name: str | None = None
    symbol_description: str | None = None
    extended: Extended | None = Field(default=None, validation_alias="ExtendedHourQuoteDetail")


class Quote(Camel):
    """One symbol's."""

    date_time_utc: Seconds = Field(default=None, validation_alias="dateTimeUTC")
    quote_status: str = ""
    product: Product = Field(validation_alias="Product")
    prices: Prices | None = Field(default=None, validation_alias="All")


class Quotes(Camel):
    """What is unknown is told in messages, and not here."""

    quotes: Many[Quote] = Field(default=[], validation_alias="QuoteData")


class Named(Camel):
    """A line of a look-up."""

    symbol: str
    description: str | None = None
    type: str | None = None


class LookUp(Camel):
    """What a text may stand for."""

    found: Many[Named] = Field(default=[], validation_alias="Data")


class Figures(Camel):
    """`OptionGreeks`: the volatility as a fraction; 0 where nothing was computed."""

    delta: Amount | None = None
    gamma: Amount | None = None
    theta: Amount | None = None
    vega: Amount | None = None
    iv: Price = None


class Contract(Camel):
    """One of a chain."""

    symbol: str
    strike_price: Amount
    option_type: str | None = None
    option_category: str | None = None
    adjusted_flag: bool = False
    display_symbol: str | None = None
    time_stamp: Seconds = None
    bid: Price = None
    ask: Price = None
    last_price: Price = None
    volume: Amount | None = None
    open_interest: Amount | None = None
    greeks: Figures | None = Field(default=None, validation_alias="OptionGreeks")


class Pair(Camel):
    """A call and a put of one strike."""

    call: Contract | None = Field(default=None, validation_alias="Call")
    put: Contract | None = Field(default=None, validation_alias="Put")


class Day(Camel):
    """The day that a chain is of, which need not be the one that was asked for."""

    year: int
    month: int
    day: int

    @property
    def date(self) -> date:
        """As a day."""
        return date(self.year, self.month, self.day)


class Expiries(Camel):
    """`optionexpiredate`."""

    days: Many[Day] = Field(default=[], validation_alias="ExpirationDate")


class Chain(Camel):
    """Every strike of one day."""

    quote_type: str = ""
    near_price: Price = None
    pairs: Many[Pair] = Field(default=[], validation_alias="OptionPair")
    selected: Day = Field(validation_alias="SelectedED")
