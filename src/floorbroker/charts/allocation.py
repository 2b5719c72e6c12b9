"""How a portfolio is divided: bars, which can be compared where slices of a pie cannot."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from floorbroker.domain.modes import Environment

MOST: Final = 9
"""Shares that are named; what is left is one share of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One part of the whole; the value in the portfolio's currency, never negative."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationChart:
    """What to draw; the whole must be worth something.

    Attributes:
        environment: Whose money it is: real and paper are never one whole.
        note: In a sentence or two, what no bar shows; empty where the bars show everything.
    """

    shares: tuple[Share, ...]
    currency: str
    environment: Environment
    note: str = ""

    def __post_init__(self) -> None:
        """Refuses a chart of nothing."""
        if not sum(share.value for share in self.shares):
            raise ValueError("A chart needs a value.")

    @property
    def name(self) -> str:
        """The picture's file name."""
        return "allocation.png"

    def png(self) -> bytes:
        """The picture; takes some tenths of a second of a processor."""
        from floorbroker.charts import allocation_drawing  # imports matplotlib

        return allocation_drawing.png(self)

    @property
    def title(self) -> str:
        """The heading: `PAPER allocation`."""
        return f"{self.environment.value.upper()} allocation"

    @property
    def whole(self) -> Decimal:
        """The value of all of it."""
        return sum((share.value for share in self.shares), Decimal(0))

    def named(self) -> list[Share]:
        """The largest first; many small ones become one."""
        ordered = sorted(self.shares, key=lambda share: share.value, reverse=True)
        if len(ordered) <= MOST:
            return ordered
        rest = sum((share.value for share in ordered[MOST - 1 :]), Decimal(0))
        return [*ordered[: MOST - 1], Share(name=f"{len(ordered) - MOST + 1} others", value=rest)]

    @property
    def alt(self) -> str:
        """The picture in words."""
        parts = ", ".join(
            f"{share.name} {share.value / self.whole * 100:.1f} %" for share in self.named()
        )
        return f"{self.title} of {self.whole:,.2f} {self.currency}: {parts}. {self.note}".rstrip()
