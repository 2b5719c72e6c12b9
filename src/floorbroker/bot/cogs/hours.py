"""/hours: whether markets are open, and when that changes."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.hours_cards import NAMES, hours_card
from floorbroker.domain.market import Market
from floorbroker.services.callers import Caller


class HoursCommands(commands.Cog):
    """Looks at the clock of the markets."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="hours", description="Whether markets are open, and holidays ahead")
    @app_commands.describe(
        account="Which account's broker is asked; left out, your default",
        market="Only this one; left out, all that the account trades in",
    )
    @app_commands.choices(
        market=[Choice(name=name, value=market.value) for market, name in NAMES.items()]
    )
    async def hours(
        self,
        interaction: discord.Interaction,
        account: str | None = None,
        market: Choice[str] | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            only = None if market is None else Market(market.value)
            view = await floor.hours.look(caller.user_id, account, only)
            return hours_card(view, floor.clock.now())

        await self._front.answers.command(interaction, work)

    @hours.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)
