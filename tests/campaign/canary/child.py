"""One row in a process that is overheard: `python -m tests.campaign.canary.child ROW SIZE SEED`."""

import json
import sys

from tests.campaign.canary import leaks
from tests.campaign.rows import ROWS


def main() -> int:
    """Prints what the row reached as the last line."""
    name, size, seed = sys.argv[1:]
    (row,) = (one for one in (*ROWS, leaks.ROW) if one.name == name)
    reached = row.run(int(size), int(seed))
    told = {"trials": reached.trials, "broken": list(reached.broken)}
    sys.stdout.write(f"\n{json.dumps(told)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
