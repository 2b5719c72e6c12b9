"""/orders, /order status, /order cancel, /order modify."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.domain.errors import NotYours
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.money import parse_price, parse_quantity
from floorbroker.domain.orders import OrderChanges
from floorbroker.services.callers import Caller


class OrderCommands(commands.Cog):
    """Orders that were sent."""

    order = app_commands.Group(name="order", description="One of your orders")

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="orders", description="Your open orders and the last ones")
    async def orders(self, interaction: discord.Interaction) -> None:
        """See the command's description."""
        await self._front.answers.command(interaction, self._front.clicks.lists.orders)

    @order.command(name="status", description="Where an order stands, asked anew")
    @app_commands.describe(order="Which order")
    async def status(self, interaction: discord.Interaction, order: str) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            return await self._front.order_cards.refresh(caller, _order_id(order))

        await self._front.answers.command(interaction, work)

    @order.command(name="cancel", description="Ask your broker to cancel an order")
    @app_commands.describe(order="Which order")
    async def cancel(self, interaction: discord.Interaction, order: str) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            return await self._front.order_cards.cancel(interaction, caller, _order_id(order))

        await self._front.answers.command(interaction, work)

    @order.command(name="modify", description="Ask your broker to change a working order")
    @app_commands.describe(
        order="Which order",
        quantity="New quantity in all, what is filled included",
        limit="New limit price per unit",
        stop="New stop price per unit",
    )
    async def modify(
        self,
        interaction: discord.Interaction,
        order: str,
        quantity: str | None = None,
        limit: str | None = None,
        stop: str | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            changes = OrderChanges(
                quantity=None if quantity is None else parse_quantity(quantity),
                limit_price=None if limit is None else parse_price(limit, "limit price"),
                stop_price=None if stop is None else parse_price(stop, "stop price"),
            )
            return await self._front.order_cards.modify(
                interaction, caller, _order_id(order), changes
            )

        await self._front.answers.command(interaction, work)

    @status.autocomplete("order")
    async def _any(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.orders(self._front.floor, interaction, typed, only_open=False)

    @cancel.autocomplete("order")
    @modify.autocomplete("order")
    async def _open(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.orders(self._front.floor, interaction, typed, only_open=True)


def _order_id(text: str) -> OrderId:
    """An id of ours, checked before it reaches the store.

    Raises:
        NotYours: It does not even look like one.
    """
    if not is_order_id(text):
        raise NotYours("There is no such order. Choose one from the suggestions, or see /orders.")
    return OrderId(text)
