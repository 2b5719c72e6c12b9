"""The life of an order: which state may follow which.

DRAFT ─confirm─▶ SENDING ─▶ ACCEPTED ─▶ PARTIALLY_FILLED ─▶ FILLED
  │                 │           ├──────────────▶ CANCELED | EXPIRED | REPLACED
  │                 │           └──────────────▶ GONE    the broker no longer has it; why is unknown
  │                 ├─▶ REJECTED            only on proof from the broker
  │                 ├─▶ NOT_PLACED          only when nothing left this process
  │                 └─▶ UNKNOWN ─reconcile─▶ any of the above
  └─▶ DISCARDED | LAPSED
"""

from enum import StrEnum
from typing import Final


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    LAPSED = "lapsed"
    SENDING = "sending"
    UNKNOWN = "unknown"
    NOT_PLACED = "not_placed"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    GONE = "gone"

    @property
    def final(self) -> bool:
        """Nothing is expected to follow."""
        return not TRANSITIONS[self] or self in _CALLED_ABSENT

    @property
    def working(self) -> bool:
        """The broker has it and it can still fill."""
        return self in WORKING


_S = OrderState
WORKING: Final = frozenset({_S.ACCEPTED, _S.PARTIALLY_FILLED})
UNRESOLVED: Final = frozenset({_S.SENDING, _S.UNKNOWN})
_ENDS: Final = frozenset({_S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REPLACED})
_AT_BROKER: Final = WORKING | _ENDS | {_S.REJECTED}
_CALLED_ABSENT: Final = frozenset({_S.NOT_PLACED, _S.GONE})
"""Ends that a later look can correct, against all expectation."""

TRANSITIONS: Final[dict[OrderState, frozenset[OrderState]]] = {
    _S.DRAFT: frozenset({_S.SENDING, _S.DISCARDED, _S.LAPSED}),
    _S.SENDING: _AT_BROKER | {_S.UNKNOWN, _S.NOT_PLACED},
    _S.UNKNOWN: _AT_BROKER | {_S.NOT_PLACED},
    _S.ACCEPTED: _AT_BROKER | {_S.GONE},
    _S.PARTIALLY_FILLED: _ENDS | {_S.PARTIALLY_FILLED, _S.GONE},
    _S.CANCELED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.REPLACED: frozenset(),
    _S.DISCARDED: frozenset(),
    _S.LAPSED: frozenset(),
    _S.NOT_PLACED: _AT_BROKER,
    _S.GONE: _AT_BROKER,
    _S.REJECTED: frozenset(),
    _S.FILLED: frozenset(),
}


def may_follow(before: OrderState, after: OrderState) -> bool:
    """Whether an order may go from `before` to `after`."""
    return after in TRANSITIONS[before]
