"""Chart after chart through the studio: neither the bot nor the process that draws may grow."""

import asyncio
import os
from pathlib import Path
from statistics import median
from typing import Final

from floorbroker.charts.studio import Studio
from tests.campaign.row import Reached, Row
from tests.campaign.soak import sample
from tests.charts.drawings import another

_MAY_GROW: Final = {"the bot": 8.0, "the process that draws": 24.0}
"""MB between the medians of the second and the last quarter."""
_SMALLEST: Final = 1_000
"""Bytes: an empty picture would prove nothing."""


def _children() -> list[int]:
    """The processes that this one has started, and that still run."""
    found = Path("/proc/self/task").glob("*/children")
    return [int(pid) for file in found for pid in file.read_text().split()]


async def _drawn(size: int) -> Reached:
    others = set(_children())
    own: list[float] = []
    drawing: list[float] = []
    processes: set[int] = set()
    empty = 0
    studio = Studio()
    try:
        for number in range(size):
            picture = await studio.picture(another(number))
            empty += len(picture.png) < _SMALLEST
            (child,) = set(_children()) - others
            processes.add(child)
            own.append(sample(os.getpid(), 0)["memory MB"])
            drawing.append(sample(child, 0)["memory MB"])
    finally:
        await studio.aclose()
    broken = [f"{empty} pictures were empty"] if empty else []
    figures: dict[str, int | str] = {"processes": len(processes)}
    for name, series in (("the bot", own), ("the process that draws", drawing)):
        was, became = (median(part) for part in _parts(series))
        figures[f"MB of {name}"] = f"{was:.0f} → {became:.0f}"
        if became - was > _MAY_GROW[name]:
            broken.append(f"{name} grew from {was:.0f} to {became:.0f} MB")
    if set(_children()) - others:
        broken.append("a process was left")
    return Reached(trials=size, broken=broken, figures=figures)


def _parts(series: list[float]) -> tuple[list[float], list[float]]:
    quarter = max(len(series) // 4, 1)
    return series[quarter : 2 * quarter], series[-quarter:]


CHARTS: Final = Row(
    name="charts",
    what="Charts, each another one, drawn one after the other",
    unit="charts",
    goal=10_000,
    short=12,
    passes_when="The memory of the bot and of the process that draws is flat; none is left behind.",
    run=lambda size, _seed: asyncio.run(_drawn(size)),
)
