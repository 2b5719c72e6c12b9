"""What the buttons of a person's own alerts do: review, remove, turn a page."""

import re
from typing import Any, Self

import discord
from discord import ui

from floorbroker.bot.front import Front, front_behind
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.own_alert_cards import list_card, removed_card
from floorbroker.services.callers import Caller


class AlertButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.ALERT):
    """Review order, Remove alert, Back, Next."""

    def __init__(self, action: str, what: str) -> None:
        """`action` is one of the template's; `what` an alert's id or the number of a page."""
        super().__init__(ui.Button(label=action, custom_id=f"fb:alert:{action}:{what}"))
        self.action = action
        self.what = what

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each click."""
        return cls(match["action"], match["what"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers the click; the alert's own message stays beside the review that it led to."""
        front = front_behind(interaction)
        if self.action == "review":
            await front.answers.command(interaction, lambda caller: self._review(front, caller))
        else:
            await front.answers.click(interaction, lambda caller: self._step(front, caller))

    async def _review(self, front: Front, caller: Caller) -> Card:
        order = await front.floor.alerts.draft(caller, self.what)
        return await front.order_cards.card(order, caller)

    async def _step(self, front: Front, caller: Caller) -> Card:
        alerts, user_id = front.floor.alerts, caller.user_id
        if self.action == "remove":
            return removed_card(await alerts.remove(user_id, self.what))
        page = int(self.what) if self.what.isdecimal() and len(self.what) < 4 else 1
        return list_card(await alerts.of(user_id), await alerts.quiet(user_id), page)
