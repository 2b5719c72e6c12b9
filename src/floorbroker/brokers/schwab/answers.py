"""Schwab's answers, in Schwab's names.

From the vendor's OpenAPI files, as the crate `schwab` (docs.rs/crate/schwab, folder docs) keeps
them, and from answers that users recorded in public in 2024–2026 (tests/simulators/schwab names
them): where the two differ, as in the names of a chain's prices, the recorded ones count. Only what
is used is here.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, TypeAdapter

from floorbroker.brokers.shared.wire import Amount, Answer, Moment


def _zero_for_none(value: Any) -> Any:
    return 0 if value is None else value


def _entered(value: Any) -> Any:
    """`+0000`, as orders have it, for `+00:00`; what is no moment tells none.

    A list holds orders of all kinds, and one that is odd must not hide the others.
    """
    if not isinstance(value, str):
        return None
    found = _NO_COLON.fullmatch(value)
    try:
        return _MOMENT.validate_python(value if found is None else f"{found[1]}:{found[2]}")
    except ValueError:
        return None


def _of_epoch(value: Any) -> Any:
    """Milliseconds since 1970; 0 stands for "never"."""
    if value is None or type(value) is not int or not 0 <= value < 10**14:
        return None
    return datetime.fromtimestamp(value / 1000, UTC) if value else None


_NO_COLON: Final = re.compile(r"(.+[+-][0-9]{2})([0-9]{2})", re.ASCII)
_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)
Count = Annotated[Amount, BeforeValidator(_zero_for_none)]
Entered = Annotated[datetime | None, BeforeValidator(_entered)]
Epoch = Annotated[datetime | None, BeforeValidator(_of_epoch)]
HASH_PATTERN = r"^[A-Za-z0-9_-]{8,256}$"


class AccountNumber(Answer):
    """One of `GET /accounts/accountNumbers`: the number, and what paths name it by."""

    number: str = Field(validation_alias="accountNumber", pattern=r"^[0-9A-Za-z-]{4,32}$")
    hash: str = Field(validation_alias="hashValue", pattern=HASH_PATTERN)


class Figures(Answer):
    """`currentBalances`; a margin account has no `cashAvailableForTrading`, a cash account no
    `buyingPower`."""

    cash: Amount | None = Field(None, validation_alias="cashBalance")
    liquidation: Amount | None = Field(None, validation_alias="liquidationValue")
    buying_power: Amount | None = Field(None, validation_alias="buyingPower")
    available: Amount | None = Field(None, validation_alias="cashAvailableForTrading")


class Traded(Answer):
    """What a position or a leg is about."""

    symbol: str = ""
    kind: str = Field("", validation_alias="assetType")
    description: str = ""
    cusip: str = ""

    @property
    def name(self) -> str:
        """The symbol; what has none, such as a bond, goes by its number."""
        return self.symbol or self.cusip or "?"


class Position(Answer):
    """One of `positions`."""

    instrument: Traded
    long: Count = Field(Decimal(0), validation_alias="longQuantity")
    short: Count = Field(Decimal(0), validation_alias="shortQuantity")
    average: Amount | None = Field(None, validation_alias="averagePrice")
    value: Amount | None = Field(None, validation_alias="marketValue")


class Account(Answer):
    """`securitiesAccount`."""

    number: str = Field(validation_alias="accountNumber")
    type: str = ""
    closing_only: bool = Field(False, validation_alias="isClosingOnlyRestricted")
    figures: Figures = Field(Figures(), validation_alias="currentBalances")
    positions: tuple[Position, ...] = ()


class AccountAnswer(Answer):
    """`GET /accounts/{hash}`, and one of `GET /accounts`."""

    account: Account = Field(validation_alias="securitiesAccount")


class Leg(Answer):
    """One of `orderLegCollection`."""

    instrument: Traded = Traded()
    instruction: str = ""
    quantity: Count = Decimal(0)


class ExecutionLeg(Answer):
    """One of `executionLegs`."""

    quantity: Count = Decimal(0)
    price: Count = Decimal(0)
    at: Entered = Field(None, validation_alias="time")


class Activity(Answer):
    """One of `orderActivityCollection`: an execution, or a cancel at price 0."""

    execution_type: str = Field("", validation_alias="executionType")
    legs: tuple[ExecutionLeg, ...] = Field((), validation_alias="executionLegs")


class Order(Answer):
    """An order of any kind; one that only holds others has no legs of its own."""

    id: int = Field(validation_alias="orderId", ge=1, lt=10**18)
    status: str
    account: int | None = Field(None, validation_alias="accountNumber")
    strategy: str = Field("", validation_alias="orderStrategyType")
    type: str = Field("", validation_alias="orderType")
    session: str = ""
    duration: str = ""
    quantity: Count = Decimal(0)
    filled: Count = Field(Decimal(0), validation_alias="filledQuantity")
    price: Amount | None = None
    stop: Amount | None = Field(None, validation_alias="stopPrice")
    offset: Amount | None = Field(None, validation_alias="stopPriceOffset")
    offset_in: str = Field("", validation_alias="stopPriceLinkType")
    legs: tuple[Leg, ...] = Field((), validation_alias="orderLegCollection")
    activities: tuple[Activity, ...] = Field((), validation_alias="orderActivityCollection")
    children: "tuple[Order, ...]" = Field((), validation_alias="childOrderStrategies")
    entered: Entered = Field(None, validation_alias="enteredTime")
    closed: Entered = Field(None, validation_alias="closeTime")
    why: str = Field("", validation_alias="statusDescription")


class Line(Answer):
    """One of an order's validation."""

    message: str = ""
    activity: str = Field("", validation_alias="activityMessage")


class Validation(Answer):
    """`orderValidationResult`: a preview answers 200 also where it would be rejected."""

    rejects: tuple[Line, ...] = ()


class Fee(Answer):
    """A value of a leg's commission or fee."""

    value: Count = Decimal(0)


class CommissionLeg(Answer):
    """Of one leg of the order."""

    values: tuple[Fee, ...] = Field((), validation_alias="commissionValues")


class FeeLeg(Answer):
    """Of one leg of the order."""

    values: tuple[Fee, ...] = Field((), validation_alias="feeValues")


class Commission(Answer):
    """By leg."""

    legs: tuple[CommissionLeg, ...] = Field((), validation_alias="commissionLegs")


class Fees(Answer):
    """By leg."""

    legs: tuple[FeeLeg, ...] = Field((), validation_alias="feeLegs")


class Charges(Answer):
    """`commissionAndFee`."""

    commission: Commission = Commission()
    fee: Fees = Fees()


class Balance(Answer):
    """`orderBalance`: what would be left."""

    value: Amount | None = Field(None, validation_alias="orderValue")
    available: Amount | None = Field(None, validation_alias="projectedAvailableFund")
    buying_power: Amount | None = Field(None, validation_alias="projectedBuyingPower")


class Strategy(Answer):
    """`orderStrategy` of a preview."""

    balance: Balance = Field(Balance(), validation_alias="orderBalance")
    value: Amount | None = Field(None, validation_alias="orderValue")


class Previewed(Answer):
    """`POST /accounts/{hash}/previewOrder`."""

    strategy: Strategy = Field(validation_alias="orderStrategy")
    validation: Validation = Field(Validation(), validation_alias="orderValidationResult")
    charges: Charges = Field(Charges(), validation_alias="commissionAndFee")
