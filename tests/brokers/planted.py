"""Defects planted on purpose, to see whether a broker's tests would notice.

Each one is a text in a copy of the package; a child process runs the broker's tests on the copy.
Nothing of the real source is touched, and nothing of this process is either.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

import floorbroker

SOURCE: Final = Path(floorbroker.__file__).parent
ROOT: Final = SOURCE.parents[1]
CHILD_SECONDS: Final = 300
_ALL_SECONDS: Final = 1_800
"""For all tests of a broker, on a machine that may be busy."""
_TOO_SLOW: Final = -1
_TESTS_FAILED: Final = 1
"""pytest's exit code for that; a broken run ends with another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One mistake.

    Attributes:
        file: Below the package, such as `brokers/alpaca/orders.py`.
        text: What stands there exactly once.
        mistake: What is planted in its place.
    """

    file: str
    text: str
    mistake: str


def plant(defect: Defect | None, folder: Path) -> Path:
    """Copies the package to `folder`, with the defect in it; what goes on the child's path.

    Raises:
        AssertionError: The text is not there, or not once: the defect has to follow the source.
    """
    copy = folder / SOURCE.name
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    if defect is not None:
        file = copy / defect.file
        source = file.read_text()
        assert source.count(defect.text) == 1, f"{defect.file} does not hold the text once"
        file.write_text(source.replace(defect.text, defect.mistake))
    return folder


def run_tests(
    path: Path, tests: str, defect: Defect | None = None, *, seconds: float = CHILD_SECONDS
) -> subprocess.CompletedProcess[str]:
    """The tests below `tests`, against the package on `path`, up to the first that fails.

    Those that are about the defect's file come first: they are the ones that should notice.
    Tests that do not end in time have an exit status of their own.
    """
    environment: Mapping[str, str] = {
        **os.environ,
        "PYTHONPATH": str(path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [
        *(sys.executable, "-m", "pytest", "-x", "-q", "--no-header"),
        *("-p", "no:cacheprovider", "-p", "no:randomly"),
        *_likeliest_first(tests, defect),
    ]
    try:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        said = f"the tests did not end within {seconds:.0f} s"
        return subprocess.CompletedProcess(command, _TOO_SLOW, said, "")


def _likeliest_first(tests: str, defect: Defect | None) -> list[str]:
    files = sorted((ROOT / tests).glob("test_*.py"))
    about = "" if defect is None else Path(defect.file).stem

    def distance(file: Path) -> int:
        if about and about in file.stem:
            return 0
        return 1 if about and re.search(rf"\b{about}\b", file.read_text()) else 2

    return [str(file.relative_to(ROOT)) for file in sorted(files, key=distance)]


def unnoticed(defect: Defect, folder: Path, tests: str) -> str:
    """What went wrong if no test failed because of the defect; empty where one did.

    An error before a test began, as on a machine that is too busy, proves nothing: once more then.
    """
    copy = plant(defect, folder)
    child = run_tests(copy, tests, defect)
    if " 1 error" in child.stdout:
        child = run_tests(copy, tests, defect)
    if child.returncode == _TESTS_FAILED and "1 failed" in child.stdout:
        return ""
    return f"exit {child.returncode}: {child.stdout[-500:]}{child.stderr[-500:]}"


def red(folder: Path, tests: str) -> str:
    """What went wrong if an untouched copy fails; empty where it passes.

    Without that, what fails in a planted copy need not fail because of its defect.
    """
    child = run_tests(plant(None, folder), tests, seconds=_ALL_SECONDS)
    return "" if child.returncode == 0 else child.stdout[-1000:] + child.stderr[-500:]


def planted() -> list[tuple[str, str, Defect]]:
    """The broker, the mistake in words, and the defect: all that there are."""
    modules = {
        file.parent.name: import_module(f"tests.brokers.{file.parent.name}.{file.stem}")
        for file in sorted((ROOT / "tests" / "brokers").glob("*/planted_defects.py"))
    }
    return [
        (broker, name, defect)
        for broker, module in modules.items()
        for name, defect in module.DEFECTS.items()
    ]
