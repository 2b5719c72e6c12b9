"""/history: what was traded, and what it made."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.domain.modes import Environment
from floorbroker.services.callers import Caller
from floorbroker.services.history import Asked, Period


class HistoryCommands(commands.Cog):
    """Looks back."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="history", description="What you traded and what it made")
    @app_commands.describe(
        period="How far back the list goes; left out, this month",
        symbol="Only this one, such as AAPL",
        money="Paper or real money; left out, what you used last",
    )
    @app_commands.choices(
        period=[Choice(name=period.value, value=period.value) for period in Period],
        money=[Choice(name=one.value, value=one.value) for one in Environment],
    )
    async def history(
        self,
        interaction: discord.Interaction,
        period: Choice[str] | None = None,
        symbol: str | None = None,
        money: Choice[str] | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            asked = Asked(
                period=Period.MONTH if period is None else Period(period.value),
                symbol=(symbol or "").upper(),
                environment=None if money is None else Environment(money.value),
            )
            return await self._front.clicks.history.show(caller, asked)

        await self._front.answers.command(interaction, work)

    @history.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)
