"""/idea: a card with a reason, for others to trade in their own accounts."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.idea_posts import post
from floorbroker.bot.replies.card import Card
from floorbroker.domain.ideas import LONGEST
from floorbroker.domain.orders import Side
from floorbroker.services.callers import Caller


class IdeaCommands(commands.Cog):
    """What people show each other; nothing here trades."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="idea", description="Post a trade idea for others in this channel")
    @app_commands.describe(
        symbol="What to trade, such as AAPL or BTC/USD",
        side="Which way",
        reason="Why; everybody in the channel reads it",
        limit="The price that you would still trade at",
        target="Where you would take the profit",
        stop="Where you would give it up",
    )
    @app_commands.choices(side=[Choice(name=side.value, value=side.value) for side in Side])
    async def idea(
        self,
        interaction: discord.Interaction,
        symbol: str,
        side: Choice[str],
        reason: app_commands.Range[str, 1, LONGEST],
        limit: str | None = None,
        target: str | None = None,
        stop: str | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            idea = await self._front.floor.ideas.post(
                caller,
                symbol=symbol,
                side=Side(side.value),
                reason=reason,
                limit=limit,
                target=target,
                stop=stop,
            )
            return await post(interaction, self._front.floor.ideas, idea)

        await self._front.answers.command(interaction, work)

    @idea.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)
