"""What an order has filled, execution by execution. Pure.

"A correction is indicated by an ExecId which differs from a previous ExecId in only the digits
after the final period": the vendor's words at https://stoqey.github.io/ib-doc/interfaces/Execution.html.
It takes the place of the one before: the fill keeps its id, so that nothing is counted twice, and
its revision grows, so that the stored price is corrected too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.ibkr.told import CommissionTold, ExecutionTold
from floorbroker.domain.orders import Fill

LATE: Final = timedelta(seconds=60)
"""How long a commission may come after its execution; they usually come together."""


def parts(exec_id: str) -> tuple[str, int]:
    """An execution's lasting id, and the how-manieth version of it this is."""
    lasting, _, version = exec_id.rpartition(".")
    return (lasting, int(version)) if lasting and version.isdigit() else (exec_id, 0)


@dataclass(slots=True)
class Executions:
    """Those of one order."""

    _latest: dict[str, ExecutionTold] = field(default_factory=dict)
    _costs: dict[str, CommissionTold] = field(default_factory=dict)

    def add(self, told: ExecutionTold) -> None:
        """One more, or a correction."""
        lasting, version = parts(told.exec_id)
        before = self._latest.get(lasting)
        if before is None or parts(before.exec_id)[1] <= version:
            self._latest[lasting] = told

    def cost(self, told: CommissionTold) -> None:
        """What one of them cost."""
        self._costs[told.exec_id] = told

    @property
    def quantity(self) -> Decimal:
        """Units in all of them."""
        return sum((one.quantity for one in self._latest.values()), Decimal(0))

    @property
    def last(self) -> datetime | None:
        """When the latest of them was."""
        return max((one.at for one in self._latest.values()), default=None)

    @property
    def ref(self) -> str:
        """What their order is marked with."""
        return next((one.ref for one in self._latest.values()), "")

    @property
    def account(self) -> str:
        """Whose they are."""
        return next((one.account for one in self._latest.values()), "")

    def fills(self, known: Sequence[Fill], now: datetime) -> tuple[Fill, ...]:
        """Oldest first. One whose commission is still to come is left out for a while.

        Args:
            known: Those that were told before keep what they say.
        """
        before = {fill.fill_id: fill for fill in known}
        found = []
        for lasting, told in sorted(self._latest.items(), key=lambda item: (item[1].at, item[0])):
            cost = self._costs.get(told.exec_id)
            if cost is None and lasting not in before and now - told.at < LATE:
                continue
            if cost is None and lasting in before:
                found.append(_corrected(before[lasting], told))
            else:
                found.append(_fill(lasting, told, cost))
        return tuple(found)


def _corrected(known: Fill, told: ExecutionTold) -> Fill:
    """What was told before, unless the exchange has put another price or size in its place."""
    version = parts(told.exec_id)[1]
    same = (known.quantity, known.price) == (told.quantity, told.price)
    if same or version <= known.revision:
        return known
    return replace(known, quantity=told.quantity, price=told.price, at=told.at, revision=version)


def _fill(lasting: str, told: ExecutionTold, cost: CommissionTold | None) -> Fill:
    fill = Fill(
        fill_id=lasting,
        quantity=told.quantity,
        price=told.price,
        at=told.at,
        revision=parts(told.exec_id)[1],
    )
    if cost is None or cost.amount is None:
        return fill
    return replace(fill, fee=cost.amount, fee_currency=cost.currency or "USD")
