"""What the kill switch's buttons do."""

import asyncio

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.panic_cards import (
    are_you_sure_card,
    closing_list_card,
    done_card,
    kept_card,
    only_paused_card,
    panic_card,
    resumed_card,
)
from floorbroker.domain.errors import FloorbrokerError, InvalidInput
from floorbroker.services.callers import Caller
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.floor import Floor


class PanicCards:
    """Acts on the clicker's own orders and positions only."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    async def pause(self, caller: Caller) -> Card:
        """Pauses first, and then looks what is open: the broker may be slow."""
        await self._floor.choices.switch(caller.user_id, PersonalSwitch.PAUSED, True)
        try:
            exposure, others, armed = await asyncio.gather(
                self._floor.panic.exposure(caller.user_id),
                self._floor.elsewhere.open(caller.user_id),
                self._armed(caller),
            )
            return panic_card(exposure, others, armed)
        except FloorbrokerError as error:
            return only_paused_card(error.message)

    async def resume(self, caller: Caller) -> Card:
        """Ends the person's own pause."""
        await self._floor.choices.switch(caller.user_id, PersonalSwitch.PAUSED, False)
        try:
            return resumed_card(await self._armed(caller))
        except FloorbrokerError:
            return resumed_card()  # the pause is over all the same

    async def _armed(self, caller: Caller) -> int:
        """How many alerts place an order without a pause."""
        arming = self._floor.arming
        return await arming.armed(caller.user_id) if arming.allowed else 0

    async def step(self, caller: Caller, what: str) -> Card:
        """One button; `what` is the step, for the last two with the decision and its list."""
        step, asked, mark, since = (*what.split("."), "", "", "")[:4]
        panic = self._floor.panic
        match step:
            case "cancel":
                done = await panic.cancel_all(caller)
                return done_card(f"Cancel asked for · {len(done)}", done)
            case "list":
                exposure = await panic.exposure(caller.user_id)
                return closing_list_card(exposure, caller.origin_key)
            case "sure":
                exposure = await panic.exposure(caller.user_id)
                if exposure.mark != mark:
                    return closing_list_card(exposure, caller.origin_key)
                return are_you_sure_card(exposure, caller.origin_key, self._floor.clock.now())
            case "close":
                if self._too_old(since):
                    exposure = await panic.exposure(caller.user_id)
                    return closing_list_card(exposure, caller.origin_key)
                done = await panic.flatten(caller, asked, mark)
                return done_card(f"Closing orders · {len(done)}", done)
            case "resume":
                return await self.resume(caller)
            case "keep":
                return kept_card()
            case _:
                raise InvalidInput("That button is out of date. Send /panic again.")

    def _too_old(self, since: str) -> bool:
        """Whether a Yes was given later than a market order's review holds."""
        if not since.isdecimal():
            return True
        age = self._floor.clock.now().timestamp() - int(since)
        return age > self._floor.settings.review_seconds
