"""Alpaca's answers, in Alpaca's names.

From the OpenAPI files behind https://docs.alpaca.markets/reference, as of June 2026 (they are in
alpacahq/alpaca-mcp-server). Only what is used is here.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from floorbroker.brokers.shared.wire import Amount, Answer, Moment

UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def _zero_for_none(value: Any) -> Any:
    return 0 if value is None else value


Uuid = Annotated[str, Field(pattern=UUID_PATTERN)]
Count = Annotated[Amount, BeforeValidator(_zero_for_none)]


class Account(Answer):
    """`GET /v2/account`; amounts in `currency`."""

    id: Uuid
    account_number: str
    status: str
    currency: str = "USD"
    cash: Amount
    equity: Amount
    last_equity: Amount | None = None
    intraday_adjustments: Count = Decimal(0)
    buying_power: Amount
    initial_margin: Amount | None = None
    shorting_enabled: bool = False
    account_blocked: bool = False
    trading_blocked: bool = False
    trade_suspended_by_user: bool = False


class Configuration(Answer):
    """`GET /v2/account/configurations`: what the person has switched off at Alpaca."""

    no_shorting: bool = False
    suspend_trade: bool = False
    fractional_trading: bool = True


class Position(Answer):
    """One of `GET /v2/positions`."""

    symbol: str
    asset_class: str
    qty: Amount
    side: str
    avg_entry_price: Amount | None = None
    current_price: Amount | None = None


class Order(Answer):
    """An order of any kind; a bracket's legs are orders too."""

    id: Uuid
    client_order_id: str
    status: str
    symbol: str | None = None
    asset_class: str = ""
    side: str | None = None
    type: str | None = None
    time_in_force: str | None = None
    order_class: str | None = None
    qty: Amount | None = None
    notional: Amount | None = None
    filled_qty: Count = Decimal(0)
    filled_avg_price: Amount | None = None
    limit_price: Amount | None = None
    stop_price: Amount | None = None
    trail_percent: Amount | None = None
    trail_price: Amount | None = None
    created_at: Moment | None = None
    submitted_at: Moment | None = None
    updated_at: Moment | None = None
    filled_at: Moment | None = None
    canceled_at: Moment | None = None
    expired_at: Moment | None = None
    failed_at: Moment | None = None
    replaced_by: Uuid | None = None
    replaces: Uuid | None = None
    legs: "tuple[Order, ...] | None" = None


class FillActivity(Answer):
    """One of `GET /v2/account/activities/FILL`: an execution."""

    id: str = Field(min_length=1, max_length=128)
    order_id: str
    qty: Amount
    price: Amount
    transaction_time: Moment


class Asset(Answer):
    """`GET /v2/assets/{symbol}`; the three increments are for coins only."""

    symbol: str
    asset_class: str = Field(validation_alias="class")
    name: str = ""
    exchange: str = ""
    status: str = "active"
    tradable: bool
    fractionable: bool = False
    min_order_size: Amount | None = None
    min_trade_increment: Amount | None = None
    price_increment: Amount | None = None


class OptionContract(Answer):
    """One contract of `GET /v2/options/contracts`."""

    symbol: str
    name: str = ""
    status: str = "active"
    tradable: bool
    expiration_date: date
    underlying_symbol: str
    type: str
    strike_price: Amount
    multiplier: Amount = Decimal(100)
    open_interest: Amount | None = None


class OptionContracts(Answer):
    """A page of contracts."""

    option_contracts: tuple[OptionContract, ...]
    next_page_token: str | None = None


class Clock(Answer):
    """`GET /v2/clock`: the hours of US shares."""

    is_open: bool
    next_open: Moment
    next_close: Moment


class LatestQuote(Answer):
    """Best bid and ask; 0 says that there is none."""

    t: Moment
    bp: Amount
    ap: Amount


class LatestTrade(Answer):
    """The last execution."""

    t: Moment
    p: Amount


class Bar(Answer):
    """Open, high, low, close and volume from `t` on."""

    t: Moment
    o: Amount
    h: Amount
    low: Amount = Field(validation_alias="l")
    c: Amount
    v: Amount


class Figures(Answer):
    """The Greeks of a contract."""

    delta: Amount | None = None
    gamma: Amount | None = None
    theta: Amount | None = None
    vega: Amount | None = None


class Snapshot(Answer):
    """What the data host says of one symbol at this moment; the last two of options only."""

    latest_quote: LatestQuote | None = Field(None, validation_alias="latestQuote")
    latest_trade: LatestTrade | None = Field(None, validation_alias="latestTrade")
    daily_bar: Bar | None = Field(None, validation_alias="dailyBar")
    greeks: Figures | None = None
    volatility: Amount | None = Field(None, validation_alias="impliedVolatility")


class Snapshots(Answer):
    """Snapshots by symbol."""

    snapshots: dict[str, Snapshot]


class Bars(Answer):
    """A page of bars by symbol; `bars` is null where there are none."""

    bars: dict[str, tuple[Bar, ...] | None] | None = None
    next_page_token: str | None = None
