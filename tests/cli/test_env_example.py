"""`.env.example` and the settings say the same."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from floorbroker.config import Settings
from tests.environment import NAMES, only_these_settings

EXAMPLE: Final = Path(__file__).parents[2] / ".env.example"
UNSET: Final[tuple[object, ...]] = (None, "", frozenset(), ())


def settings_in_example() -> Iterator[tuple[str, str, list[str]]]:
    """Name, value and the comment lines right above."""
    comments: list[str] = []
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if line.startswith("#"):
            comments.append(line)
        elif equals:
            yield name, value, comments
            comments = []
        else:
            assert line == "", f"neither a setting nor a comment: {line}"
            comments = []


def test_the_example_holds_every_setting_once_and_no_other() -> None:
    names = [name for name, _, _ in settings_in_example()]

    assert sorted(names) == sorted(NAMES)


def test_every_setting_of_the_example_has_one_line_that_explains_it() -> None:
    for name, _, comments in settings_in_example():
        explanation = [line for line in comments if not line.startswith("# ---")]

        assert len(explanation) == 1, name
        assert re.fullmatch(r"# \S.{15,97}\.", explanation[0]), name


def test_the_example_copied_unchanged_gives_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_settings(monkeypatch, tmp_path)
    defaults = Settings()
    shutil.copy(EXAMPLE, tmp_path / ".env")

    assert Settings() == defaults


def test_every_default_stands_in_the_example(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_settings(monkeypatch, tmp_path)
    defaults = Settings()

    for name, value, _ in settings_in_example():
        default = getattr(defaults, name.lower())
        if default in UNSET:
            assert value == "", name
        else:
            assert value == str(default), name


def test_no_secret_of_the_example_has_a_value() -> None:
    for name, value, _ in settings_in_example():
        if SecretStr in getattr(Settings.model_fields[name.lower()].annotation, "__args__", ()):
            assert value == "", name


def test_the_limits_of_the_example_limit() -> None:
    limits = [(name, value) for name, value, _ in settings_in_example() if name.startswith("MAX_")]
    optional = {"MAX_DAILY_LOSS", "MAX_CONCENTRATION_PERCENT"}

    assert {name for name, value in limits if not value} == optional
    assert len(limits) == 5
    assert all(0 < float(value) < 1_000_000 for _, value in limits if value)
