"""Ways in which the simulator misbehaves, and which messages they are for."""

import asyncio
from dataclasses import dataclass, field
from typing import ClassVar, Final

KINDS: Final = frozenset({"connect", "read", "order", "change", "cancel", "any"})
"""What a fault can be for. A what-if is a "read", though it is a placeOrder message; a global
cancel is a "cancel"; "any" is every message after the connection stands."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens instead of the proper answer; for an error use `Fault.ERROR(code, text)`."""

    name: str
    code: int = 0
    text: str = ""

    DROP_BEFORE: ClassVar["Fault"]
    """The connection is cut and nothing is carried out."""
    DROP_AFTER: ClassVar["Fault"]
    """Carried out, and the connection is cut before any answer."""
    SILENCE: ClassVar["Fault"]
    """Not carried out, and never answered."""
    SILENCE_AFTER: ClassVar["Fault"]
    """Carried out and never answered; what happens to an order later is told as usual."""
    LATE: ClassVar["Fault"]
    """Carried out at once; its answers come with `Trouble.release`, or after its delay."""
    RUBBISH: ClassVar["Fault"]
    """Carried out; the answers have the right numbers and words that mean nothing."""

    @staticmethod
    def ERROR(code: int, text: str) -> "Fault":  # noqa: N802 # stands beside the faults above
        """Not carried out, and answered with that error."""
        return Fault("ERROR", code, text)


for _name in ("DROP_BEFORE", "DROP_AFTER", "SILENCE", "SILENCE_AFTER", "LATE", "RUBBISH"):
    setattr(Fault, _name, Fault(_name))


@dataclass(slots=True, kw_only=True, eq=False)
class Trouble:
    """A fault that is on.

    Attributes:
        times: For how many more messages.
        delay: Seconds after which a late answer comes by itself; None: with `release` only.
        reached: Set when a message has run into it (and was carried out, if it is).
        released: Set by `release`.
        hits: How many messages have run into it.
    """

    kind: str
    fault: Fault
    times: int = 1
    delay: float | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    hits: int = 0

    def __post_init__(self) -> None:
        """A kind that nobody knows would never be met."""
        if self.kind not in KINDS:
            raise ValueError(self.kind)

    def release(self) -> None:
        """Lets late answers go, and meets no further message."""
        self.times = 0
        self.released.set()

    def meets(self, kind: str) -> bool:
        """Whether it is on for such a message."""
        if self.times <= 0:
            return False
        return self.kind == kind or (self.kind == "any" and kind != "connect")

    def take(self) -> None:
        """One message runs into it."""
        self.hits += 1
        self.times -= 1
