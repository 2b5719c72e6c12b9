"""/quote: what something costs, before anybody trades it."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.quote_cards import quote_card
from floorbroker.services.callers import Caller


class MarketCommands(commands.Cog):
    """The market as one's own broker sees it."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="quote", description="What something costs now, at your broker")
    @app_commands.describe(
        symbol="What to look at, such as AAPL or BTC/USD",
        account="Which of your accounts; left out, your default",
        depth="Also the order book, where your broker shows it",
    )
    async def quote(
        self,
        interaction: discord.Interaction,
        symbol: str,
        account: str | None = None,
        depth: bool = False,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            looked = await floor.quotes.look(caller.user_id, symbol, account, depth=depth)
            return quote_card(looked, floor.clock.now())

        await self._front.answers.command(interaction, work)

    @quote.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)

    @quote.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)
