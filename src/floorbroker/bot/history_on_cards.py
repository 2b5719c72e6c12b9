"""A person's history: a command, its pages, and its file."""

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.history_cards import CSV, csv_card, history_card
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.modes import Environment
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor
from floorbroker.services.history import Asked, Period


class HistoryCards:
    """Shows the clicker's own orders only."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    async def show(self, caller: Caller, asked: Asked, page: int = 0) -> Card:
        """One page."""
        return history_card(await self._floor.histories.history(caller.user_id, asked), page)

    async def step(self, caller: Caller, what: str) -> Card:
        """What a button of the card asks for: `<page or csv>.<period>.<environment>.<symbol>`."""
        where, _, rest = what.partition(".")
        period, _, rest = rest.partition(".")
        environment, _, symbol = rest.partition(".")
        try:
            asked = Asked(
                period=Period(period), environment=Environment(environment), symbol=symbol
            )
            page = 0 if where == CSV else int(where)
        except ValueError as error:
            raise InvalidInput("That button is out of date. Send /history again.") from error
        if where == CSV:
            return csv_card(await self._floor.histories.history(caller.user_id, asked))
        return await self.show(caller, asked, page)
