"""/panic and /resume: the kill switch of the person who types it."""

import discord
from discord import app_commands
from discord.ext import commands

from floorbroker.bot.front import Front


class PanicCommands(commands.Cog):
    """Pauses at once; canceling and closing everything are further steps on its card."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(
        name="panic", description="Pause your trading now; then cancel or close everything"
    )
    async def panic(self, interaction: discord.Interaction) -> None:
        """See the command's description."""
        await self._front.answers.command(interaction, self._front.clicks.panic.pause)

    @app_commands.command(name="resume", description="End your pause: orders may open positions")
    async def resume(self, interaction: discord.Interaction) -> None:
        """See the command's description."""
        await self._front.answers.command(interaction, self._front.clicks.panic.resume)
