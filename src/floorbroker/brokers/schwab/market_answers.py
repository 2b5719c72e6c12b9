"""Schwab's answers about the market, in its own names; `answers.py` says where they are from."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from floorbroker.brokers.schwab.answers import Count, Epoch
from floorbroker.brokers.shared.wire import Amount, Answer, Moment

_NOT_TOLD: Final = -999


def _figure(value: Any) -> Any:
    """None for the -999 that stands for "not computed", and for what is no number at all."""
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        return None
    return None if value == _NOT_TOLD else value


Figure = Annotated[Amount | None, BeforeValidator(_figure)]


class Prices(Answer):
    """`quote`; 0 says that nobody is there."""

    bid: Count = Field(Decimal(0), validation_alias="bidPrice")
    ask: Count = Field(Decimal(0), validation_alias="askPrice")
    last: Count = Field(Decimal(0), validation_alias="lastPrice")
    volume: Amount | None = Field(None, validation_alias="totalVolume")
    quoted: Epoch = Field(None, validation_alias="quoteTime")
    traded: Epoch = Field(None, validation_alias="tradeTime")
    status: str = Field("", validation_alias="securityStatus")


class Reference(Answer):
    """`reference`: of an option also its terms."""

    description: str = ""
    exchange: str = Field("", validation_alias="exchangeName")
    multiplier: Amount | None = None
    underlying: str = ""


class Quoted(Answer):
    """One symbol of `GET /quotes`."""

    kind: str = Field("", validation_alias="assetMainType")
    realtime: bool = False
    prices: Prices = Field(Prices(), validation_alias="quote")
    reference: Reference = Reference()


class StreamerInfo(Answer):
    """One of `streamerInfo` of `GET /userPreference`: where prices are pushed, and to whom."""

    address: str = Field(validation_alias="streamerSocketUrl", min_length=1, max_length=256)
    customer: str = Field(validation_alias="schwabClientCustomerId", repr=False)
    correlation: str = Field(validation_alias="schwabClientCorrelId", repr=False)
    channel: str = Field(validation_alias="schwabClientChannel")
    function: str = Field(validation_alias="schwabClientFunctionId")


class Preferences(Answer):
    """`GET /userPreference`."""

    streamers: tuple[StreamerInfo, ...] = Field(validation_alias="streamerInfo", min_length=1)


class Listed(Answer):
    """One of `GET /instruments`."""

    symbol: str = Field(min_length=1, max_length=64)
    description: str = ""
    exchange: str = ""
    kind: str = Field("", validation_alias="assetType")


class Search(Answer):
    """`GET /instruments`; without a find there is no such field."""

    instruments: tuple[Listed, ...] = ()


class Candle(Answer):
    """One bar from `at` on, in milliseconds since 1970."""

    at: int = Field(validation_alias="datetime", ge=0, lt=10**14)
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    volume: Amount


class History(Answer):
    """`GET /pricehistory`."""

    candles: tuple[Candle, ...] = ()


class Expiry(Answer):
    """A day on which contracts expire."""

    day: date = Field(validation_alias="expirationDate")


class Expiries(Answer):
    """`GET /expirationchain`."""

    days: tuple[Expiry, ...] = Field((), validation_alias="expirationList")


class Contract(Answer):
    """One of a chain; what does not stand for the usual shares is `nonStandard`.

    The volatility is in percent.
    """

    symbol: str = Field(min_length=1, max_length=64)
    description: str = ""
    multiplier: Amount = Decimal(100)
    unusual: bool = Field(False, validation_alias="nonStandard")
    bid: Count = Decimal(0)
    ask: Count = Decimal(0)
    last: Count = Decimal(0)
    volume: Amount | None = Field(None, validation_alias="totalVolume")
    quoted: Epoch = Field(None, validation_alias="quoteTimeInLong")
    traded: Epoch = Field(None, validation_alias="tradeTimeInLong")
    open_interest: Amount | None = Field(None, validation_alias="openInterest")
    delta: Figure = None
    gamma: Figure = None
    theta: Figure = None
    vega: Figure = None
    volatility: Figure = None


_ByExpiry = dict[str, dict[str, tuple[Contract, ...]]]


class Chain(Answer):
    """`GET /chains`: by expiry and strike."""

    delayed: bool = Field(True, validation_alias="isDelayed")
    price: Figure = Field(None, validation_alias="underlyingPrice")
    calls: _ByExpiry = Field({}, validation_alias="callExpDateMap")
    puts: _ByExpiry = Field({}, validation_alias="putExpDateMap")

    @property
    def contracts(self) -> list[Contract]:
        """All of them, the calls first."""
        return [
            contract
            for side in (self.calls, self.puts)
            for strikes in side.values()
            for contracts in strikes.values()
            for contract in contracts
        ]


class Span(Answer):
    """A session."""

    start: Moment
    end: Moment


class Product(Answer):
    """A market on a day; a closed one has no hours."""

    open: bool = Field(False, validation_alias="isOpen")
    hours: dict[str, tuple[Span, ...]] | None = Field(None, validation_alias="sessionHours")
