"""Every other row once more, with everything logged and every secret looked for afterwards.

A row runs in a process of its own, which `overhearing` has entered before anything else, as it has
whatever that process starts. What it leaves behind (see tests/left_behind.py), and every line that
any of them wrote, is searched for every secret in every form. Rows need no change for that.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.campaign.canary import leaks
from tests.campaign.canary.search import Hit, learned, searched
from tests.campaign.overhearing import LEARNED, LISTENING
from tests.campaign.row import Reached, Row
from tests.left_behind import VARIABLE

_ROOT: Final = Path(__file__).parents[3]
_EARS: Final = "from tests.campaign.overhearing import begin\nbegin()\n"
_LONGEST_SECONDS: Final = 1_800
_TOLD: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard:
    """One row's run.

    Attributes:
        trouble: Why it says nothing; empty if it does.
    """

    secrets: int
    bytes: int
    hits: Sequence[Hit]
    trouble: str = ""


@contextmanager
def _surroundings(folder: Path) -> Iterator[Mapping[str, str]]:
    """The environment of a process that is overheard: Python imports `sitecustomize` first."""
    ears = folder / "ears"
    ears.mkdir()
    (ears / "sitecustomize.py").write_text(_EARS)
    (folder / "kept").mkdir()
    yield {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ears), str(_ROOT)]),
        VARIABLE: str(folder / "kept"),
        LEARNED: str(folder / "secrets"),
    }


def overhear(row: Row, size: int, seed: int) -> Overheard:
    """Runs a row and searches what it left."""
    with tempfile.TemporaryDirectory(prefix="canary-") as made:
        folder = Path(made)
        with _surroundings(folder) as environment:
            kept, trouble = folder / "kept", ""
            command = [sys.executable, "-m", "tests.campaign.canary.child", row.name]
            with (kept / "stdout").open("wb") as out, (kept / "stderr").open("wb") as err:
                try:
                    ended = subprocess.run(
                        [*command, str(size), str(seed)],
                        cwd=_ROOT,
                        env=environment,
                        stdout=out,
                        stderr=err,
                        check=False,
                        timeout=_LONGEST_SECONDS,
                    ).returncode
                except subprocess.TimeoutExpired:
                    ended = -1
            trouble = _trouble(kept, ended)
        secrets = learned(folder / "secrets")
        hits, looked = searched(kept, secrets)
        return Overheard(secrets=len(secrets), bytes=looked, hits=hits, trouble=trouble)


def _trouble(kept: Path, ended: int) -> str:
    """What makes the search worthless: the row did not run, or nothing was logged."""
    if ended != 0:
        return f"it ended with {ended}"
    told = json.loads((kept / "stdout").read_text(errors="replace").rstrip().rpartition("\n")[2])
    if told["broken"]:
        return f"it broke: {told['broken'][0][:200]}"
    if LISTENING not in (kept / "stderr").read_text(errors="replace"):
        return "nothing was logged"
    return ""


def _control(seed: int) -> tuple[int, list[str]]:
    """How many planted leaks were found, and a sentence for what was not."""
    control = overhear(leaks.ROW, leaks.ROW.goal, seed)
    found, planted = len({hit.secret for hit in control.hits}), len(leaks.LEAKS)
    broken = [f"The control did not run: {control.trouble}."] if control.trouble else []
    if found != planted:
        broken.append(f"The search found {found} of {planted} planted leaks.")
    return found, broken


def row_over(others: Sequence[Row]) -> Row:
    """The row that runs all the others."""

    def run(size: int, seed: int) -> Reached:
        """See `Row.run`; `size` is how many of them."""
        able = [row for row in others if not row.missing and (size > 1 or not row.waits)]
        chosen = random.Random(seed).sample(able, min(size, len(able)))
        secrets = looked = 0
        planted, broken = _control(seed)
        for row in chosen:
            found = overhear(row, row.short, seed)
            secrets, looked = secrets + found.secrets, looked + found.bytes
            if found.trouble:
                broken.append(f"{row.name}: {found.trouble}")
            if not found.secrets:
                broken.append(f"{row.name}: not one secret was planted")
            broken += [f"{row.name}: {hit}" for hit in found.hits[:_TOLD]]
        figures = {
            "planted leaks found": planted,
            "secrets": secrets,
            "megabytes searched": round(looked / 1_000_000),
        }
        return Reached(trials=len(chosen), broken=broken, figures=figures)

    return Row(
        name="canary",
        what="Secrets looked for in all that every other campaign logs, stores, sends and shows",
        unit="campaigns",
        goal=len(others),
        short=1,
        passes_when="No secret is found, in no form; every planted leak is.",
        run=run,
    )
