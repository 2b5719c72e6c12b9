"""Mistakes planted in a copy of each adapter: its tests must notice every one."""

import random
import tempfile
from pathlib import Path
from typing import Final

from tests.brokers.planted import planted, red, unnoticed
from tests.campaign.row import Reached, Row


def _run(size: int, seed: int) -> Reached:
    all_of_them = planted()
    chosen = random.Random(seed).sample(all_of_them, min(size, len(all_of_them)))
    broken = []
    for broker, name, defect in chosen:
        with tempfile.TemporaryDirectory() as folder:
            if words := unnoticed(defect, Path(folder), f"tests/brokers/{broker}"):
                broken.append(f"{broker}: nobody noticed {name} ({words})")
    # That an untouched copy passes is what `make test` shows each time, but not from a copy.
    judged = sorted({broker for broker, _, _ in chosen})
    for broker in judged if size >= ROW.goal else ():
        with tempfile.TemporaryDirectory() as folder:
            if words := red(Path(folder), f"tests/brokers/{broker}"):
                broken.append(f"{broker}: an untouched copy fails ({words})")
    return Reached(trials=len(chosen), broken=broken, figures={"brokers": len(judged)})


ROW: Final = Row(
    name="planted-defects",
    what="Mistakes planted in a copy of the adapters",
    unit="mistakes",
    goal=len(planted()),
    short=1,
    passes_when="each is noticed by the broker's tests, and an untouched copy passes",
    run=_run,
)
