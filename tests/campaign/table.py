"""The table that `make campaign` prints and docs/reliability.md keeps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

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


HEAD: Final = (
    "| Campaign | Reached | Promise | Figures | Took |",
    "| --- | --- | --- | --- | --- |",
)


KEPT: Final = Path(__file__).parents[2] / "docs" / "campaign.json"
"""The last full run of each row, from which the page of reliability is made."""


def keep(file: Path, done: Sequence[Measured], seed: int) -> None:
    """Writes these rows beside the others that the file holds."""
    known = kept(file)
    known |= {one.row.name: _entry(one, seed) for one in done}
    file.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n")


def kept(file: Path = KEPT) -> dict[str, Any]:
    """What the file holds of each row, by its name."""
    known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return known


def _entry(one: Measured, seed: int) -> dict[str, Any]:
    return {
        "goal": one.row.goal,
        "trials": one.reached.trials,
        "broken": list(one.reached.broken),
        "figures": dict(one.reached.figures),
        "seconds": round(one.seconds),
        "seed": seed,
    }
