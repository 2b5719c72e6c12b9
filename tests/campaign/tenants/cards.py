"""Two people in one server, on cards, in suggestions, and through every call of every service."""

from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random
from typing import Any, ClassVar, Final

from discord.app_commands import TransformerError
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.people import Link
from floorbroker.services.link_requests import Wanted
from floorbroker.services.link_tickets import digest
from floorbroker.storage.link_tickets import LinkTickets
from tests.campaign.tenants.calls import Call, Foreign, every_call, texts_of
from tests.campaign.tenants.machine import Machine
from tests.campaign.tenants.untouched import Untouched
from tests.e2e import forged
from tests.e2e.hostile import commands, filled
from tests.e2e.people import Answer, Somebody
from tests.e2e.world import SimulatedClock, opened
from tests.simulators.alpaca import AlpacaSimulator
from tests.stores import Store

_ALPACA: Final = BrokerId("alpaca")
_CALLS: Final = tuple(every_call())
_CALLS_AT_LEAST: Final = 50
_CLICKS: Final = ("confirm", "anyway", "discard", "cancel", "refresh", "share")
WHO: Final = st.sampled_from(["alice", "bob"])


def _keys(who: str) -> tuple[str, str]:
    return f"PKCANARY{who.upper():0>12}", f"canary/secret+of-{who}-0123456789abcdef"


