"""/settings, /help, /privacy."""

import discord
from discord import app_commands
from discord.ext import commands

from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.person_cards import help_card, privacy_card
from floorbroker.services.callers import Caller


class PersonCommands(commands.Cog):
    """A person's own choices, and what they should know."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="settings", description="Your switches and limits")
    async def settings(self, interaction: discord.Interaction) -> None:
        """See the command's description."""
        await self._front.answers.command(interaction, self._front.clicks.settings)

    @app_commands.command(name="help", description="How to begin")
    async def help(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(_: Caller) -> Card:
            return help_card(self._front.floor.brokers)

        await self._front.answers.command(interaction, work)

    @app_commands.command(name="privacy", description="What is kept and who can see it")
    async def privacy(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(_: Caller) -> Card:
            return privacy_card()

        await self._front.answers.command(interaction, work)
