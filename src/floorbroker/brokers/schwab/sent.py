"""What this connection asked for, and what Schwab called it. Lives as long as the connection.

Schwab takes no id of ours and would take the same order twice. The store is what keeps an order
from being sent again; this is a second lock, and tells our orders from others while it is open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from floorbroker.domain.ids import OrderId

MOST_KEPT: Final = 1000


@dataclass(slots=True)
class Sent:
    """Orders of ours by their id, each with those of Schwab's that it became, oldest first."""

    _ids: dict[OrderId, list[str]] = field(default_factory=dict)

    def begin(self, order_id: OrderId) -> None:
        """It is about to leave."""
        self._ids.setdefault(order_id, [])
        if len(self._ids) > MOST_KEPT:
            del self._ids[next(iter(self._ids))]

    def never_left(self, order_id: OrderId) -> None:
        """It did not: it may be asked for again."""
        self._ids.pop(order_id, None)

    def begun(self, order_id: OrderId) -> bool:
        """Whether it may have left."""
        return order_id in self._ids

    def became(self, order_id: OrderId, *schwabs: str) -> None:
        """Schwab's ids of it; the last one is the present one."""
        self.begin(order_id)
        known = [one for one in self._ids[order_id] if one not in schwabs]
        self._ids[order_id] = [*known, *schwabs]

    def chain(self, order_id: OrderId) -> tuple[str, ...]:
        """Schwab's ids of it, oldest first."""
        return tuple(self._ids.get(order_id, ()))

    def present(self, order_id: OrderId) -> str | None:
        """Schwab's present id of it."""
        known = self._ids.get(order_id)
        return known[-1] if known else None

    def whose(self, schwabs: str) -> OrderId | None:
        """Ours of an order of Schwab's."""
        return next((ours for ours, known in self._ids.items() if schwabs in known), None)

    def besides(self, order_id: OrderId) -> frozenset[int]:
        """Schwab's ids of all others of ours."""
        others: Iterable[list[str]] = (
            known for ours, known in self._ids.items() if ours != order_id
        )
        return frozenset(int(one) for known in others for one in known)
