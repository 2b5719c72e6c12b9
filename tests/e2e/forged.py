"""Interactions that no client of Discord would make, and the same one delivered twice.

Built where simcord builds its own, and fed to discord.py as the gateway feeds it: whatever
Discord's clients check is left out, whatever discord.py and the bot check is not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from simcord import InteractionResult
from simcord.backend import serializers
from simcord.interactions import base_payload, nest_options, walk_to_subcommand

from tests.e2e.people import Seen, Somebody
from tests.e2e.world import World

_COMMAND, _COMPONENT, _AUTOCOMPLETE, _MODAL = 2, 3, 4, 5
_ROW, _BUTTON, _MENU, _FIELD = 1, 2, 3, 4
_TEXT, _SWITCH = 3, 5
_IDLE_SECONDS = 0.001
"""How long simcord waits before it looks again whether all is done; its own 50 ms add up."""


class Forged:
    """One interaction, not yet delivered."""

    def __init__(
        self, world: World, person: Somebody, kind: int, data: Mapping[str, Any], **extra: Any
    ) -> None:
        """`data` is what Discord would put there; `extra` is added to the payload."""
        guild = getattr(person.actor, "guild", None)
        self._world = world
        self.record, self.payload = base_payload(
            world.env.backend,
            type=kind,
            channel_id=person.channel.id,
            guild_id=None if guild is None else guild.id,
            user_id=int(person.user_id),
            data=dict(data),
        )
        self.payload.update(extra)

    def on(self, card: Seen, component: Mapping[str, Any]) -> "Forged":
        """The interaction of `component`, which that message is made to hold."""
        backend, message = self._world.env.backend, card.message
        self.record.source_message_id = message.id
        stored = backend.get_message(message.channel_id, message.id)
        rows = [{"type": _ROW, "id": 1, "components": [{"id": 2, **component}]}]
        payload = {**serializers.message_payload(backend, stored), "components": rows}
        self.payload["message"] = payload
        return self

    async def delivered(
        self, times: int = 1, *, apart: bool = False, forgotten: bool = False
    ) -> InteractionResult:
        """Feeds it to discord.py.

        Args:
            apart: Each time once all is done about the time before; else all at once.
            forgotten: Discord does not remember that it was acknowledged before.
        """
        for _ in range(times):
            self._world.env.backend.emit("INTERACTION_CREATE", self.payload)
            if apart:
                await self._world.env.settle(idle=_IDLE_SECONDS)
            if forgotten:
                self.record.responded = False
        await self._world.env.settle(idle=_IDLE_SECONDS)
        return InteractionResult(self._world.env, self.record)


def command(world: World, person: Somebody, name: str, **options: str | bool | int) -> Forged:
    """A slash command with values that no client has checked."""
    return Forged(world, person, _COMMAND, _command_data(world, name, _built(options)))


def typing(
    world: World, person: Somebody, name: str, option: str, text: str, **options: str | bool | int
) -> Forged:
    """A person in the middle of typing `option`."""
    focused = {"name": option, "type": _TEXT, "value": text, "focused": True}
    data = _command_data(world, name, [*_built(options), focused])
    return Forged(world, person, _AUTOCOMPLETE, data)


def click(world: World, person: Somebody, card: Seen, custom_id: str) -> Forged:
    """A click on a custom id that need not be on the card, nor the card the person's own."""
    data = {"custom_id": custom_id, "component_type": _BUTTON}
    button = {"type": _BUTTON, "style": 2, "label": "x", "custom_id": custom_id}
    return Forged(world, person, _COMPONENT, data).on(card, button)


def choice(
    world: World, person: Somebody, card: Seen, custom_id: str, values: Sequence[str]
) -> Forged:
    """A choice from a menu that need not hold it."""
    data = {"custom_id": custom_id, "component_type": _MENU, "values": list(values)}
    options = [{"label": "x", "value": "x"}]
    menu = {"type": _MENU, "custom_id": custom_id, "options": options}
    return Forged(world, person, _COMPONENT, data).on(card, menu)


def _built(options: Mapping[str, str | bool | int]) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": _SWITCH if isinstance(value, bool) else _TEXT, "value": value}
        for name, value in options.items()
    ]


def _command_data(world: World, name: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    root_name, *path = name.split()
    root = world.env.backend.find_command(root_name, None)
    assert root is not None, f"/{name} was not synced"
    _, nesting = walk_to_subcommand(root, path)
    return {
        "id": root["id"],
        "name": root_name,
        "type": 1,
        "options": nest_options(root, nesting, options),
    }


def modal(world: World, person: Somebody, shown: Mapping[str, Any], text: str) -> Forged:
    """A shown form sent back with `text` in every field for text, and nothing in the others."""
    data = {"custom_id": shown["custom_id"], "components": _filled(shown["components"], text)}
    return Forged(world, person, _MODAL, data)


def _filled(parts: Sequence[Mapping[str, Any]], text: str) -> list[dict[str, Any]]:
    filled = []
    for part in parts:
        named = {name: part[name] for name in ("type", "id", "custom_id") if name in part}
        if "components" in part:
            named["components"] = _filled(part["components"], text)
        elif "component" in part:
            (named["component"],) = _filled([part["component"]], text)
        elif part["type"] == _FIELD:
            named["value"] = text
        else:
            named["values"] = []
        filled.append(named)
    return filled
