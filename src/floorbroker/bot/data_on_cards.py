"""A person's data on cards: the file of it, and its erasing in two confirmations."""

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.data_cards import (
    erase_card,
    export_card,
    kept_card,
    leaving_card,
    sure_card,
)
from floorbroker.domain.errors import InvalidInput
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor


class DataCards:
    """Acts on what is kept on the clicker, and on nobody else's."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    async def export(self, caller: Caller) -> Card:
        """What /data export answers with."""
        return export_card(await self._floor.exporting.export(caller.user_id))

    async def erase(self, caller: Caller) -> Card:
        """What /data erase answers with; nothing changes yet."""
        foreseen = await self._floor.erasing.foreseen(caller.user_id)
        if foreseen.leaving is not None:
            return leaving_card(foreseen.leaving)
        return erase_card(foreseen)

    async def keep(self, caller: Caller) -> Card:
        """Stops the timer."""
        return kept_card(stopped=await self._floor.erasing.keep(caller.user_id))

    async def step(self, caller: Caller, what: str) -> Card:
        """A button on the way to the erasing, or back."""
        match what:
            case "erase":
                return sure_card()
            case "sure":
                return leaving_card(await self._floor.erasing.ask(caller.user_id))
            case "keep":
                return await self.keep(caller)
            case _:
                raise InvalidInput("That button is out of date. Send /data erase again.")
