"""Which part of the gateway a process serves."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from floorbroker.bootstrap import running
from floorbroker.bot.shards import Shards, hears_of, shards_of
from floorbroker.config import SettingsProblem
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.floor import settings


@pytest.mark.parametrize(
    ("text", "shards"),
    [
        ("0/1", Shards((0,), 1)),
        ("0-3/16", Shards((0, 1, 2, 3), 16)),
        ("7,4-5,4/8", Shards((4, 5, 7), 8)),
        ("", None),
    ],
)
def test_some_of_all_are_named(text: str, shards: Shards | None) -> None:
    assert shards_of(text) == shards


@pytest.mark.parametrize("text", ["1/1", "0-16/16", "5-3/16", "0/0"])
def test_a_shard_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(SettingsProblem, match="DISCORD_SHARDS"):
        shards_of(text)


@pytest.mark.parametrize("text", ["0", "/4", "a/4", "0-/4", "-1/4", "0;1/4", "0/"])
def test_what_is_no_list_of_shards_is_no_setting(text: str) -> None:
    with pytest.raises(ValidationError):
        settings(discord_shards=text)


async def test_the_client_connects_those_alone(tmp_path: Path) -> None:
    async with running(
        settings(discord_shards="2-3/8"),
        documents=SqliteDocuments(tmp_path / "test.sqlite3"),
        keyring=parse_keyring(new_key("test")),
        background=False,
    ) as app:
        assert (app.bot.shard_ids, app.bot.shard_count) == ([2, 3], 8)


async def test_a_process_without_a_gateway_hears_of_no_server(tmp_path: Path) -> None:
    async with running(
        settings(),
        documents=SqliteDocuments(tmp_path / "test.sqlite3"),
        keyring=parse_keyring(new_key("test")),
        background=False,
        shard_count=1,
    ) as app:
        assert not hears_of(app.bot, 123456789012345678)
