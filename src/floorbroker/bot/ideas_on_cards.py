"""From an idea's card to a review of one's own: a form for the size, then a private card."""

import re
from typing import Any, Self

import discord
from discord import ui

from floorbroker.bot.answering import refuse
from floorbroker.bot.front import front_behind
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.size_form import SizeForm
from floorbroker.domain.errors import FloorbrokerError


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

        title = f"{idea.side.value.capitalize()} {idea.symbol}"
        limit = None if idea.limit is None else f"{idea.limit:f}"
        form = SizeForm(title, "idea", idea.idea_id, limit=limit)
        await interaction.response.send_modal(form)
