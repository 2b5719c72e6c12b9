"""How a contract's test makes a broker on a wire misbehave: its simulator's own bad side."""

from collections.abc import Callable
from typing import Any

from tests.simulators.serving import Fault, Simulator, Trouble


class AtSimulator:
    """Implements the contract's `Sabotage` over any simulator of `tests.simulators.serving`."""

    def __init__(self, simulator: Simulator[Any], refuse: Callable[[], object]) -> None:
        """`refuse` lets it refuse orders in the broker's own words."""
        self._simulator = simulator
        self._refuse = refuse
        self._reachable = True

    @property
    def orders_received(self) -> int:
        """See the contract."""
        return self._simulator.orders_received

    def received(self, kind: str) -> int:
        """How many requests that place, cancel or modify came."""
        counts = {
            "place": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "modify": self._simulator.modifies_received,
        }
        return counts[kind]

    def fail(self, kind: str, fault: Fault, *, carried_out: bool) -> Trouble:
        """Requests of that kind go wrong until it is lifted."""
        return self._simulator.fail(kind, fault, carried_out=carried_out)

    def accept_and_stay_silent(self) -> None:
        """See the contract: the connection closes once the order is in the book."""
        self._simulator.fail("place", Fault.CLOSE)

    def refuse_orders(self) -> None:
        """See the contract."""
        self._refuse()

    def be_unreachable(self) -> None:
        """See the contract."""
        self._reachable = False
        self._simulator.be_unreachable()

    def work(self) -> None:
        """See the contract."""
        self._simulator.work()
        if not self._reachable:
            self._reachable = True
            self._simulator.be_reachable()
