"""/server policy, for those who manage a server."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.callers import manages_server
from floorbroker.bot.cogs.limit_options import DESCRIBED, ON_OFF
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.rule_cards import policy_card
from floorbroker.services.callers import Caller
from floorbroker.services.limit_words import parsed
from floorbroker.services.server_rules import ServerRules, parse_brokers

_LISTS = [Choice(name="roles", value="roles"), Choice(name="channels", value="channels")]


class _TextChannels(app_commands.Transformer):
    """A channel as the interaction brings it: discord.py finds its own only over a gateway."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Those with messages; threads belong to theirs."""
        return [discord.ChannelType.text, discord.ChannelType.news]

    async def transform(
        self, _interaction: discord.Interaction, value: Any, /
    ) -> app_commands.AppCommandChannel:
        """As it came."""
        if not isinstance(value, app_commands.AppCommandChannel):
            raise app_commands.TransformerError(value, self.type, self)
        return value


_TextChannel = app_commands.Transform[app_commands.AppCommandChannel, _TextChannels]


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
        brokers="Where orders may go: ids with commas between, such as paper,alpaca; or all",
        add_role="Only members with this role, or another one on the list, open positions here",
        remove_role="Takes a role off that list",
        add_channel="Orders that open positions are given in this channel, or others on the list",
        remove_channel="Takes a channel off that list",
        open_again="Empties a list: everybody, or every channel, from now on",
        **DESCRIBED,
    )
    @app_commands.choices(
        live=ON_OFF,
        public_results=ON_OFF,
        paused=ON_OFF,
        market_hours=ON_OFF,
        open_again=_LISTS,
    )
    async def policy(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        live: Choice[str] | None = None,
        public_results: Choice[str] | None = None,
        paused: Choice[str] | None = None,
        brokers: str | None = None,
        add_role: discord.Role | None = None,
        remove_role: discord.Role | None = None,
        add_channel: _TextChannel | None = None,
        remove_channel: _TextChannel | None = None,
        open_again: Choice[str] | None = None,
        order_value: str | None = None,
        position_value: str | None = None,
        orders_a_day: str | None = None,
        daily_loss: str | None = None,
        concentration: str | None = None,
        collar: str | None = None,
        allow: str | None = None,
        deny: str | None = None,
        market_hours: Choice[str] | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            limits = parsed(
                {
                    "order_value": order_value,
                    "position_value": position_value,
                    "orders_a_day": orders_a_day,
                    "daily_loss": daily_loss,
                    "concentration": concentration,
                    "collar": collar,
                    "allow": allow,
                    "deny": deny,
                    "market_hours": None if market_hours is None else market_hours.value,
                }
            )
            now = self._front.floor.clock.now()
            rules = ServerRules(
                at=now,
                brokers=None if brokers is None else parse_brokers(brokers),
                add_role=_id(add_role),
                remove_role=_id(remove_role),
                add_channel=_id(add_channel),
                remove_channel=_id(remove_channel),
                open_again=None if open_again is None else open_again.value,
                limits=limits,
            )
            policy = await self._front.floor.choices.set_policy(
                caller,
                manages_server=manages_server(interaction),
                live=_on(live),
                public_results=_on(public_results),
                paused=_on(paused),
                rules=rules,
            )
            return policy_card(policy, now, _existing(interaction))

        await self._front.answers.command(interaction, work)


def _on(chosen: Choice[str] | None) -> bool | None:
    return None if chosen is None else chosen.value == "on"


def _id(chosen: discord.Role | app_commands.AppCommandChannel | None) -> str | None:
    return None if chosen is None else str(chosen.id)


def _existing(interaction: discord.Interaction) -> frozenset[str] | None:
    """The server's roles and channels; None where no gateway tells this process of them."""
    guild_id = interaction.guild_id
    # Not the interaction's own guild, which is made up, and empty, where none is known.
    guild = None if guild_id is None else interaction.client.get_guild(guild_id)
    if guild is None or guild.unavailable:
        return None
    return frozenset(str(one.id) for one in (*guild.roles, *guild.channels))
