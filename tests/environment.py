"""An environment that holds exactly the settings a test names, whatever this machine's own does."""

import os
from pathlib import Path
from typing import Final

import pytest

from floorbroker.config import Settings

NAMES: Final = tuple(name.upper() for name in Settings.model_fields)


def only_these_settings(patch: pytest.MonkeyPatch, folder: Path, **settings: str) -> None:
    """For this process: in `folder`, where no `.env` lies unless the test puts one there."""
    for name in NAMES:
        patch.delenv(name, raising=False)
    for name, value in settings.items():
        patch.setenv(name, value)
    patch.chdir(folder)


def child_environment(**settings: str) -> dict[str, str]:
    """For a child process."""
    own = {name: value for name, value in os.environ.items() if name not in NAMES}
    source = Path(__file__).parents[1] / "src"
    return {**own, "PYTHONPATH": f"{source}{os.pathsep}{source.parent}", **settings}
