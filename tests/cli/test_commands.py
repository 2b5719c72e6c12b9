"""`floorbroker commands sync` and `floorbroker keys new`. The other `keys` are in test_keys.py."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from floorbroker.cli.app import app
from floorbroker.cli.commands_sync import sync
from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.keys import fresh_key
from floorbroker.config import Settings
from floorbroker.vault.keyring import parse_keyring
from tests.cli.at_home import CANARY, at_home
from tests.cli.discord_stand_in import TOKEN, DiscordStandIn
from tests.fakes.clock import ManualClock


def with_token(**changes: Any) -> Settings:
    """Complete."""
    return at_home(**{"discord_token": TOKEN, **changes})


async def test_the_commands_reach_discord_and_are_counted(
    folder: Path, stand_in: DiscordStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    await sync(with_token())

    names = {command["name"] for command in stand_in.commands[-1]}
    assert {"buy", "sell", "help"} <= names
    assert f"{len(stand_in.commands[-1])} commands sent to Discord.\n" in capsys.readouterr().out
    assert stand_in.sessions == []  # it never goes to the gateway


async def test_they_are_sent_again_although_nothing_changed(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    await sync(with_token())
    before = len(stand_in.commands)

    await sync(with_token())

    assert len(stand_in.commands) == before + 1


async def test_a_wrong_token_is_a_sentence_without_the_token(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    with pytest.raises(GivenUp, match="does not accept DISCORD_TOKEN") as reason:
        await sync(with_token(discord_token=CANARY))

    assert reason.value.exit_code == MISCONFIGURED
    assert CANARY not in str(reason.value)


async def test_a_discord_that_refuses_is_a_sentence(folder: Path, stand_in: DiscordStandIn) -> None:
    stand_in.refuses_with = 403

    with pytest.raises(GivenUp, match="Discord did not take them") as reason:
        await sync(with_token())

    assert reason.value.exit_code == FAILED


async def test_a_store_that_cannot_be_used_is_a_sentence(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    (folder / "floorbroker.sqlite3").write_bytes(b"not a database" * 100)

    with pytest.raises(GivenUp, match="cannot be used") as reason:
        await sync(with_token(data_dir=folder))

    assert reason.value.exit_code == FAILED


def test_without_settings_each_missing_one_has_its_line(folder: Path) -> None:
    result = CliRunner().invoke(app, ["commands", "sync"])

    names = [line.partition(":")[0] for line in result.stderr.splitlines()]
    assert (result.exit_code, result.stdout) == (2, "")
    assert names == ["DISCORD_TOKEN", "MONGODB_URI", "CREDENTIAL_MASTER_KEYS"]


def test_a_new_key_is_all_that_standard_output_holds_and_it_can_be_used() -> None:
    result = CliRunner().invoke(app, ["keys", "new"])

    keyring = parse_keyring(result.stdout)
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    assert len(keyring.keys) == 1
    assert "CREDENTIAL_MASTER_KEYS" in result.stderr


def test_two_keys_of_one_day_go_together_newest_first() -> None:
    clock = ManualClock(datetime(2026, 11, 21, tzinfo=UTC))
    older, newer = fresh_key(clock), fresh_key(clock)

    keyring = parse_keyring(f"{newer},{older}")

    assert len(set(keyring.keys.values())) == 2
    assert all(key_id.startswith("20261121-") for key_id in keyring.keys)
    assert keyring.newest == newer.partition(":")[0]
