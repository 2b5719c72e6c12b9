"""/service pause, /service status, /service people: the operators' console."""

import re
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.service_cards import (
    paused_broker_card,
    paused_everybody_card,
    paused_person_card,
    paused_server_card,
    people_card,
)
from floorbroker.bot.replies.service_status_card import status_card
from floorbroker.bot.shards import hears_of
from floorbroker.brokers.registry import all_brokers
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.services.callers import Caller

_ON_OFF = [Choice(name="on", value="on"), Choice(name="off", value="off")]
_BROKERS = [Choice(name=one.name, value=str(one.id)) for one in all_brokers() if not one.retired]
_SERVER_ID: Final = re.compile(r"[0-9]{15,20}", re.ASCII)


class ServiceCommands(commands.Cog):
    """For the operators. Discord hides them from others; services check again."""

    service = app_commands.Group(
        name="service",
        description="For the operators of this bot",
        default_permissions=discord.Permissions(administrator=True),
    )

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @service.command(
        name="pause", description="Pause or resume orders that open positions, for everybody or one"
    )
    @app_commands.describe(
        state="on pauses, off resumes; closing and canceling always work",
        broker="Everybody's orders at one broker",
        server="Orders given in one server, by its id",
        person="Orders of one person",
    )
    @app_commands.choices(state=_ON_OFF, broker=_BROKERS)
    async def pause(  # the command's options
        self,
        interaction: discord.Interaction,
        state: Choice[str],
        broker: Choice[str] | None = None,
        server: str | None = None,
        person: discord.User | None = None,
    ) -> None:
        """See the command's description."""
        on = state.value == "on"

        async def work(caller: Caller) -> Card:
            choices = self._front.floor.choices
            choices.check_operator(caller)
            if sum(one is not None for one in (broker, server, person)) > 1:
                raise InvalidInput("Name a broker, a server or a person, one at a time.")
            if broker is not None:
                at = BrokerId(broker.value)
                await choices.pause_service(caller, on, broker=at)
                return paused_broker_card(at, paused=on)
            if server is not None:
                guild_id = _server_id(server)
                await choices.suspend_server(caller, guild_id, on)
                client, number = interaction.client, int(guild_id)
                missing = hears_of(client, number) and client.get_guild(number) is None
                return paused_server_card(guild_id, paused=on, missing=missing)
            if person is not None:
                user_id = UserId(str(person.id))
                await choices.suspend_person(caller, user_id, on)
                return paused_person_card(user_id, paused=on)
            return paused_everybody_card(await choices.pause_service(caller, on))

        await self._front.answers.command(interaction, work)

    @service.command(name="status", description="How the service is doing")
    async def status(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            status = await self._front.floor.console.status(caller)
            return status_card(status, interaction.client.latency)

        await self._front.answers.command(interaction, work)

    @service.command(name="people", description="Who uses the service, and their links")
    @app_commands.describe(person="Only this one")
    async def people(
        self, interaction: discord.Interaction, person: discord.User | None = None
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            console = self._front.floor.console
            if person is None:
                return people_card(await console.people(caller))
            return people_card(await console.person(caller, UserId(str(person.id))))

        await self._front.answers.command(interaction, work)


def _server_id(text: str) -> str:
    """The id of a server as Discord writes it.

    Raises:
        InvalidInput: It is none.
    """
    bare = text.strip()
    if not _SERVER_ID.fullmatch(bare):
        raise InvalidInput("A server's id is a number of 15 to 20 digits. Discord copies it.")
    return bare
