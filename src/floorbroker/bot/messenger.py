"""News on its way to a person without an interaction: an edited card, or a direct message."""

from contextlib import suppress
from datetime import datetime
from typing import Final

import discord
import structlog

from floorbroker.bot.app import FloorbrokerBot
from floorbroker.bot.card_edits import Edit, edit_card
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import view_of
from floorbroker.bot.replies.data_cards import erased_card
from floorbroker.bot.replies.digest_cards import digest_card
from floorbroker.bot.replies.gateway_cards import gateway_card
from floorbroker.bot.replies.link_cards import connected_card, dead_card, ending_card
from floorbroker.bot.replies.order_cards import order_card
from floorbroker.bot.replies.own_alert_cards import news_card
from floorbroker.domain.clock import Clock
from floorbroker.domain.connections import ConnectionEvent
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.own_alerts import OwnAlert, Standing
from floorbroker.domain.people import Link, Person
from floorbroker.services.day_digest import DayDigest
from floorbroker.services.link_requests import Connected

_log = structlog.get_logger(__name__)
DM_CLOSED: Final = 50007
_LONGEST_NONCE: Final = 25
_TOO_MANY: Final = 429


class DiscordMessenger:
    """The `Messenger` of `services.notify`, and that of whoever else has news for a person."""

    def __init__(self, bot: FloorbrokerBot, clock: Clock) -> None:
        """`bot` must be logged in by the time that there is news."""
        self._bot = bot
        self._clock = clock

    async def edit_card(self, order: Order, token: str) -> bool:
        """Edits the private card through its interaction's token, the only way to reach it."""
        card = order_card(order, "", self._clock.now(), may_share=order.guild_id is not None)
        return await self._edit(token, card)

    async def tell_connected(self, connected: Connected, token: str) -> bool:
        """Replaces the card that led to the page by what was connected there."""
        return await self._edit(token, connected_card(connected))

    async def _edit(self, token: str, card: Card) -> bool:
        return await edit_card(self._bot, token, card) is Edit.SHOWN

    async def edit_message(self, order: Order, message_id: str) -> bool:
        """Edits a direct message of before; False where Discord does not take it."""
        card = order_card(order, "", self._clock.now())
        try:
            channel = await self._bot.create_dm(discord.Object(int(order.user_id)))
            await channel.get_partial_message(int(message_id)).edit(view=view_of(card))
        except discord.HTTPException as error:
            _log.info("dm_not_edited", code=error.code)
            return False
        return True

    async def direct_message(self, order: Order, *, silent: bool) -> str | None:
        """Sends the card by direct message; None where the person's DMs are closed."""
        card = order_card(order, "", self._clock.now())
        return await self._sent(order.user_id, card, silent=silent)

    async def tell_ending(self, link: Link) -> bool:
        """Sends word of a link that ends soon; told again within minutes it stays one message.

        Raises:
            discord.HTTPException: Discord cannot take it now.
        """
        if link.ends_at is None:
            return False
        card, nonce = ending_card(link, link.ends_at), f"e{link.link_id}"[:_LONGEST_NONCE]
        return await self._sent(link.user_id, card, nonce=nonce) is not None

    async def tell_dead(self, link: Link) -> bool:
        """Sends a direct message about a link that its broker no longer accepts."""
        return await self._send(link.user_id, dead_card(link))

    async def tell_alert(self, alert: OwnAlert) -> bool:
        """Sends what an alert has to tell; told again within minutes it stays one message."""
        told = f"{alert.times}"
        if alert.asleep_news:
            told = "y" if alert.standing is Standing.DONE else "z"
        nonce = f"{alert.alert_id}{told}"[:_LONGEST_NONCE]
        card = news_card(alert, self._clock.now())
        return await self._sent(alert.user_id, card, nonce=nonce) is not None

    async def tell_erased(self, user_id: UserId) -> bool:
        """Sends the last direct message to a person of whom nothing is kept any more."""
        return await self._send(user_id, erased_card())

    async def tell_digest(self, person: Person, digest: DayDigest, due_at: datetime) -> bool:
        """Sends a summary of the person's day; False where the person's DMs are closed.

        Raises:
            discord.HTTPException: Discord did not take it for another reason.
        """
        card = digest_card(person.digest, digest, due_at, self._clock.now())
        try:
            channel = await self._bot.create_dm(discord.Object(int(person.user_id)))
            await channel.send(view=view_of(card))
        except discord.HTTPException as error:
            if error.code != DM_CLOSED:
                raise
            return False
        return True

    async def tell_gateway(
        self, owner: UserId, event: ConnectionEvent, message: str | None
    ) -> str | None:
        """Tells of a gateway by direct message, in the one that is there if it still is."""
        return await self._sent(owner, gateway_card(event), message)

    async def _send(self, user_id: UserId, card: Card) -> bool:
        return await self._sent(user_id, card) is not None

    async def _sent(
        self,
        user_id: UserId,
        card: Card,
        message: str | None = None,
        *,
        silent: bool = False,
        nonce: str | None = None,
    ) -> str | None:
        """The id of the message; None where the person's DMs are closed.

        Raises:
            HTTPException: Discord cannot take it now. Only with a nonce, for it is sent again then.
        """
        try:
            channel = await self._bot.create_dm(discord.Object(int(user_id)))
            if message is not None:
                with suppress(discord.NotFound):
                    there = channel.get_partial_message(int(message))
                    await there.edit(view=view_of(card))
                    return message
            # discord.py asks Discord to make no second message of the same nonce.
            sent = await channel.send(
                view=view_of(card),
                silent=silent,
                nonce=nonce,  # type: ignore[arg-type]  # None is its own default there
            )
        except discord.HTTPException as error:
            if nonce is not None and (error.status >= 500 or error.status == _TOO_MANY):
                raise
            _log.info("dm_not_sent", code=error.code, closed=error.code == DM_CLOSED)
            return None
        return str(sent.id)
