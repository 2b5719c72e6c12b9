"""The long form of `test_hostile.py`: whatever hypothesis thinks of, in every option for text."""

from typing import Final

import pytest
from discord.app_commands import TransformerError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e import forged
from tests.e2e.harmless import (
    assert_harmless,
    assert_no_pings,
    assert_only_what_is_valid_got_through,
)
from tests.e2e.hostile import VALUES, every_option, filled
from tests.e2e.people import Answer
from tests.e2e.world import World

INPUTS: Final = 50_000
OPTIONS_AT_LEAST: Final = 35

_NUMBERS = st.from_regex(r"[0-9０-９_+\-.eE ,%$\n]{1,20}", fullmatch=True)
_SYMBOLS = st.from_regex(r"[A-Za-z0-9./:?=&%@<>#\-]{1,24}", fullmatch=True)
_ALTERED = st.builds(lambda a, b: a[:40] + b, st.sampled_from([*VALUES.values()]), st.text())
_TEXTS = st.one_of(_NUMBERS, _SYMBOLS, _ALTERED, st.text(max_size=300))


def _forget(world: World) -> None:
    """simcord remembers everything; fifty thousand cards would fill the machine."""
    backend = world.env.backend
    world.env.http_requests.clear()
    backend.transcript.clear()
    backend.messages[world.channel.id].clear()
    backend.interactions.clear()
    backend.interaction_tokens.clear()


@pytest.mark.long
@pytest.mark.timeout(1_800)
@settings(
    max_examples=INPUTS // OPTIONS_AT_LEAST + 1,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(text=_TEXTS)
async def test_fifty_thousand_hostile_inputs_are_answered_with_cards(
    cloud: World, text: str
) -> None:
    cloud.expected = (TransformerError,)
    tree = cloud.app.bot.tree
    options = list(every_option(tree))
    assert len(options) >= OPTIONS_AT_LEAST

    for name, option in options:
        given_options = {**filled(tree, name), option: text}
        hostile = forged.command(cloud, cloud.alice, name, **given_options)
        assert_harmless(Answer(await hostile.delivered()), (name, option, text))

    assert_no_pings(cloud)
    await assert_only_what_is_valid_got_through(cloud)
    _forget(cloud)
