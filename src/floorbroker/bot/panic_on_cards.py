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
        """One button; `what` is the step, then the decision, its list, and a page or time."""
        step, asked, mark, last = (*what.split("."), "", "", "")[:4]
        panic = self._floor.panic
        match step:
            case "cancel":
                done = await panic.cancel_all(caller)
                return done_card(f"Cancel asked for · {len(done)}", done)
            case "list" | "sure":
                return await self._listed(caller, step, asked, mark, last)
            case "close":
                if self._too_old(last):
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

    async def _listed(self, caller: Caller, step: str, asked: str, mark: str, page: str) -> Card:
        """A page of what would be closed; of a list that has changed the first one."""
        exposure = await self._floor.panic.exposure(caller.user_id)
        if exposure.mark != mark:
            return closing_list_card(exposure, caller.origin_key)
        # The first page begins a decision of its own; the others belong to it.
        decision, number = (asked, _number(page)) if page else (caller.origin_key, 0)
        if step == "list":
            return closing_list_card(exposure, decision, number)
        return are_you_sure_card(exposure, decision, self._floor.clock.now(), number)

    def _too_old(self, since: str) -> bool:
        """Whether a Yes was given later than a market order's review holds."""
        if not since.isdecimal():
            return True
        age = self._floor.clock.now().timestamp() - int(since)
        return age > self._floor.settings.review_seconds


def _number(page: str) -> int:
    return int(page) if page.isdecimal() else 0
