"""The Discord client: commands and buttons, and the one handler of whatever went wrong."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from floorbroker.bot.alerts_on_cards import AlertButton, PlaceButton
from floorbroker.bot.answering import name_of, refuse
from floorbroker.bot.buttons import (
    BrokerMenu,
    ChoiceButton,
    DecideButton,
    NewsMenu,
    OrderButton,
)
from floorbroker.bot.callers import caller_of
from floorbroker.bot.cogs.alerts import AlertCommands
from floorbroker.bot.cogs.chains import ChainCommands
from floorbroker.bot.cogs.data import DataCommands
from floorbroker.bot.cogs.history import HistoryCommands
from floorbroker.bot.cogs.hours import HoursCommands
from floorbroker.bot.cogs.ideas import IdeaCommands
from floorbroker.bot.cogs.market import MarketCommands
from floorbroker.bot.cogs.orders import OrderCommands
from floorbroker.bot.cogs.panic import PanicCommands
from floorbroker.bot.cogs.person import PersonCommands
from floorbroker.bot.cogs.portfolio import PortfolioCommands
from floorbroker.bot.cogs.risk import RiskCommands
from floorbroker.bot.cogs.rules import RuleCommands
from floorbroker.bot.cogs.service import ServiceCommands
from floorbroker.bot.cogs.setup import SetupCommands
from floorbroker.bot.cogs.trade import TradeCommands
from floorbroker.bot.cogs.watch import WatchCommands
from floorbroker.bot.front import front_of
from floorbroker.bot.ideas_on_cards import IdeaButton
from floorbroker.bot.shards import Shards
from floorbroker.bot.size_form import answer_form
from floorbroker.bot.trades_on_cards import ContractMenu, TradeButton
from floorbroker.domain.errors import FloorbrokerError, InvalidInput
from floorbroker.services.floor import Floor
from floorbroker.storage.marks import Marks

_log = structlog.get_logger(__name__)
_COMMANDS_MARK = "commands"
_UNREADABLE = (
    app_commands.CommandNotFound,
    app_commands.CommandSignatureMismatch,
    app_commands.TransformerError,
)


class FloorbrokerTree(app_commands.CommandTree["FloorbrokerBot"]):
    """The commands. Failures before a command's own body (a value that cannot be read) end here."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Nobody but the owner gets suggestions at home; commands and clicks say so in a card."""
        front = cast("FloorbrokerBot", interaction.client).front
        if interaction.type is not discord.InteractionType.autocomplete:
            return True
        if front.answers.may_use(caller_of(interaction)):
            return True
        await interaction.response.autocomplete([])
        return False

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Answers with a card, whatever it was."""
        errors_page = self.client.front.floor.settings.errors_page
        cause = error.__cause__ or getattr(error, "original", None)
        if isinstance(error, _UNREADABLE):
            # Its body never began: Discord offered what an older version of the bot had.
            cause = InvalidInput("The command has changed. Type it again and choose from its list.")
        if isinstance(cause, FloorbrokerError):
            await refuse(interaction, cause, errors_page)
            return
        _log.error(
            "command_failed", command=name_of(interaction), error=type(cause or error).__name__
        )
        await refuse(interaction, FloorbrokerError(), errors_page)


class FloorbrokerBot(commands.AutoShardedBot):
    """Needs no privileged intent: it reads no messages and knows no members."""

    def __init__(
        self,
        floor: Floor,
        marks: Marks,
        *,
        shard_count: int | None = None,
        shards: Shards | None = None,
    ) -> None:
        """All of `shard_count` shards (None: as many as Discord asks for), or some of them."""
        share: dict[str, Any] = {"shard_count": shard_count}
        if shards is not None:
            share = {"shard_count": shards.count, "shard_ids": list(shards.ids)}
        # No voice here, so nobody needs to hear that its libraries are missing.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            tree_cls=FloorbrokerTree,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_mentions=discord.AllowedMentions.none(),
            **share,
        )
        self.front = front_of(floor)
        self._marks = marks
        self._over_http = False
        self._logged_in = asyncio.Event()
        self._left = asyncio.Event()

    async def login(self, token: str) -> None:
        """Logs in; from then on messages go out, whether or not a gateway is connected."""
        await super().login(token)
        self._logged_in.set()

    async def until_logged_in(self) -> None:
        """Returns once it has logged in."""
        await self._logged_in.wait()

    async def login_over_http(self, token: str) -> None:
        """Logs in without a connection to the gateway.

        Interactions come from `receive`, as requests to the bot's own web server.
        """
        await self.login(token)
        self._over_http = True

    async def until_closed(self) -> None:
        """Returns once Discord was left."""
        await self._left.wait()

    async def close(self) -> None:
        """Leaves Discord."""
        await super().close()
        self._left.set()

    def receive(self, interaction: Mapping[str, Any]) -> None:
        """Hands over an interaction that came over HTTP, as the gateway hands over its own."""
        self._connection.parse_interaction_create(cast(Any, dict(interaction)))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answers forms, of which discord.py itself finds only those that this process showed."""
        if interaction.type is discord.InteractionType.modal_submit:
            await answer_form(interaction)

    def can_be_reached(self) -> bool:
        """Whether interactions come in now."""
        return (self._over_http or self.is_ready()) and not self.is_closed()

    def can_send(self) -> bool:
        """Whether messages go out now."""
        return self._logged_in.is_set() and not self.is_closed()

    async def setup_hook(self) -> None:
        """Puts the commands in place, and tells Discord of them if they changed."""
        await self.add_commands()
        await self.sync_if_changed()

    async def add_commands(self) -> None:
        """Puts commands and buttons in place; asks Discord nothing."""
        self.add_dynamic_items(
            OrderButton,
            DecideButton,
            ChoiceButton,
            BrokerMenu,
            NewsMenu,
            IdeaButton,
            AlertButton,
            PlaceButton,
            ContractMenu,
            TradeButton,
        )
        for cog in (
            TradeCommands(self.front),
            OrderCommands(self.front),
            MarketCommands(self.front),
            HoursCommands(self.front),
            WatchCommands(self.front),
            ChainCommands(self.front),
            IdeaCommands(self.front),
            AlertCommands(self.front),
            HistoryCommands(self.front),
            PanicCommands(self.front),
            PortfolioCommands(self.front),
            SetupCommands(self.front),
            PersonCommands(self.front),
            DataCommands(self.front),
            RiskCommands(self.front),
            RuleCommands(self.front),
            ServiceCommands(self.front),
        ):
            await self.add_cog(cog)

    async def sync_if_changed(self, *, force: bool = False) -> bool:
        """Sends the commands to Discord if they differ from what was last sent; whether it did."""
        tree: list[dict[str, Any]] = [
            command.to_dict(self.tree) for command in self.tree.get_commands()
        ]
        digest = hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()
        mark = f"{self.application_id}:{digest}"
        if not force and await self._marks.get(_COMMANDS_MARK) == mark:
            return False
        await self.tree.sync()
        await self._marks.put(_COMMANDS_MARK, mark)
        _log.info("commands_synced", count=len(tree))
        return True
