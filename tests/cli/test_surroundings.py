"""What `floorbroker doctor` finds outside the process: store, Discord, web address, ports."""

import socket
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from floorbroker.cli.doctor import findings
from floorbroker.cli.findings import Finding, Level
from floorbroker.config import Settings
from floorbroker.storage.indexes import INDEXES
from tests.cli.at_home import CANARY, at_home
from tests.cli.discord_stand_in import APPLICATION_ID, TOKEN, DiscordStandIn
from tests.stores import MongoServer


async def about(name: str, settings: Settings, **options: Any) -> Finding:
    """The one finding about `name`."""
    (found,) = [one for one in await findings(settings, **options) if one.about == name]
    return found


async def test_sqlite_is_opened_with_its_indexes(folder: Path) -> None:
    found = await about("store", at_home(data_dir=folder / "kept"))

    assert found.level is Level.OK
    assert f"{len(INDEXES)} indexes" in found.what
    assert (folder / "kept" / "floorbroker.sqlite3").stat().st_mode & 0o077 == 0


async def test_a_data_folder_that_cannot_be_written_fails_with_its_name(folder: Path) -> None:
    (folder / "file").touch()

    found = await about("store", at_home(data_dir=folder / "file"))

    assert found.level is Level.FAIL
    assert str(folder / "file") in found.what
    assert "DATA_DIR" in found.todo


async def test_a_database_that_is_none_fails(folder: Path) -> None:
    (folder / "floorbroker.sqlite3").write_bytes(b"not a database" * 100)

    found = await about("store", at_home(data_dir=folder))

    assert (found.level, "DatabaseError" in found.what) == (Level.FAIL, True)


async def test_a_mongodb_that_answers_is_fine_and_its_address_stays_private(folder: Path) -> None:
    with MongoServer(folder / "mongo") as server:
        uri = server.uri.replace("mongodb://", f"mongodb://{CANARY}:{CANARY}@", 1)
        settings = Settings(mongodb_uri=SecretStr(server.uri), host="127.0.0.1", port=0)
        found = await about("store", settings)
        refused = await about(
            "store", Settings(mongodb_uri=SecretStr(uri), host="127.0.0.1", port=0)
        )

    assert (found.level, found.what) == (
        Level.OK,
        f"MongoDB answers; {len(INDEXES)} indexes are in place.",
    )
    assert CANARY not in refused.sentence


@pytest.mark.parametrize(
    ("uri", "what"),
    [
        pytest.param(f"http://{CANARY}", "not the address of a MongoDB", id="no URI"),
        pytest.param(f"mongodb://u:{CANARY}/@host", "not the address", id="a bare slash"),
        pytest.param(f"mongodb://u:{CANARY}@127.0.0.1:1", "does not answer", id="nobody there"),
    ],
)
async def test_a_mongodb_that_cannot_be_used_fails_without_its_password(
    folder: Path, uri: str, what: str
) -> None:
    found = await about("store", Settings(mongodb_uri=SecretStr(uri), host="127.0.0.1", port=0))

    assert found.level is Level.FAIL
    assert what in found.what
    assert "MONGODB_URI" in found.sentence
    assert CANARY not in found.sentence


async def test_without_a_token_discord_is_not_asked(folder: Path) -> None:
    found = await about("Discord", at_home())

    assert (found.level, found.what) == (Level.WARN, "Not checked: no token.")


async def test_a_token_that_discord_accepts_names_the_application(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    found = await about("Discord", at_home(discord_token=TOKEN))

    assert found.level is Level.OK
    assert APPLICATION_ID in found.what


async def test_a_wrong_token_fails_and_says_where_the_right_one_is(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    found = await about("Discord", at_home(discord_token=CANARY))

    assert (found.level, found.what) == (Level.FAIL, "Discord does not accept DISCORD_TOKEN.")
    assert "Reset Token" in found.todo


async def test_a_token_that_no_request_can_carry_fails(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    found = await about("Discord", at_home(discord_token=f"{CANARY}\r\nX: 1"))

    assert (found.level, found.what) == (Level.FAIL, "DISCORD_TOKEN is not a token.")


async def test_a_discord_that_refuses_is_told_by_its_status(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    stand_in.refuses_with = 403

    found = await about("Discord", at_home(discord_token=TOKEN))

    assert (found.level, found.what) == (Level.FAIL, "Discord answers with status 403.")


async def test_an_answer_that_is_not_discords_is_told_apart(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="Please sign in to the network.")

    proxy = web.Application()
    proxy.router.add_route("*", "/{path:.*}", page)
    async with TestServer(proxy) as server:
        monkeypatch.setattr(discord.http.Route, "BASE", str(server.make_url("")).rstrip("/"))
        found = await about("Discord", at_home(discord_token=TOKEN))

    assert (found.level, found.what) == (Level.FAIL, "What answers is not Discord.")


async def test_a_discord_that_does_not_answer_is_given_up_in_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}")
        found = await about("Discord", at_home(discord_token=TOKEN), discord_seconds=0.05)

    assert (found.level, found.what) == (Level.FAIL, "Discord does not answer (TimeoutError).")


async def test_an_application_of_another_id_fails(folder: Path, stand_in: DiscordStandIn) -> None:
    settings = at_home(discord_token=TOKEN, discord_client_id="42")

    found = [one for one in await findings(settings) if one.about == "DISCORD_CLIENT_ID"]

    assert [(one.level, one.todo) for one in found] == [(Level.FAIL, f"Set {APPLICATION_ID}.")]


async def test_an_application_that_sends_its_commands_elsewhere_fails(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    stand_in.endpoint_url = "https://elsewhere.example/"

    found = [one for one in await findings(at_home(discord_token=TOKEN)) if one.about == "Discord"]

    assert [one.level for one in found] == [Level.OK, Level.FAIL]
    assert "Interactions Endpoint URL" in found[1].todo


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example",
        "bot.example",
        "https://",
        "https://bot.example:x",
        f"https://u:{CANARY}@bot.example",
        f"https://bot.example/?{CANARY}",
    ],
)
async def test_a_public_address_that_no_browser_should_be_sent_to_fails(
    folder: Path, url: str
) -> None:
    found = await about("PUBLIC_URL", at_home(public_url=url))

    assert found.level is Level.FAIL
    assert CANARY not in found.sentence


async def test_a_public_address_needs_the_applications_id_and_secret(folder: Path) -> None:
    found = await findings(at_home(public_url="https://bot.example"))

    levels = {one.about: one.level for one in found}
    assert levels["PUBLIC_URL"] is Level.OK
    assert levels["DISCORD_CLIENT_ID"] is levels["DISCORD_CLIENT_SECRET"] is Level.WARN


async def test_a_port_in_use_is_warned_about_since_the_bot_itself_may_use_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = await about("PORT", at_home(port=port))
        metrics = await about("METRICS_PORT", at_home(metrics_port=port))

    assert found.level is metrics.level is Level.WARN
    assert "METRICS_PORT" in metrics.todo


async def test_an_address_of_another_machine_cannot_be_listened_on(folder: Path) -> None:
    found = await about("PORT", at_home(host="192.0.2.1"))

    assert found.level is Level.FAIL
    assert "HOST" in found.todo


async def test_metrics_need_a_port_of_their_own(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    found = await about("METRICS_PORT", at_home(port=port, metrics_port=port))

    assert (found.level, found.what) == (Level.FAIL, "The same as PORT.")
