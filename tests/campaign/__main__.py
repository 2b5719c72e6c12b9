"""`make campaign`: runs the rows, prints the table, and fails if a promise did not hold.

python -m tests.campaign                          every row at its full size
python -m tests.campaign kills-sqlite soak        some rows
python -m tests.campaign --share 0.01             a hundredth of each
"""

import argparse
import sys
from pathlib import Path
from time import perf_counter

from tests.campaign.row import Row
from tests.campaign.rows import ROWS
from tests.campaign.table import HEAD, KEPT, Measured, keep, lines_of


def _measured(row: Row, share: float, seed: int) -> Measured:
    begin = perf_counter()
    reached = row.run(max(1, round(row.goal * share)), seed)
    return Measured(row=row, reached=reached, seconds=perf_counter() - begin)


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """The exit status: 0 if every promise held and, without `--share`, at its full size."""
    names = [row.name for row in ROWS]
    asked = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    asked.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(names)}")
    asked.add_argument("--share", type=float, default=1.0, help="of each row's size, 1 is all")
    asked.add_argument("--seed", type=int, default=1, help="of everything that is random")
    asked.add_argument("--json", type=Path, help="a file whose figures of these rows are renewed")
    asked.add_argument(
        "--keep", action="store_true", help=f"the same as --json {KEPT.name} in docs"
    )
    options = asked.parse_args()
    unknown = set(options.rows) - set(names)
    if unknown:
        asked.error(f"there is no row {', '.join(sorted(unknown))}")
    _say(*HEAD)
    done: list[Measured] = []
    lacking: list[str] = []
    for row in ROWS:
        if options.rows and row.name not in options.rows:
            continue
        if row.missing:
            _say(f"| {row.name} | not run: {', '.join(row.missing)} is not installed | | | |")
            lacking.append(row.name)
            continue
        done.append(_measured(row, options.share, options.seed))
        _say(*lines_of(done[-1]))
        for file in {options.json, KEPT if options.keep else None} - {None}:
            keep(file, done, options.seed)  # after each: hours must not be lost with the last row
    held = not lacking and all(one.passed and (one.full or options.share < 1) for one in done)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
