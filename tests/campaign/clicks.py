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
from urllib.parse import parse_qs, urlencode, urlsplit

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.campaign.at_pages import address_at_broker, fresh_token, kept, pages, way_back
from tests.campaign.row import Reached, Row
from tests.e2e import forged
from tests.e2e.people import Answer
from tests.e2e.world import World, opened
from tests.fakes.clock import ManualClock
from tests.fakes.signed.provider import Provider
from tests.floor import ANNA, BEN
from tests.left_behind import folder
from tests.stores import Store
from tests.web.link_world import LinkWorld, Visitor, links

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


class AtThePages:
    """What is abused at the link pages."""

    def __init__(self, world: LinkWorld) -> None:
        """Anna was given links, Ben abuses them."""
        self._world = world

    async def a_reused_link(self, chance: random.Random) -> None:
        """A link that has linked an account, or the form that did it, once more."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            token = await fresh_token(self._world)
            form = await anna.form(token)
            assert (await anna.send(form)).status == 200
            before = await links(self._world)
            ways: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
                ("the address", lambda: anna.get(f"/link/{token}")),
                ("the address, by another", lambda: ben.get(f"/link/{token}")),
                ("the way to Discord", lambda: ben.post(f"/link/{token}")),
                ("the form", lambda: anna.send(form)),
                ("the form, by another", lambda: ben.send(form)),
                ("the form's page", lambda: anna.get(form.url)),
            ]
            what, way = chance.choice(ways)
            await self._refused(what, await way(), before)

    async def a_reused_state(self, chance: random.Random) -> None:
        """What Discord sent a browser back with, once more, here or in another browser."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            token = await fresh_token(self._world)
            back = await way_back(anna, token)
            assert (await anna.get(back)).status == 303
            before = await links(self._world)
            who = chance.choice([anna, ben])
            await self._refused("a state once more", await who.get(back), before)

    async def a_forged_state(self, chance: random.Random) -> None:
        """A state with one letter changed, cut, of another link, or out of thin air."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            token = await fresh_token(self._world)
            asked = await anna.leave(token)
            self._world.house.clock.advance(1)
            others = (await ben.leave(await fresh_token(self._world, BEN)))["state"]
            state = bent(asked["state"], others, chance)
            code = self._world.discord.code(asked)
            address = f"/identity?{urlencode({'code': code, 'state': state})}"
            before = await links(self._world)
            await self._refused(f"the state {state!r}", await anna.get(address), before)

    async def _refused(self, what: str, page: Any, before: object) -> None:
        assert kept(page).status in _REFUSED, (what, page.status, page.words)
        assert await links(self._world) == before, what


class SigningInAtABroker:
    """States that a broker hands back."""

    def __init__(self, world: LinkWorld, provider: Provider) -> None:
        """`provider` is the broker's own site."""
        self._world, self._provider = world, provider

    async def a_reused_state(self, chance: random.Random) -> None:
        """The way back from the broker, twice."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            back = await self._back(anna)
            assert (await anna.get(back)).status == 200
            before, exchanges = await links(self._world), self._provider.exchanges
            page = await chance.choice([anna, ben]).get(back)
            await self._refused(page, before, exchanges)

    async def a_forged_state(self, chance: random.Random) -> None:
        """A state that was changed, or Discord's own at the broker's address."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            theirs = parse_qs(urlsplit(await self._back(ben, BEN)).query)["state"][0]
            back = await self._back(anna)
            query = {name: one[0] for name, one in parse_qs(urlsplit(back).query).items()}
            query["state"] = bent(query["state"], theirs, chance)
            before, exchanges = await links(self._world), self._provider.exchanges
            page = await anna.get(f"/oauth/alpaca?{urlencode(query)}")
            await self._refused(page, before, exchanges)

    async def _back(self, who: Visitor, person: str = ANNA) -> str:
        self._world.discord.person = person
        token = await fresh_token(self._world, person)  # type: ignore[arg-type] # an id
        answer = self._provider.visit(await address_at_broker(who, token), person)
        self._world.discord.person = ANNA
        return f"/oauth/alpaca?{urlencode(answer)}"

    async def _refused(self, page: Any, before: object, exchanges: int) -> None:
        assert kept(page).status in _REFUSED, (page.status, page.words)
        assert await links(self._world) == before
        assert self._provider.exchanges == exchanges


def bent(state: str, others: str, chance: random.Random) -> str:
    """A state that nobody was given."""
    place = chance.randrange(len(state))
    letter = chance.choice([one for one in "0123456789abcdef." if one != state[place]])
    ref, version, mac = state.split(".")
    return chance.choice(
        [
            state[:place] + letter + state[place + 1 :],
            state[:place],
            others,
            f"{ref}.{int(version) + chance.choice([-1, 1])}.{mac}",
            f"{ref}.{version}.{others.rpartition('.')[2]}",
            f"{ref}.{version}.{chance.randbytes(32).hex()}",
            chance.randbytes(20).hex(),
            "",
        ]
    )


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
