"""The way to the operators: their channel, or a direct message to each of them."""

import asyncio
from collections.abc import Collection
from typing import Final

import aiohttp
import discord
import structlog
from discord.abc import Messageable

from floorbroker.bot.app import FloorbrokerBot
from floorbroker.bot.replies.alert_cards import alert_card, present_card
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import view_of
from floorbroker.services.alerting import AlertNotice

SECONDS: Final = 20.0
"""How long one message may take; discord.py itself waits and tries again where Discord asks to."""

_DIRECT: Final = "direct"
_FAILED: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
_log = structlog.get_logger(__name__)


class DiscordOpsMessenger:
    """The `OpsMessenger` of `services.alerting`.

    A message in the channel can be edited by any process, since its id is stored. Of direct
    messages only the process that sent them knows, so that nothing of a person is stored.
    """

    def __init__(
        self,
        bot: FloorbrokerBot,
        *,
        channel_id: str,
        operators: Collection[str],
        seconds: float = SECONDS,
    ) -> None:
        """Tells nobody before the bot is logged in.

        Args:
            channel_id: `OPS_CHANNEL_ID`; empty where there is none.
            operators: Discord ids of those who get direct messages instead.
        """
        self._bot = bot
        self._channel_id = channel_id
        self._operators = sorted(operators)
        self._seconds = seconds
        self._direct: dict[str, list[discord.Message]] = {}

    @property
    def has_channel(self) -> bool:
        """See the port."""
        return bool(self._channel_id)

    async def tell(self, notice: AlertNotice, before: str) -> str | None:
        """See the port."""
        if self._bot.application_id is None:
            return None  # not logged in yet
        if before:
            await self.bring_up_to_date(notice, before)
        card = alert_card(notice)
        if self._channel_id:
            sent = await self._sent(self._channel(), card, "channel")
            if sent is not None:
                return str(sent.id)
        if notice.alert.owner_knows:
            return None
        everybody = await asyncio.gather(*(self._to(one, card) for one in self._operators))
        reached = [message for message in everybody if message is not None]
        if not reached:
            return None
        if notice.over_at is None:
            self._direct[notice.key] = reached
        return _DIRECT

    async def bring_up_to_date(self, notice: AlertNotice, message: str) -> None:
        """See the port."""
        view = view_of(present_card(notice))
        there: list[discord.PartialMessage | discord.Message] = []
        if message == _DIRECT:
            there += self._direct.get(notice.key, [])
        elif self._channel_id:
            there.append(self._channel().get_partial_message(int(message)))
        for one in there:
            try:
                async with asyncio.timeout(self._seconds):
                    await one.edit(view=view)
            except _FAILED as error:
                _log.info("alert_not_edited", error=type(error).__name__)

    def _channel(self) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(int(self._channel_id))

    async def _to(self, operator: str, card: Card) -> discord.Message | None:
        try:
            async with asyncio.timeout(self._seconds):
                channel = await self._bot.create_dm(discord.Object(int(operator)))
        except _FAILED as error:
            _log.warning("alert_not_sent", to="operator", error=type(error).__name__)
            return None
        return await self._sent(channel, card, "operator")

    async def _sent(self, to: Messageable, card: Card, whom: str) -> discord.Message | None:
        try:
            async with asyncio.timeout(self._seconds):
                return await to.send(view=view_of(card))
        except _FAILED as error:
            code = error.code if isinstance(error, discord.HTTPException) else 0
            _log.warning("alert_not_sent", to=whom, error=type(error).__name__, code=code)
            return None
