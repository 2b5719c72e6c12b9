"""/data export, /data erase, /data keep."""

import discord
from discord import app_commands
from discord.ext import commands

from floorbroker.bot.front import Front


class DataCommands(commands.Cog):
    """What is kept on a person, in their own hands."""

    data = app_commands.Group(name="data", description="What this bot keeps on you")

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @data.command(name="export", description="Everything kept on you, as a file only you see")
    async def export(self, interaction: discord.Interaction) -> None:
        """See the command's description."""
        await self._front.answers.command(interaction, self._front.clicks.data.export)

    @data.command(name="erase", description="Have everything erased that is kept on you")
    async def erase(self, interaction: discord.Interaction) -> None:
        """See the command's description."""
        await self._front.answers.command(interaction, self._front.clicks.data.erase)

    @data.command(name="keep", description="Stop an erasing that was asked for")
    async def keep(self, interaction: discord.Interaction) -> None:
        """See the command's description."""
        await self._front.answers.command(interaction, self._front.clicks.data.keep)
