"""What goes wrong at brokers that speak HTTP: the faults of `tests.simulators.serving`."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, ClassVar

from tests.campaign.faults.venue import Kind, Planted, Venue
from tests.simulators.serving import Fault, Simulator, Trouble

SILENT = tuple(fault for fault in Fault if fault not in {Fault.LATE, Fault.DRIP, Fault.FAR})


class HttpVenue(Venue):
    """A broker behind HTTP.

    Attributes:
        proves: By kind, the faults whose answer is a proper one at this broker.
    """

    sim: Simulator[Any]
    proves: ClassVar[Mapping[Kind, frozenset[Fault]]] = {}

    def refusal(self, kind: Kind) -> Callable[[], Trouble] | None:
        """Plants the broker's own no, for one request; None where none is tried."""
        del kind
        return None

    def plant(self, kind: Kind, chance: Random) -> Planted | None:
        """See the base."""
        if chance.random() < 0.1:
            return None
        if (refuse := self.refusal(kind)) is not None and chance.random() < 0.1:
            return _planted("refusal", refuse(), silent=False, refuses=True)
        if chance.random() < 0.15:
            slow = chance.random() < 0.5
            delay = self.deadline_seconds * 1.5 if slow else 0.01
            trouble = self.sim.fail(kind, Fault.LATE, times=1, delay=delay)
            return _planted("too late" if slow else "late", trouble, silent=slow)
        fault = chance.choice(SILENT)
        silent = fault not in self.proves.get(kind, frozenset())
        carried_out = not silent or chance.random() < 0.6
        trouble = self.sim.fail(kind, fault, times=1, carried_out=carried_out)
        name = f"{fault.value}, {'' if carried_out else 'not '}carried out"
        return _planted(name, trouble, silent=silent, rests=fault is Fault.TOO_MANY_REQUESTS)

    def received(self, kind: Kind) -> int:
        """See the base."""
        counts = {
            Kind.PLACE: self.sim.orders_received,
            Kind.MODIFY: self.sim.modifies_received,
            Kind.CANCEL: self.sim.cancels_received,
        }
        return counts[kind]


def _planted(name: str, trouble: Trouble, **more: bool) -> Planted:
    return Planted(name=name, met=lambda: trouble.hits > 0, release=trouble.release, **more)
