"""Discord's REST interface on loopback, as far as the bot uses it, and the payloads of its gateway.

Run as a process of its own (`python -m tests.simulators.discord`) it prints its port; GET
`/seen` then lists every request with the monotonic time at which it arrived.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

APPLICATION_ID = "900000000000000001"
BOT_ID = "900000000000000002"
GUILD_ID = "900000000000000003"
CHANNEL_ID = "900000000000000004"

_EPHEMERAL = 64
_ids = count(910_000_000_000_000_000)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that the bot made."""

    method: str
    path: str
    at: float
    body: Any


@dataclass(slots=True)
class DiscordServer:
    """Answers like Discord; remembers what it was asked.

    Attributes:
        hides_followups: Shows them to one person only, as for a member of a server where the bot is
            not who may not use external apps there.
        drops_followups: Takes them and breaks the connection before it says so.
    """

    seen: list[Seen] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    hides_followups: bool = False
    drops_followups: bool = False

    async def until(self, enough: Callable[[list[Seen]], bool], *, within: float = 10) -> None:
        """Waits for the requests that a test is about.

        Raises:
            TimeoutError: They did not come.
        """
        async with asyncio.timeout(within), self.news:
            await self.news.wait_for(lambda: enough(self.seen))

    def app(self) -> web.Application:
        """The server's routes; everything below `/api/v10` is recorded."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_get("/seen", self._list)
        app.router.add_delete("/seen", self._forget)
        app.router.add_route("*", "/api/v10/{path:.*}", self._answer)
        return app

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response([[one.method, one.path, one.at] for one in self.seen])

    async def _forget(self, _: web.Request) -> web.Response:
        self.seen.clear()
        return web.Response(status=204)

    async def _answer(self, request: web.Request) -> web.Response:
        arrived = time.monotonic()
        raw = await request.read()
        body = json.loads(raw) if raw and request.content_type == "application/json" else None
        path = "/" + request.match_info["path"]
        self.seen.append(Seen(request.method, path, arrived, body))
        async with self.news:
            self.news.notify_all()
        if request.method == "POST" and path.startswith("/webhooks/"):
            if self.drops_followups and request.transport is not None:
                request.transport.close()
            if self.hides_followups:
                return _json(_message({"flags": _EPHEMERAL | body.get("flags", 0)}))
        return _reply(request.method, path, body)


def _reply(method: str, path: str, body: Any) -> web.Response:
    if path == "/users/@me":
        return _json(_user(BOT_ID, "floorbroker", bot=True))
    if path in {"/oauth2/applications/@me", "/applications/@me"}:
        return _json(_application())
    if path.endswith("/commands"):
        return _json([_command(one) for one in body or []])
    if path.endswith("/callback"):
        return _json({"interaction": {"id": path.split("/")[2], "type": 2}})
    if path.startswith("/webhooks/"):
        return _json(_message(body or {}))
    if path == "/users/@me/channels":
        return _json({"id": CHANNEL_ID, "type": 1, "recipients": []})
    if method == "GET" and path.startswith("/users/"):
        return _json(_user(path.removeprefix("/users/"), "person"))
    return _json(_message(body or {}))


def _json(value: Any) -> web.Response:
    """With the very content type that discord.py looks for, which has no charset."""
    body = json.dumps(value).encode()
    return web.Response(body=body, headers={"Content-Type": "application/json"})


def _user(user_id: str, name: str, *, bot: bool = False) -> dict[str, Any]:
    return {"id": user_id, "username": name, "discriminator": "0", "avatar": None, "bot": bot}


def _application() -> dict[str, Any]:
    return {
        "id": APPLICATION_ID,
        "name": "floorbroker",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": _user(BOT_ID, "owner"),
        "team": None,
    }


def _command(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(next(_ids)),
        "application_id": APPLICATION_ID,
        "version": "1",
        "default_member_permissions": None,
        "description": "",
        **asked,
    }


def _message(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(next(_ids)),
        "type": 0,
        "channel_id": CHANNEL_ID,
        "author": _user(BOT_ID, "floorbroker", bot=True),
        "content": "",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "flags": body.get("flags", 0),
        "components": [],
    }


def slash(name: str, user_id: str, **options: str) -> dict[str, Any]:
    """The gateway's payload of a slash command with text options."""
    data = {
        "id": "1",
        "name": name,
        "type": 1,
        "options": [{"name": key, "type": 3, "value": value} for key, value in options.items()],
    }
    return _interaction(2, user_id, data)


def click(custom_id: str, user_id: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The gateway's payload of a click on a button of the message whose body was `shown`."""
    components = [_numbered(one) for one in shown["components"]]
    data = {"custom_id": custom_id, "component_type": 2, "id": _id_of(custom_id, components)}
    message = {
        **_message(shown),
        "components": components,
        "flags": _EPHEMERAL | shown.get("flags", 0),
    }
    return {**_interaction(3, user_id, data), "message": message}


def filled(
    form: Mapping[str, Any], user_id: str, shown: Mapping[str, Any], **texts: str
) -> dict[str, Any]:
    """The gateway's payload of a form that a card opened, with `texts` by the ids of its fields."""
    labels = []
    for number, label in enumerate(form["components"]):
        name = label["component"]["custom_id"]
        text = {"type": 4, "id": 2 * number, "custom_id": name, "value": texts.get(name, "")}
        labels.append({"type": 18, "id": 2 * number + 1, "component": text})
    data = {"custom_id": form["custom_id"], "components": labels}
    message = {**_message(shown), "components": [_numbered(one) for one in shown["components"]]}
    return {**_interaction(5, user_id, data), "message": message}


def _numbered(component: Mapping[str, Any]) -> dict[str, Any]:
    """Discord gives every component a number of its own."""
    inner = [_numbered(one) for one in component.get("components", ())]
    return {**component, "id": next(_ids) % 1_000_000, "components": inner}


def _id_of(custom_id: str, components: Sequence[Mapping[str, Any]]) -> int:
    for one in components:
        if one.get("custom_id") == custom_id:
            return int(one["id"])
        if found := _id_of(custom_id, one["components"]):
            return found
    return 0


def _interaction(kind: int, user_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    interaction_id = str(next(_ids))
    return {
        "id": interaction_id,
        "application_id": APPLICATION_ID,
        "type": kind,
        "token": f"token-{interaction_id}",
        "version": 1,
        "guild_id": GUILD_ID,
        "channel_id": CHANNEL_ID,
        "channel": {
            "id": CHANNEL_ID,
            "guild_id": GUILD_ID,
            "type": 0,
            "name": "orders",
            "position": 0,
            "permissions": "0",
        },
        "member": {
            "user": _user(user_id, "person"),
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": "0",
        },
        "data": data,
        "locale": "en-US",
        "guild_locale": "en-US",
        "app_permissions": "0",
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD_ID},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }


async def _main() -> None:
    runner = web.AppRunner(DiscordServer().app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    # Ends with the process that started it: its end of the pipe closes.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_main())
