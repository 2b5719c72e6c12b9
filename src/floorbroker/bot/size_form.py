"""The form between a card and a review of one's own: how much, at which price, in which account."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

import discord
from discord import ui

from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.domain.order import Order
from floorbroker.services.callers import Caller

_LONGEST_TITLE = 45


@dataclass(frozen=True, slots=True)
class Size:
    """What was filled in; None where nothing was."""

    quantity: str
    limit: str | None
    account: str | None


Draft = Callable[[Caller, Size], Awaitable[Order]]
"""Makes the reader's own draft."""


class SizeForm(ui.Modal):
    """The reader's own decisions; nothing is sent."""

    def __init__(
        self,
        front: Front,
        title: str,
        draft: Draft,
        *,
        limit: str | None = None,
        account: str | None = None,
    ) -> None:
        """`limit` and `account` are proposed and can be taken out."""
        super().__init__(title=title[:_LONGEST_TITLE])
        self._front = front
        self._draft = draft
        self.quantity: ui.TextInput[Self] = ui.TextInput(
            custom_id="quantity", placeholder="such as 100 or 0.5", max_length=25
        )
        self.limit: ui.TextInput[Self] = ui.TextInput(
            custom_id="limit", required=False, max_length=25, default=limit
        )
        self.account: ui.TextInput[Self] = ui.TextInput(
            custom_id="account", required=False, max_length=100, default=account
        )
        for text, description, field in (
            ("Quantity", "Shares, coins or contracts", self.quantity),
            ("Limit price", "Empty: at the market", self.limit),
            ("Account", "Empty: your default", self.account),
        ):
            self.add_item(ui.Label(text=text, description=description, component=field))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Answers with a private review card."""
        size = Size(self.quantity.value, self.limit.value or None, self.account.value or None)

        async def work(caller: Caller) -> Card:
            return await self._front.order_cards.card(await self._draft(caller, size), caller)

        await self._front.answers.command(interaction, work)
