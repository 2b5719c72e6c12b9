"""The way from Discord to the page, or the terminal, where an account is connected."""

import discord

from floorbroker.bot.callers import address_of
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.link_cards import connected_card, page_card, terminal_card
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import Busy, InvalidInput
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.services.link_tickets import TICKET_LIFE


class LinkCards:
    """Hands out one-time links to the person who asks."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor
        self._connecting: set[UserId] = set()

    async def link(self, interaction: discord.Interaction, caller: Caller, what: str) -> Card:
        """The way to link a new account; `what` is `broker.environment`."""
        broker, _, environment = what.partition(".")
        if environment not in set(Environment):
            raise InvalidInput("That button is out of date. Send /setup broker again.")
        wanted = Wanted(
            user_id=caller.user_id, broker=BrokerId(broker), environment=Environment(environment)
        )
        return await self._way(interaction, caller, wanted)

    async def renew(
        self, interaction: discord.Interaction, caller: Caller, link_id: LinkId
    ) -> Card:
        """The way to give a link a fresh credential."""
        link = await self._floor.accounts.link(caller.user_id, link_id)
        wanted = Wanted(
            user_id=caller.user_id,
            broker=link.broker,
            environment=link.environment,
            relinks=link_id,
            label=link.label,
        )
        return await self._way(interaction, caller, wanted)

    async def _connected(self, wanted: Wanted) -> Connected:
        """Tried and stored; a second click meanwhile would make a second link of one account."""
        if wanted.user_id in self._connecting:
            raise Busy("It is being connected at this moment. /setup accounts shows it then.")
        self._connecting.add(wanted.user_id)
        try:
            return await self._floor.linking.keep(await self._floor.linking.try_out(wanted, {}))
        finally:
            self._connecting.discard(wanted.user_id)

    async def _way(self, interaction: discord.Interaction, caller: Caller, wanted: Wanted) -> Card:
        floor = self._floor
        await floor.linking.check(wanted)
        spec = get_broker(wanted.broker)
        if spec.requires_local_gateway and wanted.environment is Environment.PAPER:
            # There is nothing to type. With real money the terms come first, in the terminal.
            return connected_card(await self._connected(wanted))
        if spec.requires_local_gateway or not floor.settings.has_pages:
            renewed = None
            if wanted.relinks is not None:
                renewed = await floor.accounts.link(caller.user_id, wanted.relinks)
            return terminal_card(spec, wanted.environment, renewed)
        token = await floor.tickets.issue(
            caller.user_id,
            wanted.broker,
            wanted.environment,
            relinks=wanted.relinks,
            reply=address_of(interaction, caller, floor.addresses),
        )
        address = f"{floor.settings.public_url.rstrip('/')}/link/{token}"
        return page_card(spec, wanted.environment, address, floor.clock.now() + TICKET_LIFE)
