"""E*TRADE's answers about accounts and holdings, as far as they are needed.

apisb.etrade.com/docs/api/account, spelled as answers of production were recorded
(daironmichel/toolsbackbone). One thing may stand where a list is documented.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from floorbroker.brokers.shared.wire import Amount, Answer

ACCOUNT_KEY_PATTERN: Final = r"^[A-Za-z0-9_-]{6,64}$"
ACCOUNT_ID_PATTERN: Final = r"^[A-Za-z0-9-]{4,24}$"
_LATEST: Final = 253_402_300_799
_ENVELOPE: Final = TypeAdapter(dict[str, dict[str, Any]])
_T = TypeVar("_T")


def _as_list(value: object) -> object:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: object) -> object:
    return str(value) if type(value) is int else value


def _whole(value: object) -> int:
    """An id. Truth would pass for the number 1."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value)
    if type(value) is not int or not 0 < value < 10**18:
        raise ValueError("no id")
    return value


def _whole_or_none(value: object) -> int | None:
    return None if value in (None, 0, "") else _whole(value)


def _at_millis(value: object) -> datetime | None:
    return _moment(value, 1000)


def _at_seconds(value: object) -> datetime | None:
    return _moment(value, 1)


def _moment(value: object, a_second: int) -> datetime | None:
    """0 stands for none."""
    if value is None or value == 0:
        return None
    if type(value) is not int or not 0 < value // a_second < _LATEST:
        raise ValueError("no moment")
    whole, rest = divmod(value, a_second)
    micros = rest * (1_000_000 // a_second)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=micros)


Many = Annotated[list[_T], BeforeValidator(_as_list)]
Text = Annotated[str, BeforeValidator(_text)]
Id = Annotated[int, BeforeValidator(_whole)]
MaybeId = Annotated[int | None, BeforeValidator(_whole_or_none)]
Millis = Annotated[datetime | None, BeforeValidator(_at_millis)]
Seconds = Annotated[datetime | None, BeforeValidator(_at_seconds)]


class Camel(Answer):
    """Names as E*TRADE writes most of them."""

    model_config = ConfigDict(alias_generator=to_camel)  # type: ignore[pydantic-alias] # read only


class Account(Camel):
    """One of a person's accounts.

    Attributes:
        account_id: As the person knows it.
        account_id_key: What requests take in its place.
    """

    account_id: Annotated[Text, Field(pattern=ACCOUNT_ID_PATTERN)]
    account_id_key: Annotated[str, Field(pattern=ACCOUNT_KEY_PATTERN)]
    account_mode: str | None = None
    account_desc: str | None = None
    account_name: str | None = None
    account_type: str | None = None
    institution_type: str | None = None
    account_status: str | None = None


class RealTimeValues(Camel):
    """What positions are worth now."""

    total_account_value: Amount


class Computed(Camel):
    """Balances of the moment."""

    net_cash: Amount
    cash_buying_power: Amount | None = None
    margin_buying_power: Amount | None = None
    real_time_values: RealTimeValues = Field(validation_alias="RealTimeValues")


class Balance(Camel):
    """Of one account."""

    account_mode: str | None = None
    computed: Computed = Field(validation_alias="Computed")


class Product(Camel):
    """A share or a contract; positions tell 0 for what a share has not."""

    symbol: str
    security_type: str | None = None
    call_put: str | None = None
    expiry_year: int | None = None
    expiry_month: int | None = None
    expiry_day: int | None = None
    strike_price: Amount | None = None


class Quick(Camel):
    """A position's price."""

    last_trade: Amount | None = None


class Position(Camel):
    """One holding."""

    quantity: Amount
    position_type: str | None = None
    cost_per_share: Amount | None = None
    price_paid: Amount | None = None
    symbol_description: str | None = None
    product: Product = Field(validation_alias="Product")
    quick: Quick | None = Field(default=None, validation_alias="Quick")


class Holdings(Camel):
    """One page of an account's positions."""

    positions: Many[Position] = Field(default=[], validation_alias="Position")
    total_pages: int = 1


class Portfolio(Camel):
    """All pages are asked for one by one."""

    pages: Many[Holdings] = Field(default=[], validation_alias="AccountPortfolio")


def within(envelope: str, told: Any) -> Any:
    """What stands in an answer's outermost object.

    Raises:
        ValueError: It is no answer at all.
        KeyError: It is one of another kind.
    """
    return _ENVELOPE.validate_python(told)[envelope]
