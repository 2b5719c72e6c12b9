"""docs/settings.md and the settings, both ways."""

from collections.abc import Collection
from enum import Enum
from typing import Any

import pytest

from floorbroker.config import REQUIRED_AT_HOME, REQUIRED_IN_CLOUD, Settings
from tests.docs.pages import DOCS, rows

PAGE = (DOCS / "settings.md").read_text()
ROWS = {row[0].strip("`"): row for row in rows(PAGE, "Setting")}
FIELDS = {name.upper(): field for name, field in Settings.model_fields.items()}


def shown(default: Any) -> str:
    """A default as the page writes it."""
    if default is None or (isinstance(default, Collection) and not default):
        return "–"
    if isinstance(default, Enum):
        return f"`{default.value}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_every_setting_has_a_row_and_every_row_is_a_setting() -> None:
    missing, made_up = FIELDS.keys() - ROWS.keys(), ROWS.keys() - FIELDS.keys()

    assert (missing, made_up) == (set(), set()), "add to or take from docs/settings.md"


@pytest.mark.parametrize("name", FIELDS)
def test_a_default_is_the_one_of_the_code(name: str) -> None:
    assert ROWS[name][1] == shown(FIELDS[name].default)


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_is_explained(name: str) -> None:
    assert len(ROWS[name][2]) > 10


def test_what_is_required_says_so() -> None:
    said = {name for name, row in ROWS.items() if "**Required" in row[2]}

    assert said == {name.upper() for name in {*REQUIRED_IN_CLOUD, *REQUIRED_AT_HOME}}
    assert "**Required in multi-user mode**" in ROWS["MONGODB_URI"][2]
    assert "**Required in single-user mode**" in ROWS["OWNER_ID"][2]
