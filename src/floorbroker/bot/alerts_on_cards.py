"""What the buttons of a person's own alerts do: review, arm, disarm, remove, turn a page."""

import re
from typing import Any, Self

import discord
from discord import ui

from floorbroker.bot.front import Front, front_behind
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.arming_cards import armed_card, ask_card, disarmed_card
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.own_alert_cards import list_card, removed_card
from floorbroker.services.callers import Caller


class AlertButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.ALERT):
    """Review order, Place it by itself, Disarm, Remove alert, Back, Next."""

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
        alerts, arming, user_id = front.floor.alerts, front.floor.arming, caller.user_id
        if self.action == "arm":
            return ask_card(await arming.ask(caller, self.what))
        if self.action == "disarm":
            return disarmed_card(*await arming.disarm(user_id, self.what))
        if self.action == "remove":
            return removed_card(await alerts.remove(user_id, self.what))
        page = int(self.what) if self.what.isdecimal() and len(self.what) < 4 else 1
        own, quiet = await alerts.of(user_id), await alerts.quiet(user_id)
        return list_card(own, quiet, page, may_place=arming.allowed)


class PlaceButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.PLACE):
    """Confirm, of the card that asks whether an order may go out by itself."""

    def __init__(self, alert_id: str, placing_id: str) -> None:
        """`placing_id` names the one decision that the card shows."""
        custom_id = custom_ids.place(alert_id, placing_id)
        super().__init__(ui.Button(label="Confirm", custom_id=custom_id))
        self.alert_id = alert_id
        self.placing_id = placing_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each click."""
        return cls(match["alert_id"], match["placing_id"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Arms it, and sends nothing."""
        front = front_behind(interaction)

        async def work(caller: Caller) -> Card:
            arming = front.floor.arming
            return armed_card(await arming.confirm(caller, self.alert_id, self.placing_id))

        await front.answers.click(interaction, work)
