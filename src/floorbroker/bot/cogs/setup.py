"""/setup broker, accounts, default, exclude, include, status, renew, remove."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.clicks import ask_to_remove
from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.link_cards import left_out_card
from floorbroker.bot.replies.setup_cards import accounts_card, default_card, status_card
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.people import ANY
from floorbroker.services.callers import Caller
from floorbroker.services.key_lint import key_remarks

_KINDS = [
    Choice(name="everything else", value=ANY),
    *(Choice(name=kind.value, value=kind.value) for kind in AssetClass),
]


class SetupCommands(commands.Cog):
    """Brokers and accounts."""

    setup = app_commands.Group(name="setup", description="Your brokers and accounts")

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @setup.command(name="broker", description="Open or link an account at a broker")
    async def broker(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(_: Caller) -> Card:
            return await self._front.clicks.brokers()

        await self._front.answers.command(interaction, work)

    @setup.command(name="accounts", description="Your accounts, and which are defaults")
    async def accounts(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            found, failed = await self._front.floor.accounts.every_account(caller.user_id)
            person = await self._front.floor.accounts.person(caller.user_id)
            pause = await self._front.floor.choices.service_pause()
            return accounts_card(found, failed, person, pause.brokers)

        await self._front.answers.command(interaction, work)

    @setup.command(name="default", description="Which account orders go to")
    @app_commands.describe(account="Which of your accounts", kind="For which kind of instrument")
    @app_commands.choices(kind=_KINDS)
    async def default(
        self, interaction: discord.Interaction, account: str, kind: Choice[str] | None = None
    ) -> None:
        """See the command's description."""
        chosen = ANY if kind is None else kind.value

        async def work(caller: Caller) -> Card:
            found = await self._front.floor.accounts.set_default(caller.user_id, account, chosen)
            return default_card(found, chosen)

        await self._front.answers.command(interaction, work)

    @setup.command(name="exclude", description="Leave an account out of every command")
    @app_commands.describe(account="Which of your accounts")
    async def exclude(self, interaction: discord.Interaction, account: str) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            return left_out_card(await self._front.floor.links.exclude(caller.user_id, account))

        await self._front.answers.command(interaction, work)

    @setup.command(name="include", description="Take an account back that you left out")
    @app_commands.describe(account="Which account; /setup accounts lists them")
    async def include(self, interaction: discord.Interaction, account: str) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            return left_out_card(await self._front.floor.links.include(caller.user_id, account))

        await self._front.answers.command(interaction, work)

    @setup.command(name="status", description="How each of your links is doing")
    async def status(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            found, failed = await self._front.floor.accounts.accounts(caller.user_id, anew=True)
            floor = self._front.floor
            details = {one.link.link_id: floor.sessions.detail(one.link.link_id) for one in found}
            links = [one.link for one in found]
            keys = await key_remarks(links, floor.sessions, floor.clock)
            mode = floor.settings.deployment_mode
            gateways = await floor.gateways.looks([*links, *(one.link for one in failed)])
            return status_card(mode, found, failed, details, keys, gateways)

        await self._front.answers.command(interaction, work)

    @setup.command(name="renew", description="Give a link fresh access to its broker")
    @app_commands.describe(account="Which of your accounts")
    async def renew(self, interaction: discord.Interaction, account: str) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            link = await self._front.floor.accounts.link_named(caller.user_id, account)
            return await self._front.clicks.choice(interaction, caller, "renew", link.link_id)

        await self._front.answers.command(interaction, work)

    @setup.command(name="remove", description="Remove a link and what was stored to reach it")
    @app_commands.describe(account="Which of your accounts")
    async def remove(self, interaction: discord.Interaction, account: str) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            link = await self._front.floor.accounts.link_named(caller.user_id, account)
            return ask_to_remove(link)

        await self._front.answers.command(interaction, work)

    @default.autocomplete("account")
    @exclude.autocomplete("account")
    @renew.autocomplete("account")
    @remove.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)

    @include.autocomplete("account")
    async def _left_out(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed, left_out=True)
