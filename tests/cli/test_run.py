"""`floorbroker run` as a process of its own, against a stand-in for Discord on loopback."""

import asyncio
import signal
import socket
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession

from floorbroker.bootstrap import running
from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.run import web
from floorbroker.vault.keyring import new_key
from tests.cli.at_home import CANARY, OWNER, at_home
from tests.cli.at_home import HOME as WITHOUT_TOKEN
from tests.cli.child import PATIENCE_SECONDS, child
from tests.cli.discord_stand_in import TOKEN, DiscordStandIn
from tests.simulators.discord import slash

HOME: Final = {**WITHOUT_TOKEN, "DISCORD_TOKEN": TOKEN}

# The installed command, with discord.py's own seam pointed at the stand-in.
RUN: Final = """
import sys
import discord
from floorbroker.cli.app import main
discord.http.Route.BASE = sys.argv.pop()
main()
"""

# The real shutdown around a connection that is none and an order that ends when it is told to.
SERVE: Final = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from floorbroker.bootstrap import running
from floorbroker.cli.run import web
from floorbroker.cli.serving import end_on_signal, serve
from floorbroker.config import Settings
from floorbroker.observability.logging import configure_logging

answered = Path(sys.argv[1])

async def order():
    while not answered.exists():
        await asyncio.sleep(0.01)
    print("order done", flush=True)

async def main():
    configure_logging("INFO", json=True)
    settings, stop, hung_up = Settings(), asyncio.Event(), asyncio.Event()

    async def connect():
        app.supervisor.hand_over(order())
        print("connected", flush=True)
        await hung_up.wait()

    async def leave():
        print("discord left", flush=True)
        hung_up.set()

    with end_on_signal(stop):
        async with running(settings) as app:
            await serve(
                supervisor=app.supervisor, web=web(app), connect=connect, leave=leave, stop=stop,
                drain_within=timedelta(seconds=60),
            )

