"""One row of the campaign's table: what is done how often, and what must hold afterwards.

The canary row runs every other row in a process of its own and searches what it left behind. It
sets CAMPAIGN_KEEP: then temporary folders stay, and what a row alone sees (web pages, what a
Discord of its own was told) goes to `tests.left_behind.keep`.
"""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

PROGRAMS: Final = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
"""Debian puts servers where only root looks for programs."""


def missing(programs: Sequence[str]) -> Sequence[str]:
    """Those that are not installed here."""
    return [one for one in programs if shutil.which(one, path=PROGRAMS) is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What one run of a row came to.

    Attributes:
        trials: How many of the row's unit were really done.
        broken: A sentence for each promise that did not hold; empty if all held.
        figures: What else is worth telling, such as in which state the orders ended.
    """

    trials: int
    broken: Sequence[str] = ()
    figures: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A campaign of its own: nothing that another one left behind is needed.

    Attributes:
        name: For the command line: `kills-sqlite`.
        what: What is done, for the table.
        unit: What `size` counts, in the plural.
        goal: The full size.
        short: The size for `make test`: seconds, and still large enough to fail.
        passes_when: What must hold, for the table.
        run: Called with a size and a seed; the same two give the same trials.
        needs: Programs that must be installed, by Debian's names.
        waits: Even the short form takes a minute: what is in doubt settles in its own time.
    """

    name: str
    what: str
    unit: str
    goal: int
    short: int
    passes_when: str
    run: Callable[[int, int], Reached]
    needs: tuple[str, ...] = ()
    waits: bool = False

    @property
    def missing(self) -> Sequence[str]:
        """What of `needs` is not installed here."""
        return missing(self.needs)
