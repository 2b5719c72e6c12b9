"""Whatever hypothesis thinks of, typed wherever a person can type or send something.

The places are found by walking the application: every option that takes text, every suggestion,
every custom id that a button or menu may carry, and every form that an answer opens. Something new
is attacked without a change here.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from discord import ui
from discord.app_commands import TransformerError
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from simcord import InteractionResult

from floorbroker.bot.app import FloorbrokerBot
from floorbroker.domain.modes import DeploymentMode
from tests.campaign.row import Reached, Row
from tests.e2e import forged
from tests.e2e.harmless import (
    assert_harmless,
    assert_no_pings,
    assert_only_what_is_valid_got_through,
)
from tests.e2e.hostile import VALUES, commands, every_option, filled
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World, opened
from tests.left_behind import folder, keep_discord
from tests.stores import Store

OPTIONS_AT_LEAST: Final = 35
SUGGESTIONS_AT_LEAST: Final = 10
TEMPLATES_AT_LEAST: Final = 4
_ENOUGH: Final = 20
"""So many breaches are told; the campaign ends there."""

_NUMBERS = st.from_regex(r"[0-9０-９_+\-.eE ,%$\n]{1,20}", fullmatch=True)
_SYMBOLS = st.from_regex(r"[A-Za-z0-9./:?=&%@<>#\-]{1,24}", fullmatch=True)
_ALTERED = st.builds(lambda a, b: a[:40] + b, st.sampled_from([*VALUES.values()]), st.text())
_TEXTS = st.one_of(_NUMBERS, _SYMBOLS, _ALTERED, st.text(max_size=300))

Templates = Mapping[re.Pattern[str], type[ui.DynamicItem[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One text for every field, and one custom id for every template of one."""

    text: str
    custom_ids: Mapping[re.Pattern[str], str]


def rounds(number: int, chance: int, templates: Templates) -> list[Round]:
    """The same for the same `chance`."""
    made: list[Round] = []
    ids = {
        one: st.from_regex(re.compile(one.pattern, re.ASCII), fullmatch=True) for one in templates
    }

    @seed(chance)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(text=_TEXTS, custom_ids=st.fixed_dictionaries(ids))
    def make(text: str, custom_ids: Mapping[re.Pattern[str], str]) -> None:
        made.append(Round(text=text, custom_ids=custom_ids))

    make()
    return made


@dataclass(slots=True)
class Attack:
    """One world under attack.

    Attributes:
        card: One that Alice really has; the forged clicks claim to be on it.
        inputs: How many were answered.
    """

    world: World
    card: Seen
    inputs: int = 0
    broken: list[str] = field(default_factory=list)

    async def option(self, name: str, option: str, text: str) -> None:
        """A command with the text in one option."""
        values = {**filled(self.world.app.bot.tree, name), option: text}
        sent = forged.command(self.world, self.world.alice, name, **values)
        await self._judge(await sent.delivered(), (name, option, text))

    async def suggestion(self, name: str, option: str, text: str) -> None:
        """A person in the middle of typing it."""
        typing = forged.typing(self.world, self.world.alice, name, option, text)
        choices = (await typing.delivered()).autocomplete_choices
        self.inputs += 1
        if choices is None or len(choices) > 25:
            self.broken.append(f"no suggestions for {(name, option, text)!r}")

    async def custom_id(self, item: type[ui.DynamicItem[Any]], custom_id: str, text: str) -> None:
        """A click, or a choice, that the card never offered."""
        world, alice = self.world, self.world.alice
        if _is_menu(item):
            sent = forged.choice(world, alice, self.card, custom_id, [text])
        else:
            sent = forged.click(world, alice, self.card, custom_id[:100])
        await self._judge(await sent.delivered(), (item.__name__, custom_id, text))

    async def _judge(self, result: InteractionResult, what: object) -> None:
        """What came back is one of our cards, or a form, which is filled in and sent."""
        self.inputs += 1
        try:
            if result.modal is not None:
                text = str(cast("tuple[object, ...]", what)[-1])
                sent = forged.modal(self.world, self.world.alice, result.modal, text)
                result = await sent.delivered()
                self.inputs += 1
            answer = Answer(result)
            for seen in (answer, *answer.beside):
                # An idea is for the channel; it too pings nobody and shows no inside.
                posted = seen.title.startswith("Idea: ") and answer.title == "Posted"
                assert_harmless(seen, what, public=posted)
        except AssertionError as error:
            self.broken.append(f"{what!r}: {error}"[:600])

    async def check(self) -> None:
        """That all of it together pinged nobody and reached no broker."""
        try:
            assert_no_pings(self.world)
            await assert_only_what_is_valid_got_through(self.world)
        except AssertionError as error:
            self.broken.append(f"after a round: {error}"[:600])
        _forget(self.world)


