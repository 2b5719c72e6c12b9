"""Which option contracts the paper market lists: expiries, strikes and symbols. Pure.

Contracts of 100 shares on every share and fund. They expire at New York's close on each of the next
six Fridays and on the third Friday of each of the next twelve months; holidays are not modelled.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from floorbroker.brokers.paper.hours import NEW_YORK
from floorbroker.brokers.shared.option_symbols import contract_of, symbol_of
from floorbroker.domain.instruments import Instrument, OptionRight

WEEKS: Final = 6
MONTHS: Final = 12
_FRIDAY: Final = 4
_CLOSE: Final = time(16)
_STEPS: Final = (
    (Decimal(25), Decimal("0.5")),
    (Decimal(100), Decimal(1)),
    (Decimal(250), Decimal("2.5")),
    (Decimal(600), Decimal(5)),
)
"""Base prices below which strikes are that far apart; above all of them ten dollars."""

_WIDEST: Final = Decimal(10)
_LOWEST: Final = Decimal("0.5")
_HIGHEST: Final = Decimal("1.5")
"""Of the base price: the market stays well within."""


def expiry_moment(expiry: date) -> datetime:
    """When a contract of that day ends."""
    return datetime.combine(expiry, _CLOSE, NEW_YORK).astimezone(UTC)


def expiries(now: datetime) -> list[date]:
    """The days on which what is listed now expires, the next first."""
    today = now.astimezone(NEW_YORK).date()
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    found = {friday + timedelta(weeks=week) for week in range(WEEKS)}
    found |= {_third_friday(today.year, today.month + ahead) for ahead in range(MONTHS + 1)}
    return sorted(day for day in found if expiry_moment(day) > now)


def strikes(base_price: Decimal) -> list[Decimal]:
    """Those of each expiry, lowest first."""
    step = next((step for below, step in _STEPS if base_price < below), _WIDEST)
    lowest = (base_price * _LOWEST / step).to_integral_value(ROUND_CEILING) * step
    count = int((base_price * _HIGHEST - lowest) / step) + 1
    return [lowest + number * step for number in range(count)]


def is_listed(contract: Instrument, base_price: Decimal) -> bool:
    """Whether the market ever lists it; it may have expired since."""
    expiry = contract.expiry
    return (
        expiry is not None
        and expiry.weekday() == _FRIDAY
        and contract.strike in strikes(base_price)
    )


def chain(symbol: str, root: str, base_price: Decimal, expiry: date) -> list[Instrument]:
    """Every contract of one expiry, by strike, calls before puts."""
    terms = [(strike, right) for strike in strikes(base_price) for right in OptionRight]
    found = (
        contract_of(symbol_of(root, expiry, right, strike), underlying=symbol)
        for strike, right in terms
    )
    return [one for one in found if one is not None]


def _third_friday(year: int, month: int) -> date:
    """`month` may lie beyond December."""
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return first + timedelta(days=(_FRIDAY - first.weekday()) % 7 + 14)
