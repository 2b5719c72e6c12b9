"""What tests of one engine share."""

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of an SQLite file that is not there yet."""
    return tmp_path / "test.db"
