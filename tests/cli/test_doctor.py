"""`floorbroker doctor`: what the settings tell, the command itself, and no secret in it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from floorbroker.brokers.registry import all_brokers
from floorbroker.cli.app import app
from floorbroker.cli.doctor import examine, findings
from floorbroker.cli.findings import Finding, Level, as_json, as_lines, failures
from floorbroker.config import Settings
from floorbroker.domain.modes import DeploymentMode
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import keyring_file, new_key
from tests.cli.at_home import CANARY, HOME, at_home
from tests.cli.discord_stand_in import TOKEN, DiscordStandIn
from tests.environment import only_these_settings
from tests.observability.captured import captured_stderr
from tests.rotating import BOTH, NEW, OLD, process


async def about(name: str, settings: Settings, **options: Any) -> Finding:
    """The one finding about `name`."""
    (found,) = [one for one in await findings(settings, **options) if one.about == name]
    return found


async def test_a_complete_installation_at_home_has_nothing_to_do(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    found = await findings(at_home(discord_token=TOKEN))

    assert failures(found) == ()
    assert not [one for one in found if one.level is Level.WARN]
    assert {"settings", "store", "Discord", "PORT", "LIVE_TRADING", "limits"} <= {
        one.about for one in found if one.level in {Level.OK, Level.INFO}
    }


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("multi-user", {"DISCORD_TOKEN", "MONGODB_URI", "CREDENTIAL_MASTER_KEYS"}),
        ("single-user", {"DISCORD_TOKEN", "OWNER_ID"}),
    ],
)
async def test_each_missing_setting_is_named_with_its_purpose_and_its_source(
    folder: Path, mode: str, names: set[str]
) -> None:
    found = await findings(Settings(deployment_mode=DeploymentMode(mode), host="127.0.0.1", port=0))

    assert {one.about for one in failures(found)} == names
    assert all(one.what.startswith("Not set. ") and len(one.what) > 20 for one in failures(found))
    assert all(one.todo for one in failures(found))


async def test_settings_that_cannot_be_read_are_all_that_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_settings(monkeypatch, tmp_path, PORT=CANARY, DEPLOYMENT_MODE=CANARY)

    found = await examine()

    assert [one.level for one in found] == [Level.FAIL, Level.FAIL]
    assert {one.what.split()[0] for one in found} == {"PORT", "DEPLOYMENT_MODE"}
    assert CANARY not in as_json(found)


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"\xff\xfe", ".env is not a text file in UTF-8."), (b"PORT=x", "PORT should be a valid")],
)
async def test_a_file_of_settings_that_cannot_be_read_is_a_sentence(
    folder: Path, content: bytes, what: str
) -> None:
    (folder / ".env").write_bytes(content)

    (found,) = await examine()

    assert found.what.startswith(what)


@pytest.mark.parametrize(
    "owner", ["nobody", "123", "１００００００００００００００００１", "1" * 21]
)
async def test_an_owner_that_is_no_discord_id_fails(folder: Path, owner: str) -> None:
    found = await about("OWNER_ID", at_home(owner_id=owner))

    assert (found.level, found.what) == (Level.FAIL, "A Discord user id has 17 to 20 digits.")
    assert "Copy User ID" in found.todo


CHANNEL = "100000000000000009"


@pytest.mark.parametrize("channel", ["ops", "123", "1" * 21])
async def test_a_channel_that_is_no_discord_id_fails(folder: Path, channel: str) -> None:
    found = await about("OPS_CHANNEL_ID", at_home(ops_channel_id=channel))

    assert (found.level, found.what) == (Level.FAIL, "A Discord channel id has 17 to 20 digits.")
    assert "Copy Channel ID" in found.todo


async def test_a_channel_that_the_bot_sees_is_well(folder: Path, stand_in: DiscordStandIn) -> None:
    stand_in.channel = CHANNEL

    found = await about("OPS_CHANNEL_ID", at_home(discord_token=TOKEN, ops_channel_id=CHANNEL))

    assert found.level is Level.OK
    assert "not checked" in found.what


async def test_a_channel_that_the_bot_does_not_see_is_a_warning_with_what_to_do(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    found = await about("OPS_CHANNEL_ID", at_home(discord_token=TOKEN, ops_channel_id=CHANNEL))

    assert found.level is Level.WARN
    assert found.what.endswith("(code 50001); alerts go out as direct messages.")
    assert "View Channel and Send Messages" in found.todo


async def test_keys_that_cannot_be_used_fail_and_are_not_shown(folder: Path) -> None:
    key = new_key("a")

    found = await about("CREDENTIAL_MASTER_KEYS", at_home(credential_master_keys=f"{key},{key}"))

    assert (found.level, found.what) == (Level.FAIL, "The key id a stands twice.")
    assert key.removeprefix("a:") not in found.sentence


async def test_keys_that_can_be_used_are_counted(folder: Path) -> None:
    keys = f"{new_key('b')},{new_key('a')}"

    found = await about("CREDENTIAL_MASTER_KEYS", at_home(credential_master_keys=keys))

    assert (found.level, found.what) == (Level.OK, "2 usable; b seals what is new.")


async def test_the_doctor_makes_no_key_of_its_own_and_reads_the_one_that_is_there(
    folder: Path,
) -> None:
    path = folder / "data" / "master.key"
    settings = at_home(data_dir=Path("data"))
    before = await about("data/master.key", settings)
    assert not path.exists()
    keyring_file(path)

    after = await about("data/master.key", settings)
    path.chmod(0o644)
    readable = await about("data/master.key", settings)

    assert [one.level for one in (before, after, readable)] == [Level.INFO, Level.OK, Level.FAIL]
    assert "chmod 600" in readable.what


async def linked(folder: Path, keys: str) -> None:
    """As a process with these keys links an account."""
    documents = SqliteDocuments(folder / "floorbroker.sqlite3")
    await documents.start(INDEXES)
    await process(documents, keys).linked("a")
    await documents.close()


async def test_stored_records_whose_keys_are_all_there_are_fine(folder: Path) -> None:
    await linked(folder, OLD)

    found = await about("sealed records", at_home(data_dir=folder, credential_master_keys=BOTH))

    assert found.level is Level.OK


async def test_a_missing_key_that_stored_records_need_fails_with_its_id(folder: Path) -> None:
    await linked(folder, OLD)

    found = await about("sealed records", at_home(data_dir=folder, credential_master_keys=NEW))

    assert found.level is Level.FAIL
    assert found.what == "Stored records are sealed with a key that is missing: old."
    assert found.todo == "Put it back behind the others."


@pytest.mark.parametrize(
    "changes",
    [
        {"credential_master_keys": "a:AAAA"},
        {"credential_master_keys": NEW, "data_dir": Path("a file")},
        {"data_dir": Path("empty")},
    ],
    ids=["keys that cannot be used", "a store that cannot be used", "no key yet"],
)
async def test_where_keys_or_store_cannot_be_opened_sealed_records_are_not_spoken_of(
    folder: Path, changes: dict[str, Any]
) -> None:
    (folder / "a file").touch()

    found = await findings(at_home(**changes))

    assert [one for one in found if one.about == "sealed records"] == []
    assert not (folder / "empty" / "master.key").exists()


async def test_a_drain_too_short_for_an_order_on_its_way_is_warned_about(folder: Path) -> None:
    found = await about("DRAIN_SECONDS", at_home(order_deadline_seconds=10, drain_seconds=10))

    assert (found.level, found.todo) == (Level.WARN, "Set DRAIN_SECONDS to more than 10.")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Not served"),
        ({"metrics_token": CANARY}, "behind METRICS_TOKEN."),
        ({"metrics_port": 0}, "on METRICS_PORT"),
    ],
)
async def test_where_the_metrics_are_is_told(
    folder: Path, changes: dict[str, Any], told: str
) -> None:
    assert told in (await about("metrics", at_home(**changes))).what


async def test_every_broker_is_told_of(folder: Path) -> None:
    found = await findings(at_home())

    told = [one.about for one in found]
    names = [spec.name for spec in all_brokers()]
    assert [name for name in told if name in names] == names


@pytest.mark.parametrize(("switch", "told"), [("on", "On: real money"), ("off", "Off: paper only")])
async def test_live_trading_is_told_of(folder: Path, switch: str, told: str) -> None:
    found = await about("LIVE_TRADING", at_home(live_trading=switch))

    assert (found.level, found.what.startswith(told)) == (Level.INFO, True)


async def test_the_limits_are_told_in_figures(folder: Path) -> None:
    found = await about("limits", at_home(max_order_value=1234.5, max_orders_per_day=7))

    assert found.what.startswith("$1,234.5 an order, $100,000 a position, 7 orders a day")


async def test_no_secret_is_told_in_any_state(folder: Path, stand_in: DiscordStandIn) -> None:
    secrets = {
        "discord_client_secret": CANARY,
        "metrics_token": CANARY,
        "schwab_app_secret": CANARY,
        "etrade_consumer_secret": CANARY,
        "paper_seed": CANARY,
    }
    good = at_home(discord_token=TOKEN, credential_master_keys=new_key("a"), **secrets)
    bad = at_home(
        discord_token=CANARY,
        credential_master_keys=f"k:{CANARY}",
        mongodb_uri=f"http://{CANARY}",
        public_url=f"http://{CANARY}@bot.example",
        **secrets,
    )

    with captured_stderr() as log:
        told = [*await findings(good), *await findings(bad)]

    report = as_json(told) + "\n".join(as_lines(told)) + log.getvalue()
    assert len(failures(told)) >= 4
    assert all(secret not in report for secret in (CANARY, TOKEN))
    assert good.credential_master_keys is not None
    assert good.credential_master_keys.get_secret_value().removeprefix("a:") not in report


async def test_the_command_succeeds_when_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    only_these_settings(monkeypatch, tmp_path, **HOME, DISCORD_TOKEN=TOKEN)

    with captured_stderr():
        # In a thread: the command runs a loop of its own, and this one serves the stand-in.
        result = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "--json"])

    assert result.exit_code == 0
    assert json.loads(result.stdout)["ok"] is True


def test_the_command_fails_with_the_same_facts_as_text_and_as_json(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_settings(monkeypatch, tmp_path, **HOME)

    with captured_stderr():
        text = CliRunner().invoke(app, ["doctor"])
        report = CliRunner().invoke(app, ["doctor", "--json"])

    told = json.loads(report.stdout)
    lines = [line.split(maxsplit=1)[0] for line in text.stdout.splitlines()]
    assert text.exit_code == report.exit_code == 1
    assert told["ok"] is False
    assert [line for line in lines if line != "→"] == [one["level"] for one in told["findings"]]
    assert all(one["what"] in text.stdout for one in told["findings"])
    assert all(one["todo"] in text.stdout for one in told["findings"])
