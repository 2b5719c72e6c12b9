"""What a campaign has counted, and which promises did not hold."""

from collections import Counter
from dataclasses import dataclass, field

from tests.campaign.row import Reached

_MOST_TOLD = 20


@dataclass(slots=True)
class Tally:
    """Of one broker, over all its days.

    Attributes:
        orders: That were confirmed and left for the broker.
        met: Requests that ran into something, by kind and fault.
        told: What the people were told first, by kind.
        ends: How the orders ended.
    """

    orders: int = 0
    met: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    more: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def expect(self, held: bool, sentence: str) -> None:
        """Notes the sentence unless the promise held."""
        if not held:
            self.broken.append(sentence)

    def reached(self) -> Reached:
        """For the table."""
        unknown = ", ".join(f"{self.told[f'{kind} unknown']} {name}" for kind, name in _KINDS)
        faults = sum(self.met.values())
        return Reached(
            trials=self.orders,
            broken=self.broken[:_MOST_TOLD],
            figures={
                "faults met": f"{faults:,} of {len(self.met)} sorts",
                "told unknown": unknown,
                "ends": ", ".join(f"{count} {end}" for end, count in sorted(self.ends.items())),
                **self.more,
            },
        )


_KINDS = (("place", "orders"), ("modify", "changes"), ("cancel", "cancels"))
