"""/server policy, for those who manage a server."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.callers import manages_server
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.rule_cards import policy_card
from floorbroker.services.callers import Caller

_ON_OFF = [Choice(name="on", value="on"), Choice(name="off", value="off")]


class RuleCommands(commands.Cog):
    """Rules of a server. Discord hides them from others; services check again."""

    server = app_commands.Group(
        name="server",
        description="Rules of this server",
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(
            guild=True, dm_channel=False, private_channel=False
        ),
    )

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @server.command(name="policy", description="Show or change what is allowed in this server")
    @app_commands.describe(
        live="Whether orders with real money may be given here",
        public_results="Whether redacted results are posted by themselves",
        paused="on: no order given here opens a position; closing and canceling still work",
    )
    @app_commands.choices(live=_ON_OFF, public_results=_ON_OFF, paused=_ON_OFF)
    async def policy(
        self,
        interaction: discord.Interaction,
        live: Choice[str] | None = None,
        public_results: Choice[str] | None = None,
        paused: Choice[str] | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            policy = await self._front.floor.choices.set_policy(
                caller,
                manages_server=manages_server(interaction),
                live=_on(live),
                public_results=_on(public_results),
                paused=_on(paused),
            )
            return policy_card(policy)

        await self._front.answers.command(interaction, work)


def _on(chosen: Choice[str] | None) -> bool | None:
    return None if chosen is None else chosen.value == "on"