class Cards(Machine):
    """Each rule is one person's; nothing in any answer is the other's.

    Attributes:
        chance: What is typed, clicked and called; hypothesis decides who does what and when.
    """

    chance: ClassVar[Random] = Random()
    called: ClassVar[set[str]] = set()
    typed: ClassVar[set[str]] = set()

    @classmethod
    def figures(cls) -> dict[str, int | str]:
        """How much of what there is was attacked."""
        return {
            "service calls attacked": f"{len(cls.called)} of {len(_CALLS)}",
            "commands attacked": len(cls.typed),
        }

    @initialize()
    def two_people_at_a_broker(self) -> None:
        """Each with an account, a resting order, an order at the paper broker and a link page."""
        assert len(_CALLS) >= _CALLS_AT_LEAST
        self.run(self._begin())

    async def _begin(self) -> None:
        self.open = AsyncExitStack()
        store, clock = Store("sqlite", str(self.place / "world.db")), SimulatedClock()
        self.open.push_async_callback(store.close)
        sim = await self.open.enter_async_context(AlpacaSimulator(now=clock.now))
        ends = (
            ("alpaca.paper", sim.url),
            ("alpaca.data", sim.data_url),
            ("alpaca.stream", sim.stream_url),
        )
        self.world = await self.open.enter_async_context(
            opened(
                DeploymentMode.MULTI_USER,
                store.open(),
                clock=clock,
                broker_endpoints=ends,
                operator_ids=frozenset(),
            )
        )
        self.world.expected = (TransformerError,)
        sim.market.set("AAPL", bid="189.90", ask="190.00")
        self.tokens: dict[str, str] = {}
        self.canaries: dict[str, set[str]] = {}
        for who in ("alice", "bob"):
            number = sim.add_person(*_keys(who)).account_number
            await self._settle_in(who, number)

    async def _settle_in(self, who: str, number: str) -> None:
        person, floor = self._person(who), self.world.app.floor
        wanted = Wanted(
            user_id=person.user_id,
            broker=_ALPACA,
            environment=Environment.PAPER,
            label=f"Nest of {who} 4471",
        )
        given = dict(zip(("api_key", "api_secret"), _keys(who), strict=True))
        linked = await floor.linking.keep(await floor.linking.try_out(wanted, given))
        review = await person.types("buy", symbol="AAPL", quantity="3", limit="150")
        await person.clicks(review, "Confirm")
        self.tokens[who] = await floor.tickets.issue(person.user_id, _ALPACA, Environment.PAPER)
        self.canaries[who] = {linked.link.label, linked.link.link_id, number, *_keys(who)}

    def _person(self, who: str) -> Somebody:
        return self.world.alice if who == "alice" else self.world.bob

    @rule(who=WHO)
    def type_a_command(self, who: str) -> None:
        """Any, about the other's accounts and orders where it takes one."""
        self.run(self._types(who))

    async def _types(self, who: str) -> None:
        chance = self.chance
        tree, foreign = self.world.app.bot.tree, await self._foreign(who)
        command = chance.choice(sorted(commands(tree), key=lambda one: one.qualified_name))
        name = command.qualified_name
        values: dict[str, str | bool] = filled(tree, name)
        for option in (one.display_name for one in command.parameters):
            if option in {"account", "order"}:
                orders = [one.order_id for one in foreign.orders]
                values[option] = chance.choice(orders if option == "order" else foreign.names)
        Cards.typed.add(name)
        sent = forged.command(self.world, self._person(who), name, **values)
        async with Untouched(self.world.app, self._person(self._other(who)).user_id):
            result = await sent.delivered()
        answer = Answer(result)
        said = {str(one) for one in values.values()}
        self._assert_nothing_of_the_others(who, answer, said, name)

    @rule(who=WHO)
    def click_what_is_the_others(self, who: str) -> None:
        """On a card of one's own, with the custom id of a button of theirs."""
        self.run(self._clicks(who))

    async def _clicks(self, who: str) -> None:
        chance = self.chance
        person, foreign = self._person(who), await self._foreign(who)
        card = await person.types("setup status")
        order, link = chance.choice(foreign.orders), chance.choice(foreign.links)
        custom_id = chance.choice(
            [
                *(f"fb:{action}:{order.order_id}" for action in _CLICKS),
                f"fb:decide:{order.order_id}:{order.broker_order_id or 'none'}",
                *(f"fb:{action}:{link.link_id}" for action in ("remove", "renew")),
                f"fb:close:{order.link_id}/{order.account_id}@AAPL",
            ]
        )
        click = forged.click(self.world, person, card, custom_id)
        async with Untouched(self.world.app, self._person(self._other(who)).user_id):
            answer = Answer(await click.delivered())
        self._assert_nothing_of_the_others(who, answer, {custom_id}, custom_id)

    @rule(who=WHO)
    def look_at_suggestions(self, who: str) -> None:
        """What is proposed is one's own, whatever of the other's is typed."""
        self.run(self._suggested(who))

    async def _suggested(self, who: str) -> None:
        chance = self.chance
        foreign = await self._foreign(who)
        asked = [
            (command.qualified_name, option.display_name)
            for command in commands(self.world.app.bot.tree)
            for option in command.parameters
            if option.autocomplete
        ]
        name, option = chance.choice(sorted(asked))
        text = chance.choice(["", "N", foreign.names[0], foreign.orders[0].order_id])
        typing = forged.typing(self.world, self._person(who), name, option, text)
        shown = set(texts_of((await typing.delivered()).autocomplete_choices))
        self._assert_not_in(self._all_of(self._other(who)) - {text}, shown, (name, option))

    @rule(who=WHO)
    def call_a_service(self, who: str) -> None:
        """Any, with whatever the other has an id of."""
        self.run(self._calls(who))

    async def _calls(self, who: str) -> None:
        chance = self.chance
        call, foreign = chance.choice(_CALLS), await self._foreign(who)
        arguments = foreign.arguments(call)
        Cards.called.add(call.name)
        async with Untouched(self.world.app, self._person(self._other(who)).user_id):
            answer = await self._answer(call, arguments)
        unknown = self._all_of(self._other(who)) - foreign.said
        self._assert_not_in(unknown, set(texts_of(answer)), call.name)

    async def _answer(self, call: Call, arguments: dict[str, Any]) -> Any:
        service = getattr(self.world.app.floor, call.service)
        try:
            answer = getattr(service, call.method)(**arguments)
            return await answer if hasattr(answer, "__await__") else answer
        except Exception as refused:  # noqa: BLE001 # what it says is searched like an answer
            return refused

    @rule(who=WHO)
    def swap_the_sealed_credentials(self, who: str) -> None:
        """Whoever can write to the store has one person's bot use the other's keys: refused."""
        self.run(self._swapped(who))

    async def _swapped(self, who: str) -> None:
        app = self.world.app
        mine, theirs = await self._link(who), await self._link(self._other(who))
        if mine is None or theirs is None:
            return
        kept = await app.documents.get("links", mine.link_id)
        assert kept is not None
        await app.floor.sessions.close(mine.link_id)
        seal = {"sealed": theirs.sealed, "sealed_by": theirs.sealed_by}
        await app.documents.upsert("links", {**kept, **seal})
        answer = await self._person(who).types("balance", account=mine.label)
        assert "100,000" not in answer.text, answer.text
        self._assert_nothing_of_the_others(who, answer, {mine.label}, "a swapped credential")
        await app.supervisor.settled(timedelta(seconds=5))
        await app.documents.upsert("links", kept)
        await app.floor.sessions.close(mine.link_id)

    @rule(who=WHO, confirms=st.booleans())
    def buy(self, who: str, confirms: bool) -> None:
        """Something of one's own."""
        self.run(self._buys(who, confirms))

    async def _buys(self, who: str, confirms: bool) -> None:
        answer = await self._person(who).types("buy", symbol="AAPL", quantity="1", limit="150")
        if confirms and "Confirm" in answer.buttons:
            answer = await self._person(who).clicks(answer, "Confirm")
        self._assert_nothing_of_the_others(who, answer, set(), "buy")

    @rule()
    def time_passes(self) -> None:
        """And whatever is due is told to whom it concerns."""
        self.run(self.world.later(61))
        for who in ("alice", "bob"):
            told = {one.raw for one in self.world.messages_to(self._person(who))}
            self._assert_not_in(self._all_of(self._other(who)), told, "direct messages")

    async def _foreign(self, who: str) -> Foreign:
        """What `who` could have got hold of."""
        other, app = self._other(who), self.world.app
        person = self._person(other)
        links = tuple(await app.floor.accounts.links(person.user_id))
        orders = tuple(await self.world.orders(person))
        self.canaries[other] |= {one.order_id for one in orders}
        self.canaries[other] |= {one.link_id for one in links if one.broker == _ALPACA}
        ticket = await LinkTickets(app.documents).get(digest(self.tokens[other]))
        assert ticket is not None
        return Foreign(
            attacker=self._person(who).user_id,
            links=links,
            orders=orders,
            tickets=(ticket,),
            names=(*(one.label for one in links), *(one.link_id for one in links)),
            reply=app.floor.addresses.seal(person.user_id, "1", "2", f"token-of-{other}"),
            token=self.tokens[other],
            chance=self.chance,
            said=set(),
        )

    async def _link(self, who: str) -> Link | None:
        links = await self.world.app.floor.accounts.links(self._person(who).user_id)
        return next((one for one in links if one.broker == _ALPACA and one.sealed), None)

    def _other(self, who: str) -> str:
        return "bob" if who == "alice" else "alice"

    def _all_of(self, who: str) -> set[str]:
        return self.canaries[who] | {f"token-of-{who}", self.tokens[who]}

    def _assert_nothing_of_the_others(
        self, who: str, answer: Answer, said: set[str], what: object
    ) -> None:
        seen = {text for one in (answer, *answer.beside) for text in (one.text, one.raw)}
        unsaid = {
            one for one in self._all_of(self._other(who)) if not any(one in typed for typed in said)
        }
        self._assert_not_in(unsaid, seen, what)

    def _assert_not_in(self, canaries: set[str], seen: set[str], what: object) -> None:
        for canary in canaries:
            assert not any(canary in text for text in seen), (what, canary)

    def teardown(self) -> None:
        """Ends the world, if there was one."""
        if hasattr(self, "open"):
            self.run(self.open.aclose())
        super().teardown()
