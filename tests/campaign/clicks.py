"""Clicks of others, too late or once more, and links and states that were used or made up.

A round of each kind prepares something real, lets somebody abuse it, and looks whether it changed
anything.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.campaign.at_pages import pages
from tests.campaign.clicks_at_pages import AtThePages, SigningInAtABroker
from tests.campaign.row import Reached, Row
from tests.e2e import forged
from tests.e2e.people import Answer
from tests.e2e.world import World, opened
from tests.fakes.clock import ManualClock
from tests.fakes.signed.provider import Provider
from tests.left_behind import folder
from tests.stores import Store

_MONEY: Final = 100_000_000
_ACTIONS: Final = ("confirm", "anyway", "discard", "cancel", "refresh", "share")
_REFUSED: Final = frozenset({400, 403, 404, 410})

Kind = Callable[[random.Random], Awaitable[None]]


class InDiscord:
    """What is abused on cards."""

    def __init__(self, world: World) -> None:
        """Alice trades, Bob abuses."""
        self._world = world

    async def a_foreign_click(self, chance: random.Random) -> None:
        """Bob clicks what is Alice's: on an order, a removal, a position."""
        world = self._world
        review = await world.alice.types("buy", symbol="AAPL", quantity="1")
        before = await world.orders(world.alice)
        sent, links = world.broker.orders_received, await self._links()
        custom_id = chance.choice(
            [
                *(f"fb:{action}:{before[0].order_id}" for action in _ACTIONS),
                f"fb:decide:{before[0].order_id}:none",
                f"fb:remove:paper-{world.alice.user_id}",
                f"fb:renew:paper-{world.alice.user_id}",
                f"fb:close:paper-{world.alice.user_id}/paper@AAPL",
            ]
        )
        answer = Answer(await forged.click(world, world.bob, review, custom_id).delivered())

        assert answer.refusal.title.endswith(("Not yours", "No account")), answer.refusal.title
        assert await world.orders(world.alice) == before
        assert world.broker.orders_received == sent
        assert await self._links() == links
        await world.alice.clicks(review, "Cancel")

    async def a_stale_card(self, chance: random.Random) -> None:
        """Confirm once the review is over, however long ago."""
        world = self._world
        review = await world.alice.types("buy", symbol="AAPL", quantity="1")
        sent = world.broker.orders_received
        confirm = review.buttons["Confirm"]
        await world.later(chance.choice([60, 61, 90, 600]))

        click = forged.click(world, world.alice, review, confirm)
        answer = Answer(await click.delivered())

        assert answer.refusal.title.endswith("Review expired"), answer.refusal.title
        assert world.broker.orders_received == sent
        assert (await world.orders(world.alice))[0].state is OrderState.LAPSED

    async def a_replayed_confirm(self, chance: random.Random) -> None:
        """The very same interaction, or another click, after or beside the one that counted."""
        world = self._world
        review = await world.alice.types("buy", symbol="AAPL", quantity="1")
        sent, confirm = world.broker.orders_received, review.buttons["Confirm"]
        first = forged.click(world, world.alice, review, confirm)
        await first.delivered(chance.randint(1, 3), apart=chance.random() < 0.5)
        again = (
            first if chance.random() < 0.5 else forged.click(world, world.alice, review, confirm)
        )

        await again.delivered(chance.randint(1, 3), apart=True, forgotten=chance.random() < 0.5)

        assert world.broker.orders_received == sent + 1
        assert (await world.orders(world.alice))[0].state is OrderState.FILLED

    async def _links(self) -> object:
        return await self._world.app.floor.accounts.links(self._world.alice.user_id)


async def _repeated(
    kinds: dict[str, Kind], size: int, chance: random.Random, done: Counter[str], broken: list[str]
) -> None:
    for name, kind in kinds.items():
        for number in range(size):
            try:
                await kind(chance)
            except AssertionError as error:
                broken.append(f"{name}, {number}: {error}"[:400])
                if len(broken) > 20:
                    return
            done[name] += 1


async def _in_discord(
    size: int, chance: random.Random, done: Counter[str], broken: list[str]
) -> None:
    with folder("clicks") as place:
        store = Store("sqlite", str(place / "world.db"))
        generous = {
            "max_orders_per_day": _MONEY,
            "max_position_value": _MONEY,
        }
        async with _world(store, generous) as world:
            cards = InDiscord(world)
            await _repeated(
                {
                    "foreign clicks": cards.a_foreign_click,
                    "stale cards": cards.a_stale_card,
                    "replayed confirms": cards.a_replayed_confirm,
                },
                size,
                chance,
                done,
                broken,
            )
        await store.close()


def _world(store: Store, changes: dict[str, Any]) -> AbstractAsyncContextManager[World]:
    return opened(DeploymentMode.MULTI_USER, store.open(), **changes)


async def _at_pages(
    size: int, chance: random.Random, done: Counter[str], broken: list[str]
) -> None:
    async with pages("clicks-pages") as world:
        at = AtThePages(world)
        await _repeated(
            {
                "reused links": at.a_reused_link,
                "reused states": at.a_reused_state,
                "forged states": at.a_forged_state,
            },
            size,
            chance,
            done,
            broken,
        )
    provider = Provider(ManualClock())
    async with pages("clicks-sign-in", provider=provider) as world:
        signing_in = SigningInAtABroker(world, provider)
        await _repeated(
            {
                "reused states of a broker": signing_in.a_reused_state,
                "forged states of a broker": signing_in.a_forged_state,
            },
            size,
            chance,
            done,
            broken,
        )


def run(size: int, seed: int) -> Reached:
    """See `Row.run`; `size` is of each kind."""
    chance, done, broken = random.Random(seed), Counter[str](), list[str]()
    asyncio.run(_in_discord(size, chance, done, broken))
    asyncio.run(_at_pages(size, chance, done, broken))
    return Reached(trials=min(done.values(), default=0), broken=broken, figures=dict(done))


ROW: Final = Row(
    name="clicks",
    what="Foreign clicks, stale cards, replayed confirms, reused links, reused and forged states",
    unit="of each kind",
    goal=150,
    short=4,
    passes_when="All are refused, and change and send nothing.",
    run=run,
)
