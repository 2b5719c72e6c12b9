"""How many files this process may have open: each connection is one, and so is the store's."""

import sys
from contextlib import suppress
from typing import Final

if sys.platform != "win32":
    import resource

ENOUGH: Final = 65_536
_WHERE_NOBODY_COUNTS: Final = 8192


def most() -> int:
    """As many as the system lets it have at present."""
    if sys.platform == "win32":
        return _WHERE_NOBODY_COUNTS
    present, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return ENOUGH if present == resource.RLIM_INFINITY else present


def allow_enough() -> None:
    """Takes what the system would give for the asking; many systems begin with 1,024 of 524,288."""
    if sys.platform == "win32":
        return
    _, last = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if last == resource.RLIM_INFINITY else min(last, ENOUGH)
    if most() < wanted:
        with suppress(ValueError, OSError):  # it stays as it was: some give less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, last))
