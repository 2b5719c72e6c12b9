"""Runs the rows one after the other and prints them: `python -m bench [P1 P4 …]`."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from bench.brokers import confirm_beside_the_sdk, memory_of_linked_people
from bench.commands import (
    a_thousand_at_once,
    acknowledgement,
    before_the_request,
    cpu_per_order,
)
from bench.growth import growth
from bench.looking import autocomplete, quote
from bench.options import chain_of_500
from bench.replicas import two_processes
from bench.report import Row, as_json, machine, table
from bench.startup import import_time_and_memory
from bench.streams import delivery
from bench.views import chart, portfolio

Measurement = Callable[[], Awaitable[Sequence[Row]]]

ROWS: Final[tuple[tuple[str, Measurement], ...]] = (
    ("P1", acknowledgement),
    ("P2", before_the_request),
    ("P3", confirm_beside_the_sdk),
    ("P4", cpu_per_order),
    ("P5", a_thousand_at_once),
    ("P6", memory_of_linked_people),
    ("P7", import_time_and_memory),
    ("P8", two_processes),
    ("P9", growth),
    ("V1", autocomplete),
    ("V1", quote),
    ("V2", chart),
    ("V3", portfolio),
    ("V4", delivery),
    ("V5", chain_of_500),
)
"""Ids of the performance page with what measures them, and what people look at (V); an id may stand
here more than once."""


def main() -> int:
    """0 when everything asked for was measured, whether or not the goals are met."""
    wanted, file = _asked()
    before = machine()
    rows: list[Row] = []
    failed: list[str] = []
    for row_id, measure in ROWS:
        if wanted and row_id not in wanted:
            continue
        print(f"{row_id}: {measure.__name__} …", file=sys.stderr, flush=True)
        try:
            rows.extend(asyncio.run(_measured(measure)))
        except Exception as error:  # noqa: BLE001  # one broken row must not hide the others
            failed.append(f"{row_id} was not measured: {type(error).__name__}: {error}")
    after = machine()
    print(table(rows))
    print(f"\nBefore: {before}\nAfter:  {after}")
    if file is not None:
        file.write_text(as_json(rows, before=before, after=after))
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


async def _measured(measure: Measurement) -> Sequence[Row]:
    return await measure()


def _asked() -> tuple[frozenset[str], Path | None]:
    """The ids of the rows, and where the figures go as JSON."""
    ids = sorted({row_id for row_id, _ in ROWS})
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help=f"of {', '.join(ids)}; default all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures for a program")
    given = parser.parse_args()
    wanted = frozenset(one.upper() for one in given.ids)
    if unknown := sorted(wanted.difference(ids)):
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ids)}")
    return wanted, given.json


if __name__ == "__main__":
    sys.exit(main())
