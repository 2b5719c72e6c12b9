"""What clicks do that are not about one order."""

from collections.abc import Awaitable, Callable, Mapping

import discord

from floorbroker.bot.data_on_cards import DataCards
from floorbroker.bot.history_on_cards import HistoryCards
from floorbroker.bot.links_on_cards import LinkCards
from floorbroker.bot.lists_on_cards import ListCards
from floorbroker.bot.news_on_cards import NewsCards
from floorbroker.bot.options_on_cards import OptionCards
from floorbroker.bot.orders_on_cards import OrderCards
from floorbroker.bot.panic_on_cards import PanicCards
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Button, Card, Style, Tone
from floorbroker.bot.replies.person_cards import settings_card
from floorbroker.bot.replies.service_cards import people_card
from floorbroker.bot.replies.setup_cards import (
    broker_card,
    brokers_card,
    linked_card,
    removed_card,
)
from floorbroker.bot.watch_on_cards import WatchCards
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import AuthFlow
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import LinkId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.callers import Caller
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.floor import Floor

Step = Callable[[Caller, str], Awaitable[Card]]
"""What a button of a family of cards leads to."""

EditedStep = Callable[[discord.Interaction, Caller, str], Awaitable[Card]]
"""The same, where the card is edited later by itself."""


class Clicks:
    """Acts on the clicker's own things only."""

    def __init__(self, floor: Floor, order_cards: OrderCards) -> None:
        """See the module's first line."""
        self._floor = floor
        self._order_cards = order_cards
        self._link_cards = LinkCards(floor)
        self.panic = PanicCards(floor)
        self.data = DataCards(floor)
        self.history = HistoryCards(floor)
        self.news = NewsCards(floor)
        self.lists = ListCards(floor)
        self.watch = WatchCards(floor)
        self.options = OptionCards(floor)
        self._steps: Mapping[str, Step] = {
            "panic": self.panic.step,
            "data": self.data.step,
            "history": self.history.step,
            "people": self._people,
            "show": self.news.step,
            "orders": self.lists.step,
            "chain": self.options.chain_step,
            "contract": self.options.contract_step,
        }
        self._kept_up: Mapping[str, EditedStep] = {
            "link": self._link_cards.link,
            "watch": self.watch.step,
        }

    async def choice(
        self, interaction: discord.Interaction, caller: Caller, action: str, what: str
    ) -> Card:
        """A switch, a removal, a position to close, a watch list, an account to open or link."""
        if action in self._steps:
            return await self._steps[action](caller, what)
        if action in self._kept_up:
            return await self._kept_up[action](interaction, caller, what)
        match action:
            case "set":
                return await self._switch(caller, what)
            case "remove":
                return await self._remove(caller, LinkId(what))
            case "close":
                return await self._close(caller, what)
            case "paper":
                link = await self._floor.accounts.open_paper(caller.user_id)
                return linked_card(link)
            case "renew":
                return await self._link_cards.renew(interaction, caller, LinkId(what))
            case _:
                return Card(title="Kept", lead="Nothing was removed.")

    async def broker(self, caller: Caller, chosen: str) -> Card:
        """The chosen broker's own page; a retired one leads to its successor."""
        for one in self._floor.brokers:
            if one.spec.id == chosen:
                return broker_card(
                    one,
                    self._floor.brokers,
                    self._floor.settings.deployment_mode,
                    live_offered=self._floor.choices.live_offered,
                )
        raise InvalidInput("Choose a broker from the list.")

    async def brokers(self) -> Card:
        """What /setup broker shows."""
        return brokers_card(self._floor.brokers, self._floor.settings.deployment_mode)

    async def _switch(self, caller: Caller, what: str) -> Card:
        name, _, state = what.partition(".")
        if name not in set(PersonalSwitch) or state not in {"on", "off"}:
            raise InvalidInput("That button is out of date. Send /settings again.")
        which = PersonalSwitch(name)
        await self._floor.choices.switch(caller.user_id, which, state == "on")
        return await (self.news if which is PersonalSwitch.NOTIFY else self).settings(caller)

    async def settings(self, caller: Caller) -> Card:
        """What /settings shows."""
        floor = self._floor
        person = await floor.accounts.person(caller.user_id)
        links = await floor.accounts.links(caller.user_id)
        pause = await floor.choices.service_pause()
        policy = None if caller.guild_id is None else await floor.choices.policy(caller.guild_id)
        return settings_card(
            person,
            limits=(await floor.limits.view(caller)).limits,
            live_offered=floor.choices.live_offered,
            pause=pause,
            policy=policy,
            has_live=any(link.environment is Environment.LIVE for link in links),
        )

    async def _people(self, caller: Caller, after: str) -> Card:
        return people_card(await self._floor.console.people(caller, after))

    async def _remove(self, caller: Caller, link_id: LinkId) -> Card:
        return removed_card(await self._floor.links.remove(caller.user_id, link_id))

    async def _close(self, caller: Caller, what: str) -> Card:
        account, _, symbol = what.partition("@")
        order = await self._floor.drafts.draft_close(caller, symbol, None, account)
        return await self._order_cards.card(order, caller)


def ask_to_remove(link: Link) -> Card:
    """Asks once more before a link goes."""
    remove = custom_ids.choice("remove", link.link_id)
    buttons = [Button(label="Keep", custom_id="fb:keep:link")]
    if remove is not None:
        buttons.insert(0, Button(label="Remove", custom_id=remove, style=Style.DANGER))
    lost = (
        "Its cash and positions are erased. /orders still lists what you sent."
        if get_broker(link.broker).auth_flow is AuthFlow.NONE
        else "Open orders stay at your broker; this bot will no longer see them."
    )
    return Card(title=f"Remove {link.label}?", tone=Tone.CAUTION, lead=lost, buttons=tuple(buttons))
