"""Each vendor's own words for a side, a type and a time in force, as its documentation has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from floorbroker.domain.orders import OrderRequest, OrderType, Side, TimeInForce

_T, _F = OrderType, TimeInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A vendor's.

    Attributes:
        of: Side, type and time in force of an order in its simulator's book.
        timeless: Types of which the vendor takes no time in force.
    """

    of: Callable[[Any], tuple[str, str, str]]
    sides: Mapping[Side, str]
    types: Mapping[OrderType, str]
    times: Mapping[TimeInForce, str]
    timeless: frozenset[OrderType] = frozenset()

    def differ(self, request: OrderRequest, booked: Any) -> str | None:
        """How the book's words differ from what was asked for; None if they do not."""
        side, kind, time = self.of(booked)
        asked = (self.sides[request.side], self.types[request.type])
        if (side, kind) != asked:
            return f"asked for {asked}, and the book has {(side, kind)}"
        wanted = self.times[request.time_in_force]
        if request.type not in self.timeless and time != wanted:
            return f"asked for {wanted}, and the book has {time}"
        return None


_UPPER: Final = {Side.BUY: "BUY", Side.SELL: "SELL"}
_LOWER: Final = {Side.BUY: "buy", Side.SELL: "sell"}
_TIMES: Final = {_F.DAY: "DAY", _F.GTC: "GTC", _F.IOC: "IOC", _F.FOK: "FOK"}
_TYPES: Final = {
    _T.MARKET: "MARKET",
    _T.LIMIT: "LIMIT",
    _T.STOP: "STOP",
    _T.STOP_LIMIT: "STOP_LIMIT",
}
_STOP_LOSS: Final = {**_TYPES, _T.STOP: "STOP_LOSS", _T.STOP_LIMIT: "STOP_LOSS_LIMIT"}

WORDS: Final[Mapping[str, Words]] = {
    "alpaca": Words(
        of=lambda one: (one.side, one.type, one.time_in_force),
        sides=_LOWER,
        types={kind: word.lower() for kind, word in _TYPES.items()},
        times={time: word.lower() for time, word in _TIMES.items()},
    ),
    "schwab": Words(
        of=lambda one: (one.ticket.legs[0].instruction, one.ticket.type, one.ticket.duration),
        sides=_UPPER,
        types=_TYPES,
        times={_F.DAY: "DAY", _F.GTC: "GOOD_TILL_CANCEL", _F.FOK: "FILL_OR_KILL"},
    ),
    "binance": Words(
        of=lambda one: (one.side, one.type, one.ticket.time_in_force),
        sides=_UPPER,
        types=_STOP_LOSS,
        times=_TIMES,
        timeless=frozenset({_T.MARKET, _T.STOP}),
    ),
    "kraken": Words(
        of=lambda one: (one.side, one.type, one.time_in_force),
        sides=_LOWER,
        types={
            _T.MARKET: "market",
            _T.LIMIT: "limit",
            _T.STOP: "stop-loss",
            _T.STOP_LIMIT: "stop-loss-limit",
        },
        times=_TIMES,
    ),
    "coinbase": Words(
        of=lambda one: (one.side, one.kind.type, _coinbase_time(one.kind.time_in_force)),
        sides=_UPPER,
        types=_TYPES,
        times=_TIMES,
        timeless=frozenset({_T.MARKET}),
    ),
    "etrade": Words(
        of=lambda one: (one.ticket.action, one.ticket.price_type, one.ticket.term),
        sides=_UPPER,
        types=_TYPES,
        times={
            _F.DAY: "GOOD_FOR_DAY",
            _F.GTC: "GOOD_UNTIL_CANCEL",
            _F.IOC: "IMMEDIATE_OR_CANCEL",
            _F.FOK: "FILL_OR_KILL",
        },
    ),
    "webull": Words(
        of=lambda one: (one.side, one.type, one.time_in_force),
        sides=_UPPER,
        types=_STOP_LOSS,
        times=_TIMES,
    ),
    "ibkr": Words(
        of=lambda one: (one.action, one.type, one.ticket.tif),
        sides=_UPPER,
        types={
            _T.MARKET: "MKT",
            _T.LIMIT: "LMT",
            _T.STOP: "STP",
            _T.STOP_LIMIT: "STP LMT",
        },
        times=_TIMES,
    ),
    "moomoo": Words(
        of=lambda one: (one.side, one.type, one.time_in_force),
        sides=_UPPER,
        types={**_TYPES, _T.LIMIT: "NORMAL"},
        times=_TIMES,
    ),
}
"""Paper has no wire and no words."""


def _coinbase_time(word: str) -> str:
    """GOOD_UNTIL_CANCELLED, IMMEDIATE_OR_CANCEL, FILL_OR_KILL."""
    return "".join(part[0] for part in word.replace("_UNTIL_", "_TIL_").split("_"))