def _is_menu(item: type[ui.DynamicItem[Any]]) -> bool:
    return "Select" in str(item.__orig_bases__[0])  # type: ignore[attr-defined] # of any generic


def _templates(bot: FloorbrokerBot) -> Templates:
    """Every shape of custom id that the bot answers to."""
    store = bot._connection._view_store  # discord.py lists them nowhere else
    return dict(store._dynamic_items)


def _forget(world: World) -> None:
    """simcord remembers everything; fifty thousand cards would fill the machine."""
    keep_discord(world.env)
    backend = world.env.backend
    world.env.http_requests.clear()
    backend.transcript.clear()
    backend.interactions.clear()
    backend.interaction_tokens.clear()


async def _attacked(size: int, chance: int) -> Reached:
    with folder("hostile-input") as place:
        store = Store("sqlite", str(place / "world.db"))
        async with opened(DeploymentMode.MULTI_USER, store.open()) as world:
            world.expected = (TransformerError,)  # discord.py's own word for a choice not there
            attack = Attack(world, await world.alice.types("settings"))
            figures = await _every_place(attack, size, chance)
            left = len(world.broker.operations)
        await store.close()
    return Reached(
        trials=attack.inputs,
        broken=attack.broken,
        figures={**figures, "calls of a broker": left},
    )


async def _every_place(attack: Attack, size: int, chance: int) -> dict[str, int | str]:
    bot = attack.world.app.bot
    tree, templates = bot.tree, _templates(bot)
    options = list(every_option(tree))
    suggestions = [
        (command.qualified_name, option.display_name)
        for command in commands(tree)
        for option in command.parameters
        if option.autocomplete
    ]
    assert len(options) >= OPTIONS_AT_LEAST
    assert len(suggestions) >= SUGGESTIONS_AT_LEAST
    assert len(templates) >= TEMPLATES_AT_LEAST
    a_round = len(options) + len(suggestions) + len(templates)
    for one in rounds(-(-size // a_round), chance, templates):
        for name, option in options:
            await attack.option(name, option, one.text)
        for name, option in suggestions:
            await attack.suggestion(name, option, one.text)
        for template, item in templates.items():
            await attack.custom_id(item, one.custom_ids[template], one.text)
        await attack.check()
        if len(attack.broken) >= _ENOUGH:
            break
    return {
        "options": len(options),
        "suggestions": len(suggestions),
        "custom ids": len(templates),
    }


def run(size: int, chance: int) -> Reached:
    """See `Row.run`."""
    try:
        return asyncio.run(_attacked(size, chance))
    except BaseExceptionGroup as group:  # what the bot let out, see `opened`
        return Reached(trials=0, broken=[f"uncaught: {error!r}" for error in group.exceptions])


ROW: Final = Row(
    name="hostile-input",
    what="Hostile input in every option, suggestion, custom id and form",
    unit="inputs",
    goal=50_000,
    short=180,
    passes_when="None reaches a broker unvalidated, none goes uncaught, nobody is pinged.",
    run=run,
)
