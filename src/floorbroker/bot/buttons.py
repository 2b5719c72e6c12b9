"""Buttons and menus that work after a restart: what they mean is in their custom id.

Anybody can send any custom id. So nothing is believed but the clicker's own id: services look up
the clicker's own orders, links and choices only.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from floorbroker.bot.replies import custom_ids
from floorbroker.domain.ids import OrderId

if TYPE_CHECKING:
    from floorbroker.bot.app import FloorbrokerBot


class OrderButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.ORDER):
    """Confirm, Cancel, Cancel order, Refresh, Share."""

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
        bot = _bot(interaction)
        cards, order_id = bot.order_cards, self.order_id
        match self.action:
            case "confirm":
                await bot.answers.click(
                    interaction, lambda caller: cards.confirm(interaction, caller, order_id)
                )
            case "cancel":
                await bot.answers.click(
                    interaction, lambda caller: cards.cancel(interaction, caller, order_id)
                )
            case "share":
                await bot.answers.click(
                    interaction, lambda caller: cards.share(interaction, caller, order_id)
                )
            case "refresh":
                await bot.answers.click(interaction, lambda caller: cards.refresh(caller, order_id))
            case _:
                await bot.answers.click(interaction, lambda caller: cards.discard(caller, order_id))


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
        bot = _bot(interaction)
        await bot.answers.click(
            interaction, lambda caller: bot.clicks.choice(caller, self.action, self.what)
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
        data = cast("Mapping[str, list[str]]", interaction.data or {})
        chosen = next(iter(data.get("values", ())), "")
        bot = _bot(interaction)
        await bot.answers.click(interaction, lambda caller: bot.clicks.broker(caller, chosen))


def _bot(interaction: discord.Interaction) -> "FloorbrokerBot":
    return cast("FloorbrokerBot", interaction.client)
