"""What a measurement is, and how it is printed. Ratios count; times are this machine's own."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_COLUMNS = ("id", "what", "goal", "median", "p99", "raw median", "raw p99", "ratio", "met")
_NUMBERS = frozenset({"median", "p99", "raw median", "raw p99", "ratio"})


class Unit(StrEnum):
    """What the values of a row are."""

    MILLISECONDS = "ms"
    SECONDS = "s"
    MEGABYTES = "MB"
    PER_SECOND = "/s"
    COUNT = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """The same thing measured several times; at least once."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuses nothing at all, which has no median."""
        if not self.values:
            raise ValueError("nothing was measured")

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def p99(self) -> float:
        """What 99 of 100 do not exceed, between the two values next to it."""
        if len(self.values) == 1:
            return self.values[0]
        return statistics.quantiles(self.values, n=100, method="inclusive")[98]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        id: The row of the performance page, as P1.
        goal: In words.
        raw: The same without us (the SDK alone, the libraries alone), from the same run.
        met: Whether the goal is met; None where there is none.
    """

    id: str
    what: str
    goal: str = "–"
    unit: Unit
    ours: Sample
    raw: Sample | None = None
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Median over median; None without anything to compare with."""
        return self.ours.median / self.raw.median if self.raw and self.raw.median else None


def sample(values: Iterable[float]) -> Sample:
    """Of any iterable."""
    return Sample(tuple(values))


def table(rows: Sequence[Row]) -> str:
    """A Markdown table, padded so that it also reads on a terminal."""
    lines = [_COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_COLUMNS))]
    dashes = tuple(
        "-" * (width - 1) + (":" if name in _NUMBERS else "-")
        for name, width in zip(_COLUMNS, widths, strict=True)
    )
    return "\n".join(_line(line, widths) for line in (lines[0], dashes, *lines[1:]))


def as_json(rows: Sequence[Row], *, before: str, after: str) -> str:
    """The same for a program: figures in their unit, and the machine as it was."""
    told = [
        {
            "id": row.id,
            "what": row.what,
            "goal": row.goal,
            "unit": row.unit.value,
            "ours": _summary(row.ours),
            "raw": _summary(row.raw),
            "ratio": row.ratio,
            "met": row.met,
        }
        for row in rows
    ]
    return json.dumps({"before": before, "after": after, "rows": told}, indent=2) + "\n"


def _summary(of: Sample | None) -> dict[str, float] | None:
    if of is None:
        return None
    return {"median": of.median, "p99": of.p99, "times": len(of.values)}


def machine() -> str:
    """Where the figures come from: processor, cores, interpreter, load."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{_processor()}, {cores} cores, {platform.system()} {platform.machine()}, "
        f"{platform.python_implementation()} {platform.python_version()}, load {load}"
    )


def _cells(row: Row) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: "–"}[row.met]
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}×"
    return (
        row.id, row.what, row.goal, *_figures(row.ours, row.unit), *_figures(row.raw, row.unit),
        ratio, met,
    )  # fmt: skip


def _figures(of: Sample | None, unit: Unit) -> tuple[str, str]:
    if of is None:
        return "–", "–"
    median, p99 = (f"{value:,.3g}" if value < 1_000 else f"{value:,.0f}" for value in
                   (of.median, of.p99))  # fmt: skip
    return f"{median} {unit}".rstrip(), f"{p99} {unit}".rstrip()


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.rjust(width) if name in _NUMBERS else cell.ljust(width)
        for name, cell, width in zip(_COLUMNS, cells, widths, strict=True)
    )
    return f"| {' | '.join(padded)} |"


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
