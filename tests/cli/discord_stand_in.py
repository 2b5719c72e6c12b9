"""As much of Discord on loopback as logging in and out takes, gateway included."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import WSMsgType, web

TOKEN: Final = "MTAw.stand-in.token"
APPLICATION_ID: Final = "900000000000000001"
_USER: Final = {"id": APPLICATION_ID, "username": "floor", "discriminator": "0", "avatar": None}
_HELLO, _IDENTIFY, _HEARTBEAT, _ACK, _DISPATCH = 10, 2, 1, 11, 0


class DiscordStandIn:
    """Answers one token.

    Attributes:
        base: What `discord.http.Route.BASE` must point at.
        channel: The id of the one channel that the bot sees.
        endpoint_url: The application's interactions endpoint, as its owner may have set one.
        refuses_with: A status with which every request ends; 0 lets them pass.
        close_code: With which the gateway ends every session; 0 keeps them.
        answers: May be cleared to keep the bot waiting for its answers to interactions.
        commands: Each set of slash commands that was sent.
        shown: Each card that was shown in answer to an interaction.
    """

    def __init__(self) -> None:
        """Not listening yet."""
        self.base = ""
        self.channel = ""
        self.endpoint_url: str | None = None
        self.refuses_with = 0
        self.close_code = 0
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked = asyncio.Event()
        self.commands: list[Any] = []
        self.shown: list[Any] = []
        self.sessions: list[web.WebSocketResponse] = []

    def app(self) -> web.Application:
        """REST below `/api`, the gateway at `/`."""
        app = web.Application()
        app.router.add_get("/", self._gateway)
        app.router.add_route("*", "/api/{path:.*}", self._rest)
        return app

    async def dispatch(self, event: str, data: Any) -> None:
        """Sends an event to every session."""
        for session in self.sessions:
            await session.send_json({"op": _DISPATCH, "t": event, "s": 2, "d": data})

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if self.refuses_with:
            return _json({"message": "no", "code": 0}, self.refuses_with)
        if path.startswith("interactions/"):
            return web.Response(status=204)
        if path.startswith("webhooks/"):
            self.asked.set()
            await self.answers.wait()
            self.shown.append(await request.json())
            return _json({"message": "unknown webhook", "code": 10015}, 404)
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        if path.startswith("channels/") and path != f"channels/{self.channel}":
            return _json({"message": "Missing Access", "code": 50001}, 403)
        return _json(await self._known(request, path))

    async def _known(self, request: web.Request, path: str) -> Any:
        if path.endswith("/commands"):
            self.commands.append(await request.json())
            return []
        if path == "gateway/bot":
            limits = {"total": 1, "remaining": 1, "reset_after": 1, "max_concurrency": 1}
            return {"shards": 1, "url": self._gateway_url, "session_start_limit": limits}
        if path.startswith("channels/"):
            return {"id": self.channel, "type": 0, "guild_id": "1", "name": "ops", "position": 0}
        if path == "users/@me":
            return _USER
        return {
            "id": APPLICATION_ID,
            "name": "floor",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "",
            "flags": 0,
            "owner": _USER,
            "team": None,
            "interactions_endpoint_url": self.endpoint_url,
        }

    @property
    def _gateway_url(self) -> str:
        return self.base.removesuffix("/api").replace("http", "ws", 1)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": 41_250}})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            match message.json()["op"]:
                case op if op == _HEARTBEAT:
                    await socket.send_json({"op": _ACK})
                case op if op == _IDENTIFY and self.close_code:
                    await socket.close(code=self.close_code)
                case op if op == _IDENTIFY:
                    ready = {
                        "v": 10,
                        "user": _USER,
                        "guilds": [],
                        "session_id": "1",
                        "resume_gateway_url": self._gateway_url,
                        "shard": [0, 1],
                        "application": {"id": APPLICATION_ID, "flags": 0},
                    }
                    await socket.send_json({"op": _DISPATCH, "t": "READY", "s": 1, "d": ready})
                    self.sessions.append(socket)
        return socket


def _json(body: Any, status: int = 200) -> web.Response:
    # Without a charset: discord.py reads JSON only under this very content type.
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json"}
    )


@asynccontextmanager
async def discord_stand_in() -> AsyncIterator[DiscordStandIn]:
    """Listens on a free loopback port."""
    stand_in = DiscordStandIn()
    runner = web.AppRunner(stand_in.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stand_in.base = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
        yield stand_in
    finally:
        await runner.cleanup()