asyncio.run(main())
"""


async def test_it_becomes_ready_and_ends_on_sigterm(
    tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    async with child(tmp_path, RUN, "run", stand_in.base, **HOME) as bot:
        ready = await bot.answers("/readyz", 200)
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.ended()

    assert ready["checks"] == {"discord": True, "store": True, "taking_orders": True}
    assert (code, bot.sentences()) == (0, [])
    assert [session.close_code for session in stand_in.sessions] == [1000]
    assert bot.events().index("draining") < bot.events().index("left_discord")
    assert TOKEN not in "\n".join(bot.log)


async def test_over_http_it_is_ready_without_a_connection_and_ends_on_sigterm(
    tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    settings = {**HOME, "DISCORD_TRANSPORT": "http", "DISCORD_PUBLIC_KEY": "ab" * 32}
    async with child(tmp_path, RUN, "run", stand_in.base, **settings) as bot:
        await bot.answers("/readyz", 200)
        refused = await bot.status("/discord/interactions")
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.ended()

    assert refused[0] == 405  # there, and for Discord's requests only
    assert (code, bot.sentences()) == (0, [])
    assert stand_in.sessions == []


async def test_it_is_alive_and_not_ready_while_discord_keeps_it_waiting(
    tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with child(tmp_path, RUN, "run", base, **HOME) as bot:
            alive = await bot.status("/healthz")
            status, ready = await bot.status("/readyz")
            bot.process.send_signal(signal.SIGINT)
            code = await bot.ended()

    assert alive == (200, "ok\n")
    assert (status, ready["checks"]["discord"]) == (503, False)
    assert (code, bot.sentences()) == (0, [])


async def test_an_answer_that_is_being_written_at_the_signal_still_arrives(
    tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    stand_in.answers.clear()
    async with child(tmp_path, RUN, "run", stand_in.base, **HOME) as bot:
        await bot.answers("/readyz", 200)
        await stand_in.dispatch("INTERACTION_CREATE", slash("help", OWNER))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await stand_in.asked.wait()
        bot.process.send_signal(signal.SIGTERM)
        await bot.answers("/readyz", 503)
        stand_in.answers.set()
        code = await bot.ended()

    assert code == 0
    assert len(stand_in.shown) == 1
    assert "unexpected" not in bot.events()


async def test_a_wrong_token_is_one_sentence(tmp_path: Path, stand_in: DiscordStandIn) -> None:
    settings = {**HOME, "DISCORD_TOKEN": CANARY}
    async with child(tmp_path, RUN, "run", stand_in.base, **settings) as bot:
        code = await bot.ended()

    (sentence,) = bot.sentences()
    assert code == 2
    assert sentence.startswith("Discord does not accept DISCORD_TOKEN. Take it from ")
    assert CANARY not in "\n".join(bot.log)


async def test_a_gateway_that_will_not_have_it_is_one_sentence(
    tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    stand_in.close_code = 4013
    async with child(tmp_path, RUN, "run", stand_in.base, **HOME) as bot:
        code = await bot.ended()

    assert (code, bot.sentences()) == (1, ["Discord closed the connection for good (code 4013)."])


async def test_a_discord_that_is_away_is_waited_for(
    tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    stand_in.refuses_with = 503
    async with child(tmp_path, RUN, "run", stand_in.base, **HOME) as bot:
        await bot.event("discord_not_reached")
        await bot.answers("/readyz", 503)
        stand_in.refuses_with = 0
        await bot.answers("/readyz", 200)
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.ended()

    assert (code, bot.sentences()) == (0, [])


async def test_a_network_that_is_not_there_yet_is_waited_for_and_waiting_can_be_ended(
    tmp_path: Path,
) -> None:
    async with child(tmp_path, RUN, "run", "http://127.0.0.1:1", **HOME) as bot:
        await bot.event("discord_not_reached")
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.ended()

    assert (code, bot.sentences()) == (0, [])
    assert "unexpected" not in bot.events()


async def test_missing_settings_have_a_line_each(tmp_path: Path) -> None:
    async with child(tmp_path, RUN, "run", "http://127.0.0.1:1") as bot:
        code = await bot.ended()

    names = [line.partition(":")[0] for line in bot.sentences()]
    assert code == 2
    assert names == ["DISCORD_TOKEN", "MONGODB_URI", "CREDENTIAL_MASTER_KEYS"]


async def test_settings_without_sense_have_a_line_each_and_are_not_repeated(
    tmp_path: Path,
) -> None:
    settings = {"DEPLOYMENT_MODE": CANARY, "PORT": CANARY, "CREDENTIAL_MASTER_KEYS": CANARY}
    async with child(tmp_path, RUN, "run", "http://127.0.0.1:1", **settings) as bot:
        code = await bot.ended()

    assert code == 2
    assert [line.split()[0] for line in bot.sentences()] == ["DEPLOYMENT_MODE", "PORT"]
    assert CANARY not in "\n".join(bot.log)


async def test_a_mongodb_out_of_reach_is_one_sentence(tmp_path: Path) -> None:
    settings = {
        "DISCORD_TOKEN": TOKEN,
        "MONGODB_URI": f"mongodb://u:{CANARY}@127.0.0.1:1",
        "CREDENTIAL_MASTER_KEYS": new_key("a"),
    }
    async with child(tmp_path, RUN, "run", "http://127.0.0.1:1", **settings) as bot:
        code = await bot.ended()

    (sentence,) = bot.sentences()
    assert code == 1
    assert sentence.startswith("MongoDB does not answer (")
    assert CANARY not in "\n".join(bot.log)


async def test_the_process_is_not_ready_while_an_order_ends_and_then_goes(tmp_path: Path) -> None:
    answered = tmp_path / "answered"
    async with child(tmp_path, SERVE, str(answered), **HOME) as bot:
        assert await bot.line() == "connected"
        bot.process.send_signal(signal.SIGTERM)
        draining = await bot.answers("/readyz", 503)
        while draining["checks"]["taking_orders"]:  # it was never ready for want of Discord
            draining = await bot.answers("/readyz", 503)
        alive = await bot.status("/healthz")
        answered.touch()
        lines = [await bot.line(), await bot.line()]
        code = await bot.ended()

    assert draining["checks"]["store"] is True
    assert alive == (200, "ok\n")
    assert lines == ["order done", "discord left"]
    assert code == 0


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with child(tmp_path, SERVE, str(tmp_path / "never"), **HOME) as bot:
        assert await bot.line() == "connected"
        bot.process.send_signal(signal.SIGTERM)
        while (await bot.answers("/readyz", 503))["checks"]["taking_orders"]:
            pass  # each question takes its time
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.ended()

    assert code == 128 + signal.SIGTERM
    assert await bot.line() == ""


async def test_metrics_are_on_a_port_of_their_own_and_behind_their_token(folder: Path) -> None:
    settings = at_home(metrics_port=0, metrics_token="token")
    async with running(settings) as app, web(app) as (port, private), ClientSession() as http:

        async def status(port: int, **headers: str) -> int:
            async with http.get(f"http://127.0.0.1:{port}/metrics", headers=headers) as answer:
                return answer.status

        assert await status(private) == 200
        assert await status(port) == 401
        assert await status(port, Authorization="Bearer token") == 200


@pytest.mark.parametrize("name", ["PORT", "METRICS_PORT"])
async def test_a_port_in_use_is_a_sentence_that_names_its_setting(folder: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = at_home(**{name.lower(): port})
        async with running(settings) as app:
            with pytest.raises(GivenUp, match=f"^{name} cannot be listened on: .*{port}") as why:
                async with web(app):
                    pytest.fail("two servers on one port")

    assert why.value.exit_code == 1
