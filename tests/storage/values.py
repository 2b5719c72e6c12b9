"""Hypothesis strategies for any domain value, made from its type."""

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.orders import OrderChanges, OrderRequest, OrderType, Side
from floorbroker.domain.quiet_hours import QuietHours

DECIMALS: Final = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**18), 10**18),
    st.integers(-18, 18),
)
AMOUNTS: Final = DECIMALS.map(abs).filter(bool)
MOMENTS: Final = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001  # hypothesis takes the bounds without zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=9))]),
)
TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def requests(draw: st.DrawFn) -> OrderRequest:
    """Every type of order, with the prices that it needs."""
    kind = draw(st.sampled_from(OrderType))
    given: dict[str, Any] = {draw(st.sampled_from(["quantity", "notional"])): draw(AMOUNTS)}
    if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT}:
        given["limit_price"] = draw(AMOUNTS)
    if kind in {OrderType.STOP, OrderType.STOP_LIMIT}:
        given["stop_price"] = draw(AMOUNTS)
    if kind is OrderType.TRAILING_STOP:
        given["trail_amount"] = draw(AMOUNTS)
    if draw(st.booleans()):
        low, high = draw(st.tuples(AMOUNTS, AMOUNTS).map(sorted).filter(lambda p: p[0] < p[1]))
        given |= {"take_profit": high, "stop_loss": low, "side": Side.BUY}
    left = {"side", "time_in_force", "session", "effect", "instrument"} - set(given)
    hints = get_type_hints(OrderRequest)
    given |= {name: draw(values(hints[name])) for name in sorted(left)}
    return OrderRequest(type=kind, **given)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Every kind of instrument; a contract with its terms."""
    asset_class = draw(st.sampled_from(AssetClass))
    given: dict[str, Any] = {}
    if asset_class is AssetClass.OPTION or draw(st.booleans()):
        given = {
            "underlying": draw(st.text("ABC", min_size=1)),
            "expiry": draw(st.dates()),
            "strike": draw(AMOUNTS),
            "right": draw(st.sampled_from(OptionRight)),
            "exchange": draw(TEXT),
        }
    return Instrument(
        symbol=draw(TEXT),
        asset_class=asset_class,
        name=draw(TEXT),
        currency=draw(TEXT),
        multiplier=draw(AMOUNTS),
        **given,
    )


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type, every field of a dataclass included."""
    if hint in _GIVEN:
        return _GIVEN[hint]
    if isinstance(hint, NewType):
        return values(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        names = [field.name for field in dataclasses.fields(hint) if field.init]
        return st.builds(hint, **{name: values(hints[name]) for name in names})
    return _of_many(get_origin(hint), get_args(hint))


def _of_many(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin in {Union, types.UnionType}:
        return st.one_of(*map(values, arguments))
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(values(arguments[0]), max_size=3)
    assert origin is Mapping
    return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=3)


_GIVEN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: TEXT,
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    type(None): st.none(),
    Decimal: DECIMALS,
    datetime: MOMENTS,
    date: st.dates(),
    Instrument: instruments(),
    QuietHours: st.builds(
        lambda times, zone: QuietHours(start=times[0], end=times[1], zone=zone),
        st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True),
        TEXT,
    ),
    OrderRequest: requests(),
    OrderChanges: st.builds(OrderChanges, quantity=AMOUNTS, limit_price=st.none() | AMOUNTS),
}
