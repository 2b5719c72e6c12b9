"""/positions, /balance, /portfolio."""

from collections.abc import Callable
from datetime import datetime

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.portfolio_cards import balance_card, portfolio_card, positions_card
from floorbroker.services.callers import Caller
from floorbroker.services.portfolio import Overview
from floorbroker.services.worth import Span


class PortfolioCommands(commands.Cog):
    """What a person owns."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="positions", description="What you hold, with profit and loss")
    @app_commands.describe(account="Which of your accounts; left out, all")
    async def positions(self, interaction: discord.Interaction, account: str | None = None) -> None:
        """See the command's description."""
        await self._overview(interaction, account, positions_card)

    @app_commands.command(name="balance", description="Cash, equity and buying power")
    @app_commands.describe(account="Which of your accounts; left out, all")
    async def balance(self, interaction: discord.Interaction, account: str | None = None) -> None:
        """See the command's description."""
        await self._overview(interaction, account, balance_card)

    @app_commands.command(name="portfolio", description="Everything you own, over all accounts")
    @app_commands.describe(
        range="How far back the curve of its value goes; left out, three months",
        hide_dust="Leave out what is worth less than 1",
    )
    @app_commands.choices(range=[Choice(name=span.words, value=span.value) for span in Span])
    async def portfolio(
        self,
        interaction: discord.Interaction,
        range: Choice[str] | None = None,  # noqa: A002  # what people type
        hide_dust: bool = False,
    ) -> None:
        """See the command's description."""
        span = Span.QUARTER if range is None else Span(range.value)

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            overview = await floor.portfolio.overview(caller.user_id)
            pictures = await floor.worths.pictures(caller.user_id, overview, span)
            return portfolio_card(overview, floor.clock.now(), pictures, hide_dust=hide_dust)

        await self._front.answers.command(interaction, work)

    async def _overview(
        self,
        interaction: discord.Interaction,
        account: str | None,
        card: Callable[[Overview, datetime], Card],
    ) -> None:
        async def work(caller: Caller) -> Card:
            overview = await self._front.floor.portfolio.overview(caller.user_id, account)
            return card(overview, self._front.floor.clock.now())

        await self._front.answers.command(interaction, work)

    @positions.autocomplete("account")
    @balance.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)
