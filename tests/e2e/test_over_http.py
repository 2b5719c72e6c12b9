"""Several processes that Discord reaches over HTTP: each does all of what it takes."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from floorbroker.domain.ids import UserId
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.orders import Orders
from tests.e2e.loopback import discord_on_loopback, process
from tests.simulators.discord import click, filled, slash
from tests.simulators.paper_faults import Hanging

PERSON = "700000000000000007"
SOMEBODY = "700000000000000008"
EPHEMERAL = 64
_CONFIRM = re.compile(r"fb:confirm:[a-z0-9]{18}")
_IDEA = re.compile(r"fb:idea:[0-9a-f]{16}")
_SOON = timedelta(seconds=10)


async def test_a_process_that_ends_answers_what_it_took_and_hands_the_rest_on(
    tmp_path: Path,
) -> None:
    broker = Hanging()
    async with (
        discord_on_loopback() as discord,
        process(discord, tmp_path, faults=broker) as ending,
        process(discord, tmp_path) as other,
    ):
        cards = [
            (await ending.answered(slash("buy", PERSON, symbol=symbol, quantity="1")))[-1].body
            for symbol in ("AAPL", "MSFT")
        ]
        first, second = (
            click(found[0], PERSON, card)
            for card in cards
            if (found := _CONFIRM.search(str(card))) is not None
        )
        assert await ending.feed(first) == 202
        await broker.saved.wait()

        end = asyncio.create_task(ending.app.supervisor.drain(_SOON))
        await asyncio.sleep(0)
        refused = await ending.feed(second)
        begun = len(discord.seen)
        async with ClientSession(trust_env=False) as session:
            ready = await session.get(f"{ending.site}/readyz")
        taken = await other.answered(second)
        broker.released.set()
        unfinished = await end
        await discord.until(lambda seen: _filled(seen[begun:], "AAPL"))

    assert (refused, ready.status) == (503, 503)
    assert _filled(taken, "MSFT")
    assert unfinished == 0
    assert broker.orders_received == 1
    assert "Busy" not in str([one.body for one in discord.seen])


async def test_a_form_is_answered_by_whichever_process_gets_it(tmp_path: Path) -> None:
    async with (
        discord_on_loopback() as discord,
        process(discord, tmp_path) as one,
        process(discord, tmp_path) as other,
    ):
        posted = slash("idea", PERSON, symbol="AAPL", side="buy", reason="It may rise.")
        begun = len(discord.seen)
        await one.answered(posted)
        await discord.until(lambda seen: "Your idea is in the channel" in str(seen[-1].body))
        idea = next(seen.body for seen in discord.seen[begun:] if _IDEA.search(str(seen.body)))
        button = _IDEA.search(str(idea))
        assert button is not None
        shown = await one.asked_for(click(button[0], PERSON, idea), "POST")
        form = shown[0].body["data"]

        there = await one.answered(filled(form, PERSON, idea, quantity="3"))
        elsewhere = await other.answered(filled(form, SOMEBODY, idea, quantity="4"))

        stored = Orders(one.app.documents)
        drafts = [
            (order.user_id, order.state, order.request.quantity)
            for user in (UserId(PERSON), UserId(SOMEBODY))
            for order in await stored.recent(user, states=frozenset(OrderState), limit=9)
        ]

    for answer, quantity in ((there, 3), (elsewhere, 4)):
        assert answer[0].body["data"]["flags"] & EPHEMERAL
        assert f"Review · Buy {quantity} AAPL" in str(answer[-1].body)
    assert [(str(user), state, str(quantity)) for user, state, quantity in drafts] == [
        (PERSON, OrderState.DRAFT, "3"),
        (SOMEBODY, OrderState.DRAFT, "4"),
    ]


async def test_a_form_that_no_version_of_ours_shows_is_refused(tmp_path: Path) -> None:
    form = {"custom_id": "8c4f2d0a", "components": []}
    card: dict[str, Any] = {"components": []}
    async with discord_on_loopback() as discord, process(discord, tmp_path) as one:
        (answer,) = await one.asked_for(filled(form, PERSON, card), "POST")

    assert answer.body["data"]["flags"] & EPHEMERAL
    assert "out of date" in str(answer.body)


def _filled(seen: object, symbol: str) -> bool:
    return re.search(rf"Filled · Buy 1 {symbol}", str(seen)) is not None
