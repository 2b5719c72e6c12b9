"""Kraken's answers, in Kraken's names. Only what is used is here.

From the reference at https://docs.kraken.com/api-reference (OpenAPI, 2026) and from answers that
others recorded from the live API, which `tests/simulators/kraken` names one by one.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, TypeAdapter, model_validator

from floorbroker.brokers.shared.wire import Amount, Answer, Moment

ORDER_ID_PATTERN: Final = r"^O[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{6}$"
TRADE_ID_PATTERN: Final = r"^T[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{6}$"

_KEY_INFO_NAMES: Final = {"validUntil": "valid_until", "ipAllowlist": "ip_allowlist"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AMOUNT: Final = TypeAdapter(Amount)


def _unix(value: Any) -> datetime | None:
    """Seconds with a fraction; 0 stands for never."""
    seconds = _AMOUNT.validate_python(value)
    if not 0 <= seconds < 10**11:
        raise ValueError("no moment")
    return _EPOCH + timedelta(microseconds=int(seconds * 1_000_000)) if seconds else None


OrderTxid = Annotated[str, Field(pattern=ORDER_ID_PATTERN)]
TradeTxid = Annotated[str, Field(pattern=TRADE_ID_PATTERN)]
Unix = Annotated[datetime | None, BeforeValidator(_unix)]


class KeyInfo(Answer):
    """`GetApiKeyInfo`. The reference writes `apiKeyName`, two clients read `api_key_name`."""

    permissions: frozenset[str]
    iban: str = ""
    valid_until: Unix = None
    ip_allowlist: tuple[str, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _in_either_spelling(cls, told: Any) -> Any:
        if not isinstance(told, dict):
            return told
        return {_KEY_INFO_NAMES.get(name, name): value for name, value in told.items()}


class Balance(Answer):
    """One asset of `BalanceEx`; credit lines are for few clients."""

    balance: Amount
    hold_trade: Amount = Decimal(0)
    credit: Amount = Decimal(0)
    credit_used: Amount = Decimal(0)

    @property
    def free(self) -> Decimal:
        """ "balance + credit - credit_used - hold_trade": the reference, Get Extended Balance."""
        return self.balance + self.credit - self.credit_used - self.hold_trade


class AssetPair(Answer):
    """One of `AssetPairs`, by its id."""

    altname: str = Field(pattern=r"^[A-Za-z0-9.]{2,40}$")
    wsname: str = ""
    base: str
    quote: str
    pair_decimals: int = Field(ge=0, le=20)
    lot_decimals: int = Field(ge=0, le=20)
    ordermin: Amount
    costmin: Amount | None = None
    tick_size: Amount | None = None
    status: str = "online"


class Ticker(Answer):
    """What the market shows: the best ask, the best bid, the last trade, the day's volume."""

    a: tuple[Amount, ...] = Field(min_length=1)
    b: tuple[Amount, ...] = Field(min_length=1)
    c: tuple[Amount, ...] = Field(min_length=1)
    v: tuple[Amount, ...] = Field((), max_length=2)


class StreamedTicker(Answer):
    """One of the ticker channel. Recordings of earlier years have no `timestamp`."""

    symbol: str
    bid: Amount | None
    ask: Amount | None
    last: Amount | None
    volume: Amount | None = None
    timestamp: Moment | None = None


class Described(Answer):
    """An order's terms: `price` is a limit or a trigger, `price2` the limit behind a trigger.

    A trailing stop has its distance there, with a sign: `+1.0000%`.
    """

    pair: str
    type: str
    ordertype: str
    price: str = "0"
    price2: str = "0"
    order: str = ""


class Order(Answer):
    """An entry of `OpenOrders`, `ClosedOrders` and `QueryOrders`.

    Attributes:
        price: The average of what is filled.
        trades: Ids of its fills, where they were asked for and there are any.
    """

    status: str
    descr: Described
    cl_ord_id: str | None = None
    opentm: Unix = None
    closetm: Unix = None
    time_in_force: str = ""
    vol: Amount
    vol_exec: Amount
    cost: Amount = Decimal(0)
    fee: Amount = Decimal(0)
    price: Amount = Decimal(0)
    oflags: str = ""
    reason: str | None = None
    trades: tuple[TradeTxid, ...] = ()


class OpenOrders(Answer):
    """`OpenOrders`."""

    open: dict[OrderTxid, Order]


class ClosedOrders(Answer):
    """A page of `ClosedOrders`: fifty, newest first."""

    closed: dict[OrderTxid, Order]


class Trade(Answer):
    """A fill, from `QueryTrades`; cost and fee are in the quote currency."""

    ordertxid: OrderTxid
    time: Annotated[datetime, BeforeValidator(_unix)]
    price: Amount
    vol: Amount
    fee: Amount


class Placed(Answer):
    """`AddOrder`: the ids of the order; one, since nothing else is attached to it."""

    txid: tuple[OrderTxid] = Field()


class Validated(Answer):
    """`AddOrder` that was only to be validated: it has no id."""

    descr: dict[str, Any]
    txid: None = None


class Canceled(Answer):
    """`CancelOrder`."""

    count: int = Field(ge=1)


class Amended(Answer):
    """`AmendOrder`."""

    amend_id: str = Field(min_length=1, max_length=40)


class Fee(Answer):
    """In percent of the cost."""

    fee: Amount


class TradeVolume(Answer):
    """`TradeVolume`: what this person pays as a taker, by pair."""

    fees: dict[str, Fee]
