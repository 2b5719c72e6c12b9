"""Buttons and menus that work after a restart: what they mean is in their custom id.

Anybody can send any custom id. So nothing is believed but the clicker's own id: services look up
the clicker's own orders, links and choices only.
"""

import re
from collections.abc import Mapping
from typing import Any, Self, cast

import discord
from discord import ui

from floorbroker.bot.front import front_behind
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Card
from floorbroker.domain.ids import OrderId
from floorbroker.services.callers import Caller


class OrderButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.ORDER):
    """Confirm, Send anyway, Cancel, Cancel order, Refresh, Share."""

    def __init__(self, action: str, order_id: OrderId) -> None:
        """`action` is one of the template's."""
        super().__init__(ui.Button(label=action, custom_id=custom_ids.order(action, order_id)))
        self.action = action
        self.order_id = order_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each click."""
        return cls(match["action"], OrderId(match["order_id"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers the click."""
        front = front_behind(interaction)
        cards, order_id = front.order_cards, self.order_id

        async def work(caller: Caller) -> Card | None:
            match self.action:
                case "confirm":
                    return await cards.confirm(interaction, caller, order_id)
                case "anyway":
                    return await cards.confirm(interaction, caller, order_id, anyway=True)
                case "cancel":
                    return await cards.cancel(interaction, caller, order_id)
                case "share":
                    return await cards.share(interaction, caller, order_id)
                case "refresh":
                    return await cards.refresh(caller, order_id)
                case _:
                    return await cards.discard(caller, order_id)

        await front.answers.click(interaction, work)


class DecideButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.DECIDE):
    """It is 1, It is 2, None of them."""

    def __init__(self, order_id: OrderId, which: str) -> None:
        """`which` is the id of an order at the broker, or `NONE`."""
        super().__init__(ui.Button(label=which[:80], custom_id=f"fb:decide:{order_id}:{which}"))
        self.order_id = order_id
        self.which = which

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each click."""
        return cls(OrderId(match["order_id"]), match["which"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers the click."""
        front = front_behind(interaction)
        await front.answers.click(
            interaction,
            lambda caller: front.order_cards.decide(caller, self.order_id, self.which),
        )


class ChoiceButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.CHOICE):
    """Switches in /settings, Remove, Open paper account, Close position."""

    def __init__(self, action: str, what: str) -> None:
        """`action` is one of the template's."""
        super().__init__(ui.Button(label=action, custom_id=f"fb:{action}:{what}"))
        self.action = action
        self.what = what

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each click."""
        return cls(match["action"], match["what"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers the click."""
        front = front_behind(interaction)
        await front.answers.click(
            interaction,
            lambda caller: front.clicks.choice(interaction, caller, self.action, self.what),
        )


class BrokerMenu(ui.DynamicItem[ui.Select[Any]], template=re.compile(custom_ids.BROKER_MENU)):
    """The menu of /setup broker."""

    def __init__(self) -> None:
        """The options are on the card; only the chosen value comes back."""
        super().__init__(ui.Select(custom_id=custom_ids.BROKER_MENU))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each choice."""
        return cls()

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers the choice with the broker's own page."""
        front, chosen = front_behind(interaction), chosen_line(interaction)
        await front.answers.click(interaction, lambda caller: front.clicks.broker(caller, chosen))


class NewsMenu(ui.DynamicItem[ui.Select[Any]], template=custom_ids.NEWS):
    """One kind of news in /settings, Notifications: on, silent or off."""

    def __init__(self, kind: str) -> None:
        """`kind` is checked when it is acted on."""
        super().__init__(ui.Select(custom_id=f"fb:news:{kind}"))
        self.kind = kind

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each choice."""
        return cls(match["kind"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers the choice."""
        front, chosen = front_behind(interaction), chosen_line(interaction)
        await front.answers.click(
            interaction, lambda caller: front.clicks.news.level(caller, self.kind, chosen)
        )


def chosen_line(interaction: discord.Interaction) -> str:
    """The value of the menu's line; empty where there is none."""
    data = cast("Mapping[str, list[str]]", interaction.data or {})
    return next(iter(data.get("values", ())), "")
