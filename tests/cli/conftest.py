"""What tests of commands stand on: an empty environment, and a Discord on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from tests.cli.discord_stand_in import DiscordStandIn, discord_stand_in
from tests.cli.key_home import Home
from tests.environment import only_these_settings


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The current folder, where nothing is set but what a test says."""
    only_these_settings(monkeypatch, tmp_path)
    return tmp_path


@pytest.fixture
async def stand_in(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordStandIn]:
    """What discord.py speaks to, through the seam that it has for this."""
    async with discord_stand_in() as stand_in:
        monkeypatch.setattr(discord.http.Route, "BASE", stand_in.base)
        yield stand_in


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Home:
    """The current folder, with two master keys in the settings."""
    return Home(monkeypatch, tmp_path)
