"""What keeps the demo's page true while somebody uses it.

simcord does one operation at a time, and its page does not recover from a click that meets
another one. So nothing here awaits while it holds the simulation: a tick is one turn of the event
loop, and a tick that finds a click at work leaves everything alone.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, Literal

from simcord.backend.errors import SetupError
from simcord.preview import Preview
from simcord.preview._pages import _Page

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import view_of
from floorbroker.cli.simulated import World
from floorbroker.cli.typed_command import typed_command

Messages = dict[int, Any]
Reason = Literal[
    "initial", "refresh", "snapshot", "navigation", "query", "presentation", "action", "capture"
]

PATTERN: Final = "python"
"""The page that nobody looks at: those to come open where it points."""


class LivePage:
    """A preview whose clock goes, that shows background edits and runs commands typed as text."""

    def __init__(self, world: World, preview: Preview, tick_seconds: float) -> None:
        """Puts itself between the browser and the preview."""
        self._world = world
        self._preview = preview
        self._tick_seconds = tick_seconds
        self._shown: dict[str, Messages] = {}
        # simcord has no other seams for these two.
        self._act, self._build = preview._action, preview._publish
        preview._action = self._action  # type: ignore[method-assign]  # see above
        preview._publish = self._publish  # type: ignore[method-assign]  # see above

    async def keep_live(self) -> None:
        """Ticks until it is canceled."""
        while True:
            await asyncio.sleep(self._tick_seconds)
            with suppress(SetupError):  # a click is at work; the next tick does it
                self._tick()

    async def say(self, card: Card) -> None:
        """Posts a card to the channel, as the bot."""
        channel = self._world.app.bot.get_partial_messageable(self._world.channel.id)
        await channel.send(view=view_of(card))
        self._publish_changes()

    def _tick(self) -> None:
        """Moves the clock to the machine's and shows what the bot has changed by itself."""
        env = self._world.env
        env._begin_operation("floorbroker demo")
        try:
            self._set_clock()
            self._publish_changes()
        finally:
            env._end_operation()

    def _set_clock(self) -> None:
        env = self._world.env
        behind = (datetime.now(UTC) - env.now()).total_seconds()
        env.backend.advance_clock(max(behind, 0.0))
        self._preview.capture_time = env.now()

    def _messages(self) -> Messages:
        """What the channel holds; an edit replaces a message's components as a whole."""
        stored = self._world.env.backend.messages.get(self._world.channel.id, {})
        return {key: (one.content, one.flags, one.components) for key, one in stored.items()}

    def _publish_changes(self) -> None:
        """Publishes pages that lack something, each under the revision that it has.

        A new revision would refuse a click that is already on its way, as one on an old page.
        A click on a button that is gone is refused all the same.
        """
        messages, pages = self._messages(), self._preview._pages
        self._shown = {key: shown for key, shown in self._shown.items() if key in pages}
        for page in tuple(pages.values()):
            # Publishing one drops those whose lease is over.
            if page.id in pages and self._shown.get(page.id) != messages:
                page.revision -= 1
                self._publish(page, reason="refresh")

    def _publish(self, page: _Page, *, reason: Reason = "action") -> None:
        """Publishes a page as of now, with a message that is new to it in view."""
        # Cards name moments of the machine's clock.
        self._set_clock()
        messages = self._messages()
        newest = max(messages, default=None)
        if max(self._shown.get(page.id, messages), default=None) != newest:
            page.target_id, page.window_end_id = newest, None
        self._shown[page.id] = messages
        if page.id == PATTERN:
            page.target_id = newest
            page.revision += 1
            return
        self._build(page, reason=reason)

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        """A message that is a command becomes one, as it does in Discord's own text box."""
        self._set_clock()
        if not isinstance(body, dict) or body.get("kind") != "send_message":
            return await self._act(context_id, body)
        try:
            command = self._as_command(context_id, body)
        except ValueError as problem:
            answer = await self._act(context_id, body)
            await self.say(_not_a_command(str(problem)))
            return answer
        return await self._act(context_id, command)

    def _as_command(self, context_id: str | None, body: dict[str, Any]) -> dict[str, Any]:
        text = str(body.get("content", "")).strip()
        if not text.startswith("/"):
            raise ValueError("commands begin with a slash")
        command = typed_command(self._world.app.bot.tree, text)
        catalogue = self._preview._get_page(context_id).command_catalog
        for entry in catalogue.get("entries", ()):
            if entry["invocation"] == command.name:
                return {
                    **body,
                    "kind": "run_command",
                    "command_id": entry["commandId"],
                    "path": entry["path"],
                    "schema_fingerprint": entry["schemaFingerprint"],
                    "options": dict(command.options),
                }
        raise ValueError(f"/{command.name} needs rights that you do not have in this server")


def _not_a_command(problem: str) -> Card:
    return Card(
        title="That was a message, not a command",
        lead=f"{problem[:1].upper()}{problem[1:]}. For example: /buy symbol:AAPL quantity:10",
    )
