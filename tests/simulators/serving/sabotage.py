"""What a test lets go wrong, and what it asks afterwards."""

from typing import Generic

from tests.simulators.serving.asking import P, Refusal
from tests.simulators.serving.faults import Fault, Trouble
from tests.simulators.serving.gate import Gate, Received


class Sabotage(Generic[P]):
    """The bad side of a simulator, and its memory."""

    def __init__(self, gate: Gate[P]) -> None:
        """Over everything that comes in."""
        self._gate = gate

    def fail(
        self,
        on: str,
        fault: Fault,
        *,
        times: int | None = None,
        carried_out: bool = True,
        delay: float = 0.0,
    ) -> Trouble:
        """Misbehaves for requests of a kind or path (see `Trouble.on`).

        Args:
            times: For how many requests; None until lifted.
            carried_out: Whether they are carried out all the same.
            delay: Seconds, for `Fault.LATE` and `Fault.FAR`; between two bytes for `Fault.DRIP`.
        """
        return self._add(
            Trouble(on=on, fault=fault, times=times, carried_out=carried_out, delay=delay)
        )

    def refuse_with(
        self, on: str, refusal: Refusal, *, times: int | None = None, carried_out: bool = False
    ) -> Trouble:
        """Answers `refusal`; a simulator's own `refuse` makes one of its broker's words.

        Args:
            carried_out: Whether the request is carried out in spite of that answer.
        """
        return self._add(
            Trouble(on=on, fault=None, times=times, carried_out=carried_out, refusal=refusal)
        )

    def work(self) -> None:
        """Lifts every fault and lets go of whatever hangs."""
        for trouble in self._gate.troubles:
            trouble.release()
        self._gate.troubles.clear()

    @property
    def received(self) -> list[Received]:
        """Every request that arrived whole, in order, carried out or not."""
        return self._gate.received

    @property
    def orders_received(self) -> int:
        """Requests that place an order."""
        return self._count("place")

    @property
    def cancels_received(self) -> int:
        """Requests that cancel."""
        return self._count("cancel")

    @property
    def modifies_received(self) -> int:
        """Requests that change or replace an order."""
        return self._count("modify")

    def _count(self, kind: str) -> int:
        return sum(kind in one.kinds for one in self.received)

    def _add(self, trouble: Trouble) -> Trouble:
        self._gate.troubles.append(trouble)
        return trouble
