"""/watch show, /watch add, /watch remove."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.callers import caller_of
from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.domain.errors import FloorbrokerError


class WatchCommands(commands.Cog):
    """What a person keeps an eye on."""

    watch = app_commands.Group(name="watch", description="Your watch list, with prices that move")

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @watch.command(name="show", description="Your list with prices, refreshed for ten minutes")
    @app_commands.describe(account="Whose prices; left out, your default for each symbol")
    async def show(self, interaction: discord.Interaction, account: str | None = None) -> None:
        """See the command's description."""
        await self._front.answers.command(
            interaction,
            lambda caller: self._front.clicks.watch.show(interaction, caller, account),
        )

    @watch.command(name="add", description="Put something on your list")
    @app_commands.describe(
        symbol="What to watch, such as AAPL or BTC/USD",
        account="Which account must know it; left out, your default",
    )
    async def add(
        self, interaction: discord.Interaction, symbol: str, account: str | None = None
    ) -> None:
        """See the command's description."""
        await self._front.answers.command(
            interaction, lambda caller: self._front.clicks.watch.add(caller, symbol, account)
        )

    @watch.command(name="remove", description="Take something off your list")
    @app_commands.describe(symbol="What to watch no longer")
    async def remove(self, interaction: discord.Interaction, symbol: str) -> None:
        """See the command's description."""
        await self._front.answers.command(
            interaction, lambda caller: self._front.clicks.watch.remove(caller, symbol)
        )

    @add.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)

    @remove.autocomplete("symbol")
    async def _watched(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        try:
            watched = await self._front.floor.watching.watched(caller_of(interaction).user_id)
        except FloorbrokerError:
            return []
        wanted = typed.strip().upper()
        return [Choice(name=one, value=one) for one in watched.symbols if wanted in one]

    @show.autocomplete("account")
    @add.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)
