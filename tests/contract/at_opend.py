"""How a contract's test makes OpenD misbehave: the simulator's own bad side."""

from typing import Final

from tests.simulators.opend import Error, Fault, OpenDSimulator, Trouble

KINDS: Final = {"place": "order", "cancel": "cancel", "modify": "change"}
REFUSAL: Final = "Insufficient buying power in the account"


class AtOpenD:
    """Implements the contract's `Sabotage` over the simulator."""

    def __init__(self, simulator: OpenDSimulator) -> None:
        """See the class."""
        self._simulator = simulator

    @property
    def orders_received(self) -> int:
        """See the contract."""
        return self._simulator.orders_received

    def received(self, kind: str) -> int:
        """How many requests that place, cancel or modify came."""
        counts = {
            "place": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "modify": self._simulator.changes_received,
        }
        return counts[kind]

    def fail(self, kind: str, fault: Fault | Error) -> Trouble:
        """Requests of that kind go wrong until it is lifted."""
        return self._simulator.fail(KINDS[kind], fault, times=None)

    def accept_and_stay_silent(self) -> None:
        """See the contract: the connection is cut once the order is in the book."""
        self._simulator.fail("order", Fault.DROP_AFTER, times=None)

    def refuse_orders(self) -> None:
        """See the contract."""
        self._simulator.reject(REFUSAL)

    def be_unreachable(self) -> None:
        """See the contract: every connection is cut, and every new one before it is greeted."""
        self._simulator.fail("connect", Fault.DROP_BEFORE, times=None)
        self._simulator.drop()

    def work(self) -> None:
        """See the contract."""
        self._simulator.work()
