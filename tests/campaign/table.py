"""The table that `make campaign` prints and docs/reliability.md keeps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.campaign.row import Reached, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A row, what it reached, and how long it took."""

    row: Row
    reached: Reached
    seconds: float

    @property
    def passed(self) -> bool:
        """Everything held; at a smaller size that is no proof of the goal."""
        return not self.reached.broken

    @property
    def full(self) -> bool:
        """The goal's size was reached."""
        return self.reached.trials >= self.row.goal


def lines_of(measured: Measured) -> list[str]:
    """One line of the table, and below it whatever broke."""
    row, reached = measured.row, measured.reached
    verdict = "held" if measured.passed else "BROKEN"
    size = f"{reached.trials:,} of {row.goal:,} {row.unit}"
    figures = "; ".join(f"{name} {figure}" for name, figure in reached.figures.items())
    line = f"| {row.what} | {size} | {verdict} | {figures} | {measured.seconds:,.0f} s |"
    return [line, *(f"    BROKEN: {sentence}" for sentence in reached.broken)]


HEAD = (
    "| Campaign | Reached | Promise | Figures | Took |",
    "| --- | --- | --- | --- | --- |",
)


def as_json(all_of_them: Sequence[Measured], seed: int) -> str:
    """The same for a machine."""
    rows = [
        {
            "name": one.row.name,
            "unit": one.row.unit,
            "goal": one.row.goal,
            "trials": one.reached.trials,
            "passed": one.passed,
            "broken": list(one.reached.broken),
            "figures": dict(one.reached.figures),
            "seconds": round(one.seconds, 1),
        }
        for one in all_of_them
    ]
    return json.dumps({"seed": seed, "rows": rows}, indent=2)
