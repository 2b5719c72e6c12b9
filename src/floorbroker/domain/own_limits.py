"""Limits that a server's managers or a person set themselves, and how they change.

What makes a limit tighter holds at once. What loosens it, or takes it away, waits: nobody raises a
limit in the heat of the moment. Whoever reads the limits of a moment sees what holds then, so
nothing has to run when a wait is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.risk import Limits, Scope, SymbolList

MOST_SYMBOLS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimits:
    """What one scope says, field by field as in `Limits`; None says nothing."""

    max_order_value: Decimal | None = None
    max_position_value: Decimal | None = None
    max_orders_per_day: int | None = None
    max_daily_loss: Decimal | None = None
    max_concentration_percent: Decimal | None = None
    price_collar_percent: Decimal | None = None
    allowed_symbols: frozenset[str] | None = None
    denied_symbols: frozenset[str] | None = None
    only_in_market_hours: bool | None = None


_FIGURES: Final = (
    "max_order_value",
    "max_position_value",
    "max_orders_per_day",
    "max_daily_loss",
    "max_concentration_percent",
    "price_collar_percent",
)
NAMES: Final = tuple(one.name for one in fields(OwnLimits))


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLimits:
    """What was set, and what of it is still to come.

    Attributes:
        now: What holds, but for what `since` says.
        later: The values that are to come.
        since: From when a field of `later` holds, by its name; others of `later` mean nothing.
    """

    now: OwnLimits = field(default_factory=OwnLimits)
    later: OwnLimits = field(default_factory=OwnLimits)
    since: Mapping[str, datetime] = field(default_factory=dict)

    def at(self, moment: datetime) -> OwnLimits:
        """What holds at that moment."""
        due = {name for name, since in self.since.items() if since <= moment}
        if not due:
            return self.now
        return replace(self.now, **{name: getattr(self.later, name) for name in due})

    def waiting(self, moment: datetime) -> Mapping[str, datetime]:
        """The fields that change after that moment, and when."""
        return {name: since for name, since in self.since.items() if since > moment}

    def changed(
        self, wanted: Mapping[str, Any], moment: datetime, wait: timedelta
    ) -> "StandingLimits":
        """With other values for the fields of `wanted`; None takes a limit away.

        What is tighter holds at once and ends a wait for something looser. What is looser holds
        after `wait`; a looser value that was asked for before keeps its moment only if the new one
        goes no further.

        Raises:
            InvalidInput: A value is none that a limit can have.
        """
        _check(OwnLimits(**wanted))
        held, coming = self.at(moment), self.waiting(moment)
        now: dict[str, Any] = {}
        later = {name: getattr(self.later, name) for name in coming}
        since = dict(coming)
        for name, value in wanted.items():
            now[name] = _tighter(name, getattr(held, name), value)
            asked_before = later.pop(name, None), since.pop(name, None)
            if now[name] == value:
                continue
            known, due = asked_before
            further = due is None or _tighter(name, known, value) != value
            later[name] = value
            since[name] = moment + wait if further or due is None else due
        return StandingLimits(now=replace(held, **now), later=OwnLimits(**later), since=since)


def _check(wanted: OwnLimits) -> None:
    """Refuse what no limit can be.

    Raises:
        InvalidInput: A figure is not above zero, a collar of 100 % or more, or a list without end.
    """
    figures = (getattr(wanted, name) for name in _FIGURES)
    if any(figure is not None and figure <= 0 for figure in figures):
        raise InvalidInput("A limit is above zero. none removes it; /panic pauses.")
    if wanted.price_collar_percent is not None and wanted.price_collar_percent >= 100:
        raise InvalidInput("Invalid collar. It must be below 100 %.")
    for listed in (wanted.allowed_symbols, wanted.denied_symbols):
        if listed is not None and len(listed) > MOST_SYMBOLS:
            raise InvalidInput(f"A list holds at most {MOST_SYMBOLS} symbols.")


def _tighter(name: str, one: Any, other: Any) -> Any:
    """What keeps to both; None keeps to nothing."""
    if one is None or other is None:
        return other if one is None else one
    if name == "allowed_symbols":
        return one & other
    if name == "denied_symbols":
        return one | other
    if name == "only_in_market_hours":
        return one or other
    return min(one, other)


def tightest(
    operator: Limits, server: OwnLimits | None = None, person: OwnLimits | None = None
) -> Limits:
    """The limits that keep to all of them, with whose each is; of equals the widest scope's."""
    figures: dict[str, Any] = {}
    whose = dict(operator.whose)
    symbols = list(operator.symbols)
    for scope, own in ((Scope.SERVER, server), (Scope.PERSON, person)):
        if own is None:
            continue
        for name in (*_FIGURES, "only_in_market_hours"):
            held = figures.get(name, getattr(operator, name))
            both = _tighter(name, held, getattr(own, name))
            if both != held:
                figures[name], whose[name] = both, scope
        if own.allowed_symbols is not None or own.denied_symbols:
            denied = own.denied_symbols or frozenset()
            symbols.append(SymbolList(scope=scope, allowed=own.allowed_symbols, denied=denied))
    if not figures and len(symbols) == len(operator.symbols):
        return operator
    return replace(operator, **figures, whose=whose, symbols=tuple(symbols))
