"""/watch, and the buttons of its card: Refresh works after a restart, since all is in its id."""

import secrets
from dataclasses import replace
from functools import cached_property
from typing import Final

import discord

from floorbroker.bot.answering import marked
from floorbroker.bot.card_edits import Edit, edit_card
from floorbroker.bot.live_cards import LiveCards
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.watch_cards import (
    Refreshing,
    Standing,
    added_card,
    stopped_card,
    taken_off_card,
    watch_card,
)
from floorbroker.domain.errors import InvalidInput
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor

FILLED: Final = 2.0
"""Seconds that a card waits for its first prices; those that come later are edited in."""


class WatchCards:
    """Shows and changes the clicker's own list only."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    @cached_property
    def _lives(self) -> LiveCards:
        floor = self._floor
        return LiveCards(floor.watching.supervisor, floor.clock, floor.word)

    async def show(
        self,
        interaction: discord.Interaction,
        caller: Caller,
        named: str | None = None,
        card_id: str = "",
    ) -> Card:
        """The list with the prices of now, refreshed from here on."""
        board = await self._floor.watching.board(caller.user_id, named)
        refreshing = Refreshing(
            card_id=card_id or secrets.token_hex(4), named=board.named, until=self._lives.until()
        )

        async def draw(standing: Standing) -> Card:
            until = refreshing.until
            if standing is not Standing.LIVE:
                until = min(until, self._floor.clock.now())
            card = watch_card(board, replace(refreshing, until=until), standing)
            return await marked(self._floor, caller, card)

        async def show(card: Card) -> Edit:
            return await edit_card(interaction.client, interaction.token, card)

        live = await self._lives.begin(
            caller.user_id, refreshing.card_id, board, draw=draw, show=show
        )
        await board.filled(FILLED)
        return replace(await draw(Standing.LIVE), live=live.answered.set)

    async def add(self, caller: Caller, symbol: str, named: str | None) -> Card:
        """Puts a symbol on the list."""
        return added_card(*await self._floor.watching.add(caller.user_id, symbol, named))

    async def remove(self, caller: Caller, symbol: str) -> Card:
        """Takes a symbol off the list."""
        watched = await self._floor.watching.remove(caller.user_id, symbol)
        return taken_off_card(watched, symbol.strip().upper())

    async def step(self, interaction: discord.Interaction, caller: Caller, what: str) -> Card:
        """A click: `show`, or `refresh` and `stop` with the card's id and the account named."""
        action, _, rest = what.partition(".")
        card_id, _, named = rest.partition(".")
        match action:
            case "show":
                return await self.show(interaction, caller)
            case "refresh" if card_id:
                return await self.show(interaction, caller, named or None, card_id)
            case "stop" if card_id:
                return await self._stop(caller, card_id, named)
        raise InvalidInput("That button is out of date. Send /watch show again.")

    async def _stop(self, caller: Caller, card_id: str, named: str) -> Card:
        refreshing = Refreshing(card_id=card_id, named=named, until=self._floor.clock.now())
        board = await self._lives.stop(caller.user_id, card_id)
        if board is None:
            return stopped_card(refreshing)
        return watch_card(board, refreshing, Standing.STOPPED)
