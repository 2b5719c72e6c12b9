"""What a click on an order's card does, and how an order becomes a card."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import discord

from floorbroker.bot.answering import refuse
from floorbroker.bot.callers import address_of
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.order_cards import order_card, shared_card
from floorbroker.domain.errors import (
    DraftExpired,
    FloorbrokerError,
    PolicyRefused,
    StoreUnavailable,
)
from floorbroker.domain.ids import OrderId
from floorbroker.domain.nothing_new import nothing_new
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from floorbroker.domain.people import AccountKey
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor

DOUBLE_CLICK: Final = timedelta(seconds=2)
"""Share stands where Confirm was: the second half of a double click must not post anything."""


class OrderCards:
    """Order cards for the people that they belong to."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    async def card(self, order: Order, caller: Caller) -> Card:
        """The order's card as its owner sees it here."""
        return order_card(
            order,
            await self._account(order),
            self._floor.clock.now(),
            may_share=caller.guild_id is not None,
        )

    async def confirm(
        self,
        interaction: discord.Interaction,
        caller: Caller,
        order_id: OrderId,
        *,
        anyway: bool = False,
    ) -> Card | None:
        """Confirms and shows what became of it, or what must be answered first.

        None where another click is sending it this moment: that click will show the outcome, and
        "sending" written over it would be untrue.
        """
        address = address_of(interaction, caller, self._floor.addresses)
        try:
            order = await self._floor.orders.confirm(caller, order_id, address, anyway=anyway)
        except DraftExpired as error:
            await refuse(interaction, error, self._floor.settings.errors_page)
            return await self.card(await self._floor.orders.get(caller, order_id), caller)
        if order.state is OrderState.SENDING:
            return None
        card = await self.card(order, caller)
        return replace(card, public=await self._public(interaction, order, caller))

    async def discard(self, caller: Caller, order_id: OrderId) -> Card:
        """Ends a draft."""
        return await self.card(await self._floor.orders.discard(caller, order_id), caller)

    async def cancel(
        self, interaction: discord.Interaction, caller: Caller, order_id: OrderId
    ) -> Card:
        """Asks for a cancel and shows what is known of it."""
        address = address_of(interaction, caller, self._floor.addresses)
        return await self.card(await self._floor.changes.cancel(caller, order_id, address), caller)

    async def modify(
        self,
        interaction: discord.Interaction,
        caller: Caller,
        order_id: OrderId,
        changes: OrderChanges,
    ) -> Card:
        """Asks for other terms and shows what is known of it."""
        address = address_of(interaction, caller, self._floor.addresses)
        order = await self._floor.changes.modify(caller, order_id, changes, address)
        return await self.card(order, caller)

    async def refresh(self, caller: Caller, order_id: OrderId) -> Card:
        """Reads the order back now."""
        order = await self._floor.orders.get(caller, order_id)
        if order.check_at is not None or order.state is OrderState.GONE:
            try:
                order = await self._floor.reconciler.check(order)
            except FloorbrokerError:
                # What is stored is still the truth as far as it is known.
                order = await self._floor.orders.get(caller, order_id)
        return await self.card(order, caller)

    async def decide(self, caller: Caller, order_id: OrderId, which: str) -> Card:
        """The person says which order at the broker it is: its id there, or `NONE`."""
        deciding = self._floor.deciding
        with nothing_new():
            if which == custom_ids.NONE:
                return await self.card(await deciding.none_of_them(caller, order_id), caller)
            return await self.card(await deciding.is_it(caller, order_id, which), caller)

    async def share(
        self, interaction: discord.Interaction, caller: Caller, order_id: OrderId
    ) -> Card:
        """Posts the redacted result to the channel."""
        order = await self._floor.orders.get(caller, order_id)
        with nothing_new():
            if not order.fills:
                raise PolicyRefused("There is nothing to share before the first fill.")
            if self._floor.clock.now() - order.events[-1].at < DOUBLE_CLICK:
                raise PolicyRefused("It has just filled. Press Share again if you meant it.")
        card = await self.card(order, caller)
        return replace(card, public=shared_card(order, interaction.user.display_name))

    async def _public(
        self, interaction: discord.Interaction, order: Order, caller: Caller
    ) -> Card | None:
        """What the server's policy posts by itself, unless the person keeps results private."""
        if not order.fills or caller.guild_id is None:
            return None
        try:
            policy = await self._floor.choices.policy(caller.guild_id)
            person = await self._floor.accounts.person(order.user_id)
        except StoreUnavailable:
            return None  # the order was sent, and its receipt must not become a refusal
        if not policy.public_results or person.always_private:
            return None
        return shared_card(order, interaction.user.display_name)

    async def _account(self, order: Order) -> str:
        key = AccountKey(link_id=order.link_id, account_id=order.account_id)
        try:
            return (await self._floor.accounts.of_order(order.user_id, key)).title
        except FloorbrokerError:
            return ""
