"""Webull's answers about accounts, instruments and prices, in Webull's names.

From developer.webull.com/apis/docs/reference in its machine-readable form of September 2026 (kept
in github.com/DistortionPoint/dp-exchange-webull, docs/reference) and from answers of the live
sandbox (github.com/sfreiberg/webull). Amounts are text. Only what is used is here.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from floorbroker.brokers.shared.wire import Amount, Answer, Moment

ACCOUNT_ID: Final = r"^[A-Za-z0-9_-]{1,64}$"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = 10**14
"""Milliseconds; beyond it nothing is meant as a date."""

_ZONE: Final = re.compile(r"\+0000$", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT: Final = TypeAdapter(Moment).validate_python


def _nothing_for_empty(value: Any) -> Any:
    return None if value == "" else value


def _zero_for_nothing(value: Any) -> Any:
    return 0 if value in (None, "") else value


def _moment(value: Any) -> datetime | None:
    """Milliseconds as a number or as text, or ISO 8601 with `Z` or `+0000`; None for anything else.

    No time is worth more than the rest of an answer.
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 15:
        value = int(value)
    if type(value) is int:
        return _EPOCH + timedelta(milliseconds=value) if 0 < value < _LATEST else None
    try:
        return _MOMENT(_ZONE.sub("Z", value)) if isinstance(value, str) else None
    except ValidationError:
        return None


def _day(value: Any) -> date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _empty_for_nothing(value: Any) -> Any:
    return "" if value is None else value


Word = Annotated[str, BeforeValidator(_empty_for_nothing)]
PerhapsAmount = Annotated[Amount | None, BeforeValidator(_nothing_for_empty)]
Count = Annotated[Amount, BeforeValidator(_zero_for_nothing)]
PerhapsMoment = Annotated[datetime | None, BeforeValidator(_moment)]
PerhapsDay = Annotated[date | None, BeforeValidator(_day)]


class Account(Answer):
    """One of `GET /trading/accounts/list`."""

    account_id: str = Field(pattern=ACCOUNT_ID)
    account_number: str = Field(min_length=1, max_length=64)
    account_type: Word = ""
    account_label: Word = ""
    account_class: Word = ""


class Cash(Answer):
    """What there is in one currency; a margin account has another set of fields."""

    currency: Word = ""
    buying_power: PerhapsAmount = None
    day_buying_power: PerhapsAmount = None
    overnight_buying_power: PerhapsAmount = None


class Balance(Answer):
    """`GET /trading/assets/balances/get`."""

    total_asset_currency: Word = "USD"
    total_cash_balance: Amount
    total_net_liquidation_value: Amount
    total_day_profit_loss: PerhapsAmount = None
    account_currency_assets: tuple[Cash, ...] = ()


class PositionLeg(Answer):
    """The contract of an option that is held."""

    symbol: Word = ""
    quantity: PerhapsAmount = None
    option_type: Word = ""
    option_expire_date: PerhapsDay = None
    option_exercise_price: PerhapsAmount = None
    option_contract_multiplier: PerhapsAmount = None


class Position(Answer):
    """One of `GET /trading/assets/positions/list`."""

    symbol: str
    instrument_type: str
    quantity: Amount
    option_strategy: Word = ""
    cost_price: PerhapsAmount = None
    last_price: PerhapsAmount = None
    legs: tuple[PositionLeg, ...] | None = None


class Share(Answer):
    """One of `GET /trading/instruments/stocks/profiles/list`."""

    symbol: str
    name: Word = ""
    status: Word = ""
    exchange_code: Word = ""
    fractionable: bool = False


class Coin(Answer):
    """One of `GET /trading/instruments/crypto/profiles/list`: a pair with the US dollar."""

    symbol: str = Field(pattern=r"^[A-Z0-9]{2,20}$")
    status: Word = ""
    currency: Word = "USD"
    min_trade_amt: PerhapsAmount = None
    min_trade_qty: PerhapsAmount = None
    price_step: PerhapsAmount = None
    lot_size: PerhapsAmount = None


class Contract(Answer):
    """One of `GET /trading/instruments/options/contracts/list`."""

    symbol: str
    tradable_status: Word = ""
    expiration_date: PerhapsDay
    root_symbol: str
    underlying_symbol: str
    option_type: str
    strike_price: Amount
    multiplier: Amount = Decimal(100)


class Shares(Answer):
    """A page; without a key it is the last one."""

    data: tuple[Share, ...]
    pagination_key: str | None = None


class Coins(Answer):
    """A page."""

    data: tuple[Coin, ...]
    pagination_key: str | None = None


class Contracts(Answer):
    """A page."""

    data: tuple[Contract, ...]
    pagination_key: str | None = None


class Snapshot(Answer):
    """What the market shows of one symbol; the last six of options only."""

    symbol: str
    price: PerhapsAmount = None
    bid: PerhapsAmount = None
    ask: PerhapsAmount = None
    volume: PerhapsAmount = None
    last_trade_time: PerhapsMoment = None
    quote_time: PerhapsMoment = None
    open_interest: PerhapsAmount = None
    delta: PerhapsAmount = None
    gamma: PerhapsAmount = None
    theta: PerhapsAmount = None
    vega: PerhapsAmount = None
    imp_vol: PerhapsAmount = None


class Bar(Answer):
    """A candle that begins at `time`; coins have no volume."""

    time: PerhapsMoment = None
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    volume: Count = Decimal(0)


class BarsOf(Answer):
    """The bars of one symbol, newest first."""

    symbol: str
    result: tuple[Bar, ...] = ()


class Bars(Answer):
    """The bars of shares, by `POST`."""

    result: tuple[BarsOf, ...]
