"""The deployment of several replicas: its files name what exists, and nginx takes its part."""

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from floorbroker.config import Settings
from floorbroker.web.interactions import PATH
from tests.campaign.fleet.balancer import PROGRAM, Balancer, configured
from tests.campaign.fleet.fleet import NEEDS
from tests.campaign.row import missing

_ROOT: Final = Path(__file__).parents[2]
_COMPOSE: Final[dict[str, Any]] = yaml.safe_load((_ROOT / "compose.scale.yaml").read_text())
_SINGLE: Final[dict[str, Any]] = yaml.safe_load((_ROOT / "compose.yaml").read_text())
_SITE: Final = (_ROOT / "deploy" / "scale" / "nginx.conf.template").read_text()


def test_each_variable_of_the_replicas_is_a_setting() -> None:
    names = {name.lower() for name in _COMPOSE["services"]["bot"]["environment"]}

    assert names <= set(Settings.model_fields)
    assert {"redis_url", "mongodb_uri", "discord_transport"} <= names


def test_a_replica_is_shut_in_as_the_single_bot_is() -> None:
    replica, single = (compose["services"]["bot"] for compose in (_COMPOSE, _SINGLE))

    for part in ("read_only", "cap_drop", "security_opt", "init", "stop_grace_period"):
        assert replica[part] == single[part]
    assert replica["deploy"]["replicas"] == 3


def test_only_the_balancer_is_reached_and_only_from_the_host() -> None:
    published = {
        name: service["ports"]
        for name, service in _COMPOSE["services"].items()
        if "ports" in service
    }

    assert list(published) == ["balancer"]
    assert all(one.startswith("127.0.0.1:") for one in published["balancer"])


def test_the_balancer_fills_in_what_its_file_leaves_open() -> None:
    left_open = set(re.findall(r"\$\{([A-Z]+)\}", _SITE))

    assert left_open == {"LISTEN", "SERVERS"}
    assert left_open < set(_COMPOSE["services"]["balancer"]["environment"])


def test_an_answer_of_discord_leaves_time_for_another_replica() -> None:
    waits = [int(seconds) for seconds in re.findall(r"timeout (\d)s;", _SITE)]

    assert waits and max(waits) < 3, "Discord waits for three seconds"


_NGINX: Final = pytest.mark.skipif(bool(missing(NEEDS[:1])), reason="nginx is not installed")


@_NGINX
def test_nginx_takes_it(tmp_path: Path) -> None:
    file = configured(tmp_path, "127.0.0.1:18080", [18081, 18082])

    tried = subprocess.run(
        [PROGRAM, "-t", "-p", str(tmp_path), "-c", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert tried.returncode == 0, tried.stderr


@_NGINX
async def test_what_a_replica_that_is_stuck_has_taken_goes_to_another(tmp_path: Path) -> None:
    """As one whose process stands still: its machine takes the connection and nobody answers."""
    asked: list[str] = []

    async def stuck(_: web.Request) -> web.Response:
        asked.append("stuck")
        await asyncio.Event().wait()
        raise AssertionError

    async def well(request: web.Request) -> web.Response:
        asked.append((await request.read()).decode())
        return web.Response(status=202)

    apps = web.Application(), web.Application()
    for app, handler in zip(apps, (stuck, well), strict=True):
        app.router.add_post(PATH, handler)
    async with TestServer(apps[0]) as one, TestServer(apps[1]) as other:
        assert one.port is not None
        assert other.port is not None
        with Balancer(tmp_path, [one.port, other.port]) as balancer:
            url = f"http://127.0.0.1:{balancer.port}{PATH}"
            async with aiohttp.ClientSession(trust_env=False) as discord:
                while "stuck" not in asked:
                    async with asyncio.timeout(30), discord.post(url, data=b"a click") as answer:
                        assert answer.status == 202

    assert asked[-1] == "a click"
