"""What differs between gateways, and how patient their connections are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient a gateway's connection is; seconds.

    Attributes:
        connect: The deadline of one attempt, everything that it reads at the start included.
        pauses: Between the first attempts; each is stretched by up to half at random.
        slow: Between attempts once those are used up.
        probe: Between two looks at whether an open connection still answers.
        answer: How long such a look may take.
        least: Between two attempts that callers set off.
    """

    connect: float = 10.0
    pauses: tuple[float, ...] = (1.0, 2.0, 4.0)
    slow: float = 30.0
    probe: float = 30.0
    answer: float = 5.0
    least: float = 1.0


class Wire(Protocol):
    """What differs between gateways."""

    def reports_to(self, gateway: "Reports") -> None:
        """Where to tell that the connection broke; called once, before anything else."""
        ...

    async def open(self) -> Mapping[str, str]:
        """Connects, and reads anew all that may have changed meanwhile; facts for the record.

        Raises:
            GatewayNotRunning: Nothing listens there.
            BrokerError: It cannot be used, and why.
        """
        ...

    async def probe(self) -> None:
        """Asks for something small; first as soon as it is open.

        Raises:
            BrokerError: No answer came.
        """
        ...

    async def close(self) -> None:
        """Lets go, whatever state it is in; never fails, and may be called twice."""
        ...


class Reports(Protocol):
    """What a wire may tell; each call returns at once."""

    def broke(self, why: str) -> None:
        """The connection to the gateway is gone."""
        ...

    def cut_off(self, why: str) -> None:
        """The gateway is there, and has itself lost the broker's servers."""
        ...

    def restored(self, *, anew: bool) -> None:
        """The gateway reached them again; `anew`: what was subscribed to is lost."""
        ...
