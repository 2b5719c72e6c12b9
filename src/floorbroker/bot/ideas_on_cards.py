"""From an idea's card to a review of one's own: a form for the size, then a private card."""

import re
from typing import Any, Self

import discord
from discord import ui

from floorbroker.bot.answering import refuse
from floorbroker.bot.front import Front, front_behind
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Card
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ideas import Idea
from floorbroker.services.callers import Caller


class IdeaButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.IDEA):
    """Review & trade: anybody may press it, for themselves."""

    def __init__(self, idea_id: str) -> None:
        """The card that was pressed stays as it is: it is everybody's."""
        super().__init__(ui.Button(label="Review & trade", custom_id=f"fb:idea:{idea_id}"))
        self.idea_id = idea_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each click."""
        return cls(match["idea_id"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers with the form; Discord wants it first, so only one document is read before."""
        front = front_behind(interaction)
        try:
            front.answers.check_may_use(interaction)
            idea = await front.floor.ideas.idea(self.idea_id)
        except FloorbrokerError as error:
            await refuse(interaction, error, front.floor.settings.errors_page)
            return
        await interaction.response.send_modal(SizeForm(front, idea))


class SizeForm(ui.Modal):
    """How much, at which price, in which account: the reader's own decisions."""

    def __init__(self, front: Front, idea: Idea) -> None:
        """A limit of the idea is proposed and can be taken out."""
        super().__init__(title=f"{idea.side.value.capitalize()} {idea.symbol}"[:45])
        self._front = front
        self._idea_id = idea.idea_id
        self.quantity: ui.TextInput[Self] = ui.TextInput(
            custom_id="quantity", placeholder="such as 100 or 0.5", max_length=25
        )
        self.limit: ui.TextInput[Self] = ui.TextInput(
            custom_id="limit",
            required=False,
            max_length=25,
            default=None if idea.limit is None else f"{idea.limit:f}",
        )
        self.account: ui.TextInput[Self] = ui.TextInput(
            custom_id="account", required=False, max_length=60
        )
        for text, description, field in (
            ("Quantity", "Shares, coins or contracts", self.quantity),
            ("Limit price", "Empty: at the market", self.limit),
            ("Account", "Empty: your default", self.account),
        ):
            self.add_item(ui.Label(text=text, description=description, component=field))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Answers with a private review card; nothing is sent."""

        async def work(caller: Caller) -> Card:
            order = await self._front.floor.ideas.draft(
                caller,
                self._idea_id,
                self.quantity.value,
                self.limit.value or None,
                self.account.value or None,
            )
            return await self._front.order_cards.card(order, caller)

        await self._front.answers.command(interaction, work)
