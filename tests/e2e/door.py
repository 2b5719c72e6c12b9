"""Interactions as signed requests to the bot's own web server, with no gateway at all.

The simulated Discord feeds a gateway; here that is taken away from a process which has logged in,
with all that it told: no server, role, channel or member is cached, as over HTTP.
"""

import asyncio
import contextvars
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from simcord import Env

from floorbroker.bootstrap import App
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.interactions import PATH, Interactions

_KEY = Ed25519PrivateKey.generate()
PUBLIC_KEY = _KEY.public_key().public_bytes_raw().hex()


class _InBotsScope:
    """The bot, whose work the simulated Discord waits for, whoever handed it over."""

    def __init__(self, app: App, env: Env) -> None:
        self._app, self._env = app, env

    def can_be_reached(self) -> bool:
        return self._app.bot.can_be_reached()

    def receive(self, interaction: Mapping[str, Any]) -> None:
        with self._env._bot_scope():
            self._app.bot.receive(interaction)


@asynccontextmanager
async def door_of(app: App, env: Env) -> AsyncIterator[None]:
    """From here on what happens in Discord comes to `app` through its door, or not at all."""
    receiver = _InBotsScope(app, env)
    door = Interactions(app.settings, app.floor.clock, receiver, app.supervisor)
    site = build_web_app(readiness=app, metrics=app.metrics, metrics_token=None, interactions=door)
    async with run_web(site, "127.0.0.1", 0) as port, ClientSession(trust_env=False) as session:

        async def deliver(payload: Mapping[str, Any]) -> None:
            body = json.dumps(payload).encode()
            moment = str(int(app.floor.clock.now().timestamp()))
            headers = {
                "X-Signature-Timestamp": moment,
                "X-Signature-Ed25519": _KEY.sign(moment.encode() + body).hex(),
            }
            url = f"http://127.0.0.1:{port}{PATH}"
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 202, answer.status

        under_way: list[asyncio.Future[None]] = []

        def told(event: str, payload: Mapping[str, Any]) -> None:
            if event == "INTERACTION_CREATE":
                # The request is Discord's work and not the bot's, whose end is waited for; but
                # until it is answered the bot has not heard of anything.
                way = contextvars.Context().run(asyncio.ensure_future, deliver(payload))
                with env._bot_scope():
                    under_way.append(asyncio.ensure_future(_arrived(way)))

        _unplug(app, env)
        env._gateway_feed = told
        env.backend.subscribers.append(told)
        yield


async def _arrived(way: "asyncio.Future[None]") -> None:
    await way


def _unplug(app: App, env: Env) -> None:
    """Leaves the bot as `login_over_http` does: it knows who it is and nothing else."""
    env.backend.subscribers.remove(env._gateway_feed)
    bot, state = app.bot, app.bot._connection
    me = state.user
    state.clear(views=False)
    state.user = me
    bot._AutoShardedClient__shards.clear()
    bot._ready.clear()
    bot._over_http = True
