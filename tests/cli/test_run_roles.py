"""`floorbroker run --role`: what each kind of process does, and what it leaves to the others."""

import asyncio
import signal
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession

from floorbroker.bootstrap import running
from floorbroker.cli.run import web
from floorbroker.config import SettingsProblem
from floorbroker.domain.modes import Role
from tests.cli.at_home import HOME as WITHOUT_TOKEN
from tests.cli.at_home import at_home
from tests.cli.child import PATIENCE_SECONDS, child
from tests.cli.discord_stand_in import TOKEN, DiscordStandIn
from tests.cli.test_run import RUN
from tests.cli.test_run_links import PAGES
from tests.redis_server import RedisServer

HOME: Final = {**WITHOUT_TOKEN, "DISCORD_TOKEN": TOKEN}


@pytest.mark.parametrize("role", ["web", "worker"])
async def test_a_part_of_the_work_without_redis_is_one_sentence(tmp_path: Path, role: str) -> None:
    arguments = ("run", "--role", role, "http://127.0.0.1:1")
    async with child(tmp_path, RUN, *arguments, **HOME) as bot:
        code = await bot.ended()

    (sentence,) = bot.sentences()
    assert code == 2
    assert sentence.startswith(f"--role {role} needs REDIS_URL, ")


async def test_a_worker_is_ready_without_a_gateway_and_takes_no_commands(
    tmp_path: Path, stand_in: DiscordStandIn, redis_server: RedisServer
) -> None:
    settings = {
        **HOME,
        "REDIS_URL": redis_server.url,
        "DISCORD_TRANSPORT": "http",
        "DISCORD_PUBLIC_KEY": "ab" * 32,
    }
    arguments = ("run", "--role", "worker", stand_in.base)
    async with child(tmp_path, RUN, *arguments, **settings) as bot:
        ready = await bot.answers("/readyz", 200)
        nowhere = [await bot.status(path) for path in ("/discord/interactions", "/errors")]
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.ended()

    assert ready["checks"] == {
        "discord": True,
        "store": True,
        "taking_orders": True,
        "redis": True,
    }
    assert [status for status, _ in nowhere] == [404, 404]
    assert stand_in.sessions == []
    assert (code, bot.sentences()) == (0, [])


async def test_a_worker_whose_redis_goes_away_stays_ready_and_says_so(
    tmp_path: Path, stand_in: DiscordStandIn, redis_server: RedisServer
) -> None:
    settings = {**HOME, "REDIS_URL": redis_server.url}
    async with child(tmp_path, RUN, "run", stand_in.base, **settings) as bot:
        await bot.answers("/readyz", 200)
        redis_server.stop()
        degraded = await bot.answers("/readyz", 200)
        redis_server.start()
        well = await bot.answers("/readyz", 200)
        bot.process.send_signal(signal.SIGTERM)
        code = await bot.ended()

    assert (degraded["ready"], degraded["degraded"]) == (True, ["redis"])
    assert "degraded" not in well
    assert (code, bot.sentences()) == (0, [])


@pytest.mark.parametrize(
    ("role", "works", "pages"),
    [(Role.ALL, True, 200), (Role.WEB, False, 200), (Role.WORKER, True, 404)],
)
async def test_a_role_has_its_own_work_and_pages(
    folder: Path, redis_server: RedisServer, role: Role, works: bool, pages: int
) -> None:
    before = asyncio.all_tasks()
    settings = at_home(redis_url=redis_server.url, **PAGES)
    async with running(settings, role=role) as app, web(app, role) as (port,):
        names = {task.get_name() for task in asyncio.all_tasks() - before}
        async with (
            ClientSession() as http,
            http.get(f"http://127.0.0.1:{port}/errors") as answer,
        ):
            status = answer.status

    assert {"alerts", "idle sessions", "loop lag"} <= names
    assert ({"round reconcile", "round digests", "jobs errands"} <= names) is works
    assert not {"reconcile", "notify"} & names
    assert status == pages
    async with asyncio.timeout(PATIENCE_SECONDS):
        while asyncio.all_tasks() != before:  # noqa: ASYNC110  # their ends have no event
            await asyncio.sleep(0)


async def test_alone_means_all(folder: Path) -> None:
    with pytest.raises(SettingsProblem, match="needs REDIS_URL"):
        async with running(at_home(), role=Role.WORKER):
            pytest.fail("it started")

    assert not (folder / "data").exists()
