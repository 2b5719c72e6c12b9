"""Binance's routes: what a request weighs and what its key must be allowed to do."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulators import serving
from tests.simulators.binance.people import Person

Ask = serving.Ask[Person]

Weight = int | Callable[[Ask], int]


@dataclass(frozen=True)
class Route(serving.Route[Person]):
    """One of rest-api.md's endpoints.

    Attributes:
        weight: Of the address's limit; of some it depends on the parameters.
        security: "NONE", "USER_DATA" or "TRADE"; all but the first are signed.
    """

    weight: Weight = 1
    security: str = "NONE"

    def weighs(self, ask: Ask) -> int:
        """What this request counts."""
        return self.weight if isinstance(self.weight, int) else self.weight(ask)


def by_symbol(one: int, all_of_them: int) -> Callable[[Ask], int]:
    """A weight that depends on whether the request names one symbol."""
    return lambda ask: one if "symbol" in ask.query else all_of_them
